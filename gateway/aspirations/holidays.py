"""Use cases on the city's days off: list them, add one, strike one out; deadlines that run follow, and never to an earlier day."""

from datetime import date
from typing import Any

from gateway.aspirations import deadlines
from gateway.audit import store as audit
from gateway.kernel.errors import Forbidden, Invalid, Missing
from gateway.officials.rules import Official, Role
from gateway.reference import store
from gateway.reference.store import CITY, KINDS, Holiday
from gateway.runtime import Runtime

_LONGEST_NAME = 80
_YEARS = range(2000, 2100)


def of_year(rt: Runtime, year: int) -> dict[str, Any]:
    """A year's days off, and whether its deadlines are provisional, as its joint leave is not on record. Raises Invalid."""
    if year not in _YEARS:
        raise Invalid(f"The year must lie between {_YEARS[0]} and {_YEARS[-1]}.")
    with rt.engine.begin() as conn:
        found = store.holidays_between(conn, date(year, 1, 1), date(year, 12, 31))
        return {
            "year": year,
            "provisional": year not in store.decreed_years(conn),
            "days": [_show(one) for one in found],
        }


def add(rt: Runtime, official: Official, day: date, name: str, kind: str = "city") -> dict[str, Any]:
    """Put a day off on record, under the official's name as its source. Raises Forbidden, Invalid."""
    _only_admin(official)
    name = " ".join(name.split())
    if kind not in KINDS:
        raise Invalid(f"There is no kind {kind[:20]}; the kinds are {', '.join(KINDS)}.")
    if not 0 < len(name) <= _LONGEST_NAME or day.year not in _YEARS:
        raise Invalid(f"A day off needs a day of this century and a name of at most {_LONGEST_NAME} characters.")
    with rt.engine.begin() as conn:
        store.add_holiday(conn, made := Holiday(day, name, kind, official.actor))
        audit.record(
            conn, rt.now(), official.actor, "add holiday", f"holiday:{day}", kind=kind, channel=official.channel
        )
    _follow(rt)
    return _show(made)


def remove(rt: Runtime, official: Official, day: date) -> None:
    """Strike a day off; what was promised for a later day stays. Raises Forbidden, Missing."""
    _only_admin(official)
    with rt.engine.begin() as conn:
        if not store.remove_holiday(conn, day):
            raise Missing("That is no day off.")
        audit.record(conn, rt.now(), official.actor, "remove holiday", f"holiday:{day}", channel=official.channel)
    _follow(rt)


def _follow(rt: Runtime) -> None:
    # Other processes read the table anew within a minute; what they promised meanwhile, the clock counts again.
    rt.forget()
    deadlines.recount(rt)


def _only_admin(official: Official) -> None:
    if official.role is not Role.ADMIN or official.area != CITY:
        raise Forbidden("Only an admin of the whole city may change its days off.", reason="role")


def _show(one: Holiday) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "name": one.name, "kind": one.kind, "source": one.source}
