"""Receipts: late, doubled, out of order, before our own commit, for ids nobody knows; a status only rises."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.outbox import rules
from gateway.outbox.rules import Class
from gateway.outbox.service import doubt, receive, sweep
from gateway.outbox.service.work import work
from gateway.outbox.store import messages, routes
from gateway.providers.base import OptOut, Receipt, Status
from tests.outbox.conftest import AFRICASTALKING, TWILIO, attempts, number, plan_batch, statuses


def sent(sender, route=AFRICASTALKING, count=1):
    """Send one message to each of `count` numbers; their provider ids and keys."""
    plan_batch(sender, [number(at, route) for at in range(count)])
    work(sender, "bulk")
    return known(sender)


def known(sender):
    with sender.engine.begin() as conn:
        found = conn.execute(
            statement(
                "SELECT provider_id, to_char(month, 'YYYYMM') || '-' || message_id || '-' || number AS key FROM attempts"
            )
        )
        return [(row.provider_id, row.key) for row in found]


def take(sender, route, status, provider_id=None, key=None, to=None, code="", opted_out=False):
    receive.take(sender, route, Receipt(provider_id, key, to, status, code, "", opted_out))


def test_a_receipt_drives_its_message_to_delivered(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, AFRICASTALKING, Status.DELIVERED, id, to=number(0))
    assert receive.apply(sender) == 1
    assert statuses(sender) == {("delivered", ""): 1}


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "failed", "delivered", "delivered"])))
def test_any_order_of_receipts_ends_the_same(sender, standin, order):
    [(id, _)] = sent(sender)
    for status in order:
        take(sender, AFRICASTALKING, Status(status), id, to=number(0), code="30003" if status == "failed" else "")
        receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}


@given(st.lists(st.sampled_from(sorted(rules.RANK.values())), min_size=1, max_size=6))
def test_a_rank_only_rises(ranks):
    held = 0
    for rank in ranks:
        after = max(held, rank)
        assert after >= held
        held = after
    assert held == max([0, *ranks])


def test_several_receipts_of_one_message_in_one_batch_count_once(sender, standin):
    [(id, _)] = sent(sender)
    for status in (Status.SENT, Status.FAILED, Status.DELIVERED):
        take(sender, AFRICASTALKING, status, id, to=number(0))
    assert receive.apply(sender) == 3
    assert statuses(sender) == {("delivered", ""): 1}


def test_a_failure_is_shown_with_its_reason(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, AFRICASTALKING, Status.FAILED, id, to=number(0), code="UserDoesNotExist")
    receive.apply(sender)
    assert statuses(sender) == {("failed", "UserDoesNotExist"): 1}


def test_a_status_nobody_knows_changes_nothing(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, AFRICASTALKING, Status.UNKNOWN, id, to=number(0))
    receive.apply(sender)
    assert statuses(sender) == {("sent", ""): 1}


def test_a_receipt_for_another_number_matches_nothing(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, AFRICASTALKING, Status.DELIVERED, id, to=number(77))
    assert receive.apply(sender) == 0
    assert statuses(sender) == {("sent", ""): 1}


def test_a_receipt_of_another_company_matches_nothing(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, TWILIO, Status.DELIVERED, id)
    assert receive.apply(sender) == 0


def claim_one(sender, route):
    """Claim a row as a worker that dies before it records; its key."""
    plan_batch(sender, [number(0, route)])
    from gateway.outbox.store import batches

    with sender.engine.begin() as conn:
        chunk = batches.lease(conn, "bulk", route, sender.now(), sender.now(), is_quiet=False)
        [row], _ = messages.claim_run(conn, chunk, chunk.first_id, chunk.last_id, sender.now(), takes_demo=False)
    return row.key


def test_our_own_key_proves_a_send_before_it_was_recorded(sender, standin):
    key = claim_one(sender, TWILIO)
    take(sender, TWILIO, Status.SENT, "SM1", key)
    assert receive.apply(sender) == 1
    assert statuses(sender) == {("sent", ""): 1}
    assert known(sender) == [("SM1", key)]
    take(sender, TWILIO, Status.DELIVERED, "SM1", key)
    receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}


def test_a_late_record_does_not_lower_what_a_receipt_has_shown(sender, standin, clock):
    key = claim_one(sender, TWILIO)
    take(sender, TWILIO, Status.DELIVERED, "SM1", key)
    receive.apply(sender)
    month, id, attempt = rules.parse_key(key)
    with sender.engine.begin() as conn:
        late = messages.Settled(month, id, attempt, 1, TWILIO, 1, "SM1", "", "", 1, None, sender.now())
        messages.settle(conn, sender.now(), [late])
    assert statuses(sender) == {("delivered", ""): 1}


@pytest.mark.parametrize("key", ["", "x", "202613-1-1", "202611-1", "202611-1-99999", "000011-1-1", "202611-1-1-1"])
def test_a_key_that_is_not_ours_is_kept_and_harmless(sender, standin, key):
    take(sender, TWILIO, Status.DELIVERED, "SM9", key)
    assert receive.apply(sender) == 0


def test_a_key_of_an_attempt_that_was_never_made_matches_nothing(sender, standin):
    month, id, _ = rules.parse_key(claim_one(sender, TWILIO))
    take(sender, TWILIO, Status.DELIVERED, "SM1", f"{month:%Y%m}-{id}-2")
    assert receive.apply(sender) == 0


def test_a_receipt_before_its_send_is_recorded_is_matched_later(sender, standin, clock):
    plan_batch(sender, [number(0)])
    take(sender, AFRICASTALKING, Status.DELIVERED, "ATXid_00000001", to=number(0))
    assert receive.apply(sender) == 0
    work(sender, "bulk")
    assert known(sender)[0][0] == "ATXid_00000001"
    sweep.match_receipts(sender)
    receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}


def test_a_receipt_for_an_id_never_known_is_dropped_after_48_hours(sender, standin, clock):
    take(sender, AFRICASTALKING, Status.DELIVERED, "ATXid_x", to=number(0))
    receive.apply(sender)
    clock.ahead(hours=47)
    sweep.match_receipts(sender)
    assert kept(sender) == 1
    clock.ahead(hours=2)
    sweep.match_receipts(sender)
    assert kept(sender) == 0


def kept(sender):
    with sender.engine.begin() as conn:
        return conn.execute(statement("SELECT count(*) FROM receipts")).scalar_one()


def cut_off(sender, standin, count):
    """`count` messages to one number, each cut off in the middle of its send."""
    standin.plan(script=["http_5xx"] * count, lost_taken=0.0)
    for _ in range(count):
        plan_batch(sender, [number(0)])
        work(sender, "bulk")


def test_an_unknown_receipt_proves_the_one_send_it_can_mean(sender, standin, clock):
    cut_off(sender, standin, 1)
    clock.ahead(minutes=1)
    take(sender, AFRICASTALKING, Status.DELIVERED, "ATXid_q", to=number(0))
    receive.apply(sender)
    sweep.match_receipts(sender)
    assert statuses(sender) == {("delivered", ""): 1}
    assert kept(sender) == 0


def test_an_unknown_receipt_that_can_mean_two_sends_proves_neither(sender, standin, clock):
    cut_off(sender, standin, 2)
    clock.ahead(minutes=1)
    take(sender, AFRICASTALKING, Status.DELIVERED, "ATXid_q", to=number(0))
    receive.apply(sender)
    assert doubt.prove(sender, sender.now()) == 0
    assert statuses(sender) == {("sending", ""): 2}


def test_a_receipt_that_came_before_the_send_cannot_prove_it(sender, standin, clock):
    take(sender, AFRICASTALKING, Status.DELIVERED, "ATXid_q", to=number(0))
    receive.apply(sender)
    clock.ahead(minutes=1)
    cut_off(sender, standin, 1)
    clock.ahead(minutes=1)
    assert doubt.prove(sender, sender.now()) == 0


def test_an_opt_out_in_a_receipt_or_a_hook_closes_the_route(sender, standin):
    [(id, _)] = sent(sender)
    take(sender, AFRICASTALKING, Status.FAILED, id, to=number(0), code="UserInBlackList", opted_out=True)
    receive.apply(sender)
    receive.opt_out(sender, TWILIO, OptOut(number(0), "KIM"))
    with sender.engine.begin() as conn:
        held = routes.suppressed(conn, numbers.find(conn, sender.vault, number(0)).id)
    assert held == [("route", AFRICASTALKING), ("route", TWILIO)]


def test_an_emergency_delivered_by_its_first_try_shows_delivered(sender, standin, clock):
    plan_batch(sender, [number(0)], Class.EMERGENCY)
    standin.plan(script=["http_5xx", "take"], lost_taken=0.0)
    work(sender, "urgent")
    clock.ahead(seconds=125)
    work(sender, "urgent")
    first = known(sender)[0][1]
    second = next(key for _, key in known(sender) if key.endswith("-2"))
    take(sender, TWILIO, Status.FAILED, None, second, code="30003")
    take(sender, AFRICASTALKING, Status.DELIVERED, None, first)
    receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}
    assert len(attempts(sender)) == 2
