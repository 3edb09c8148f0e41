"""Reference data as the other rooms ask for it: kept in the process for a minute, so that an edit shows soon."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date

from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kernel.calendar import add_working_days
from gateway.reference import store
from gateway.runtime import Runtime

_KEPT = 60.0


def areas(rt: Runtime, conn: Connection | None = None) -> AreaBook:
    """The city's areas, read on the caller's connection where there is one."""

    def read() -> AreaBook:
        with nullcontext(conn) if conn else rt.engine.begin() as reading:
            return store.area_book(reading)

    return rt.remember("areas", _KEPT, read)


def load(rt: Runtime) -> None:
    """Load what is missing of the reference data: holidays from last year to two years ahead."""
    year = rt.now().year
    with rt.engine.begin() as conn:
        store.load(conn, range(year - 1, year + 3))
    rt.forget()


def due(rt: Runtime, start: date, days: int, conn: Connection | None = None) -> tuple[date, bool]:
    """The day `days` working days after `start`, and whether it is provisional: the joint leave of its year is not decreed.

    Read on the caller's connection where there is one: a second one, asked for by every thread that holds one, would
    empty the pool.
    """

    off, decreed = _calendar(rt, conn)
    day = add_working_days(start, days, off)
    return day, day.year not in decreed


def days_off(rt: Runtime, conn: Connection | None = None) -> frozenset[date]:
    """Every holiday and day of joint leave."""
    return _calendar(rt, conn)[0]


def decreed_years(rt: Runtime, conn: Connection | None = None) -> frozenset[int]:
    """Years whose joint leave is on record; a deadline in any other is provisional."""
    return _calendar(rt, conn)[1]


def _calendar(rt: Runtime, conn: Connection | None) -> tuple[frozenset[date], frozenset[int]]:
    def read() -> tuple[frozenset[date], frozenset[int]]:
        with nullcontext(conn) if conn else rt.engine.begin() as reading:
            return store.days_off(reading), store.decreed_years(reading)

    return rt.remember("holidays", _KEPT, read)


def route(rt: Runtime, conn: Connection, area: str | None, category: str | None) -> str:
    """The office that a category is routed to in an area: the area's own route, else the nearest above it, else the city's.

    What has no category goes where `other` goes.
    """
    table = rt.remember("routing", _KEPT, lambda: {(place, of): office for place, of, office in store.routing(conn)})
    of = category or "other"
    return table[nearest(table, area, of), of]


def nearest(table: Mapping[tuple[str, str], str], area: str | None, category: str) -> str:
    """The area whose own route holds: this one, or the first above it that has one; the city has one for each category."""
    place = area or store.CITY
    while (place, category) not in table and place != store.CITY:
        place = place.rpartition(".")[0]
    return place
