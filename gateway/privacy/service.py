"""Use cases on a person's data: what we hold, who looked, and erasing all of it from one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.aspirations import store as aspirations
from gateway.audit import store as audit
from gateway.broadcasts import canary_store as canaries
from gateway.broadcasts import poll_store as polls
from gateway.db import Connection
from gateway.handsets import store as handsets
from gateway.inbox import store as inbox
from gateway.information import quiz_store as quizzes
from gateway.information import reader_store as readers
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.outbox.store import people as outbox
from gateway.privacy import store
from gateway.questions import store as questions
from gateway.residents import call_store as calls
from gateway.residents import store as residents
from gateway.rumours import store as rumours
from gateway.runtime import Runtime

PATIENCE = timedelta(hours=24)
"""How long an erasure waits for the receipt of the SMS that confirms it."""
OWNERS = (
    questions, inbox, rumours, aspirations, readers, quizzes, calls, polls, canaries, residents, officials, outbox, handsets,
    audit, store,
)  # fmt: skip
"""Every store that holds people, but the numbers themselves, which go last."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What we hold of a person in short. `tail`: the last two digits of the number; `since`: when they last agreed."""

    tail: str
    since: datetime | None
    tickets: int
    views: int


def copy(rt: Runtime, conn: Connection, number_id: int) -> Copy:
    """What a person is told of their data."""
    number = numbers.read(conn, rt.vault, [number_id]).get(number_id, "")
    return Copy(
        tail=number[-2:],
        since=residents.consented_at(conn, number_id),
        tickets=len(aspirations.about(conn, number_id)),
        views=audit.count_views(conn, number_id),
    )


@dataclass(frozen=True, slots=True)
class View:
    """One look at a person's data: when, and by whom, an official's id."""

    id: int
    at: datetime
    official_id: int


def views(conn: Connection, number_id: int) -> list[View]:
    """Who looked at a person's data, the newest first."""
    found = audit.views(conn, number_id)
    return [View(id, at, int(actor.removeprefix("official:"))) for id, at, actor, _ in found]


def ask_erasure(rt: Runtime, conn: Connection, number_id: int, cause: str) -> bool:
    """Mark a number to be erased and unsubscribe it at once; False where an official's account hangs on it.

    The number is needed for one more SMS, the one of `cause` that confirms it, so the clock erases (`erase_due`) once that
    is settled, or after a day.
    """
    if officials.on_number(conn, number_id):
        return False
    now = rt.now()
    residents.forget(conn, number_id)
    for question in questions.open_for(conn, number_id, now):
        questions.close(conn, question.id, now, "erased")
    if store.ask(conn, number_id, cause, now):
        audit.record(conn, now, "resident", "ask erasure", f"number:{number_id}", number_id=number_id)
    return True


def erase_due(rt: Runtime) -> int:
    """Erase every number whose time has come, each in a transaction of its own; how many there were.

    Whoever registered again after asking stays registered: the later word counts.
    """
    now, erased = rt.now(), 0
    with rt.engine.begin() as conn:
        waiting = store.due(conn, now - PATIENCE)
    for one in waiting:
        with rt.engine.begin() as conn:
            if not store.hold(conn, one.id):
                continue
            if residents.find(conn, one.number_id):
                store.done(conn, one.id, "came back", now)
                continue
            forget(rt, conn, one.number_id)
            store.done(conn, one.id, "erased", now)
            erased += 1
    with rt.engine.begin() as conn:
        aspirations.blank_settled(conn)
    return erased


def forget(rt: Runtime, conn: Connection, number_id: int) -> None:
    """Blank a person in every table, then the number itself: what stays leads to nobody."""
    now = rt.now()
    for owner in OWNERS:
        owner.forget(conn, number_id)
    store.keep_hash(conn, number_id, now)
    numbers.forget(conn, number_id)
    audit.record(conn, now, "clock", "erase", f"number:{number_id}", number_id=number_id)
