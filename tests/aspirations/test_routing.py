"""Routes as an admin edits them: the nearest wins, none is ever missing, and each change can be taken back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.aspirations import routing
from gateway.kernel.errors import Fault, Forbidden, Invalid, Missing
from gateway.reference import service as reference
from gateway.reference.store import CATEGORIES, OFFICES, ROUTING
from gateway.runtime import Runtime
from tests.desks import BARAT, CITY, MEDONO, PONCOL, Officials

AREAS = (CITY, BARAT, MEDONO, PONCOL)


def routed(rt: Runtime, area: str | None, category: str | None) -> str:
    with rt.engine.begin() as conn:
        return reference.route(rt, conn, area, category)


def test_a_route_holds_for_its_area_and_below_until_it_is_struck(rt: Runtime) -> None:
    desks = Officials(rt)
    admin = desks.official("admin")
    made = routing.set_route(rt, admin, BARAT, "waste", "dpupr")
    assert (made.route.office, made.before) == ("DPUPR", None)
    assert [routed(rt, area, "waste") for area in (MEDONO, BARAT, PONCOL, None)] == ["DPUPR", "DPUPR", "DLH", "DLH"]
    nearer = routing.set_route(rt, admin, MEDONO, "waste", "BPBD")
    assert (routed(rt, MEDONO, "waste"), routed(rt, BARAT, "waste")) == ("BPBD", "DPUPR")
    assert routing.routes(rt, MEDONO)[2] == nearer.route
    struck = routing.unset_route(rt, admin, MEDONO, "waste")
    assert (struck.before, struck.route.office, struck.route.of) == ("BPBD", "DPUPR", BARAT)
    assert routing.unset_route(rt, admin, BARAT, "waste").route.of == CITY
    assert [(one.area, one.category, one.office) for one in routing.routes(rt)] == sorted(
        (CITY, category, office) for category, office in ROUTING.items()
    )
    acts = desks.rows("SELECT act, detail ->> 'before', detail ->> 'office' FROM audit WHERE subject = :of ORDER BY id",
                      of=f"route:{MEDONO}/waste")  # fmt: skip
    assert acts == [("set route", None, "BPBD"), ("unset route", "BPBD", None)]


def test_setting_back_undoes_a_change_of_the_citys(rt: Runtime) -> None:
    admin = Officials(rt).official("admin")
    made = routing.set_route(rt, admin, CITY, "other", "DINSOS")
    assert routed(rt, None, None) == "DINSOS"
    assert made.before == "DINKOMINFO"
    assert routing.set_route(rt, admin, CITY, "other", made.before).before == "DINSOS"
    assert routed(rt, None, None) == "DINKOMINFO"


@pytest.mark.parametrize(
    ("area", "category", "office", "said"),
    [
        ("33.75.99", "waste", "DLH", "no area"),
        ("33", "waste", "DLH", "own area"),
        (CITY, "gula", "DLH", "no category"),
        (CITY, "waste", "PLN", "no office"),
        (CITY, "waste", "", "no office"),
    ],
)
def test_what_is_no_route_is_refused(rt: Runtime, area: str, category: str, office: str, said: str) -> None:
    with pytest.raises(Fault, match=said):
        routing.set_route(rt, Officials(rt).official("admin"), area, category, office)


def test_the_citys_route_and_one_that_is_none_are_not_struck(rt: Runtime) -> None:
    admin = Officials(rt).official("admin")
    with pytest.raises(Invalid, match="falls back"):
        routing.unset_route(rt, admin, CITY, "waste")
    with pytest.raises(Missing):
        routing.unset_route(rt, admin, MEDONO, "waste")


@pytest.mark.parametrize("role", ["approver", "kim", "lurah", "office", "emergency", "auditor", "dpo"])
def test_only_an_admin_edits_routes(rt: Runtime, role: str) -> None:
    official = Officials(rt).official(role)
    with pytest.raises(Forbidden):
        routing.set_route(rt, official, MEDONO, "waste", "DLH")
    with pytest.raises(Forbidden):
        routing.unset_route(rt, official, MEDONO, "waste")


def test_an_admin_of_a_part_edits_that_part_alone(rt: Runtime) -> None:
    west = Officials(rt).official("admin", BARAT)
    with pytest.raises(Forbidden):
        routing.set_route(rt, west, PONCOL, "waste", "BPBD")
    routing.set_route(rt, west, MEDONO, "waste", "BPBD")
    routing.unset_route(rt, west, MEDONO, "waste")


_edits = st.tuples(st.sampled_from(AREAS), st.sampled_from(CATEGORIES), st.sampled_from([*OFFICES, None]))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_edits, max_size=8))
def test_no_edits_ever_leave_a_hole(rt: Runtime, edits: list[tuple[str, str, str | None]]) -> None:
    admin = Officials(rt).official("admin")
    for area, category, office in edits:
        try:
            if office:
                routing.set_route(rt, admin, area, category, office)
            else:
                routing.unset_route(rt, admin, area, category)
        except (Invalid, Missing):
            assert office is None
    for area in (None, *(one.code for one in reference.areas(rt) if one.code.startswith(CITY))):
        for category in (None, *CATEGORIES):
            assert routed(rt, area, category) in OFFICES
