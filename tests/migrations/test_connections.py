"""Connections of the pool: who finds one that the server ended notices nothing."""

from contextlib import ExitStack

import psycopg
import pytest

from gateway.db import Connection, connect, statement
from gateway.local import postgres

PID = statement("SELECT pg_backend_pid()")


def end(url: str, *pids: int) -> None:
    """Have the server end connections, as its restart does, and wait until it has."""
    with psycopg.connect(postgres.plain(url), autocommit=True) as owner:
        for pid in pids:
            owner.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


@pytest.mark.parametrize("ended", [1, 3])
def test_an_ended_connection_is_replaced_before_it_is_lent(database_url: str, ended: int) -> None:
    engine = connect(database_url, pool=3)
    with ExitStack() as held:
        pids = [held.enter_context(engine.begin()).execute(PID).scalar_one() for _ in range(3)]
    end(database_url, *pids[:ended])
    with ExitStack() as held:
        conns: list[Connection] = [held.enter_context(engine.begin()) for _ in range(3)]
        now = {conn.execute(PID).scalar_one() for conn in conns}
        assert {conn.execute(statement("SELECT current_user")).scalar_one() for conn in conns} == {"kabar_app"}
    assert len(now) == 3
    assert not now & set(pids[:ended])
    engine.dispose()


def test_a_connection_that_lives_is_lent_again(database_url: str) -> None:
    engine = connect(database_url, pool=1)
    pids = set()
    for _ in range(5):
        with engine.begin() as conn:
            pids.add(conn.execute(PID).scalar_one())
    assert len(pids) == 1
    engine.dispose()
