"""A lane is worked: every message once, whatever the companies do, and nothing held that should rest."""

from datetime import UTC, datetime

import pytest

from gateway.audit import store as audit
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.outbox.rules import Class
from gateway.outbox.service import sweep
from gateway.outbox.service.work import work
from gateway.outbox.store import batches, fanout, routes
from tests.outbox.conftest import (
    AFRICASTALKING,
    TWILIO,
    attempts,
    number,
    plan_batch,
    reply,
    routed,
    statuses,
)


def people(count, route=AFRICASTALKING):
    return [number(at, route) for at in range(count)]


def test_a_batch_over_two_routes_reaches_each_once_and_is_audited(sender, standin):
    targets = people(450) + people(130, TWILIO)
    plan_batch(sender, targets)
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 580}
    accepted = standin.accepted()
    assert set(accepted) == set(targets)
    assert set(accepted.values()) == {1}
    with sender.engine.begin() as conn:
        trail = audit.of(conn, "lane:bulk")
    assert sorted((row["detail"]["route"], row["detail"]["count"]) for row in trail) == [
        (AFRICASTALKING, 450),
        (TWILIO, 130),
    ]


def test_a_batch_is_finished_once_nothing_is_on_its_way(sender, standin):
    batch = plan_batch(sender, people(3))
    assert sweep.finish(sender) == []
    work(sender, "bulk")
    assert sweep.finish(sender) == [batch.id]
    assert sweep.finish(sender) == []


@pytest.mark.parametrize(("route", "calls"), [(TWILIO, 3), (AFRICASTALKING, 1)])
def test_what_was_refused_for_now_is_sent_later_and_once(sender, standin, clock, route, calls):
    plan_batch(sender, people(3, route))
    standin.plan(script=["http_429"] * calls)
    work(sender, "bulk")
    waiting = statuses(sender).get(("queued", ""), 0)
    assert waiting == 3
    work(sender, "bulk")
    assert statuses(sender) == {("queued", ""): 3}, "nothing is tried again before its time"
    clock.ahead(minutes=5)
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 3}
    assert set(standin.accepted().values()) == {1}


def test_a_number_refused_for_good_fails_with_the_companys_code(sender, standin):
    plan_batch(sender, [number(1, TWILIO)])
    standin.plan(script=["refuse"])
    work(sender, "bulk")
    assert statuses(sender) == {("failed", "21211"): 1}
    assert attempts(sender) == [(1, TWILIO, 2, "21211")]


def test_a_route_whose_account_is_refused_pauses_at_once_and_keeps_its_messages(sender, standin, clock):
    plan_batch(sender, people(300, TWILIO) + people(150))
    standin.plan(script=["http_401"] * 400)
    work(sender, "bulk")
    assert {status for status, _ in statuses(sender)} == {"queued"}
    with sender.engine.begin() as conn:
        assert set(routes.paused(conn)) == {TWILIO, AFRICASTALKING}
    standin.reset()
    work(sender, "bulk")
    assert standin.posts() == 0, "a paused route is left alone until it may be tried"
    clock.ahead(minutes=6)
    work(sender, "bulk")
    work(sender, "bulk")
    with sender.engine.begin() as conn:
        assert routes.paused(conn) == {}
    assert statuses(sender) == {("sent", ""): 450}
    assert set(standin.accepted().values()) == {1}


def test_a_refused_sender_pauses_the_route_only_after_twenty_different_numbers(sender, standin, clock):
    plan_batch(sender, people(12, TWILIO))
    standin.plan(script=["refuse_all"] * 1000)
    for _ in range(3):
        work(sender, "bulk")
        clock.ahead(minutes=1)
    with sender.engine.begin() as conn:
        assert routes.paused(conn) == {}
    assert statuses(sender) == {("failed", "21606"): 12}, "after three tries the numbers are held to be the matter"
    plan_batch(sender, [number(at, TWILIO) for at in range(100, 130)])
    work(sender, "bulk")
    with sender.engine.begin() as conn:
        assert set(routes.paused(conn)) == {TWILIO}
    assert statuses(sender)[("queued", "")] == 30


@pytest.mark.parametrize("fate", ["http_5xx", "fin", "rst", "cut_headers", "cut_body", "not_json"])
@pytest.mark.parametrize("route", [TWILIO, AFRICASTALKING])
def test_a_send_that_was_cut_off_is_in_doubt_and_never_repeated(sender, standin, clock, fate, route):
    plan_batch(sender, [number(1, route)])
    standin.plan(script=[fate], lost_taken=0.0)
    work(sender, "bulk")
    assert statuses(sender) == {("sending", ""): 1}
    assert attempts(sender) == [(1, route, 0, attempts(sender)[0][3])]
    clock.ahead(minutes=9)
    work(sender, "bulk")
    assert statuses(sender) == {("sending", ""): 1}
    clock.ahead(minutes=2)
    work(sender, "bulk")
    assert statuses(sender) == {("unconfirmed", ""): 1}
    assert standin.posts() == 1


