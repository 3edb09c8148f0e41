"""Use cases on KIM organisations: found, rename, merge, seat a board, show; the past of each stays as it was."""

from collections.abc import Sequence
from datetime import date

from gateway.audit import store as audit
from gateway.db import Connection, transaction
from gateway.kernel.errors import Conflict, Invalid, Missing
from gateway.kim import rules, store
from gateway.kim.rules import Organisation, Service, Span
from gateway.officials import store as officials
from gateway.reference import service as reference
from gateway.runtime import Runtime


def today(rt: Runtime) -> date:
    """The day it is in the city."""
    return rt.now().astimezone(rt.settings.timezone).date()


def add(
    rt: Runtime, name: str, areas: Sequence[str], since: date | None = None, within: Connection | None = None
) -> int:
    """Found a KIM for areas and give its id. Raises Invalid, or Conflict where an area has one."""
    kept, since = _name(name), since or today(rt)
    if not areas:
        raise Invalid("A KIM serves at least one area.")
    book = reference.areas(rt, within)
    if unknown := [code for code in areas if code not in book]:
        raise Invalid(f"There is no area {', '.join(unknown)}; `areas` lists the codes.")
    with transaction(rt.engine, within) as conn:
        store.take_turn(conn)
        _refuse_served(conn, areas, since)
        id = store.add(conn, kept, dict.fromkeys(areas), since, rt.now())
        audit.record(conn, rt.now(), "operator", "add kim", f"kim:{id}", name=kept, areas=list(areas))
    return id


def rename(rt: Runtime, id: int, name: str, since: date | None = None, within: Connection | None = None) -> None:
    """Give it another name from a day on; before that day it is found under the old one. Raises Invalid or Missing."""
    kept = _name(name)
    with transaction(rt.engine, within) as conn:
        one, since = _hold(conn, id), since or today(rt)
        if since < one.life.since:
            raise Invalid(f"This KIM began on {one.life.since}; it can have no other name before.")
        store.rename(conn, id, kept, since)
        audit.record(conn, rt.now(), "operator", "rename kim", f"kim:{id}", name=kept, since=since.isoformat())


def merge(rt: Runtime, id: int, into: int, on: date | None = None) -> list[str]:
    """End a KIM at a day and let another serve its areas from then on; their codes. Raises Conflict or Missing."""
    on = on or today(rt)
    with rt.engine.begin() as conn:
        store.take_turn(conn)
        one, other = _hold(conn, id), _hold(conn, into)
        if one.id == other.id:
            raise Conflict("A KIM cannot be merged into itself.")
        for part in (one, other):
            if part.life.until is not None:
                raise Conflict(f"KIM {part.id} ended on {part.life.until}.")
        if on < (newest := store.newest_day(conn, id, into)):
            raise Conflict(f"Something of them begins on {newest}; merge them on that day or later.")
        areas = store.end(conn, id, into, on)
        store.serve(conn, into, areas, on)
        audit.record(conn, rt.now(), "operator", "merge kim", f"kim:{id}", into=f"kim:{into}", areas=areas)
    return areas


def seat(rt: Runtime, id: int, official_id: int, seat: str, term: Span, within: Connection | None = None) -> None:
    """Put an active official on its board for a term; what they held there ends. Raises Invalid, Missing or Conflict."""
    if seat not in rules.SEATS:
        raise Invalid(f"There is no seat {seat}; the seats are {', '.join(rules.SEATS)}.")
    if term.until is not None and term.until <= term.since:
        raise Invalid("A term ends after it begins.")
    with transaction(rt.engine, within) as conn:
        one = _hold(conn, id)
        if not officials.is_active(conn, official_id):
            raise Missing(f"There is no active official {official_id}.")
        if one.life.until is not None:
            raise Conflict(f"KIM {id} ended on {one.life.until}.")
        store.leave(conn, id, official_id, term.since)
        store.seat(conn, id, official_id, seat, term)
        audit.record(conn, rt.now(), "operator", "seat", f"kim:{id}", official=f"official:{official_id}", seat=seat)


def leave(rt: Runtime, id: int, official_id: int, on: date | None = None) -> None:
    """End an official's term on its board. Raises Missing."""
    with rt.engine.begin() as conn:
        _hold(conn, id)
        if not store.leave(conn, id, official_id, on or today(rt)):
            raise Missing(f"Official {official_id} has no seat in KIM {id}.")
        audit.record(conn, rt.now(), "operator", "leave seat", f"kim:{id}", official=f"official:{official_id}")


def every(rt: Runtime, within: Connection | None = None) -> list[Organisation]:
    """All that ever were, in the order of their ids."""
    with transaction(rt.engine, within) as conn:
        return store.every(conn)


def get(rt: Runtime, id: int) -> Organisation:
    """One of them. Raises Missing."""
    with rt.engine.begin() as conn:
        return _hold(conn, id)


def serving(rt: Runtime, conn: Connection, day: date) -> dict[str, Service]:
    """Who serves each kelurahan at a day, by its code."""
    organisations, people = store.every(conn), officials.active(conn)
    codes = [area.code for area in reference.areas(rt, conn) if area.level == "kelurahan"]
    return {code: rules.serve(code, organisations, people, day) for code in codes}


def _name(written: str) -> str:
    name = rules.read_name(written)
    if not name:
        raise Invalid(f"A KIM has a name of up to {rules.LONGEST_NAME} letters.")
    return name


def _hold(conn: Connection, id: int) -> Organisation:
    found = next((one for one in store.every(conn) if one.id == id), None)
    if found is None:
        raise Missing(f"There is no KIM {id}.")
    return found


def _refuse_served(conn: Connection, areas: Sequence[str], since: date) -> None:
    if taken := store.served(conn, areas, since):
        said = ", ".join(f"{area} (KIM {id})" for area, id in taken.items())
        raise Conflict(f"These areas have a KIM already: {said}. Rename it, or merge the two.")
