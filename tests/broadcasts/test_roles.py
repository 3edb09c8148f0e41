"""Who may draft, who needs a second person, who may approve, refuse and stop: the contract's table, cell by cell."""

from itertools import product

import pytest

from gateway.broadcasts import rules
from gateway.broadcasts.rules import Broadcast, State
from gateway.broadcasts.service import decide, draft
from gateway.kernel.areas import AreaBook
from gateway.kernel.errors import Conflict, Fault, Forbidden, Missing
from gateway.officials import service as officials
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import BARAT, CITY, TIMUR, Town

OVER = 500
HOME, OTHER = "33.75.01.1006", "33.75.02.1007"
LEVELS = ("routine", "important", "emergency")

# "may draft", in the contract's words.
MAY_DRAFT = {
    Role.ADMIN: ("any level, in scope", LEVELS),
    Role.APPROVER: ("any level", LEVELS),
    Role.KIM: ("routine, own area", ("routine",)),
    Role.LURAH: ("routine, important, own area", ("routine", "important")),
    Role.EMERGENCY: ("emergency, in scope", ("emergency",)),
    Role.OFFICE: ("-", ()),
    Role.AUDITOR: ("-", ()),
    Role.DPO: ("-", ()),
}
AUDIENCES: dict[str, dict[str, list[str]]] = {
    "its own kelurahan": {"areas": [HOME]},
    "a part of its own kelurahan": {"areas": [f"{HOME}/RW03/RT02"]},
    "another kelurahan": {"areas": [OTHER]},
    "its own and another kelurahan": {"areas": [HOME, OTHER]},
    "its kecamatan": {"areas": [BARAT]},
    "the city": {"areas": [CITY]},
    "a group without areas": {"groups": ["posyandu"]},
}
COVERED = {
    HOME: ("its own kelurahan", "a part of its own kelurahan"),
    BARAT: ("its own kelurahan", "a part of its own kelurahan", "its kecamatan"),
    CITY: tuple(AUDIENCES),
}


def _official(role: Role, area: str = CITY, id: int = 1) -> Official:
    return Official(id, "Someone", role, area, None, id)


def _broadcast(level: str = "routine", audience: dict[str, list[str]] | None = None, recipients: int = 10) -> Broadcast:
    who = audience or {"areas": [HOME]}
    content = (level, {"id": "x"}, who, None, None, None)
    return Broadcast(7, 7, State.SUBMITTED, *content, 1, recipients, "h", *[None] * 9)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "area"),
    [
        pytest.param(role, area, id=f"{role} of {area} may draft: {MAY_DRAFT[role][0]}")
        for role, area in product(Role, COVERED)
    ],
)
def test_a_role_drafts_the_levels_of_the_table_for_its_own_area_alone(role: Role, area: str) -> None:
    may = {
        (level, name)
        for level, name in product(LEVELS, AUDIENCES)
        if rules.may_draft(_official(role, area), level, AUDIENCES[name])
    }
    assert may == set(product(MAY_DRAFT[role][1], COVERED[area]))


KECAMATAN = [f"33.75.0{n}" for n in range(1, 5)]
CITY_WIDE = {
    "the city's code": ({"areas": [CITY]}, True),
    "the city's code beside others": ({"areas": [HOME, CITY]}, True),
    "no areas at all": ({"groups": ["posyandu"]}, True),
    "an empty list of areas": ({"areas": [], "topics": ["alert"]}, True),
    "all four kecamatan": ({"areas": KECAMATAN}, True),
    "three kecamatan": ({"areas": KECAMATAN[:3]}, False),
    "parts of all four kecamatan": ({"areas": [f"{area}/RW01" for area in KECAMATAN]}, False),
    "one kelurahan": ({"areas": [HOME]}, False),
}


@pytest.mark.parametrize(("audience", "expected"), CITY_WIDE.values(), ids=CITY_WIDE)
def test_city_wide_is_what_covers_the_city_however_it_is_written(
    city: AreaBook, audience: dict[str, list[str]], expected: bool
) -> None:
    assert rules.is_city_wide(audience, city) is expected


