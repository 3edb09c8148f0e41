"""Pause, resume and cancel take hold within the calls that are under way: counted at the company, not by a clock.

A call takes the stand-in a twentieth of a second, so two windows of calls are far less than two seconds.
"""

import threading
import time

import pytest

from gateway.broadcasts.service import decide
from gateway.officials.rules import Role
from gateway.outbox.service.work import work
from tests.broadcasts.town import Town
from tests.outbox.conftest import AFRICASTALKING, TWILIO, routed

HOME = "33.75.01.1006"
PEOPLE, BATCH, CONCURRENCY = 600, 5, 4
PREFIX = {TWILIO: "+62811", AFRICASTALKING: "+62812"}
# Rows in flight and in line: two windows of one process.
WINDOWS = {TWILIO: 2 * CONCURRENCY, AFRICASTALKING: 2 * CONCURRENCY * BATCH}


@pytest.fixture
def town(rt, standin, city):
    limits = {"AFRICASTALKING_BATCH": str(BATCH), "TWILIO_CONCURRENCY": str(CONCURRENCY)}
    return Town(routed(rt, standin.base, **limits), HOME, "33.75.02.1007")


def taken(standin) -> int:
    return sum(standin.accepted().values())


def act_in_the_middle(town, standin, do) -> int:
    """Send, and `do` something once a tenth more has left; how many the company took after it was done."""
    at: list[int] = []
    enough = taken(standin) + PEOPLE // 10

    def watch() -> None:
        while taken(standin) < enough:
            time.sleep(0.01)
        do()
        at.append(taken(standin))

    official = threading.Thread(target=watch)
    official.start()
    work(town.rt, "bulk")
    official.join()
    return taken(standin) - at[0]


@pytest.mark.parametrize("route", [TWILIO, AFRICASTALKING])
def test_pause_resume_and_cancel_take_hold_at_once(town, standin, route):
    town.people(PEOPLE, prefix=PREFIX[route])
    admin = town.official(Role.ADMIN)
    id = town.started(admin, "important", audience={"areas": [HOME]})
    standin.plan(latency_ms=50)

    after = act_in_the_middle(town, standin, lambda: decide.pause(town.rt, admin, id))
    assert after <= WINDOWS[route], "only what was in flight or in line still left"
    held = taken(standin)
    assert held < PEOPLE // 2
    work(town.rt, "bulk")
    assert taken(standin) == held, "nothing leaves while it is paused"
    counts = town.status(id)["counts"]
    assert (counts["sent"], counts["queued"], counts["sending"]) == (held, PEOPLE - held, 0)

    decide.resume(town.rt, admin, id)
    after = act_in_the_middle(town, standin, lambda: decide.cancel(town.rt, admin, id))
    assert after <= WINDOWS[route]
    ended = taken(standin)
    assert held < ended < PEOPLE
    work(town.rt, "bulk")
    assert taken(standin) == ended
    town.clock_ticks()
    counts = town.status(id)["counts"]
    assert (counts["sent"], counts["skipped"], counts["queued"], counts["sending"]) == (ended, PEOPLE - ended, 0, 0)
    assert set(standin.accepted().values()) == {1}


def test_what_was_paused_goes_on_where_it_stood_and_reaches_each_once(town, standin):
    town.people(PEOPLE)
    admin = town.official(Role.ADMIN)
    id = town.started(admin, "important", audience={"areas": [HOME]})
    standin.plan(latency_ms=20)
    act_in_the_middle(town, standin, lambda: decide.pause(town.rt, admin, id))
    decide.resume(town.rt, admin, id)
    work(town.rt, "bulk")
    assert town.counts(id) == {"sent": PEOPLE}
    assert set(standin.accepted().values()) == {1}
