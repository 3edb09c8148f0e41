"""What a KIM is at a day, and who stands in where there is none."""

from datetime import date

import pytest

from gateway.kim import rules
from gateway.kim.rules import Organisation, Seat, Span
from gateway.officials.rules import Official, Role

BENDAN, MEDONO = "33.75.01.1006", "33.75.01.1002"
START, MIDDLE, END = date(2019, 1, 1), date(2023, 1, 1), date(2026, 1, 1)


def official(id: int, role: Role, area: str) -> Official:
    return Official(id, f"official {id}", role, area, None, id)


def a_kim(until: date | None = None, *seats: Seat) -> Organisation:
    names = [(START, "Kelompok Informasi"), (MIDDLE, "Komunitas Informasi")]
    return Organisation(1, Span(START, until), None, names, [(BENDAN, Span(START, until))], seats)


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2000, 1, 1), "Kelompok Informasi"), (START, "Kelompok Informasi"), (MIDDLE, "Komunitas Informasi")],
)
def test_a_name_holds_until_the_next_one(day: date, name: str) -> None:
    assert a_kim().name_on(day) == name


def test_a_span_ends_before_its_last_day() -> None:
    span = Span(START, MIDDLE)
    assert [span.holds_on(day) for day in (date(2018, 12, 31), START, date(2022, 12, 31), MIDDLE)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_area_is_served_by_its_kim_else_its_lurah_else_the_city() -> None:
    lurah, chair, admin = (official(2, Role.LURAH, BENDAN), official(3, Role.KIM, rules.CITY),
                           official(4, Role.ADMIN, rules.CITY))  # fmt: skip
    seated = official(5, Role.KIM, MEDONO)
    board = a_kim(None, Seat(5, "x", "chair", Span(START, END)))
    everyone = [lurah, chair, admin, seated]
    by = rules.serve(BENDAN, [board], everyone, MIDDLE)
    assert (by.kind, by.name, by.official_ids) == ("kim", "Komunitas Informasi", {5})
    assert rules.serve(BENDAN, [board], everyone, END).kind == "lurah"
    assert rules.serve(BENDAN, [board], [lurah, chair, admin], MIDDLE).official_ids == {2}
    assert rules.serve(BENDAN, [a_kim(MIDDLE)], everyone, MIDDLE).kind == "lurah"
    assert rules.serve(BENDAN, [], [chair, admin], MIDDLE).official_ids == {3}
    assert rules.serve(BENDAN, [], [admin], MIDDLE).official_ids == {4}
    assert rules.serve(MEDONO, [], everyone, MIDDLE).official_ids == {5}


def test_a_name_is_kept_clean_and_short() -> None:
    assert rules.read_name("  KIM\n Bendan  Kergon ") == "KIM Bendan Kergon"
    assert rules.read_name("x" * (rules.LONGEST_NAME + 1)) == rules.read_name(" ") == ""
