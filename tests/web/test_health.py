"""Health: the process alone, and everything a message needs on its way."""

import dataclasses

import psycopg
import pytest
from flask.testing import FlaskClient

from gateway import db
from gateway.local import postgres
from gateway.runtime import Runtime
from gateway.state import connection, queue
from gateway.web.app import create_app
from gateway.web.health import BEATING


def beat(rt: Runtime, *but: str) -> None:
    for name in BEATING:
        if name not in but:
            queue.beat(rt.redis, f"{name}:1")


def test_the_process_needs_nothing(rt: Runtime) -> None:
    engine = db.connect("postgresql://nobody@127.0.0.1:1/nothing", pool=1)
    lost = dataclasses.replace(rt, engine=engine, redis=connection.connect("redis://127.0.0.1:1/0"))
    answer = create_app(lost).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_all_is_ready(client: FlaskClient, rt: Runtime) -> None:
    beat(rt)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ok": True, "missing": []})


@pytest.mark.parametrize(("name", "said"), [(name, f"worker {name}") for name in BEATING[:-1]] + [("clock", "clock")])
def test_a_process_without_a_heartbeat_is_missing(client: FlaskClient, rt: Runtime, name: str, said: str) -> None:
    beat(rt, name)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ok": False, "missing": [said]})


def test_one_of_two_workers_is_enough(client: FlaskClient, rt: Runtime) -> None:
    beat(rt)
    queue.beat(rt.redis, "bulk:2")
    rt.redis.delete("beat:bulk:1")
    assert client.get("/readyz").status_code == 200


def test_postgres_is_missing(rt: Runtime) -> None:
    beat(rt)
    engine = db.connect("postgresql://nobody:geheim@127.0.0.1:1/nothing", pool=1)
    answer = create_app(dataclasses.replace(rt, engine=engine)).test_client().get("/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["postgresql"])
    assert "geheim" not in answer.text


def test_redis_is_missing(rt: Runtime) -> None:
    answer = (
        create_app(dataclasses.replace(rt, redis=connection.connect("redis://127.0.0.1:1/0")))
        .test_client()
        .get("/readyz")
    )
    assert (answer.status_code, answer.json["missing"]) == (503, ["redis"])


def test_a_schema_that_is_behind_is_missing(client: FlaskClient, rt: Runtime) -> None:
    beat(rt)
    with psycopg.connect(postgres.plain(rt.settings.database_url), autocommit=True) as owner:
        [(version,)] = owner.execute("SELECT version_num FROM alembic_version")
        owner.execute("UPDATE alembic_version SET version_num = '0001'")
        try:
            assert client.get("/readyz").json["missing"] == ["migrations"]
        finally:
            owner.execute("UPDATE alembic_version SET version_num = %s", [version])
    # It is looked at again at once, as the deployment that waits for it polls.
    assert client.get("/readyz").status_code == 200
