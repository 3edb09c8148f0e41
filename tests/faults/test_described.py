"""Described companies carry a broadcast through the whole gateway: real processes, their own hooks, calls cut off."""

import subprocess

import psycopg
import pytest

from config.settings import CHECKOUT
from gateway.local import postgres
from tests.blast import blast, status_of, taken_by_people
from tests.stack import ask, until

PEOPLE = 1_000
EXAMPLE, JALUR = "config/aggregator.example.yaml", "tests/standin/jalur.yaml"
NUMBER = "6281234567890"
SMS = {
    EXAMPLE: ["-G", "-d", f"id=m1&dari={NUMBER}&ke=54600&isi=INFO"],
    JALUR: ["-H", "Content-Type: application/json", "-d",
            f'{{"from":"{NUMBER}","to":"54600","text":"INFO","received_at":"2026-11-24T10:30:00"}}'],
}  # fmt: skip


@pytest.fixture
def gateway(request, begin):
    given = {
        "SMS_ROUTES": "*=aggregator",
        "AGGREGATOR_DESCRIPTION": str(CHECKOUT / request.param),
        "AGGREGATOR_USERNAME": "kota",
        "AGGREGATOR_API_KEY": "key-of-the-company",
        "AGGREGATOR_HOOK_TOKEN": "l",
        "AGGREGATOR_SENDER": "KOTA",
        "DOUBT_AFTER": "600s",
    }
    with begin(**given) as made:
        made.description = request.param
        yield made


@pytest.mark.parametrize("gateway", [EXAMPLE, JALUR], indirect=True, ids=["by GET", "by JSON"])
def test_a_broadcast_is_delivered_once_to_each_though_calls_are_cut_off(gateway, tmp_path):
    # Every call cut off was taken, and its report with our own id proves it: nobody is sent to again or forgotten.
    gateway.plan(latency_ms=10, receipts=True, script=["take", "fin", "cut_body", "take", "rst"])
    id, admin, second = blast(gateway, tmp_path, PEOPLE)
    assert ask(f"{gateway.base}/api/v1/broadcasts/{id}/approve", {}, second)[0] == 200
    ended = until(
        120,
        lambda: (seen := status_of(gateway, id, admin))["counts"]["delivered"] == PEOPLE and seen,
        "all delivered",
    )
    assert ended["total"] == PEOPLE
    counts = gateway.counts()
    # The officials hear of more than one thing.
    taken = taken_by_people(gateway)
    assert (len(taken), set(taken.values())) == (PEOPLE, {1})
    assert counts["fates"].items() >= {"fin": 1, "cut_body": 1, "rst": 1}.items()
    hook = f"{gateway.base}/hooks/aggregator/sms?token=l"
    subprocess.run(["curl", "-sf", *SMS[gateway.description], hook], capture_output=True, check=True)
    until(20, lambda: gateway.counts()["accepted"].get(f"+{NUMBER}"), "the SMS is answered by the way it came")
    with psycopg.connect(postgres.plain(gateway.environment["DATABASE_URL"])) as conn:
        assert conn.execute("SELECT count(*) FROM attempts WHERE provider_id IS NULL").fetchone() == (0,)
    log = (tmp_path / "stack.log").read_text()
    assert "key-of-the-company" not in log
    assert NUMBER not in log
