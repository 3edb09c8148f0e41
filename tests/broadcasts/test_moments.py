"""What time does: approval windows, the undo window, send_at, quiet hours, expires_at, all on a clock the test moves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.broadcasts.service import decide, draft, start
from gateway.kernel.errors import Conflict, Invalid
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import Town
from tests.conftest import Clock

HOME = "33.75.01.1006"
ZONE = ZoneInfo("Asia/Jakarta")


def wib(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 in the city's zone; the 4th is a Wednesday, the 6th a Friday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZONE)


@pytest.fixture
def admin(town: Town) -> Official:
    town.people(3)
    return town.official(Role.ADMIN)


WINDOWS = {
    "an emergency's request lives 30 minutes": ("emergency", None, timedelta(minutes=30)),
    "an emergency's too where it is to be sent later": ("emergency", timedelta(hours=5), timedelta(minutes=30)),
    "any other lives 72 hours": ("routine", None, timedelta(hours=72)),
    "an important one too": ("important", None, timedelta(hours=72)),
    "or until send_at, sooner": ("routine", timedelta(hours=1), timedelta(hours=1)),
    "or until send_at, later": ("important", timedelta(hours=100), timedelta(hours=100)),
}


@pytest.mark.parametrize(("level", "send_in", "window"), WINDOWS.values(), ids=WINDOWS)
def test_a_request_for_approval_lives_as_long_as_its_level_says(
    town: Town, clock: Clock, admin: Official, level: str, send_in: timedelta | None, window: timedelta
) -> None:
    id = town.submitted(admin, level, send_at=clock() + send_in if send_in else None)
    begin = clock()
    clock.at(begin + window - timedelta(seconds=1))
    start.tick(town.rt)
    assert town.state(id) == "submitted"
    clock.at(begin + window)
    # The clock has not come by yet, and still it is too late.
    with pytest.raises(Conflict, match="time for approving"):
        decide.approve(town.rt, town.official(Role.APPROVER), id)
    start.tick(town.rt)
    assert town.state(id) == "expired"


def test_approval_in_the_last_second_counts(town: Town, clock: Clock, admin: Official) -> None:
    id = town.submitted(admin, "emergency")
    clock.ahead(minutes=29, seconds=59)
    decide.approve(town.rt, town.official(Role.APPROVER), id)
    clock.ahead(hours=100)
    start.tick(town.rt)
    assert town.state(id) == "approved"
    assert start.start(town.rt, id)


def test_once_approved_only_expires_at_ends_it(town: Town, clock: Clock, admin: Official) -> None:
    id = town.approved(admin, "important", expires_at=clock() + timedelta(days=30))
    clock.ahead(days=29)
    start.tick(town.rt)
    assert town.state(id) == "approved"
    clock.ahead(days=1)
    start.tick(town.rt)
    assert town.state(id) == "expired"


@pytest.mark.parametrize("level", ["routine", "important"])
def test_in_the_undo_window_nothing_leaves_and_a_cancel_leaves_nothing(
    town: Town, clock: Clock, admin: Official, level: str
) -> None:
    window = town.rt.settings.undo_window
    undone, kept = town.approved(admin, level), town.approved(admin, level)
    clock.ahead(seconds=window - 1)
    assert not start.start(town.rt, undone)
    assert not start.start(town.rt, kept)
    decide.cancel(town.rt, admin, undone)
    clock.ahead(seconds=1)
    assert not start.start(town.rt, undone)
    assert start.start(town.rt, kept)
    assert town.status(undone)["total"] == 0
    assert town.state(undone) == "cancelled"
    assert town.count_of("SELECT count(DISTINCT batch_id) FROM messages") == 1


def test_an_emergency_has_no_undo_window(town: Town, admin: Official) -> None:
    id = town.approved(admin, "emergency")
    assert start.start(town.rt, id)
    assert len(town.claim()) == 3


def test_what_is_approved_waits_for_send_at(town: Town, clock: Clock, admin: Official) -> None:
    due = clock() + timedelta(hours=2)
    calm, urgent = (town.approved(admin, level, send_at=due) for level in ("routine", "emergency"))
    clock.at(due - timedelta(seconds=1))
    assert not start.start(town.rt, calm)
    assert not start.start(town.rt, urgent)
    clock.at(due)
    assert start.start(town.rt, calm)
    assert start.start(town.rt, urgent)


def test_the_clock_enqueues_what_is_due_and_nothing_else(town: Town, clock: Clock, admin: Official) -> None:
    town.approved(admin, "routine")
    town.approved(admin, "important", send_at=clock() + timedelta(hours=1))
    town.submitted(admin, "emergency")
    town.rt.redis.flushall()
    start.tick(town.rt)
    assert town.rt.redis.llen("rq:queue:bulk") == 0
    clock.ahead(seconds=town.rt.settings.undo_window)
    start.tick(town.rt)
    assert town.rt.redis.llen("rq:queue:bulk") == 1
    assert town.rt.redis.llen("rq:queue:urgent") == 0


HELD = {
    "Wednesday 19:59 is not quiet": ("routine", wib(4, 19, 59), None),
    "Wednesday 20:00 is quiet till morning": ("routine", wib(4, 20), wib(5, 8)),
    "midnight is quiet": ("important", wib(5, 0), wib(5, 8)),
    "07:59:59 is quiet": ("important", wib(5, 7, 59, 59), wib(5, 8)),
    "08:00 is not quiet": ("routine", wib(5, 8), None),
    "Friday 11:29 is not quiet": ("routine", wib(6, 11, 29), None),
    "Friday 11:30 is quiet till 13:00": ("important", wib(6, 11, 30), wib(6, 13)),
    "Friday 13:00 is not quiet": ("routine", wib(6, 13), None),
    "Thursday 11:30 is not quiet": ("routine", wib(5, 11, 30), None),
    "an emergency at 20:00 is not held": ("emergency", wib(4, 20), None),
    "an emergency on Friday 11:30 is not held": ("emergency", wib(6, 11, 30), None),
}


@pytest.mark.parametrize(("level", "moment", "until"), HELD.values(), ids=HELD)
def test_quiet_hours_hold_the_start_and_the_preview_says_until_when(
    town: Town, clock: Clock, admin: Official, level: str, moment: datetime, until: datetime | None
) -> None:
    clock.at(moment - timedelta(hours=13))
    id = town.approved(admin, level)
    clock.at(moment)
    preview = town.write(admin, level)["preview"]
    assert ("held_until" in preview) is (until is not None)
    assert any("Quiet hours" in warning for warning in preview["warnings"]) is (until is not None)
    assert start.start(town.rt, id) is (until is None)
    if until is None:
        assert town.status(id)["held_until"] is None
        return
    assert datetime.fromisoformat(preview["held_until"]) == until
    assert datetime.fromisoformat(town.status(id)["held_until"]) == town.get(id).held_until == until
    assert town.state(id) == "approved"
    clock.at(until - timedelta(seconds=1))
    assert not start.start(town.rt, id)
    clock.at(until)
    assert start.start(town.rt, id)
    assert town.get(id).held_until is town.status(id)["held_until"] is None


def test_what_is_held_can_be_seen_before_the_clock_has_looked(town: Town, clock: Clock, admin: Official) -> None:
    clock.at(wib(4, 21))
    id = town.approved(admin)
    assert datetime.fromisoformat(town.status(id)["held_until"]) == wib(5, 8)
    later = town.approved(admin, send_at=wib(6, 12))
    assert datetime.fromisoformat(town.status(later)["held_until"]) == wib(6, 13)


def test_what_has_not_left_when_quiet_hours_begin_rests_till_they_end(
    town: Town, clock: Clock, admin: Official
) -> None:
    clock.at(wib(4, 19, 55))
    id = town.started(admin)
    assert len(town.claim(most=1)) == 1
    clock.at(wib(4, 20))
    assert town.claim() == []
    assert datetime.fromisoformat(town.status(id)["held_until"]) == wib(5, 8)
    assert town.state(id) == "sending"
    clock.at(wib(5, 8))
    assert len(town.claim()) == 2


EXPIRED = {
    "a draft cannot be submitted any more": "draft",
    "a request expires": "submitted",
    "what is approved expires": "approved",
    "what is under way skips its rest and finishes": "sending",
    "what is paused skips its rest and finishes": "paused",
}


@pytest.mark.parametrize("state", EXPIRED.values(), ids=EXPIRED)
def test_expires_at_ends_a_broadcast_in_every_state(town: Town, clock: Clock, admin: Official, state: str) -> None:
    make = {"draft": lambda *a, **k: int(town.write(*a, **k)["id"]), "submitted": town.submitted,
            "approved": town.approved}.get(state, town.started)  # fmt: skip
    ends = clock() + timedelta(hours=1)
    id = make(admin, "important", expires_at=ends)
    if state in ("sending", "paused"):
        town.settle(town.claim(most=1))
    if state == "paused":
        decide.pause(town.rt, admin, id)
    clock.at(ends)
    if state == "draft":
        with pytest.raises(Conflict, match="expires_at"):
            draft.submit(town.rt, admin, id)
        return
    if state == "submitted":
        with pytest.raises(Conflict, match="expires_at"):
            decide.approve(town.rt, town.official(Role.APPROVER), id)
    if state == "approved":
        # The starter may be faster than the clock.
        assert not start.start(town.rt, id)
        assert town.state(id) == "expired"
    for _ in range(2):
        town.clock_ticks()
    status = town.status(id)
    if state in ("submitted", "approved"):
        assert (status["state"], status["total"]) == ("expired", 0)
    else:
        assert (status["state"], status["total"]) == ("finished", 3)
        assert town.counts(id) == {"sent": 1, "skipped": 2}
        assert status["skipped"] == {"expired": 2}
        assert status["finished_at"] is not None


def test_rows_claimed_after_expires_at_are_skipped_even_before_the_clock_comes(
    town: Town, clock: Clock, admin: Official
) -> None:
    id = town.started(admin, "important", expires_at=clock() + timedelta(hours=1))
    clock.ahead(hours=1)
    assert town.claim() == []
    assert town.status(id)["skipped"] == {"expired": 3}


def test_a_held_broadcast_that_expires_before_morning_never_starts(town: Town, clock: Clock, admin: Official) -> None:
    clock.at(wib(4, 21))
    id = town.approved(admin, expires_at=wib(5, 7))
    clock.at(wib(5, 8))
    assert not start.start(town.rt, id)
    assert town.state(id) == "expired"


WRONG = {
    "expires_at in the past": (None, -1),
    "expires_at now": (None, 0),
    "expires_at before send_at": (7200, 3600),
    "expires_at at send_at": (7200, 7200),
}


@pytest.mark.parametrize(("send", "ends"), WRONG.values(), ids=WRONG)
def test_moments_that_cannot_be_are_refused(
    town: Town, clock: Clock, admin: Official, send: int | None, ends: int
) -> None:
    send_at = clock() + timedelta(seconds=send) if send else None
    with pytest.raises(Invalid, match="expires_at"):
        town.write(admin, send_at=send_at, expires_at=clock() + timedelta(seconds=ends))
