"""A message shows the best of its attempts, whichever company tells of which attempt first."""

import pytest

from gateway.broadcasts.service import resend
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.officials.rules import Role
from gateway.outbox.service import receive, sweep
from gateway.outbox.service.work import work
from gateway.providers.base import Receipt, Status
from tests.broadcasts.town import Town
from tests.outbox.conftest import AFRICASTALKING, TWILIO, statuses
from tests.outbox.resending import HOME, checked, messages_of, receipt, sent, unconfirmed


@pytest.fixture
def town(sender):
    return Town(sender, home=HOME, other="33.75.02.1007")


BEST = [
    pytest.param([(1, "delivered"), (2, "failed")], "delivered", id="the first arrived, the second failed"),
    pytest.param([(2, "failed"), (1, "delivered")], "delivered", id="the second failed, then the first arrived"),
    pytest.param([(1, "sent"), (2, "failed")], "sent", id="the first was taken, the second failed"),
    pytest.param([(2, "failed"), (1, "sent")], "sent", id="the second failed, then the first was taken"),
    pytest.param([(2, "failed"), (1, "failed")], "failed", id="both failed"),
    pytest.param([(1, "failed"), (2, "sent")], "sent", id="the first failed, the second was taken"),
    pytest.param([(2, "delivered"), (1, "failed")], "delivered", id="the second arrived, then the first failed"),
    pytest.param([(2, "failed"), (1, "sent"), (1, "failed")], "failed", id="the first was taken and failed too"),
]


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize(("told", "shown"), BEST)
def test_a_message_shows_its_best_attempt_whatever_comes_when(town, standin, told, shown, at_once):
    id = unconfirmed(town, standin, people=1)
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    work(town.rt, "bulk")
    [message] = messages_of(town)
    with town.rt.engine.begin() as conn:
        month = conn.execute(statement("SELECT to_char(month, 'YYYYMM') FROM messages")).scalar_one()
    for attempt, status in told:
        key = f"{month}-{message}-{attempt}"
        sid = "SMfirst" if attempt == 1 else None
        receive.take(town.rt, TWILIO, Receipt(sid, key, None, Status(status), "", "", False))
        if not at_once:
            receive.apply(town.rt)
    receive.apply(town.rt)
    assert checked(town, id) == {shown: 1}


def test_proof_that_it_was_sent_spares_the_second_try_and_a_failure_does_not(town, standin):
    id = unconfirmed(town, standin, people=2)
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    proven, failed = messages_of(town)
    receipt(town, proven, 1, Status.SENT, "SM1")
    receipt(town, failed, 1, Status.FAILED, "SM2", "30003")
    assert checked(town, id) == {"sent": 1, "queued": 1}
    work(town.rt, "bulk")
    assert standin.posts() == 1
    assert checked(town, id) == {"sent": 2}


def test_a_late_receipt_of_an_unknown_id_proves_the_first_send_after_the_second(town, standin):
    """Africa's Talking names no key of ours: the number's only doubtful send is meant."""
    town.people(1)
    standin.plan(script=["http_5xx"], lost_taken=0.0)
    id = sent(town)
    town.rt.now.ahead(minutes=11)
    work(town.rt, "bulk")
    town.clock_ticks()
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    standin.plan(script=["refuse"])
    work(town.rt, "bulk")
    assert checked(town, id) == {"failed": 1}
    town.rt.now.ahead(minutes=1)
    [(number, *_)] = town.rows(id)
    with town.rt.engine.begin() as conn:
        phone = numbers.read(conn, town.rt.vault, [number])[number]
    receive.take(town.rt, AFRICASTALKING, Receipt("ATXid_late", None, phone, Status.DELIVERED, "", "", False))
    receive.apply(town.rt)
    sweep.match_receipts(town.rt)
    assert statuses(town.rt) == {("delivered", ""): 1}


def test_a_second_try_that_is_cut_off_too_is_in_doubt_again(town, standin):
    id = unconfirmed(town, standin)
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    standin.plan(script=["fin"] * 3, lost_taken=0.0)
    work(town.rt, "bulk")
    assert checked(town, id) == {"sending": 3}
    town.rt.now.ahead(minutes=11)
    work(town.rt, "bulk")
    assert checked(town, id) == {"unconfirmed": 3}
    assert standin.posts() == 3


def test_a_second_try_cut_off_shows_sent_where_the_first_was_proven_meanwhile(town, standin):
    id = unconfirmed(town, standin, people=1)
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    standin.plan(script=["fin"], lost_taken=0.0)
    work(town.rt, "bulk")
    receipt(town, messages_of(town)[0], 1, Status.SENT, "SM1")
    assert checked(town, id) == {"sending": 1}
    town.rt.now.ahead(minutes=11)
    work(town.rt, "bulk")
    assert checked(town, id) == {"sent": 1}


def test_a_large_list_is_cut_into_chunks_again(town, standin, monkeypatch):
    from gateway.outbox.store import resends

    id = unconfirmed(town, standin, people=25)
    monkeypatch.setattr(resends, "CHUNK", 10)
    assert resend.resend(town.rt, town.official(Role.APPROVER), id) == 25
    assert town.count_of("SELECT count(*) FROM chunks WHERE NOT is_done") >= 3
    work(town.rt, "bulk")
    assert standin.posts() == 25
    assert set(standin.accepted().values()) == {1}
