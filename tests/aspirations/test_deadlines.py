"""Deadlines over weekends, Idulfitri, new year and midnight; days off that are added late; and a clock that was away."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from gateway import runtime
from gateway.aspirations import casework, clocks, deadlines, holidays, service
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import Filing, Verb
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.kernel.calendar import add_working_days, take_working_days
from gateway.kernel.errors import Forbidden, Invalid, Missing
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from gateway.runtime import Runtime

Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
OFF = st.frozensets(DAYS, max_size=40)


def is_working(day: date, off: frozenset[date]) -> bool:
    return day.weekday() < 5 and day not in off


@given(DAYS, st.integers(1, 20), OFF, st.lists(st.tuples(st.booleans(), DAYS), max_size=8))
def test_whatever_days_come_and_go_a_deadline_is_no_day_off_and_never_moves_earlier(
    start: date, days: int, off: frozenset[date], edits: list[tuple[bool, date]]
) -> None:
    due = add_working_days(start, days, off)
    for is_added, day in edits:
        off = off | {day} if is_added else off - {day}
        before, due = due, clocks.recount(start, days, due, off)
        assert due >= before
        assert is_working(due, off)


@given(DAYS, st.integers(1, 5), OFF)
def test_taking_working_days_is_the_other_side_of_adding_them(today: date, days: int, off: frozenset[date]) -> None:
    missed = take_working_days(today, days, off)
    assert add_working_days(missed, days, off) <= today
    assert add_working_days(missed + timedelta(days=1), days, off) > today


@pytest.fixture
def own(make_database: Callable[[], str], settings: Settings, rt: Runtime) -> Iterator[Runtime]:
    """Tools over a database of the test's own, whose days off may be edited."""
    tools = dataclasses.replace(
        runtime.build(settings.model_copy(update={"database_url": make_database()})), now=rt.now
    )
    reference.load(tools)
    yield tools
    tools.close()


def hire(rt: Runtime, role: Role = Role.ADMIN, area: str = "33.75") -> Official:
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, "+628177" + f"{len(role) + len(area):07d}")
        id = officials.add(conn, "Siti", role, area, None, number.id, f"{role}{area}".encode(), "", rt.now())
    return Official(id, "Siti", role, area, None, number.id)


def wib(rt: Runtime, written: str) -> datetime:
    local = datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=rt.settings.timezone)
    return local.astimezone(rt.now().tzinfo)


