"""The connection to Redis or Valkey."""

import os
import threading
from typing import Any
from weakref import WeakKeyDictionary

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry


def connect(url: str, *, patience: float = 1) -> Redis:
    """A pooled client that answers or fails within `patience` seconds, one silent reconnect included."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )
    return client


class _Own(threading.local):
    """The connections of one thread, by the pool whose settings they have; a forked child begins with none."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.by_pool: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


_own = _Own()


def trip(redis: Redis, *command: str) -> Any:
    """One command on a connection that this thread keeps, without the client's layers and the pool's lending around it,
    which cost more than the command.

    A connection that turns out to be broken is given up and the command sent once more on a new one: only for commands
    that may run twice. Raises RedisError.
    """
    if _own.pid != os.getpid():
        _own.pid, _own.by_pool = os.getpid(), WeakKeyDictionary()
    pool = redis.connection_pool
    connection = _own.by_pool.get(pool)
    if connection is None:
        connection = _own.by_pool[pool] = pool.connection_class(**pool.connection_kwargs)
    try:
        return _ask(connection, command)
    except (ConnectionError, TimeoutError):
        connection.disconnect()
        return _ask(connection, command)


def _ask(connection: Any, command: tuple[str, ...]) -> Any:
    connection.send_command(*command)
    return connection.read_response()
