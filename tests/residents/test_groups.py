"""Groups: who may put whom in, what is counted, and which may be drilled."""

import pytest

from gateway.db import statement
from gateway.kernel.errors import Fault, Forbidden, Invalid, Missing
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.residents import group_store, store
from gateway.residents.rules import Registration
from gateway.residents.service import groups
from gateway.runtime import Runtime

HOME, OTHER, CITY = "33.75.01.1006", "33.75.02.1007", "33.75"
PHONES = [f"+62812000000{at:02d}" for at in range(6)]


@pytest.fixture
def people(rt: Runtime) -> list[str]:
    """Four residents at home, two elsewhere; the last at home is in `pkk`."""
    with rt.engine.begin() as conn:
        ids = numbers.ensure_many(conn, rt.vault, PHONES)
        rows = [
            (ids[phone], Registration(phone, HOME if at < 4 else OTHER, "id", None, None, None, (),
                                      ("pkk",) if at == 3 else (), "paper", rt.now()))
            for at, phone in enumerate(PHONES)
        ]  # fmt: skip
        store.register_many(conn, rows, "operator", rt.now())
    return PHONES


def official(role: Role, area: str = CITY) -> Official:
    return Official(1, "Someone", role, area, None, 1)


def members(rt: Runtime, name: str) -> int:
    with rt.engine.begin() as conn:
        return int(
            conn.execute(
                statement("SELECT count(*) FROM residents WHERE :name = ANY(groups)"), {"name": name}
            ).scalar_one()
        )


def test_people_are_put_in_once_and_taken_out(rt: Runtime, people: list[str]) -> None:
    admin = official(Role.ADMIN)
    # The same person twice, written in two ways, is one person.
    done = groups.change(rt, admin, "nelayan", [people[0], "081200000000", people[4]], [])
    assert (done.added, done.removed, done.unknown) == (2, 0, ())
    assert groups.change(rt, admin, "nelayan", people[:1], []).added == 0
    assert members(rt, "nelayan") == 2
    done = groups.change(rt, admin, "nelayan", [people[1]], [people[0], people[2]])
    assert (done.added, done.removed) == (1, 1)
    assert members(rt, "nelayan") == 2


def test_numbers_of_nobody_are_told_by_their_place_and_not_written_down(rt: Runtime, people: list[str]) -> None:
    done = groups.change(rt, official(Role.ADMIN), "nelayan", ["+6281999999999", people[0], "no number"], ["54600"])
    assert (done.added, done.unknown) == (1, (1, 3, 4))
    with rt.engine.begin() as conn:
        assert numbers.find(conn, rt.vault, "+6281999999999") is None


def test_a_lurah_keeps_the_own_area_and_learns_nothing_of_others(rt: Runtime, people: list[str]) -> None:
    lurah = official(Role.LURAH, HOME)
    done = groups.change(rt, lurah, "nelayan", [people[0], people[4], "+6281999999999"], [])
    assert (done.added, done.unknown) == (1, (2, 3)), "someone elsewhere and someone unknown look alike"
    groups.change(rt, official(Role.ADMIN), "nelayan", [people[4]], [])
    assert [(one.name, one.people) for one in groups.every(rt, lurah)] == [("nelayan", 1), ("pkk", 1)]
    assert groups.change(rt, lurah, "nelayan", [], [people[4]]).removed == 0


WHO: list[tuple[Role, type[Fault] | None, type[Fault] | None, type[Fault] | None]] = [
    (Role.ADMIN, None, None, None),
    (Role.KIM, None, None, Forbidden),
    (Role.LURAH, None, None, Forbidden),
    (Role.APPROVER, None, Forbidden, Forbidden),
    (Role.EMERGENCY, None, Forbidden, Forbidden),
    (Role.OFFICE, Missing, Forbidden, Forbidden),
    (Role.AUDITOR, Missing, Forbidden, Forbidden),
    (Role.DPO, Missing, Forbidden, Forbidden),
]


@pytest.mark.parametrize(("role", "lists", "changes", "flags"), WHO)
def test_roles(
    rt: Runtime, people: list[str], role: Role, lists: type[Fault] | None, changes: type[Fault] | None,
    flags: type[Fault] | None,
) -> None:  # fmt: skip
    one = official(role)
    acts = (
        (lists, lambda: groups.every(rt, one)),
        (changes, lambda: groups.change(rt, one, "pkk", people[:1], [])),
        (flags, lambda: groups.flag(rt, one, "pkk", is_test=True)),
    )
    for fault, act in acts:
        if fault:
            with pytest.raises(fault):
                act()
        else:
            act()


@pytest.mark.parametrize("name", ["", "PKK", "a b", "-x", "x" * 33, "pkk;", "é"])
def test_names_that_are_none(rt: Runtime, people: list[str], name: str) -> None:
    with pytest.raises(Invalid):
        groups.change(rt, official(Role.ADMIN), name, people[:1], [])
    with pytest.raises(Invalid):
        groups.flag(rt, official(Role.ADMIN), name, is_test=True)


@pytest.mark.parametrize("count", [0, 1001])
def test_too_many_or_none(rt: Runtime, count: int) -> None:
    with pytest.raises(Invalid):
        groups.change(rt, official(Role.ADMIN), "pkk", ["+6281200000000"] * count, [])


def test_a_group_is_for_drills_only_while_it_is_flagged(rt: Runtime, people: list[str]) -> None:
    admin = official(Role.ADMIN)
    groups.flag(rt, admin, "latihan", is_test=True)
    with rt.engine.begin() as conn:
        assert group_store.not_tests(conn, ["pkk", "latihan", "nobody"]) == ["nobody", "pkk"]
    assert [(one.name, one.is_test) for one in groups.every(rt, admin)] == [("latihan", True), ("pkk", False)]
    groups.flag(rt, admin, "latihan", is_test=False)
    with rt.engine.begin() as conn:
        assert group_store.not_tests(conn, ["latihan"]) == ["latihan"]
