"""Broadcasts that repeat: when each begins, that none comes twice or is made up for, and who can end a series."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.broadcasts import repeats
from gateway.broadcasts.repeats import Repeat
from gateway.broadcasts.service import decide, draft, repeat, start
from gateway.db import statement
from gateway.kernel.errors import Invalid
from gateway.officials import store as officials
from gateway.officials.rules import Role
from tests.broadcasts.town import Town, at_once
from tests.conftest import Clock

WIB = ZoneInfo("Asia/Jakarta")
FIRST = Clock.START + timedelta(days=1)
"""Thursday 5 November, 10:00 WIB."""
WEEKLY = Repeat("week", date(2026, 11, 26))


def days(first: datetime, every: str, until: date, zone: ZoneInfo = WIB) -> list[str]:
    found = repeats.moments(first, Repeat(every, until), zone)  # type: ignore[arg-type]
    return [f"{moment.astimezone(zone):%d.%m. %H:%M}" for moment in found]


def test_a_series_begins_at_the_same_time_of_day() -> None:
    assert days(FIRST, "day", date(2026, 11, 7)) == ["05.11. 10:00", "06.11. 10:00", "07.11. 10:00"]
    assert days(FIRST, "week", date(2026, 11, 19)) == ["05.11. 10:00", "12.11. 10:00", "19.11. 10:00"]
    late = datetime(2026, 10, 24, 8, 0, tzinfo=UTC)
    assert days(late, "day", date(2026, 10, 26), ZoneInfo("Europe/Berlin")) == [
        "24.10. 10:00", "25.10. 10:00", "26.10. 10:00"
    ], "also over the night in which clocks are put back"  # fmt: skip


def test_a_short_month_has_it_on_its_last_day() -> None:
    first = datetime(2027, 1, 31, 2, 0, tzinfo=UTC)
    assert days(first, "month", date(2027, 4, 30)) == ["31.01. 09:00", "28.02. 09:00", "31.03. 09:00", "30.04. 09:00"]


@given(
    first=some.integers(0, 2_000_000).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    every=some.sampled_from(repeats.EVERY),
    length=some.integers(1, 366),
    moved=some.integers(-400, 400),
)
def test_what_comes_after_any_moment_is_the_next_of_the_series(
    first: datetime, every: repeats.Every, length: int, moved: int
) -> None:
    series = Repeat(every, (first + timedelta(days=length)).date())
    moment = first + timedelta(days=moved)
    all_of_them = list(repeats.moments(first, series, WIB))
    assert all_of_them == sorted(set(all_of_them))
    assert all(begins.astimezone(WIB).date() <= series.until for begins in all_of_them)
    found = repeats.after(first, series, WIB, moment)
    assert found == next((one for one in all_of_them if one > moment), None)


@pytest.mark.parametrize(
    ("label", "level", "more", "words"),
    [
        ("an emergency", "emergency", {"send_at": FIRST}, "does not repeat"),
        ("no beginning", "routine", {}, "repeat needs send_at"),
        ("no second one", "routine", {"send_at": FIRST + timedelta(days=21)}, "a second one"),
        ("a year and more", "routine", {"send_at": FIRST, "repeat": Repeat("day", date(2027, 12, 1))}, "366 days"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    town: Town, label: str, level: str, more: dict[str, object], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        town.write(town.official(Role.ADMIN), level, **{"repeat": WEEKLY, **more})


def series(town: Town, author: Role = Role.ADMIN, **more: object) -> int:
    """The first of a weekly series, approved."""
    town.people(3)
    return town.approved(town.official(author), **{"send_at": FIRST, "repeat": WEEKLY, **more})


def of_series(town: Town) -> list[tuple[int, str, str]]:
    """Id, day and state of every broadcast."""
    with town.rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT id, send_at, state FROM broadcasts ORDER BY id")).all()
    return [(row.id, f"{row.send_at.astimezone(WIB):%d.%m.}", row.state) for row in found]


def run(town: Town) -> None:
    """What the clock and its jobs do now."""
    for id, _, state in of_series(town):
        if state == "approved":
            start.start(town.rt, id)
    town.settle(town.claim())
    town.clock_ticks()
    repeat.tick(town.rt)


def test_a_series_goes_on_with_its_own_codes_until_its_last_day(town: Town, clock: Clock) -> None:
    first = series(town)
    assert town.get(first).expires_at == FIRST + timedelta(weeks=1), "of no use once the next one begins"
    run(town)
    assert of_series(town) == [(first, "05.11.", "approved")], "it has not left yet"
    for week in range(5):
        clock.at(FIRST + timedelta(weeks=week))
        run(town)
        run(town)
    found = of_series(town)
    assert [(day, state) for _, day, state in found] == [
        ("05.11.", "finished"), ("12.11.", "finished"), ("19.11.", "finished"), ("26.11.", "finished")
    ]  # fmt: skip
    shown = [town.status(id) for id, _, _ in found]
    assert len({one["code"] for one in shown}) == 4
    assert [one["series"] for one in shown] == [None, first, first, first]
    assert [one["counts"]["sent"] for one in shown] == [3, 3, 3, 3]
    assert len({town.get(id).hash for id, _, _ in found}) == 4
    assert town.count_of("SELECT count(*) FROM audit WHERE act = 'end series'") == 1


def test_what_was_slept_through_is_left_out_and_not_made_up_for(town: Town, clock: Clock) -> None:
    series(town)
    clock.at(FIRST)
    run(town)
    clock.at(FIRST + timedelta(weeks=2, hours=1))
    run(town)
    assert [(day, state) for _, day, state in of_series(town)] == [
        ("05.11.", "finished"), ("12.11.", "expired"), ("26.11.", "approved")
    ], "the second was too late, the third had passed before it was written"  # fmt: skip


def test_a_clock_that_is_set_back_sends_nothing_again(town: Town, clock: Clock) -> None:
    series(town)
    clock.at(FIRST)
    run(town)
    before = of_series(town)
    clock.at(FIRST - timedelta(days=3))
    run(town)
    assert of_series(town) == before
    clock.at(FIRST)
    run(town)
    assert of_series(town) == before


def test_of_many_clocks_one_goes_on_with_a_series(town: Town, clock: Clock) -> None:
    first = series(town)
    clock.at(FIRST)
    assert start.start(town.rt, first)
    written = at_once(*[lambda: repeat.tick(town.rt)] * 8)
    assert sorted(written) == [0] * 7 + [1]  # type: ignore[type-var]
    assert len(of_series(town)) == 2


@pytest.mark.parametrize("end", ["cancelled", "rejected"])
def test_whoever_may_stop_one_ends_the_series(town: Town, clock: Clock, end: str) -> None:
    first = series(town)
    clock.at(FIRST)
    run(town)
    second = of_series(town)[-1][0]
    assert second != first
    if end == "cancelled":
        decide.cancel(town.rt, town.official(Role.ADMIN), second)
    else:
        # More people than were approved: somebody is asked again, and says no.
        town.people(60)
        clock.at(FIRST + timedelta(weeks=1))
        assert not start.start(town.rt, second)
        assert town.state(second) == "submitted"
        decide.reject(town.rt, town.official(Role.APPROVER), second, "Cukup.")
    for week in (1, 2, 3):
        clock.at(FIRST + timedelta(weeks=week))
        run(town)
    assert [state for _, _, state in of_series(town)] == ["finished", end]


def test_one_that_nobody_approves_again_ends_the_series_and_one_that_is_approved_goes_on(
    town: Town, clock: Clock
) -> None:
    series(town)
    clock.at(FIRST)
    run(town)
    town.people(60)
    clock.at(FIRST + timedelta(weeks=1))
    run(town)
    second = of_series(town)[-1][0]
    decide.approve(town.rt, town.official(Role.APPROVER), second)
    clock.ahead(seconds=town.rt.settings.undo_window)
    run(town)
    run(town)
    assert [state for _, _, state in of_series(town)] == ["finished", "finished", "approved"]
    town.people(60)
    for days_later in range(14, 22):
        clock.at(FIRST + timedelta(days=days_later))
        run(town)
    assert [state for _, _, state in of_series(town)] == ["finished", "finished", "expired"]


@pytest.mark.parametrize(("who", "states"), [(Role.ADMIN, ["finished"]), (Role.APPROVER, ["finished", "submitted"])])
def test_nobody_speaks_for_who_left_office(town: Town, clock: Clock, who: Role, states: list[str]) -> None:
    first = series(town)
    clock.at(FIRST)
    assert start.start(town.rt, first)
    with town.rt.engine.begin() as conn:
        officials.disable(conn, town.official(who).id, clock())
    run(town)
    assert [state for _, _, state in of_series(town)] == states
    if who is Role.APPROVER:
        following = town.get(of_series(town)[-1][0])
        assert following.approved_by is None
        assert following.note
        assert "not in office" in following.note
        other = town.new_official(Role.APPROVER)
        assert decide.approve(town.rt, other, following.id, following.hash).state.value == "approved"


def test_an_approval_is_bound_to_how_often_it_repeats(town: Town) -> None:
    admin = town.official(Role.ADMIN)
    made = town.write(admin, send_at=FIRST, repeat=WEEKLY)
    other = draft.change(town.rt, admin, made["id"], {"repeat": Repeat("day", WEEKLY.until)})
    once = draft.change(town.rt, admin, made["id"], {"repeat": None})
    assert len({made["hash"], other["hash"], once["hash"]}) == 3
    assert town.status(made["id"])["repeat"] is None
