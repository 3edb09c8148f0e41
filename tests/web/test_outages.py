"""PostgreSQL or Redis away: what is not stored is not acknowledged, and a phone never shows an error."""

import dataclasses
import io

import psycopg
import pytest
from flask.testing import FlaskClient

from gateway import db
from gateway.local import postgres
from gateway.runtime import Runtime
from gateway.state import connection
from gateway.web.app import create_app
from tests.web.conftest import SIMULATOR_TOKEN, Staff, a_broadcast
from tests.web.test_hooks import FORMS, NUMBER, TWILIO, post

STORED_IN = {
    "inbound": "SELECT count(*) FROM inbound",
    "receipts": "SELECT count(*) FROM receipts",
    "suppressions": "SELECT count(*) FROM suppressions",
}
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def without_postgres(rt: Runtime):
    """The application while nothing listens where PostgreSQL should."""
    engine = db.connect(NOWHERE, pool=1)
    yield create_app(dataclasses.replace(rt, engine=engine)).test_client()
    engine.dispose()


@pytest.fixture
def without_redis(rt: Runtime):
    """The application while nothing listens where Redis should."""
    redis = connection.connect("redis://127.0.0.1:1/0")
    yield create_app(dataclasses.replace(rt, redis=redis)).test_client()
    redis.close()


@pytest.mark.parametrize(
    ("provider", "kind"),
    [("africastalking", kind) for kind in ("sms", "report", "optout", "ussd-end")]
    + [("twilio", kind) for kind in TWILIO],
)
def test_without_postgres_nothing_is_acknowledged(without_postgres: FlaskClient, provider: str, kind: str) -> None:
    form = TWILIO[kind] if provider == "twilio" else FORMS[kind]
    answer = post(without_postgres, provider, kind, form)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_what_breaks_otherwise_is_not_acknowledged_either(
    client: FlaskClient, rt: Runtime, journal: io.StringIO
) -> None:
    with psycopg.connect(postgres.plain(rt.settings.database_url), autocommit=True) as owner:
        owner.execute("ALTER TABLE inbound RENAME TO inbound_elsewhere")
        try:
            answer = post(client, "africastalking", "sms", FORMS["sms"])
        finally:
            owner.execute("ALTER TABLE inbound_elsewhere RENAME TO inbound")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "ProgrammingError" in journal.getvalue()
    assert "jalan rusak" not in answer.text + journal.getvalue()
    assert NUMBER[1:] not in journal.getvalue()


@pytest.mark.parametrize("text", ["", "1", "1*2*jalan*rusak"])
def test_without_postgres_a_hop_ends_with_an_apology(without_postgres: FlaskClient, text: str) -> None:
    answer = post(without_postgres, "africastalking", "ussd", FORMS["ussd"] | {"text": text})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert answer.text.startswith("END Maaf, layanan sedang terganggu.")


def test_without_postgres_a_wrong_token_is_still_wrong(without_postgres: FlaskClient) -> None:
    assert post(without_postgres, "africastalking", "sms", FORMS["sms"], "wrong").status_code == 403


def test_without_postgres_the_api_says_so(without_postgres: FlaskClient, journal: io.StringIO) -> None:
    answer = without_postgres.get("/api/v1/broadcasts", headers={"Authorization": "Bearer kabar_x"})
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text
    assert "kabar_x" not in journal.getvalue()


def test_when_every_connection_is_lent_the_hook_comes_again(rt: Runtime) -> None:
    engine = db.connect(rt.settings.database_url, pool=1)
    engine.pool._timeout = 0.1
    client = create_app(dataclasses.replace(rt, engine=engine)).test_client()
    with engine.connect():
        assert post(client, "africastalking", "sms", FORMS["sms"]).status_code == 503
        assert post(client, "africastalking", "ussd", FORMS["ussd"]).text.startswith("END ")
    assert post(client, "africastalking", "sms", FORMS["sms"]).status_code == 200
    engine.dispose()


@pytest.mark.parametrize(("kind", "table"), [("sms", "inbound"), ("report", "receipts"), ("optout", "suppressions")])
def test_without_redis_it_is_stored_and_acknowledged(without_redis: FlaskClient, rows, kind: str, table: str) -> None:
    assert post(without_redis, "africastalking", kind, FORMS[kind]).status_code == 200
    assert rows(STORED_IN[table]) == [(1,)]


def test_without_redis_a_hop_is_answered(without_redis: FlaskClient) -> None:
    answer = post(without_redis, "africastalking", "ussd", FORMS["ussd"])
    assert answer.status_code == 200
    assert answer.text.startswith(("CON ", "END "))


def test_without_redis_officials_may_go_on(without_redis: FlaskClient, staff: Staff) -> None:
    kim = dataclasses.replace(staff("kim", "33.75.01.1006"), client=without_redis)
    assert kim("POST", "/broadcasts", a_broadcast(), Idempotency_Key="1").status_code == 201
    assert kim("GET", "/broadcasts").status_code == 200


def test_without_redis_a_stranger_is_still_a_stranger(without_redis: FlaskClient) -> None:
    for _ in range(30):
        assert without_redis.get("/api/v1/broadcasts").status_code == 401


def test_without_redis_the_simulator_takes_messages_but_no_fault_plan(without_redis: FlaskClient) -> None:
    form = {"username": "simulator", "to": NUMBER, "message": "Halo"}
    sent = without_redis.post("/simulator/version1/messaging", data=form, headers={"apiKey": SIMULATOR_TOKEN})
    assert sent.status_code == 201
    assert without_redis.post("/simulator/faults", data={"stall": "1"}).status_code == 503
