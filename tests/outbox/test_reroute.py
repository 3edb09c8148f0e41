"""Failover and drift back: no message waits for a paused route while another is usable, and none is sent twice by it."""

import pytest

from gateway.outbox.rules import Class
from gateway.outbox.service import reroute, sweep
from gateway.outbox.service.work import work
from gateway.outbox.store import batches, routes
from tests.outbox.conftest import AFRICASTALKING, TWILIO, attempts, number, plan_batch, reply, routed, statuses


def people(count, route=TWILIO):
    return [number(at, route) for at in range(count)]


def paused(sender):
    with sender.engine.begin() as conn:
        return set(routes.paused(conn))


@pytest.mark.parametrize(("level", "lane"), [(Class.EMERGENCY, "urgent"), (Class.IMPORTANT, "bulk")])
def test_what_waits_for_a_paused_route_leaves_by_the_next_of_its_list(sender, standin, level, lane):
    batch = plan_batch(sender, people(300), level)
    standin.plan(script=["http_401"] * 200)
    work(sender, lane)
    assert paused(sender) == {TWILIO}
    standin.reset()
    left = statuses(sender)["queued", ""]
    assert reroute.tick(sender) == left
    assert reroute.tick(sender) == 0
    work(sender, lane)
    assert statuses(sender) == {("sent", ""): 300}
    assert set(standin.accepted().values()) == {1}
    assert sweep.finish(sender) == [batch.id], "the chunks it had are no reason to wait"


def test_the_next_messages_try_the_first_again_and_it_drifts_back(sender, standin, clock):
    plan_batch(sender, people(3))
    standin.plan(script=["http_401"] * 3)
    work(sender, "bulk")
    reroute.tick(sender)
    work(sender, "bulk")
    assert {route for _, route, rank, _ in attempts(sender) if rank == 1} == {AFRICASTALKING}
    clock.ahead(minutes=4)
    reroute.tick(sender)
    assert paused(sender) == {TWILIO}
    clock.ahead(minutes=2)
    reroute.tick(sender)
    assert paused(sender) == set()
    plan_batch(sender, [number(at, TWILIO) for at in range(100, 105)])
    work(sender, "bulk")
    assert [route for _, route, _, _ in attempts(sender)[-5:]] == [TWILIO] * 5


def test_a_trial_that_fails_costs_few_calls_and_every_message_still_leaves_once(sender, standin, clock):
    for at in range(3):
        plan_batch(sender, [number(at * 1000 + one, TWILIO) for one in range(400)])
        standin.plan(script=["http_401"] * 500)
        work(sender, "bulk")
        assert standin.posts() <= 3 * 64, "what was in flight or in line, and what one turn adds"
        standin.reset()
        reroute.tick(sender)
        work(sender, "bulk")
        assert sum(standin.accepted().values()) == 400
        clock.ahead(minutes=6)
        reroute.tick(sender)
    assert statuses(sender) == {("sent", ""): 1200}


def test_where_all_are_paused_everything_stays_and_is_tried(sender, standin, clock):
    plan_batch(sender, people(5) + people(5, AFRICASTALKING))
    with sender.engine.begin() as conn:
        routes.pause(conn, TWILIO, "20003", sender.now())
        routes.pause(conn, AFRICASTALKING, "401", sender.now())
    assert reroute.tick(sender) == 0
    clock.ahead(minutes=6)
    assert reroute.tick(sender) == 0
    assert paused(sender) == {TWILIO, AFRICASTALKING}, "each has something to be tried with"
    for _ in range(3):
        work(sender, "bulk")
    assert paused(sender) == set()
    assert statuses(sender) == {("sent", ""): 10}


def test_one_provider_alone_keeps_its_messages_and_goes_on(rt, standin, city, clock):
    alone = routed(rt, standin.base, SMS_ROUTES="*=twilio")
    plan_batch(alone, people(10))
    standin.plan(script=["http_401"] * 10)
    work(alone, "bulk")
    assert reroute.tick(alone) == 0
    clock.ahead(minutes=6)
    assert reroute.tick(alone) == 0
    standin.reset()
    for _ in range(2):
        work(alone, "bulk")
    assert statuses(alone) == {("sent", ""): 10}


def test_slow_companies_are_no_reason_to_move(sender, standin):
    plan_batch(sender, people(20) + people(20, AFRICASTALKING))
    standin.plan(latency_ms=400)
    work(sender, "bulk")
    assert (reroute.tick(sender), paused(sender)) == (0, set())
    assert {route: sum(r == route for _, r, _, _ in attempts(sender)) for route in (TWILIO, AFRICASTALKING)} == {
        TWILIO: 20,
        AFRICASTALKING: 20,
    }


def test_what_is_in_doubt_never_moves(sender, standin):
    plan_batch(sender, people(3))
    standin.plan(script=["fin"] * 3, lost_taken=1.0)
    work(sender, "bulk")
    with sender.engine.begin() as conn:
        routes.pause(conn, TWILIO, "20003", sender.now())
    assert reroute.tick(sender) == 0
    work(sender, "bulk")
    assert statuses(sender) == {("sending", ""): 3}
    assert set(standin.accepted().values()) == {1}


def test_a_reply_moves_and_a_paused_broadcast_moves_without_leaving(sender, standin):
    reply(sender, number(1, TWILIO))
    batch = plan_batch(sender, [number(2, TWILIO)])
    with sender.engine.begin() as conn:
        batches.move(conn, batch.id, "paused", ["open"])
        routes.pause(conn, TWILIO, "20003", sender.now())
    assert reroute.tick(sender) == 2
    for lane in ("reply", "bulk"):
        work(sender, lane)
    assert statuses(sender) == {("sent", ""): 1, ("queued", ""): 1}
    with sender.engine.begin() as conn:
        batches.move(conn, batch.id, "open", ["paused"])
    work(sender, "bulk")
    assert [route for _, route, _, _ in attempts(sender)] == [AFRICASTALKING] * 2