def test_all_kelurahan_one_by_one_are_the_city_and_all_but_one_are_not(city: AreaBook) -> None:
    every = [area.code for area in city if area.level == "kelurahan"]
    assert len(every) == 27
    assert rules.is_city_wide({"areas": every}, city)
    assert rules.is_city_wide({"areas": [area for area in every if not area.startswith(BARAT)] + [BARAT]}, city)
    assert not rules.is_city_wide({"areas": every[1:]}, city)


# "needs a second person": few or many people (around SECOND_APPROVER_OVER), and city-wide or not.
NEEDS_SECOND = {
    Role.KIM: ("always", lambda many, city_wide: True),
    Role.LURAH: ("over SECOND_APPROVER_OVER recipients", lambda many, city_wide: many),
    Role.ADMIN: ("over SECOND_APPROVER_OVER, and whenever city-wide", lambda many, city_wide: many or city_wide),
    Role.APPROVER: ("the same", lambda many, city_wide: many or city_wide),
    Role.EMERGENCY: ("as admin, without preset groups", lambda many, city_wide: many or city_wide),
}


@pytest.mark.parametrize(
    ("role", "recipients", "city_wide"),
    [
        pytest.param(role, n, wide, id=f"{role} to {n} people{' of the whole city' if wide else ''}")
        for role, n, wide in product(NEEDS_SECOND, (0, OVER, OVER + 1), (False, True))
    ],
)
def test_a_second_person_is_needed_as_the_table_says(
    city: AreaBook, role: Role, recipients: int, city_wide: bool
) -> None:
    broadcast = _broadcast(audience={"areas": [CITY if city_wide else HOME]}, recipients=recipients)
    expected = NEEDS_SECOND[role][1](recipients > OVER, city_wide)
    assert rules.needs_second(_official(role), broadcast, OVER, city) is expected


@pytest.mark.parametrize("role", NEEDS_SECOND, ids=str)
def test_a_limit_of_zero_is_none_but_kim_and_the_city_still_need_a_second(city: AreaBook, role: Role) -> None:
    many, wide = _broadcast(recipients=10**6), _broadcast(audience={"areas": [CITY]}, recipients=3)
    assert rules.needs_second(_official(role), many, 0, city) is (role is Role.KIM)
    assert rules.needs_second(_official(role), wide, 0, city) is (role is not Role.LURAH)


# "may approve": the approver's role and area, the author's role, the audience.
MAY_APPROVE = {
    "a lurah its kim's": (Role.LURAH, HOME, Role.KIM, HOME, [HOME], True),
    "a camat a kim's of one of its kelurahan": (Role.LURAH, BARAT, Role.KIM, HOME, [HOME], True),
    "a lurah a kim's of another kelurahan": (Role.LURAH, OTHER, Role.KIM, HOME, [HOME], False),
    "a lurah the city chair's, though it is for the lurah's area": (Role.LURAH, HOME, Role.KIM, CITY, [HOME], False),
    "a lurah another lurah's": (Role.LURAH, HOME, Role.LURAH, HOME, [HOME], False),
    "a camat a lurah's below": (Role.LURAH, BARAT, Role.LURAH, HOME, [HOME], False),
    "a lurah an admin's": (Role.LURAH, HOME, Role.ADMIN, CITY, [HOME], False),
    "an admin a kim's": (Role.ADMIN, CITY, Role.KIM, HOME, [HOME], True),
    "an admin another admin's": (Role.ADMIN, CITY, Role.ADMIN, CITY, [BARAT], True),
    "an admin an approver's": (Role.ADMIN, CITY, Role.APPROVER, CITY, [HOME], True),
    "an admin a city-wide one": (Role.ADMIN, CITY, Role.ADMIN, CITY, [CITY], False),
    "an admin a city-wide one written as its four parts": (Role.ADMIN, CITY, Role.ADMIN, CITY, KECAMATAN, False),
    "an admin one outside its scope": (Role.ADMIN, TIMUR, Role.KIM, HOME, [HOME], False),
    "an approver a kim's": (Role.APPROVER, CITY, Role.KIM, HOME, [HOME], True),
    "an approver a city-wide one": (Role.APPROVER, CITY, Role.ADMIN, CITY, [CITY], True),
    "an approver another approver's": (Role.APPROVER, CITY, Role.APPROVER, CITY, [CITY], True),
    "an emergency officer another's": (Role.EMERGENCY, CITY, Role.EMERGENCY, CITY, [BARAT], True),
    "an emergency officer an admin's": (Role.EMERGENCY, CITY, Role.ADMIN, CITY, [BARAT], False),
    "a kim another kim's": (Role.KIM, HOME, Role.KIM, HOME, [HOME], False),
    "an office anything": (Role.OFFICE, CITY, Role.KIM, HOME, [HOME], False),
    "an auditor anything": (Role.AUDITOR, CITY, Role.KIM, HOME, [HOME], False),
    "a dpo anything": (Role.DPO, CITY, Role.KIM, HOME, [HOME], False),
}


