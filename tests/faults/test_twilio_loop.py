"""The whole loop with Twilio behind a public address: send, status callbacks, inbound, all signed as the company's SDK signs."""

import psycopg
import pytest
from twilio.request_validator import RequestValidator

from gateway.local import postgres
from tests.blast import blast, status_of
from tests.stack import TWILIO_TOKEN, Stack, ask, post_twilio, twilio_sms, until

PUBLIC = "https://kabar.pekalongankota.example"
RESIDENT = "+6281198765432"


@pytest.fixture
def gateway(begin):
    with begin(SMS_ROUTES="*=twilio", PUBLIC_URL=PUBLIC) as made:
        yield made


def rows(made: Stack, sql: str) -> list[tuple]:
    with psycopg.connect(postgres.plain(made.environment["DATABASE_URL"])) as conn:
        return conn.execute(sql).fetchall()


def sms(sid: str, body: str) -> dict[str, str]:
    return twilio_sms(RESIDENT, body, sid)


def text_in(made: Stack, form: dict[str, str], **how: str) -> tuple[int, str]:
    return post_twilio(made, form, signed_for=how.pop("signed_for", PUBLIC), **how)


def test_the_whole_loop(gateway, tmp_path):
    gateway.plan(receipts=True, receipt_delay_ms=20)

    # Inbound: once however often it comes, never without the company's signature over the public address.
    report = sms("SM" + "a" * 32, "LAPOR lampu mati gg 5 RT 2 RW 3 Bendan Kergon")
    assert text_in(gateway, report, token="somebody else's token")[0] == 403
    assert text_in(gateway, report, signed_for=gateway.base)[0] == 403
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"{PUBLIC}/hooks/twilio/sms", report)
    assert text_in(gateway, report | {"Body": "BERHENTI SEMUA"}, signature=signature)[0] == 403
    assert rows(gateway, "SELECT count(*) FROM inbound") == [(0,)]
    for _ in range(3):
        status, answer = text_in(gateway, report)
        assert status == 200
        assert "<Message>" not in answer, "the reply goes through the outbox"

    # Send, and the status callbacks of the reply.
    until(30, lambda: gateway.counts()["accepted"].get(RESIDENT), "the reply is taken by the company")
    assert gateway.counts()["accepted"][RESIDENT] == 1
    assert rows(gateway, "SELECT count(*) FROM aspirations") == [(1,)]
    until(30, lambda: rows(gateway, "SELECT status FROM messages WHERE class = 'reply'") == [("delivered",)],
          "a signed callback has told that the reply arrived")  # fmt: skip
    [(rank, provider_id, route)] = rows(gateway, "SELECT rank, provider_id, route FROM attempts")
    assert (rank, provider_id[:2], route) == (3, "SM", "twilio")

    # A broadcast by the same route: every callback finds its message.
    id, admin, second = blast(gateway, tmp_path, 200)
    assert ask(f"{gateway.base}/api/v1/broadcasts/{id}/approve", {}, second)[0] == 200
    ended = until(
        60, lambda: (seen := status_of(gateway, id, admin))["counts"]["delivered"] == 200 and seen, "all told"
    )
    assert ended["total"] == 200
    # Authors and approvers are told of it meanwhile, so a callback may be under way at any one look.
    until(
        30, lambda: (seen := gateway.counts()["receipts"])["answered"] == seen["planned"], "every callback is answered"
    )
    assert gateway.counts()["receipts"]["lost"] == 0
