"""The connection to Redis or Valkey."""

from typing import Any

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


def trip(redis: Redis, *command: str) -> Any:
    """One command on a pooled connection, without the client's layers around it, which cost more than the command.

    A connection that turns out to be broken is given up and the command sent once more on a new one: only for commands
    that may run twice. Raises RedisError.
    """
    pool = redis.connection_pool
    connection: Any = pool.get_connection()
    try:
        try:
            return _ask(connection, command)
        except (ConnectionError, TimeoutError):
            connection.disconnect()
            return _ask(connection, command)
    finally:
        pool.release(connection)


def _ask(connection: Any, command: tuple[str, ...]) -> Any:
    connection.send_command(*command)
    return connection.read_response()