@pytest.mark.parametrize(
    ("role", "area", "author", "author_area", "areas", "expected"), MAY_APPROVE.values(), ids=MAY_APPROVE
)
def test_who_may_approve(
    city: AreaBook, role: Role, area: str, author: Role, author_area: str, areas: list[str], expected: bool
) -> None:
    wrote = _official(author, author_area, id=1)
    broadcast = _broadcast("emergency" if author is Role.EMERGENCY else "routine", {"areas": areas})
    assert rules.may_approve(_official(role, area, id=2), wrote, broadcast, city) is expected
    assert rules.may_steer(_official(role, area, id=2), wrote, broadcast, city) is expected
    assert rules.may_steer(wrote, wrote, broadcast, city)
    assert not rules.may_approve(wrote, wrote, broadcast, city)


def _fault(town: Town, act: object, official: Official, id: int, *more: str) -> str:
    try:
        act(town.rt, official, id, *more)  # type: ignore[operator]
    except Fault as fault:
        return f"{fault.status} {fault}"
    return "done"


def test_checks_come_in_the_contracts_order(town: Town) -> None:
    town.people(3)
    kim, lurah = town.official(Role.KIM, HOME), town.official(Role.LURAH, HOME)
    admin = town.official(Role.ADMIN)
    draft_of_kim = int(town.write(kim)["id"])
    wide = int(town.write(admin, "important", audience={"areas": [CITY]})["id"])

    def approve(official: Official, id: int, seen: str = "stale") -> str:
        return _fault(town, decide.approve, official, id, seen)

    # Each broadcast is in the wrong state and every hash is stale, so that an earlier check must be what answers.
    assert approve(town.official(Role.KIM, OTHER), draft_of_kim).startswith("404")
    assert approve(town.official(Role.OFFICE), draft_of_kim).startswith("404")
    assert approve(lurah, 10**12).startswith("404")
    assert approve(kim, draft_of_kim).startswith("409 A second person")
    assert approve(admin, wide).startswith("409 A second person")
    assert approve(town.new_official(Role.ADMIN), wide).startswith("403")
    assert approve(town.official(Role.AUDITOR), draft_of_kim).startswith("403")
    assert approve(lurah, draft_of_kim).startswith("409 It is draft")
    draft.submit(town.rt, kim, draft_of_kim)
    assert approve(lurah, draft_of_kim).startswith("409 It has changed")
    assert approve(lurah, draft_of_kim, town.get(draft_of_kim).hash) == "done"
    assert approve(lurah, draft_of_kim, town.get(draft_of_kim).hash).startswith("409 It is approved")


def test_an_author_approves_its_own_where_no_second_person_is_needed(town: Town) -> None:
    town.people(2)
    for author in (town.official(Role.LURAH, HOME), town.official(Role.ADMIN), town.official(Role.APPROVER)):
        id = town.submitted(author, "important")
        assert decide.approve(town.rt, author, id).approved_by == author.id
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, town.official(Role.KIM, HOME), town.submitted(town.official(Role.KIM, HOME)))


def test_the_number_of_people_decides_whether_an_author_is_enough(town: Town) -> None:
    lurah = town.official(Role.LURAH, HOME)
    town.people(OVER)
    just = town.submitted(lurah)
    town.people(1)
    over = town.submitted(lurah)
    assert decide.approve(town.rt, lurah, just).state is State.APPROVED
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, lurah, over)
    with pytest.raises(Forbidden):
        decide.approve(town.rt, town.official(Role.LURAH, BARAT), over)
    assert decide.approve(town.rt, town.official(Role.ADMIN), over).state is State.APPROVED


