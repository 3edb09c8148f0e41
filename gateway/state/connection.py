"""The connection to Redis or Valkey."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def connect(url: str, *, patience: float = 3) -> Redis:
    """A pooled client that answers or fails within `patience` seconds, one silent reconnect included."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )
    return client
