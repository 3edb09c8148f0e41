"""A ticket's clocks: which of them an act starts, turns or ends, and the day it runs out, over the city's working days."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from gateway.aspirations.rules import KEEPS, STARTS, TURNS, WAITS, Clock, Course, Verb
from gateway.db import Connection
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


def recounted(rt: Runtime, conn: Connection, course: Course) -> Course:
    """The same course over the holidays as they are known now; never earlier, since its people were told the day."""
    if course.start is None or course.days is None or course.due is None:
        return course
    due, is_provisional = reference.due(rt, course.start, course.days, conn)
    later = max(due, course.due)
    return replace(
        course, due=later, is_provisional=is_provisional, reminded=0 if later > course.due else course.reminded
    )
