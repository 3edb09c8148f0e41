"""Ask officials by SMS to approve: those on duty first, the deputy after ten minutes, at night for emergencies alone."""

from collections.abc import Sequence
from datetime import datetime

from gateway.audit import store as audit
from gateway.broadcasts import approval_store, rules, store
from gateway.broadcasts.rules import Broadcast, State
from gateway.broadcasts.service import words
from gateway.broadcasts.service.reach import needs_second
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kernel.calendar import quiet_until
from gateway.numbers import store as numbers
from gateway.officials import code_store, codes, duty, duty_store
from gateway.officials import store as officials
from gateway.officials.codes import Wanted
from gateway.officials.duty import DEPUTY_AFTER
from gateway.officials.rules import Official
from gateway.outbox.service.post import quiet, wake_replies
from gateway.reference import service as reference
from gateway.runtime import Runtime

APPROVE = "approve"


def subject_of(broadcast: Broadcast) -> str:
    """How the trail and the codes name a broadcast."""
    return f"broadcast:{broadcast.id}"


def next_in_turn(rt: Runtime, conn: Connection, areas: AreaBook, broadcast: Broadcast) -> list[Official]:
    """Those who are asked next, whenever that is; nobody where all were asked, or nobody may approve it."""
    author = officials.get(conn, broadcast.author_id)
    if author is None or broadcast.submitted_at is None:
        return []
    asked = approval_store.asked(conn, broadcast.id, broadcast.submitted_at, broadcast.hash)
    # An SMS speaks for the first account on its number alone, so only that one can answer.
    firsts: dict[int, Official] = {}
    for person in officials.active(conn):
        firsts.setdefault(person.number_id, person)
    people = [
        person
        for person in firsts.values()
        if person.id not in asked and rules.may_approve(person, author, broadcast, areas)
    ]
    groups = duty.in_turn(people, duty_store.every(conn), rt.now(), rt.settings.timezone)
    return groups[0] if groups else []


def waits_until(rt: Runtime, broadcast: Broadcast) -> datetime | None:
    """Until when nobody is asked about it, since people sleep; None where they are asked now."""
    return None if rules.is_alarm(broadcast) else quiet_until(rt.now(), quiet(rt))


def _due(rt: Runtime, conn: Connection, areas: AreaBook, broadcast: Broadcast) -> list[Official]:
    now = rt.now()
    if broadcast.state is not State.SUBMITTED or broadcast.submitted_at is None or waits_until(rt, broadcast):
        return []
    author = officials.get(conn, broadcast.author_id)
    if author is None or not needs_second(rt, conn, areas, author, broadcast):
        return []
    asked = approval_store.asked(conn, broadcast.id, broadcast.submitted_at, broadcast.hash)
    if asked and now - max(asked.values()) < DEPUTY_AFTER:
        return []
    return next_in_turn(rt, conn, areas, broadcast)


def ask(rt: Runtime, broadcast_id: int) -> list[Official]:
    """Ask whoever is due now, each once for what was submitted as it is, however often this runs; those asked."""
    areas, now = reference.areas(rt), rt.now()
    with rt.engine.begin() as conn:
        seen = store.get(conn, broadcast_id)
        if seen is None or not (expected := _due(rt, conn, areas, seen)):
            return []
        # Officials before the broadcast, as their own orders lock them, or two might wait for each other.
        code_store.hold_many(conn, [person.id for person in expected])
        broadcast = store.lock(conn, broadcast_id, waits=False)
        if broadcast is None or broadcast.submitted_at is None:
            return []
        due = _due(rt, conn, areas, broadcast)
        if {person.id for person in due} - {person.id for person in expected}:
            return []
        approval_store.ask(conn, broadcast.id, broadcast.submitted_at, broadcast.hash, [o.id for o in due], now)
        for person in due:
            cause = f"approve:{broadcast.id}:{person.id}:{broadcast.hash[:12]}:{broadcast.submitted_at.timestamp():.3f}"
            wanted = codes.ask(rt, conn, person, APPROVE, subject_of(broadcast), broadcast.hash)
            language = words.language_of(rt, conn, numbers.get(conn, person.number_id))
            body = request(rt, conn, areas, broadcast, wanted, language)
            is_urgent = rules.is_alarm(broadcast)
            words.write_to(rt, conn, person, body, cause, language, at_once=is_urgent, wants_answer=True)
            audit.record(conn, now, "clock", "ask approval", subject_of(broadcast), official=person.id, channel="sms")
    if due:
        wake_replies(rt)
    return due


def request(
    rt: Runtime, conn: Connection, areas: AreaBook, broadcast: Broadcast, wanted: Wanted | None, language: str
) -> str:
    """What an approver reads: who says what to whom, all of it, and which code allows it."""
    author = officials.get(conn, broadcast.author_id)
    slots = {
        **words.describe(areas, broadcast),
        "to": words.name_audience(areas, broadcast.audience),
        "author": author.name if author else "",
        "role": author.role.value if author else "",
        "text": words.read_whole(rt, broadcast, language),
    }
    if wanted is None:
        return rt.say("order.request_bare", slots, language)
    return rt.say("order.request", {**slots, "asked": name_code(rt, wanted, language)}, language)


def name_code(rt: Runtime, wanted: Wanted, language: str) -> str:
    """Which code to send: `kartu D4`, or that of the authenticator."""
    if wanted.ask.cell is None:
        return rt.say("code_of.totp", {}, language)
    return rt.say(f"code_of.{'either' if wanted.has_totp else 'card'}", {"cell": wanted.ask.cell}, language)


def names_of(people: Sequence[Official]) -> str:
    """`Siti & Budi`."""
    return " & ".join(person.name for person in people)


def tick(rt: Runtime) -> None:
    """What time does to requests: the first are asked, and whoever comes next where nobody has decided."""
    with rt.engine.begin() as conn:
        waiting = approval_store.submitted(conn, rt.now())
    for id in waiting:
        ask(rt, id)
