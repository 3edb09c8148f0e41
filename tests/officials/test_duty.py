"""Who is on duty: shifts around midnight and weekends, the order of deputies, and files with every fault named."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.audit import store as audit
from gateway.kernel.errors import Invalid, Missing
from gateway.officials import duty_store, roster, service
from gateway.officials.duty import Duty, in_turn
from gateway.officials.roster import Shift
from gateway.officials.rules import Official, Role
from gateway.runtime import Runtime

WIB = ZoneInfo("Asia/Jakarta")
NIGHT = Duty(1, 1, time(20), time(8))
DAY = Duty(1, 1, time(8), time(20))


@pytest.mark.parametrize(
    ("label", "duty", "moment", "on"),
    [
        ("a night begins", NIGHT, "2026-11-04 20:00", True),
        ("just before it", NIGHT, "2026-11-04 19:59", False),
        ("after midnight it still runs", NIGHT, "2026-11-05 03:00", True),
        ("and ends in the morning", NIGHT, "2026-11-05 08:00", False),
        ("a day shift begins where the night ends", DAY, "2026-11-05 08:00", True),
        ("the same hour twice is the whole day", Duty(1, 1, time(0), time(0)), "2026-11-05 13:00", True),
        ("Friday's night runs into Saturday", Duty(1, 1, time(20), time(8), (5,)), "2026-11-07 03:00", True),
        ("and none begins on Saturday", Duty(1, 1, time(20), time(8), (5,)), "2026-11-07 21:00", False),
        ("a weekday of a day shift", Duty(1, 1, time(8), time(20), (3,)), "2026-11-04 10:00", True),
        ("not another weekday", Duty(1, 1, time(8), time(20), (3,)), "2026-11-05 10:00", False),
        ("before its first day", Duty(1, 1, time(8), time(20), (), date(2026, 11, 5)), "2026-11-04 10:00", False),
        ("on its last night, after midnight", Duty(1, 1, time(20), time(8), (), None, date(2026, 11, 4)),
         "2026-11-05 07:59", True),
        ("the night after its last day", Duty(1, 1, time(20), time(8), (), None, date(2026, 11, 4)),
         "2026-11-05 20:00", False),
    ],
)  # fmt: skip
def test_a_shift_runs(label: str, duty: Duty, moment: str, on: bool) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=WIB)
    assert duty.is_on(now.astimezone(ZoneInfo("UTC")), WIB) is on, label


def test_people_are_asked_by_place_then_all_others_three_at_a_time() -> None:
    people = [Official(id, f"P{id}", Role.ADMIN, "33.75", None, id) for id in range(1, 9)]
    duties = [Duty(5, 2, time(0), time(0)), Duty(3, 1, time(8), time(12)), Duty(4, 1, time(8), time(12)),
              Duty(6, 1, time(13), time(14)), Duty(5, 3, time(0), time(0)), Duty(99, 1, time(0), time(0))]  # fmt: skip
    now = datetime(2026, 11, 4, 10, 0, tzinfo=WIB)
    assert [[one.id for one in group] for group in in_turn(people, duties, now, WIB)] == [
        [3, 4],
        [5],
        [1, 2, 6],
        [7, 8],
    ]
    assert in_turn([], duties, now, WIB) == []


@pytest.fixture
def ids(rt: Runtime) -> list[int]:
    return [service.add(rt, f"P{at}", "admin", "33.75", f"08123456789{at}").id for at in range(2)]


def shifts(rt: Runtime) -> list[Duty]:
    with rt.engine.begin() as conn:
        return duty_store.every(conn)


def test_a_csv_replaces_the_roster(rt: Runtime, ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        f"official,place,days,from,to,first_day,last_day\n{ids[0]},1,mon-fri,20:00,08:00,2026-11-01,2026-11-30\n"
        f"{ids[1]},2,sab;min,8.00,20.00,,\n"
    )
    assert roster.load(rt, path) == 2
    expected = [Duty(ids[0], 1, time(20), time(8), (1, 2, 3, 4, 5), date(2026, 11, 1), date(2026, 11, 30)),
                Duty(ids[1], 2, time(8), time(20), (6, 7))]  # fmt: skip
    assert shifts(rt) == expected
    assert roster.load(rt, path) == 2
    assert shifts(rt) == expected, "the old one is gone"
    with rt.engine.begin() as conn:
        assert [row["act"] for row in audit.of(conn, "roster")] == ["load roster"] * 2


def test_a_yaml_is_read_as_it_is_written(rt: Runtime, ids: list[int], tmp_path: Path) -> None:
    path = tmp_path / "roster.yaml"
    path.write_text(
        f"- official: {ids[0]}\n  place: 1\n  days: sat-mon\n  from: 20:00\n  to: 08:00\n- official: {ids[1]}\n"
    )
    assert roster.load(rt, path) == 2
    assert shifts(rt) == [Duty(ids[0], 1, time(20), time(8), (1, 6, 7)), Duty(ids[1], 1, time(0), time(0))]


def test_every_fault_of_a_file_is_named_and_the_roster_stays(rt: Runtime, ids: list[int], tmp_path: Path) -> None:
    roster.put(rt, ids[0], Shift(str(ids[0]), begins="20:00", ends="08:00"))
    path = tmp_path / "roster.csv"
    path.write_text(
        f"official,place,days,from,to,first_day,last_day\n99999,1,,20:00,08:00,,\n{ids[0]},0,funday,25:00,08:00,,\n"
        f"{ids[0]},1,,20:00,08:00,2026-12-01,2026-11-01\n{ids[0]},1,,20:00,08:00,soon,\n"
        f"{ids[0]},1,,20:00,08:00,,,what is this\n"
    )
    with pytest.raises(Invalid) as raised:
        roster.load(rt, path)
    assert [line.partition(": ")[0] for line in str(raised.value).splitlines()] == [
        "line 2", "line 3", "line 3", "line 3", "line 4", "line 5", "line 6",
    ]  # fmt: skip
    assert "no active official 99999" in str(raised.value)
    assert len(shifts(rt)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [("r.yaml", "- [1, 2]"), ("r.yaml", "a: ["), ("r.yaml", "just words"), ("none.csv", None), ("r.csv", "\xff\xfe")],
)
def test_what_is_no_roster(rt: Runtime, tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    with pytest.raises(Invalid):
        roster.load(rt, path)


def test_someone_who_was_disabled_is_on_no_roster(rt: Runtime, ids: list[int]) -> None:
    for id in ids:
        roster.put(rt, id, Shift(str(id), begins="08:00", ends="20:00"))
    service.disable(rt, ids[0])
    assert [(official.id, is_on) for official, _, is_on in roster.show(rt)] == [(ids[1], True)]
    with pytest.raises(Missing):
        roster.put(rt, ids[0], Shift(str(ids[0])))
    roster.clear(rt, ids[1])
    assert roster.show(rt) == []
