"""What time does to tickets: reminders, escalation and an apology around a deadline, silence that ends them, the outer limit.

Everything is found by day, so a clock that was down for a while misses nothing, and each step of each deadline is told
once: it is marked on the ticket, and its event is unique, in the transaction that writes the SMS. In quiet hours nobody
is told of anything but an emergency.
"""

from collections.abc import Sequence
from datetime import timedelta

from gateway.aspirations import case_store, clocks, notices, roles
from gateway.aspirations import deadline_store as store
from gateway.aspirations.deadline_store import Event
from gateway.aspirations.notices import Digest, Told
from gateway.aspirations.rules import State, Step, Verb
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.calendar import add_working_days, quiet_until, take_working_days
from gateway.officials import store as officials
from gateway.outbox.service.post import quiet, wake_replies
from gateway.reference import service as reference
from gateway.runtime import Runtime

MOST = 500
"""Tickets of one kind a transaction."""
_NEAR, _FAR = 2, 3
_WAKES_AGAIN = timedelta(hours=1)
_STEPS = {Step.BEFORE: "before", Step.ON: "on", Step.LATE: "late", Step.VERY_LATE: "very_late"}


def tick(rt: Runtime) -> int:
    """Do all that is due now; how many tickets that touched."""
    touched = recount(rt)
    if quiet_until(rt.now(), quiet(rt)) is not None:
        return touched
    for work in (_lapse, _remind, _pass_limit):
        while True:
            with rt.engine.begin() as conn:
                found = work(rt, conn)
            touched += found
            if found < MOST:
                break
    if touched:
        wake_replies(rt)
    return touched


def alarm(rt: Runtime) -> int:
    """Tell the officials near an emergency of it, at any hour: one SMS each, however many people report it; how many tickets."""
    with rt.engine.begin() as conn:
        found = store.alarm(conn, rt.now(), rt.now() - _WAKES_AGAIN, MOST)
        if not found:
            return 0
        slots, digests = notices.slots_of_many(rt, conn, found), []
        for official in officials.active(conn):
            if lines := [("place", slots[one.id]) for one in found if roles.is_alarmed(official, one)]:
                digests.append(Digest(official, lines))
        notices.tell_digests(rt, conn, digests, "desk.emergency", f"alarm:{found[0].id}", at_once=True)
    wake_replies(rt)
    return len(found)


def recount(rt: Runtime) -> int:
    """Count running deadlines anew over the days off as they are known now. How many tickets changed."""
    today = clocks.today(rt)
    with rt.engine.begin() as conn:
        off, decreed = reference.days_off(rt, conn), reference.decreed_years(rt, conn)
        counted = []
        for start, days, before in store.running(conn, today):
            due = clocks.recount(start, days, before, off)
            counted.append((start, days, before, due, due.year not in decreed))
        return store.recount(conn, counted) if counted else 0


def _remind(rt: Runtime, conn: Connection) -> int:
    today = clocks.today(rt)
    off = reference.days_off(rt, conn)
    found = store.remind(
        conn, rt.now(), today, add_working_days(today, _NEAR, off), take_working_days(today, 1, off),
        take_working_days(today, _FAR, off), MOST,
    )  # fmt: skip
    if not found:
        return 0
    tickets = {one.id: one for one in case_store.by_ids(conn, [id for id, _, _ in found])}
    steps = {id: step for id, step, _ in found}
    new = store.add_events(conn, rt.now(), [
        Event(id, f"clock:{id}:{one.course.clock}:{one.due}:{_STEPS[steps[id]]}",
              "escalate" if steps[id] >= Step.LATE else "remind", _STEPS[steps[id]])
        for id, one in tickets.items()
    ])  # fmt: skip
    told = [(tickets[id], steps[id]) for id in sorted(new)]
    _tell_holders(rt, conn, told)
    missed = [tickets[id] for id, step, before in found
              if id in new and step >= Step.LATE and (before is None or before < Step.LATE)]  # fmt: skip
    _apologise(rt, conn, missed)
    raised = [(f"ticket:{one.ticket}", one.number_id) for one, step in told if step >= Step.LATE]
    audit.record_many(conn, rt.now(), "clock", "escalate", raised)
    return len(found)


def _tell_holders(rt: Runtime, conn: Connection, told: Sequence[tuple[Aspiration, Step]]) -> None:
    """One SMS to each official: what they hold, and what is raised to them, the latest first."""
    slots, digests = notices.slots_of_many(rt, conn, [one for one, _ in told]), []
    for official in officials.active(conn):
        lines = [
            (_STEPS[step], slots[one.id])
            for one, step in sorted(told, key=lambda pair: (-pair[1], pair[0].id))
            if roles.answers_for(official, one)
            or (step >= Step.LATE and roles.is_above(official, one, very=step is Step.VERY_LATE))
        ]
        if lines:
            digests.append(Digest(official, lines))
    if told:
        notices.tell_digests(rt, conn, digests, "desk.due", f"due:{rt.now():%Y%m%d%H%M}:{told[0][0].id}")


def _apologise(rt: Runtime, conn: Connection, missed: Sequence[Aspiration]) -> None:
    """Tell everyone behind a ticket, once for each deadline, that it was missed."""
    behind = case_store.followers(conn, [one.id for one in missed])
    slots = notices.slots_of_many(rt, conn, missed)
    notices.post(rt, conn, [
        Told((one.number_id, *behind.get(one.id, ())), f"told.late_{one.course.clock}", slots[one.id],
             f"late:{one.id}:{one.course.clock}:{one.due}")
        for one in missed
    ])  # fmt: skip


def _lapse(rt: Runtime, conn: Connection) -> int:
    lapsed = store.lapse(conn, rt.now(), MOST)
    if not lapsed:
        return 0
    now = rt.now()
    new = store.add_events(
        conn, now, [Event(one.id, f"lapse:{one.id}:{now:%Y%m%d%H%M%S}", Verb.LAPSE) for one in lapsed]
    )
    slots = notices.slots_of_many(rt, conn, lapsed)
    audit.record_many(conn, now, "clock", Verb.LAPSE, [(f"ticket:{one.ticket}", one.number_id) for one in lapsed])
    notices.post(rt, conn, [
        Told((one.number_id,), "told.lapsed_info" if one.state is State.ARCHIVED else "told.lapsed_close",
             slots[one.id], f"ticket:{one.id}:{new[one.id]}")
        for one in lapsed
    ])  # fmt: skip
    return len(lapsed)


def _pass_limit(rt: Runtime, conn: Connection) -> int:
    now = rt.now()
    found = store.pass_limit(conn, now, now - timedelta(days=rt.settings.casework_days["outer"]), MOST)
    if not found:
        return 0
    store.add_events(conn, now, [Event(one.id, f"limit:{one.id}", "escalate", "limit") for one in found])
    audit.record_many(conn, now, "clock", "escalate", [(f"ticket:{one.ticket}", one.number_id) for one in found])
    slots, digests = notices.slots_of_many(rt, conn, found), []
    for official in officials.active(conn):
        if lines := [
            ("limit", slots[one.id])
            for one in found
            if roles.answers_for(official, one) or roles.is_above(official, one, very=True)
        ]:
            digests.append(Digest(official, lines))
    notices.tell_digests(rt, conn, digests, "desk.due", f"limit:{found[0].id}")
    behind = case_store.followers(conn, [one.id for one in found])
    notices.post(rt, conn, [
        Told((one.number_id, *behind.get(one.id, ())), "told.limit", slots[one.id], f"limit:{one.id}")
        for one in found
    ])  # fmt: skip
    return len(found)