CALENDAR = [
    ("over a weekend", "2026-11-06 10:00", "first", date(2026, 11, 13), None),
    ("at the last minute of a Friday", "2026-11-06 23:59", "first", date(2026, 11, 13), None),
    ("at midnight it is Saturday, and the days begin on Monday", "2026-11-07 00:00", "first", date(2026, 11, 13), None),
    ("at midnight between working days", "2026-11-05 00:00", "first", date(2026, 11, 12), None),
    ("a minute before it", "2026-11-04 23:59", "first", date(2026, 11, 11), None),
    ("over Christmas and its joint leave into the new year", "2026-12-22 10:00", "first", date(2026, 12, 31),
     "Hari Raya Natal"),
    ("over new year", "2026-12-30 10:00", "verify", date(2027, 1, 6), "Tahun Baru Masehi"),
    ("over Idulfitri and its joint leave", "2027-03-05 10:00", "first", date(2027, 3, 22), "Hari Raya Idul Fitri"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("begun", "clock_name", "due", "holiday"), [one[1:] for one in CALENDAR], ids=[one[0] for one in CALENDAR]
)
def test_deadlines_of_the_city(rt: Runtime, clock: Any, filing: Make, file: File, begun: str, clock_name: str, due: date,
                               holiday: str | None) -> None:  # fmt: skip
    clock.at(wib(rt, begun))
    made, _ = file(filing("1"))
    if clock_name == "first":
        admin = hire(rt)
        casework.act(rt, admin, made.ticket, Act(Verb.VERIFY))
        made = casework.act(rt, admin, made.ticket, Act(Verb.FORWARD, office="DLH"))
    assert (made.course.clock, made.due) == (clock_name, due)
    assert not made.course.is_provisional
    with rt.engine.begin() as conn:
        start = made.course.start
        assert start
        between = reference_store.holidays_between(conn, start, due)
    assert [one.source for one in between] == [f"python-holidays {version('holidays')}"] * len(between)
    assert holiday is None or any(holiday in one.name for one in between), between


def test_a_year_without_joint_leave_is_provisional_until_it_is_decreed(own: Runtime, clock: Any, filing: Make) -> None:
    admin = hire(own)
    clock.at(wib(own, "2027-12-30 10:00"))
    ticket = put(own, filing("1"))
    assert due_of(own, ticket) == (date(2028, 1, 4), True)
    holidays.add(own, admin, date(2028, 1, 1), "Tahun Baru", "national")
    assert due_of(own, ticket) == (date(2028, 1, 4), True)
    assert holidays.of_year(own, 2028)["provisional"]
    holidays.add(own, admin, date(2028, 1, 3), "Cuti bersama", "joint_leave")
    assert due_of(own, ticket) == (date(2028, 1, 5), False)
    assert [(one["day"], one["source"]) for one in holidays.of_year(own, 2028)["days"]] == [
        ("2028-01-01", admin.actor),
        ("2028-01-03", admin.actor),
    ]


def put(rt: Runtime, what: Filing) -> str:
    with rt.engine.begin() as conn:
        return service.file(rt, conn, numbers.ensure(conn, rt.vault, "+6281234567890").id, what)[0].ticket


def due_of(rt: Runtime, ticket: str) -> tuple[date, bool]:
    with rt.engine.begin() as conn:
        row = conn.execute(
            statement("SELECT due, is_due_provisional FROM aspirations WHERE ticket = :t"), {"t": ticket}
        ).one()
    return row.due, row.is_due_provisional


def test_a_day_off_moves_what_runs_and_striking_it_out_keeps_the_promise(
    own: Runtime, clock: Any, filing: Make
) -> None:
    admin = hire(own)
    ticket, old = put(own, filing("1")), put(own, filing("2", "lain"))
    with own.engine.begin() as conn:
        conn.execute(statement("UPDATE aspirations SET due = '2026-11-03' WHERE ticket = :t"), {"t": old})
    holidays.add(own, admin, date(2026, 11, 9), "Hari jadi")
    assert due_of(own, ticket) == (date(2026, 11, 10), False)
    assert due_of(own, old)[0] == date(2026, 11, 3)
    holidays.remove(own, admin, date(2026, 11, 9))
    assert due_of(own, ticket)[0] == date(2026, 11, 10)
    holidays.add(own, admin, date(2026, 11, 10), "Pilkada")
    assert due_of(own, ticket)[0] == date(2026, 11, 11)
    with own.engine.begin() as conn:
        acts = conn.execute(statement("SELECT act FROM audit WHERE subject LIKE 'holiday:%' ORDER BY id")).scalars()
        assert list(acts) == ["add holiday", "remove holiday", "add holiday"]


def test_a_day_off_that_another_process_put_on_record_is_found_by_the_clock(own: Runtime, filing: Make) -> None:
    ticket = put(own, filing("1"))
    with own.engine.begin() as conn:
        reference_store.add_holiday(conn, reference_store.Holiday(date(2026, 11, 9), "Hari jadi", "city", "SE"))
    own.forget()
    deadlines.tick(own)
    assert due_of(own, ticket)[0] == date(2026, 11, 10)


def test_only_an_admin_of_the_city_edits_days_off(own: Runtime) -> None:
    day = date(2026, 11, 9)
    for role, area in ((Role.KIM, "33.75"), (Role.APPROVER, "33.75"), (Role.ADMIN, "33.75.01")):
        with pytest.raises(Forbidden):
            holidays.add(own, hire(own, role, area), day, "Hari jadi")
        with pytest.raises(Forbidden):
            holidays.remove(own, Official(1, "x", role, area, None, 1), day)
    admin = hire(own)
    with pytest.raises(Missing):
        holidays.remove(own, admin, day)
    for name, kind in (("", "city"), ("x" * 81, "city"), ("x", "feast")):
        with pytest.raises(Invalid):
            holidays.add(own, admin, day, name, kind)
    with pytest.raises(Invalid):
        holidays.of_year(own, 10_000)


def sent(rt: Runtime) -> int:
    with rt.engine.begin() as conn:
        return int(conn.execute(statement("SELECT count(*) FROM messages")).scalar_one())


def test_a_clock_that_was_away_says_only_where_things_stand_now(
    rt: Runtime, clock: Any, filing: Make, file: File
) -> None:
    hire(rt)
    file(filing("1"))
    clock.at(wib(rt, "2026-11-20 09:00"))
    deadlines.tick(rt)
    with rt.engine.begin() as conn:
        bodies = list(conn.execute(statement("SELECT body FROM messages ORDER BY id")).scalars())
    assert len(bodies) == 2
    assert "LEWAT sejak 9/11" in bodies[0]
    assert bodies[1].startswith("Maaf, tiket")
    for _ in range(2):
        deadlines.tick(rt)
    assert sent(rt) == 2


def test_two_clocks_at_once_say_it_once(rt: Runtime, clock: Any, filing: Make, file: File) -> None:
    hire(rt)
    for at in range(30):
        file(filing(f"{at}", f"kata {at}"), f"+62812000{at:05d}")
    clock.at(wib(rt, "2026-11-20 09:00"))
    threads = [threading.Thread(target=deadlines.tick, args=(rt,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with rt.engine.begin() as conn:
        told = conn.execute(statement("SELECT count(*) FROM messages WHERE body LIKE 'Maaf%'")).scalar_one()
        events = conn.execute(statement("SELECT count(*) FROM aspiration_events WHERE verb = 'escalate'")).scalar_one()
    assert (told, events) == (30, 30)


def test_more_than_a_transaction_holds_is_done_in_several(
    rt: Runtime, clock: Any, filing: Make, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(rt)
    for at in range(5):
        file(filing(f"{at}", f"kata {at}"), f"+62812000{at:05d}")
    monkeypatch.setattr(deadlines, "MOST", 2)
    clock.at(wib(rt, "2026-11-20 09:00"))
    assert deadlines.tick(rt) == 5
    with rt.engine.begin() as conn:
        assert conn.execute(statement("SELECT count(*) FROM messages WHERE body LIKE 'Maaf%'")).scalar_one() == 5


def test_in_quiet_hours_nobody_is_told_and_nothing_ends(rt: Runtime, clock: Any, filing: Make, file: File) -> None:
    hire(rt)
    file(filing("1"))
    clock.at(wib(rt, "2026-11-20 06:00"))
    deadlines.tick(rt)
    assert sent(rt) == 0
    clock.at(wib(rt, "2026-11-20 12:00"))
    deadlines.tick(rt)
    assert sent(rt) == 0


def test_every_area_and_category_leads_to_an_open_office(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        offices = reference_store.offices(conn)
        for area in [None, *(area.code for area in reference.areas(rt) if area.code.startswith("33.75"))]:
            for category in [None, *reference_store.CATEGORIES]:
                assert reference.route(rt, conn, area, category) in offices


def test_a_nearer_route_wins(own: Runtime) -> None:
    with own.engine.begin() as conn:
        for area, office in (("33.75.01", "DLH"), ("33.75.01.1002", "BPBD")):
            conn.execute(
                statement("INSERT INTO routing VALUES (:area, 'roads', :office)"), {"area": area, "office": office}
            )
    own.forget()
    with own.engine.begin() as conn:
        found = [
            reference.route(own, conn, area, "roads") for area in ("33.75.01.1002", "33.75.01.1009", "33.75.02.1002")
        ]
    assert found == ["BPBD", "DLH", "DPUPR"]