def test_twilio_is_asked_about_a_doubt_and_its_list_proves_it(sender, standin, clock):
    # The company's list carries the wall clock's times, so this test runs by it too: a reply knows no quiet hours.
    clock.at(datetime.now(UTC))
    with sender.engine.begin() as conn:
        conn.execute(statement("SELECT open_months(current_date)"))
    reply(sender, number(1, TWILIO))
    standin.plan(script=["fin"], lost_taken=1.0)
    work(sender, "reply")
    assert statuses(sender) == {("sending", ""): 1}
    clock.ahead(minutes=11)
    work(sender, "reply")
    assert statuses(sender) == {("sent", ""): 1}
    assert standin.accepted() == {number(1, TWILIO): 1}


def test_an_emergency_in_doubt_is_sent_again_once_by_the_other_route(sender, standin, clock):
    batch = plan_batch(sender, [number(1)], Class.EMERGENCY)
    standin.plan(script=["http_5xx"], lost_taken=0.0)
    work(sender, "urgent")
    clock.ahead(seconds=125)
    work(sender, "urgent")
    assert [(n, route, rank) for n, route, rank, _ in attempts(sender)] == [(1, AFRICASTALKING, 0), (2, TWILIO, 1)]
    assert statuses(sender) == {("sent", ""): 1}
    with sender.engine.begin() as conn:
        assert batches.count(conn, batch) == [("sent", "", 1)]


def test_an_emergency_in_doubt_twice_is_unconfirmed(sender, standin, clock):
    plan_batch(sender, [number(1)], Class.EMERGENCY)
    standin.plan(script=["http_5xx"] * 5, lost_taken=0.0)
    for _ in range(4):
        work(sender, "urgent")
        clock.ahead(seconds=125)
    assert statuses(sender) == {("unconfirmed", ""): 1}
    assert standin.posts() == 2


def test_people_who_stop_after_the_fan_out_are_skipped_at_the_claim(sender, standin):
    plan_batch(sender, people(4))
    with sender.engine.begin() as conn:
        stopped = numbers.find(conn, sender.vault, number(2))
        routes.suppress(conn, stopped.id, "notices", "resident", sender.now())
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 3, ("skipped", "stopped"): 1}
    assert number(2) not in standin.accepted()


@pytest.mark.parametrize(
    ("scope", "level", "reaches"),
    [
        ("notices", Class.ROUTINE, False),
        ("notices", Class.IMPORTANT, False),
        ("notices", Class.EMERGENCY, True),
        ("all", Class.EMERGENCY, False),
    ],
)
def test_what_each_stop_stops(sender, standin, scope, level, reaches):
    lane = "urgent" if level is Class.EMERGENCY else "bulk"
    plan_batch(sender, [number(1)], level)
    with sender.engine.begin() as conn:
        routes.suppress(conn, numbers.find(conn, sender.vault, number(1)).id, scope, "resident", sender.now())
    work(sender, lane)
    assert statuses(sender) == {("sent", ""): 1} if reaches else {("skipped", "stopped"): 1}


def test_a_carriers_opt_out_closes_that_route_for_the_number(sender, standin):
    with sender.engine.begin() as conn:
        id = numbers.ensure(conn, sender.vault, number(1, TWILIO)).id
        routes.suppress(conn, id, "route", "carrier", sender.now(), TWILIO)
    plan_batch(sender, [number(1, TWILIO)])
    work(sender, "bulk")
    assert statuses(sender) == {("skipped", "stopped"): 1}
    assert standin.posts() == 0


def test_an_emergency_takes_another_route_than_the_one_the_carrier_blocks(sender, standin):
    for at, level in enumerate((Class.EMERGENCY, Class.IMPORTANT)):
        with sender.engine.begin() as conn:
            id = numbers.ensure(conn, sender.vault, number(at)).id
            routes.suppress(conn, id, "route", "carrier", sender.now(), AFRICASTALKING)
        plan_batch(sender, [number(at)], level)
    work(sender, "urgent")
    work(sender, "bulk")
    assert [(n, route) for n, route, _, _ in attempts(sender)] == [(1, TWILIO)]
    assert statuses(sender) == {("sent", ""): 1, ("skipped", "stopped"): 1}


def test_an_emergency_in_doubt_is_not_sent_again_once_it_is_cancelled(sender, standin, clock):
    batch = plan_batch(sender, [number(1)], Class.EMERGENCY)
    standin.plan(script=["http_5xx"], lost_taken=0.0)
    work(sender, "urgent")
    with sender.engine.begin() as conn:
        batches.move(conn, batch.id, "cancelled", ["open"])
    clock.ahead(seconds=125)
    work(sender, "urgent")
    assert statuses(sender) == {("unconfirmed", ""): 1}
    assert standin.posts() == 1


