"""The connection to Redis or Valkey."""

import os
import socket
import struct
import threading
from typing import Any
from weakref import WeakKeyDictionary

import hiredis
from redis import ConnectionPool, Redis
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
    try:
        return _ask(_own.by_pool.get(pool) or _open(pool), command)
    except (ConnectionError, TimeoutError):
        _give_up(pool)
    try:
        return _ask(_open(pool), command)
    except (ConnectionError, TimeoutError):
        _give_up(pool)
        raise


def _open(pool: ConnectionPool) -> Any:
    """A connection whose time-out the kernel keeps: Python's own looks at the socket before each call, and gives the
    interpreter up for each look, which under load costs a tenth of a USSD hop.
    """
    connection = pool.connection_class(**pool.connection_kwargs)
    connection.connect()
    patience = struct.pack("ll", int(connection.socket_timeout), int(connection.socket_timeout % 1 * 1e6))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection._sock.setsockopt(socket.SOL_SOCKET, option, patience)
    connection._sock.settimeout(None)
    _own.by_pool[pool] = connection
    return connection


def _give_up(pool: ConnectionPool) -> None:
    if broken := _own.by_pool.pop(pool, None):
        broken.disconnect()


def _ask(connection: Any, command: tuple[Any, ...]) -> Any:
    connection.send_packed_command([hiredis.pack_command(command)])
    return connection.read_response()
