"""One step of a ticket, whoever takes it: state and clocks, the event and the audit row, in the caller's transaction."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.aspirations import case_store, clocks, store
from gateway.aspirations.rules import State, Verb, following
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.runtime import Runtime

_RAISES = frozenset({Verb.DENY, Verb.REOPEN})
"""Verbs that raise the ticket to the desk's superiors at once."""


def step(rt: Runtime, conn: Connection, one: Aspiration, verb: Verb, by: str, body: str | None = None, *,
         cause: str | None = None, office: str | None = None, held_by: int | None = None,
         merged_into: int | None = None, **detail: Any) -> tuple[Aspiration, int] | None:  # fmt: skip
    """Do `verb` to a ticket that is held: how it stands now, and the id of its event.

    None where the state does not allow it, or where this cause has acted already. `office` and `held_by` change together:
    naming one gives the ticket from the other's hands. `detail` goes into the trail, and holds no words.
    """
    reached = following(one.state, verb)
    if reached is None:
        return None
    now = rt.now()
    event_id = store.add_event(conn, one.id, now, by, verb, body, cause)
    if event_id is None:
        return None
    is_handed = bool(office or held_by)
    moved = replace(
        one,
        state=reached,
        office=office if is_handed else one.office,
        held_by=held_by if is_handed else one.held_by,
        merged_into=merged_into,
        course=clocks.follow(rt, conn, one.course, verb),
        # What was only told to the resident leaves the day on which the state began.
        changed_at=one.changed_at if reached is one.state else now,
        escalated_at=now if verb in _RAISES else one.escalated_at,
    )
    moved = replace(moved, due=moved.course.due)
    case_store.advance(conn, one, reached, moved.course, moved.changed_at, office=moved.office, held_by=moved.held_by,
                       merged_into=merged_into, escalated_at=moved.escalated_at)  # fmt: skip
    named = {"office": office, "into": f"aspiration:{merged_into}" if merged_into else None}
    detail |= {name: value for name, value in named.items() if value}
    audit.record(conn, now, by, verb.value, f"ticket:{one.ticket}", number_id=one.number_id, **detail)
    return moved, event_id


def may_reopen(rt: Runtime, one: Aspiration) -> bool:
    """Whether the resident may still open a ticket that is over."""
    if following(one.state, Verb.REOPEN) is not State.REOPENED:
        return False
    return rt.now() - one.changed_at <= timedelta(days=rt.settings.casework_days["reopen"])