def test_a_paused_batch_rests_and_a_cancelled_one_is_skipped(sender, standin):
    batch = plan_batch(sender, people(5))
    with sender.engine.begin() as conn:
        assert batches.move(conn, batch.id, "paused", ["open"])
    work(sender, "bulk")
    assert standin.posts() == 0
    with sender.engine.begin() as conn:
        batches.move(conn, batch.id, "cancelled", ["open", "paused"])
        assert batches.skip_rest(conn, batch, "cancelled") == 5
    work(sender, "bulk")
    assert statuses(sender) == {("skipped", "cancelled"): 5}
    assert sweep.finish(sender) == [batch.id]


def test_quiet_hours_hold_news_and_not_alarms(sender, standin, clock):
    plan_batch(sender, people(2), Class.ROUTINE)
    plan_batch(sender, [number(50)], Class.EMERGENCY)
    clock.at(clock.moment.replace(hour=14))  # 21:00 WIB
    work(sender, "bulk")
    work(sender, "urgent")
    assert set(standin.accepted()) == {number(50)}
    clock.ahead(hours=11)  # 08:00 WIB
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 3}


def test_what_expired_before_its_turn_is_skipped(sender, standin, clock):
    plan_batch(sender, people(2), expires_at=clock.moment.replace(hour=5))
    clock.ahead(hours=3)
    work(sender, "bulk")
    assert statuses(sender) == {("skipped", "expired"): 2}


def test_made_up_people_get_nothing_by_a_real_company(sender, standin):
    with sender.engine.begin() as conn:
        numbers.ensure(conn, sender.vault, number(1), is_demo=True)
    plan_batch(sender, [number(1), number(2)])
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 1, ("skipped", "demo"): 1}


def test_a_number_that_no_route_covers_is_skipped(rt, standin, city):
    narrow = routed(rt, standin.base, SMS_ROUTES="+62811=twilio")
    plan_batch(narrow, [number(1), number(1, TWILIO)])
    work(narrow, "bulk")
    assert statuses(narrow) == {("sent", ""): 1, ("skipped", "no route"): 1}


def test_the_longest_prefix_wins_and_a_paused_provider_is_passed_over(sender, standin):
    with sender.engine.begin() as conn:
        routes.pause(conn, TWILIO, "20003", sender.now())
        paused = set(routes.paused(conn))
        id = numbers.ensure(conn, sender.vault, number(1, TWILIO)).id
        batch = batches.get(conn, batches.add(conn, sender.now(), Class.IMPORTANT, {"id": "a"}))
        audience = batches.Fragment("SELECT CAST(:n AS bigint) AS number_id, 'id' AS language", {"n": id})
        fanout.fan_out(conn, batch, audience, sender.settings.sms_routes, paused, [], sender.now(), 0)
    work(sender, "bulk")
    assert attempts(sender) == [(1, AFRICASTALKING, 1, attempts(sender)[0][3])]


def test_the_throttle_holds_for_all_pumps_together(rt, standin, city):
    slow = routed(rt, standin.base, TWILIO_PER_SECOND="20")
    plan_batch(slow, people(60, TWILIO))
    import time

    began = time.monotonic()
    work(slow, "bulk")
    took = time.monotonic() - began
    # One second's worth stands in the bucket at the start; no clock is asserted, only that the rate was never passed.
    assert len(standin.accepted()) <= 20 * (took + 1) + 1


def test_a_worker_that_ends_in_the_middle_leaves_its_chunk_to_the_next(sender, standin, clock):
    plan_batch(sender, people(10))
    with sender.engine.begin() as conn:
        chunk = batches.lease(
            conn, "bulk", AFRICASTALKING, sender.now(), clock.moment.replace(minute=1), is_quiet=False
        )
        assert chunk is not None
        assert batches.lease(conn, "bulk", AFRICASTALKING, sender.now(), clock.moment, is_quiet=False) is None
    work(sender, "bulk")
    assert standin.posts() == 0
    clock.ahead(minutes=2)
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 10}


def test_a_chunk_left_with_queued_rows_is_opened_again(sender, standin):
    plan_batch(sender, people(4))
    with sender.engine.begin() as conn:
        conn.execute(statement("UPDATE chunks SET is_done = true"))
    work(sender, "bulk")
    assert standin.posts() == 0
    assert sweep.finish(sender) == []
    work(sender, "bulk")
    assert statuses(sender) == {("sent", ""): 4}


def test_the_sweep_wakes_exactly_the_lanes_that_have_work(sender, standin, clock):
    assert sweep.wake_lanes(sender) == set()
    plan_batch(sender, people(1))
    reply(sender, number(2))
    assert sweep.wake_lanes(sender) == {"bulk", "reply"}
    clock.at(clock.moment.replace(hour=14))
    assert sweep.wake_lanes(sender) == {"reply"}, "news rest at night"
