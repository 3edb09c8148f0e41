"""Send again what is unconfirmed or failed: one new attempt each, by a person's order alone, and counts that sum throughout."""

import pytest

from gateway.audit import store as audit
from gateway.broadcasts.service import correct, decide, notices, resend
from gateway.db import statement
from gateway.kernel.errors import Conflict, Forbidden, Missing
from gateway.numbers import store as numbers
from gateway.officials.rules import Role
from gateway.outbox.service.work import work
from gateway.outbox.store import routes
from gateway.providers.base import Status
from tests.broadcasts.town import Town, at_once
from tests.outbox.conftest import AFRICASTALKING, TWILIO, attempts, routed
from tests.outbox.resending import HOME, checked, receipt, sent, unconfirmed


@pytest.fixture
def town(sender):
    return Town(sender, home=HOME, other="33.75.02.1007")


def test_each_unconfirmed_message_leaves_exactly_once_more(town, standin):
    id = unconfirmed(town, standin)
    again = resend.resend(town.rt, town.official(Role.APPROVER), id)
    assert again == 3
    assert (town.state(id), town.get(id).finished_at) == ("sending", None)
    assert checked(town, id) == {"queued": 3}
    work(town.rt, "bulk")
    assert standin.posts() == 3
    assert set(standin.accepted().values()) == {1}
    assert checked(town, id) == {"sent": 3}
    work(town.rt, "bulk")
    assert standin.posts() == 3
    town.clock_ticks()
    ended = town.get(id)
    assert (ended.state, ended.finished_at) == ("finished", town.rt.now())
    assert [(number, rank) for number, _, rank, _ in attempts(town.rt)] == [(1, 0), (2, 1)] * 3
    with town.rt.engine.begin() as conn:
        [row] = [row for row in audit.of(conn, f"broadcast:{id}") if row["act"] == "resend unconfirmed"]
    assert (row["actor"], row["detail"]["resent"]) == (town.official(Role.APPROVER).actor, 3)


def test_the_author_hears_of_each_end(town, standin):
    id = unconfirmed(town, standin)
    ends = statement("SELECT count(*) FROM messages WHERE cause ~ '^told:.*finished'")

    def heard():
        notices.tick(town.rt)
        notices.tick(town.rt)
        with town.rt.engine.begin() as conn:
            return conn.execute(ends).scalar_one()

    assert heard() == 1
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    assert heard() == 1
    work(town.rt, "bulk")
    town.clock_ticks()
    assert heard() == 2


def test_two_presses_at_once_are_one_order(town, standin):
    id = unconfirmed(town, standin)
    first, second = town.official(Role.APPROVER), town.new_official(Role.APPROVER)
    acts = [lambda who=who: resend.resend(town.rt, who, id) for who in (first, first, second, second)]
    assert at_once(*acts) == [3, 3, 3, 3]
    work(town.rt, "bulk")
    assert standin.posts() == 3
    town.clock_ticks()
    assert resend.resend(town.rt, first, id) == 3, "the same order again, within ten minutes"
    assert town.state(id) == "finished"
    town.rt.now.ahead(minutes=11)
    assert resend.resend(town.rt, first, id) == 0, "nothing is unconfirmed any more"
    assert town.state(id) == "finished"


def test_only_what_is_unconfirmed_is_sent_again(town, standin):
    town.people(4, prefix="+62811")
    standin.plan(script=["take", "refuse", "http_5xx", "http_5xx"], lost_taken=0.0)
    id = sent(town)
    town.rt.now.ahead(minutes=11)
    work(town.rt, "bulk")
    town.clock_ticks()
    assert checked(town, id) == {"sent": 1, "failed": 1, "unconfirmed": 2}
    standin.reset()
    assert resend.resend(town.rt, town.official(Role.APPROVER), id) == 2
    assert checked(town, id) == {"sent": 1, "failed": 1, "queued": 2}
    work(town.rt, "bulk")
    assert standin.posts() == 2
    assert checked(town, id) == {"sent": 3, "failed": 1}


def test_what_failed_on_the_way_is_sent_again_and_what_was_refused_for_good_is_not(town, standin):
    town.people(4, prefix="+62811")
    standin.plan(script=["take", "take", "take", "refuse"])
    id = sent(town)
    with town.rt.engine.begin() as conn:
        taken = conn.execute(statement("SELECT message_id, provider_id FROM attempts WHERE rank = 1 ORDER BY 1")).all()
    for (message, sid), code in zip(taken, ("30003", "30005", "21610"), strict=True):
        receipt(town, message, 1, Status.FAILED, sid, code)
    town.clock_ticks()
    assert checked(town, id) == {"failed": 4}
    assert resend.resend(town.rt, town.official(Role.APPROVER), id) == 0, "none of them is unconfirmed"
    assert resend.resend(town.rt, town.official(Role.APPROVER), id, failed=True) == 1
    standin.reset()
    work(town.rt, "bulk")
    assert standin.posts() == 1
    assert checked(town, id) == {"sent": 1, "failed": 3}
    assert town.status(id)["failures"] == {"30005": 1, "21610": 1, "21211": 1}


