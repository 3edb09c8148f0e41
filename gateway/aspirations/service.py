"""Use cases on aspirations: file one, add to it, look it up, list those in one's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.aspirations import store
from gateway.aspirations.rules import LONGEST, OVER, REOPENS_WITHIN, VERIFY_DAYS, Filing, Verb, fold, following
from gateway.aspirations.store import Aspiration, Event
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.codes import make_ticket, parse_ticket, show_ticket
from gateway.kernel.errors import Missing
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.runtime import Runtime

READERS = (Role.ADMIN, Role.APPROVER, Role.KIM, Role.LURAH, Role.OFFICE, Role.EMERGENCY)


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
    local = now.astimezone(rt.settings.timezone).date()
    due, is_provisional = reference.due(rt, local, VERIFY_DAYS, conn)
    id, ticket = None, ""
    while id is None:
        ticket = make_ticket(rt.below)
        id = store.add(conn, ticket, number_id, filing, body_hash, due, now, is_provisional=is_provisional,
                       is_demo=is_demo)  # fmt: skip
        if id is None and (same := store.find_same(conn, number_id, filing, body_hash, now)):
            # The same hop came from two numbers at the same moment, and only now the other's ticket is to be seen.
            return same, False
    store.add_event(conn, id, now, "resident", "received", None, filing.cause)
    audit.record(conn, now, "resident", "file", f"ticket:{ticket}", number_id=number_id, channel=filing.channel)
    found = store.get(conn, ticket)
    if found is None:
        raise RuntimeError("a ticket that was just written is not there")
    return found, True


def find_same(rt: Runtime, conn: Connection, number_id: int, kind: str, words: str) -> Aspiration | None:
    """The ticket that the same words from the same number became within ten minutes."""
    filing = Filing(kind, "", "", words, is_confidential=False, channel="", cause="")
    return store.find_same(conn, number_id, filing, rt.vault.digest("aspiration", fold(words)), rt.now())


def add_words(rt: Runtime, conn: Connection, number_id: int, ticket: str, words: str, cause: str) -> Aspiration | None:
    """Add a resident's words to their own ticket; None where it is not theirs or does not exist.

    Where the ticket waited for information, this is it; where it was archived or closed within thirty days, it is
    opened again.
    """
    aspiration = store.get(conn, ticket)
    if aspiration is None or aspiration.number_id != number_id:
        return None
    now = rt.now()
    is_reopened = aspiration.state in OVER and now - aspiration.changed_at <= REOPENS_WITHIN
    verb = Verb.REOPEN if is_reopened else Verb.INFORM
    if store.add_event(conn, aspiration.id, now, "resident", verb, words[:LONGEST], cause) and (
        state := following(aspiration.state, verb)
    ):
        store.move(conn, aspiration.id, aspiration.state, state, now)
    return store.get(conn, ticket)


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
    if official.role not in READERS:
        raise Missing("There are no tickets here for your role.")
    office = official.office if official.role is Role.OFFICE else None
    before = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 18 else 2**62
    with rt.engine.begin() as conn:
        found = store.page(conn, official.area, office, before, limit + 1)
    shown = [_show(aspiration) for aspiration in found[:limit]]
    return Page(shown, str(found[limit - 1].id) if len(found) > limit else None)


def read(rt: Runtime, official: Official, ticket: str) -> dict[str, Any]:
    """One ticket with its events. Raises Missing where it is not there or not to be seen: the two look alike."""
    digits = parse_ticket(ticket)
    with rt.engine.begin() as conn:
        aspiration = store.get(conn, digits) if digits else None
        if aspiration is None or not may_see(official, aspiration):
            raise Missing("There is no such ticket.")
        events = store.events(conn, aspiration.id)
        subject = f"ticket:{aspiration.ticket}"
        audit.record(conn, rt.now(), official.actor, "read", subject, number_id=aspiration.number_id)
    return {**_show(aspiration), "events": [_show_event(event) for event in events]}


def may_see(official: Official, aspiration: Aspiration) -> bool:
    """Whether a ticket lies in an official's scope; an office sees what it holds."""
    if official.role not in READERS or not official.is_over(aspiration.area):
        return False
    return official.role is not Role.OFFICE or aspiration.office == official.office


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
    }


def _show_event(event: Event) -> dict[str, Any]:
    return {"at": event.at.isoformat(), "by": event.by, "verb": event.verb, "text": event.body}
