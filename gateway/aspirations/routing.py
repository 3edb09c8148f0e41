"""Use cases on the routing of tickets: which office a category goes to in an area; the whole city's routes never have a hole."""

from dataclasses import dataclass

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.areas import covers
from gateway.kernel.errors import Forbidden, Invalid, Missing
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.reference import store
from gateway.reference.store import CATEGORIES, CITY
from gateway.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Route:
    """Where a category goes in an area, and the area whose own route that is: itself, or one above it."""

    area: str
    category: str
    office: str
    of: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a route is by now, and the office its area had for it before; None where it had none of its own."""

    route: Route
    before: str | None


def routes(rt: Runtime, area: str = "") -> list[Route]:
    """Every route on record, in the order of areas and categories; with an area, where each category goes from there."""
    with rt.engine.begin() as conn:
        table = {(place, of): office for place, of, office in store.routing(conn)}
        if not area:
            return [Route(place, of, office, place) for (place, of), office in table.items()]
        _check(rt, conn, area, CATEGORIES[0])
    return [_found(table, area, of) for of in CATEGORIES]


def set_route(rt: Runtime, official: Official, area: str, category: str, office: str) -> Change:
    """Send a category of an area, and of all below it without a route of their own, to an office from now on.

    Tickets that an office holds stay there. Setting the office from before undoes it. Raises Forbidden, Invalid.
    """
    office = office.strip().upper()
    with rt.engine.begin() as conn:
        _refuse(rt, conn, official, area, category)
        if office not in (known := store.offices(conn)):
            raise Invalid(f"There is no office {office[:20]}; the offices are {', '.join(known)}.")
        before = store.set_route(conn, area, category, office)
        audit.record(conn, rt.now(), official.actor, "set route", f"route:{area}/{category}", office=office, before=before,
                     channel=official.channel)  # fmt: skip
    rt.forget()
    return Change(Route(area, category, office, area), before)


def unset_route(rt: Runtime, official: Official, area: str, category: str) -> Change:
    """Strike an area's own route, so that the next one above it holds. Raises Forbidden, Missing, and Invalid for the
    whole city's, which every other falls back on.
    """
    with rt.engine.begin() as conn:
        _refuse(rt, conn, official, area, category)
        if area == CITY:
            raise Invalid("The whole city's route is what every area falls back on: set another office for it instead.")
        before = store.unset_route(conn, area, category)
        if before is None:
            raise Missing(f"{area} has no route of its own for {category}.")
        audit.record(conn, rt.now(), official.actor, "unset route", f"route:{area}/{category}", before=before,
                     channel=official.channel)  # fmt: skip
        table = {(place, of): office for place, of, office in store.routing(conn)}
    rt.forget()
    return Change(_found(table, area, category), before)


def _refuse(rt: Runtime, conn: Connection, official: Official, area: str, category: str) -> None:
    if official.role is not Role.ADMIN or not official.is_over(area):
        raise Forbidden("Only an admin may change routes, and those of the own area alone.", reason="role")
    _check(rt, conn, area, category)


def _check(rt: Runtime, conn: Connection, area: str, category: str) -> None:
    if area not in reference.areas(rt, conn) or not covers(CITY, area):
        raise Invalid(f"There is no area {area[:20]} in the city; `areas` lists them.")
    if category not in CATEGORIES:
        raise Invalid(f"There is no category {category[:20]}; the categories are {', '.join(CATEGORIES)}.")


def _found(table: dict[tuple[str, str], str], area: str, category: str) -> Route:
    place = reference.nearest(table, area, category)
    return Route(area, category, table[place, category], place)
