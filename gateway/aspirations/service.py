"""Use cases on aspirations: file one, look it up, list those in one's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.aspirations import case_store, clocks, store
from gateway.aspirations.follow import places
from gateway.aspirations.roles import SEE, may_see
from gateway.aspirations.rules import Clock, Filing, fold
from gateway.aspirations.store import Aspiration, Event
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.codes import make_ticket, parse_ticket, show_ticket
from gateway.kernel.errors import Missing
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.runtime import Runtime


def file(
    rt: Runtime, conn: Connection, number_id: int, filing: Filing, *, is_demo: bool = False
) -> tuple[Aspiration, bool]:
    """File an aspiration in the caller's transaction: the ticket, and whether it is new.

    The same cause (a hop, an inbound message) always gives the same ticket, and so do the same words from the same
    number within ten minutes.
    """
    now = rt.now()
    store.lock_number(conn, number_id)
    body_hash = rt.vault.digest("aspiration", fold(filing.words))
    if same := store.find_same(conn, number_id, filing, body_hash, now):
        return same, False
    course = clocks.start(rt, conn, Clock.VERIFY, clocks.today(rt))
    id, ticket = None, ""
    while id is None:
        ticket = make_ticket(rt.below)
        id = store.add(conn, ticket, number_id, filing, body_hash, course, now, is_demo=is_demo)
        if id is None and (same := store.find_same(conn, number_id, filing, body_hash, now)):
            # The same hop came from two numbers at the same moment, and only now the other's ticket is to be seen.
            return same, False
    store.add_event(conn, id, now, "resident", "received", None, filing.cause)
    if filing.on_behalf and not filing.is_emergency:
        # Both doors ask for it before they file; an emergency does not wait for an answer.
        store.add_event(conn, id, now, "resident", "consent", None)
    audit.record(conn, now, "resident", "file", f"ticket:{ticket}", number_id=number_id, channel=filing.channel)
    found = store.get(conn, ticket)
    if found is None:
        raise RuntimeError("a ticket that was just written is not there")
    return found, True


def find_same(rt: Runtime, conn: Connection, number_id: int, kind: str, words: str) -> Aspiration | None:
    """The ticket that the same words from the same number became within ten minutes."""
    filing = Filing(kind, "", "", words, is_confidential=False, channel="", cause="")
    return store.find_same(conn, number_id, filing, rt.vault.digest("aspiration", fold(words)), rt.now())


def find(rt: Runtime, ticket: str) -> Aspiration | None:
    """The ticket as written by anyone, with any separators; None where there is none."""
    digits = parse_ticket(ticket)
    if digits is None:
        return None
    with rt.engine.begin() as conn:
        return store.get(conn, digits)


def own(rt: Runtime, number_id: int) -> list[Aspiration]:
    """A number's tickets, newest first."""
    with rt.engine.begin() as conn:
        return store.own(conn, number_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, and the cursor of the next part, or None."""

    items: Sequence[dict[str, Any]]
    following: str | None


def page(rt: Runtime, official: Official, cursor: str | None, limit: int) -> Page:
    """The tickets an official may see, newest first."""
    if official.role not in SEE:
        raise Missing("There are no tickets here for your role.")
    office = official.office if official.role is Role.OFFICE else None
    before = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 18 else 2**62
    with rt.engine.begin() as conn:
        found = case_store.page(conn, places(rt, conn, official), office, before, limit + 1)
    shown = [_show(aspiration) for aspiration in found[:limit]]
    return Page(shown, str(found[limit - 1].id) if len(found) > limit else None)


def read(rt: Runtime, official: Official, ticket: str) -> dict[str, Any]:
    """One ticket with its events. Raises Missing where it is not there or not to be seen: the two look alike."""
    digits = parse_ticket(ticket)
    with rt.engine.begin() as conn:
        aspiration = store.get(conn, digits) if digits else None
        if aspiration is None or not may_see(official, aspiration):
            raise Missing("There is no such ticket.")
        subject = f"ticket:{aspiration.ticket}"
        audit.record(conn, rt.now(), official.actor, "read", subject, number_id=aspiration.number_id,
                     channel=official.channel)  # fmt: skip
        return show(rt, conn, aspiration)


def show(rt: Runtime, conn: Connection, aspiration: Aspiration) -> dict[str, Any]:
    """A ticket with its events and the office that its area and category are routed to."""
    routed = reference.route(rt, conn, aspiration.area, aspiration.category)
    events = [_show_event(event) for event in store.events(conn, aspiration.id)]
    return {**_show(aspiration), "suggested": routed, "events": events}


def _show(aspiration: Aspiration) -> dict[str, Any]:
    return {
        "ticket": show_ticket(aspiration.ticket),
        "state": aspiration.state.value,
        "kind": aspiration.kind,
        "category": aspiration.category,
        "area": aspiration.area,
        "text": aspiration.body,
        "confidential": aspiration.is_confidential,
        "reporter": "masked",
        "office": aspiration.office,
        "due": aspiration.due.isoformat() if aspiration.due else None,
        "provisional": aspiration.course.is_provisional,
        "emergency": aspiration.is_emergency,
        "behalf": aspiration.on_behalf,
        "hurried": aspiration.hurried_at is not None,
        "escalated": aspiration.escalated_at is not None,
        "lapor": aspiration.lapor,
    }


def _show_event(event: Event) -> dict[str, Any]:
    return {"at": event.at.isoformat(), "by": event.by, "verb": event.verb, "text": event.body}