def test_who_may(town, standin):
    id = unconfirmed(town, standin)
    refused = [
        (town.official(Role.KIM, "33.75.02.1007"), Missing),
        (town.official(Role.AUDITOR), Forbidden),
        (town.official(Role.LURAH, HOME), Forbidden),
    ]
    for official, fault in refused:
        with pytest.raises(fault):
            resend.resend(town.rt, official, id)
    assert checked(town, id) == {"unconfirmed": 3}
    assert resend.resend(town.rt, town.official(Role.ADMIN), id) == 3, "its author, where no second person was needed"


def test_the_author_may_not_where_a_second_person_had_to_approve(town, standin):
    few = Town(routed(town.rt, standin.base, SECOND_APPROVER_OVER="2"), HOME, town.other)
    id = unconfirmed(few, standin)
    with pytest.raises(Conflict, match="second person has to resend"):
        resend.resend(few.rt, few.official(Role.ADMIN), id)
    assert resend.resend(few.rt, few.official(Role.APPROVER), id) == 3


def test_it_is_refused_while_under_way_and_once_it_is_cancelled(town, standin):
    town.people(2)
    approver = town.official(Role.APPROVER)
    under_way = town.started(town.official(Role.ADMIN), "important", audience={"areas": [HOME]})
    with pytest.raises(Conflict, match="sending"):
        resend.resend(town.rt, approver, under_way)
    decide.cancel(town.rt, approver, under_way)
    with pytest.raises(Conflict, match="cancelled"):
        resend.resend(town.rt, approver, under_way)


def test_nothing_is_sent_again_once_it_has_expired(town, standin, clock):
    id = unconfirmed(town, standin, expires_at=clock.moment.replace(hour=6))
    clock.at(clock.moment.replace(hour=6))
    with pytest.raises(Conflict, match="expires_at"):
        resend.resend(town.rt, town.official(Role.APPROVER), id)


def test_nothing_is_sent_again_once_there_is_a_correction(town, standin):
    id = unconfirmed(town, standin)
    correct.correct(town.rt, town.official(Role.ADMIN), id, {"id": "Air mati sampai malam."}, "k")
    with pytest.raises(Conflict, match="correction"):
        resend.resend(town.rt, town.official(Role.APPROVER), id)


def test_a_cancelled_resend_leaves_what_may_have_arrived_as_it_was(town, standin):
    """Skipped would be untrue, and whoever got it would be left out of a correction."""
    id = unconfirmed(town, standin)
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    decide.pause(town.rt, town.official(Role.APPROVER), id)
    work(town.rt, "bulk")
    assert standin.posts() == 0
    decide.cancel(town.rt, town.official(Role.APPROVER), id)
    town.clock_ticks()
    assert checked(town, id) == {"unconfirmed": 3}


def test_people_who_stopped_or_were_erased_get_no_second_try(town, standin):
    id = unconfirmed(town, standin, people=4)
    stopped, erased, late, _ = [row[0] for row in town.rows(id)]
    town.stop([stopped])
    with town.rt.engine.begin() as conn:
        numbers.forget(conn, erased)
    assert resend.resend(town.rt, town.official(Role.APPROVER), id) == 2
    town.stop([late])
    work(town.rt, "bulk")
    assert standin.posts() == 1
    assert checked(town, id) == {"unconfirmed": 3, "sent": 1}


def test_it_leaves_by_the_route_that_is_usable_now(town, standin):
    id = unconfirmed(town, standin)
    with town.rt.engine.begin() as conn:
        routes.pause(conn, TWILIO, "20003", town.rt.now())
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    work(town.rt, "bulk")
    assert checked(town, id) == {"sent": 3}
    assert [route for number, route, _, _ in attempts(town.rt) if number == 2] == [AFRICASTALKING] * 3


def test_quiet_hours_hold_it_as_they_hold_any_news(town, standin, clock):
    id = unconfirmed(town, standin)
    clock.at(clock.moment.replace(hour=14))  # 21:00 WIB
    resend.resend(town.rt, town.official(Role.APPROVER), id)
    work(town.rt, "bulk")
    assert standin.posts() == 0
    assert town.status(id)["held_until"] is not None
    clock.ahead(hours=11)
    work(town.rt, "bulk")
    assert checked(town, id) == {"sent": 3}


def test_an_emergency_in_doubt_twice_is_sent_again_by_a_person_alone(town, standin):
    id = unconfirmed(town, standin, people=1, level="emergency")
    assert resend.resend(town.rt, town.official(Role.APPROVER), id) == 1
    work(town.rt, "urgent")
    assert checked(town, id) == {"sent": 1}
    assert [number for number, _, _, _ in attempts(town.rt)] == [1, 2, 3]


# What each attempt is told to have come to, in order, and what the message then shows: its best attempt.