@pytest.mark.parametrize("role", Role, ids=str)
def test_drafting_through_the_service_follows_the_table(town: Town, role: Role) -> None:
    official = town.official(role, CITY if role is Role.OFFICE else HOME)
    for level, (where, area) in product(LEVELS, {"home": HOME, "other": OTHER}.items()):
        may = level in MAY_DRAFT[role][1] and where == "home"
        try:
            town.write(official, level, audience={"areas": [area]})
            done = True
        except Forbidden:
            done = False
        assert done is may, (level, where)


STEERS = {
    "its author": (lambda town: town.official(Role.KIM, HOME), "done"),
    "its lurah": (lambda town: town.official(Role.LURAH, HOME), "done"),
    "an admin": (lambda town: town.official(Role.ADMIN), "done"),
    "an approver": (lambda town: town.official(Role.APPROVER), "done"),
    "another kim of the same kelurahan": (lambda town: town.new_official(Role.KIM, HOME), "403"),
    "an admin of another kecamatan": (lambda town: town.official(Role.ADMIN, TIMUR), "403"),
    "a lurah of another kelurahan": (lambda town: town.official(Role.LURAH, OTHER), "404"),
    "an emergency officer": (lambda town: town.official(Role.EMERGENCY), "404"),
    "an office": (lambda town: town.official(Role.OFFICE), "404"),
    "an auditor": (lambda town: town.official(Role.AUDITOR), "403"),
}


@pytest.mark.parametrize(("who", "expected"), STEERS.values(), ids=STEERS)
def test_pausing_resuming_and_cancelling_are_for_the_author_and_those_who_may_approve(
    town: Town, who: object, expected: str
) -> None:
    town.people(3)
    id = town.started(town.official(Role.KIM, HOME))
    official = who(town)  # type: ignore[operator]
    for act in (decide.pause, decide.resume, decide.cancel):
        assert _fault(town, act, official, id).startswith(expected)
    assert town.state(id) == ("cancelled" if expected == "done" else "sending")


def test_rejecting_is_for_those_who_may_approve_and_not_for_an_author_who_needs_a_second(town: Town) -> None:
    kim, lurah = town.official(Role.KIM, HOME), town.official(Role.LURAH, HOME)
    id = town.submitted(kim)
    assert _fault(town, decide.reject, kim, id).startswith("409 A second person")
    assert _fault(town, decide.reject, town.official(Role.AUDITOR), id).startswith("403")
    assert _fault(town, decide.reject, town.official(Role.LURAH, OTHER), id).startswith("404")
    assert decide.reject(town.rt, lurah, id, "Salah alamat").note == "Salah alamat"
    assert _fault(town, decide.reject, lurah, id).startswith("409 It is rejected")


def test_only_its_author_changes_and_submits_a_broadcast(town: Town) -> None:
    kim = town.official(Role.KIM, HOME)
    id = int(town.write(kim)["id"])
    for official in (town.official(Role.LURAH, HOME), town.official(Role.ADMIN), town.new_official(Role.KIM, HOME)):
        with pytest.raises(Forbidden):
            draft.change(town.rt, official, id, {"level": "routine"})
        with pytest.raises(Forbidden):
            draft.submit(town.rt, official, id)
    with pytest.raises(Missing):
        draft.submit(town.rt, town.official(Role.LURAH, OTHER), id)


def test_a_change_is_judged_like_a_draft(town: Town) -> None:
    kim = town.official(Role.KIM, HOME)
    id = town.submitted(kim)
    for changes in ({"level": "important"}, {"audience": {"areas": [OTHER]}}, {"audience": {"groups": ["kader"]}}):
        with pytest.raises(Forbidden):
            draft.change(town.rt, kim, id, changes)
    assert town.state(id) == "submitted"


def test_a_disabled_official_can_no_longer_sign_in_and_what_was_drafted_stays(town: Town) -> None:
    made = officials.add(town.rt, "Someone", "kim", HOME, "+6281299990000")
    kim = officials.sign_in(town.rt, made.token)
    assert kim is not None
    id = town.submitted(kim)
    officials.disable(town.rt, made.id)
    assert officials.sign_in(town.rt, made.token) is None
    assert decide.approve(town.rt, town.official(Role.LURAH, HOME), id).state is State.APPROVED
