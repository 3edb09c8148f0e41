"""Small settings that all processes share until Redis is flushed, such as the simulator's fault plan."""

import json
from collections.abc import Mapping

from redis import Redis, RedisError


def keep(redis: Redis, name: str, values: Mapping[str, object]) -> None:
    """Keep `values` under `name` in place of what was there. Raises RedisError."""
    redis.set(f"note:{name}", json.dumps(dict(values)))


def read(redis: Redis, name: str) -> dict[str, object]:
    """What was kept under `name`; empty where nothing was, and with Redis down."""
    try:
        kept = redis.get(f"note:{name}")
    except RedisError:
        return {}
    return dict(json.loads(kept)) if kept else {}
