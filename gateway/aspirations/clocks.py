"""A ticket's clocks: which of them an act starts, turns or ends, and the day it runs out, over the city's working days."""

from datetime import date, datetime, timedelta

from gateway.aspirations.rules import KEEPS, STARTS, TURNS, WAITS, Clock, Course, Verb
from gateway.db import Connection
from gateway.kernel.calendar import add_working_days
from gateway.reference import service as reference
from gateway.runtime import Runtime


def today(rt: Runtime) -> date:
    """The day it is in the city."""
    return rt.now().astimezone(rt.settings.timezone).date()


def start(rt: Runtime, conn: Connection, clock: Clock, day: date) -> Course:
    """A clock that begins on `day`."""
    days = rt.settings.casework_days[clock]
    due, is_provisional = reference.due(rt, day, days, conn)
    return Course(clock, day, days, due, is_provisional)


def follow(rt: Runtime, conn: Connection, course: Course, verb: Verb) -> Course:
    """How the clocks stand once `verb` was done: started anew, turned to the next, kept or ended."""
    if verb in KEEPS:
        return course
    if verb in STARTS:
        return start(rt, conn, STARTS[verb], today(rt))
    if verb in TURNS:
        if course.clock is TURNS[verb]:
            return course
        return start(rt, conn, TURNS[verb], course.start or today(rt))
    return Course(waits_until=waits_until(rt, verb))


def waits_until(rt: Runtime, verb: Verb) -> datetime | None:
    """Until when the resident may be silent after this; None where nothing is asked of them."""
    if verb not in WAITS:
        return None
    return rt.now() + timedelta(days=rt.settings.casework_days[WAITS[verb]])


def recount(start: date, days: int, before: date, off: frozenset[date]) -> date:
    """The day a running clock runs out over these days off: never earlier than `before`, of which people were told, and
    never a day off.
    """
    due = add_working_days(start, days, off)
    return max(due, add_working_days(before - timedelta(days=1), 1, off))
