"""What came in while our hooks did not answer is asked for afterwards, and stored once."""

from datetime import timedelta

import pytest

from gateway.db import statement
from gateway.inbox import service as inbox
from gateway.providers.base import Inbound
from gateway.providers.http import CallFailed
from tests.outbox.conftest import routed


def stored(sender):
    with sender.engine.begin() as conn:
        return conn.execute(statement("SELECT provider_id, body FROM inbound ORDER BY id")).all()


def listed(sid, clock, body="LAPOR lampu mati", **more):
    at = (clock.moment - timedelta(minutes=1)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return {"sid": sid, "from": "+6281200000009", "to": "+15005550006", "body": body, "date_created": at, **more}


def test_messages_of_an_outage_are_stored_once(sender, standin, clock):
    assert inbox.catch_up(sender) == 0, "the first time there is nothing to go back to"
    clock.ahead(hours=3)
    inbox.take(sender, "twilio", Inbound("SM1", "+6281200000009", "+15005550006", "LAPOR lampu mati"))
    standin.plan(
        inbound=[listed("SM1", clock), listed("SM2", clock, "STATUS"), listed("SM3", clock, direction="outbound-api")]
    )
    assert inbox.catch_up(sender) == 1
    assert [tuple(row) for row in stored(sender)] == [("SM1", "LAPOR lampu mati"), ("SM2", "STATUS")]
    assert inbox.catch_up(sender) == 0


def test_a_provider_that_cannot_be_asked_is_asked_again_from_the_same_time(sender, standin, clock):
    inbox.catch_up(sender)
    clock.ahead(hours=2)
    away = routed(sender, "http://127.0.0.1:1")
    with pytest.raises(CallFailed):
        inbox.catch_up(away)
    standin.plan(inbound=[listed("SM7", clock)])
    clock.ahead(minutes=30)
    assert inbox.catch_up(sender) == 1
