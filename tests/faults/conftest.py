"""A whole gateway as real processes over a database and a Redis of its own, to be hurt."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import redis

from gateway import db
from gateway.reference import store as reference
from tests.stack import Stack, stack

Begin = Callable[..., AbstractContextManager[Stack]]


@pytest.fixture
def begin(make_database: Callable[[], str], redis_url: str, tmp_path: Path) -> Begin:
    """Begins a gateway with these settings, over an empty city; it is gone when its context ends."""

    def begin(**settings: str) -> AbstractContextManager[Stack]:
        url = make_database()
        engine = db.connect(url, pool=1)
        with engine.begin() as conn:
            reference.load(conn, [2026, 2027])
        engine.dispose()
        redis.Redis.from_url(redis_url).flushall()
        return stack(url, redis_url, tmp_path, **settings)

    return begin
