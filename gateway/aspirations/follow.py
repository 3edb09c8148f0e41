"""Use cases on a ticket once it is filed: hurry it, say whether it is done, rate it, support another's."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.aspirations import follow_store, store
from gateway.aspirations.rules import CLOSING, HURRY_AGAIN, RATED, SETTLED, following
from gateway.aspirations.service import READERS
from gateway.aspirations.similar import THRESHOLD, likeness, shared_words
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.officials.rules import Official
from gateway.runtime import Runtime

ALIKE_WITHIN = timedelta(days=14)


def is_concerned(conn: Connection, number_id: int, aspiration: Aspiration) -> bool:
    """Whether this number may read how the ticket stands: its reporter, or someone who supports it."""
    return aspiration.number_id == number_id or follow_store.is_supporter(conn, aspiration.id, number_id)


def hurry(rt: Runtime, conn: Connection, number_id: int, ticket: str, cause: str) -> str:
    """Flag a ticket as hurried, at most once a week: `ok`, `refused` (too soon) or `gone` (not theirs, or settled)."""
    aspiration = store.get(conn, ticket)
    if aspiration is None or aspiration.state in SETTLED or not is_concerned(conn, number_id, aspiration):
        return "gone"
    now = rt.now()
    if not follow_store.hurry(conn, aspiration.id, now, HURRY_AGAIN):
        return "refused"
    store.add_event(conn, aspiration.id, now, "resident", "hurry", None, cause)
    audit.record(conn, now, "resident", "hurry", f"ticket:{ticket}", number_id=number_id)
    return "ok"


def confirm(rt: Runtime, conn: Connection, number_id: int, ticket: str, answer: str, cause: str) -> bool:
    """The reporter's word on an answered ticket, `yes`, `partly` or `no`; False where it does not wait for one.

    A denial opens it again; the event says so to the desk.
    """
    aspiration = store.get(conn, ticket)
    verb = CLOSING.get(answer)
    if aspiration is None or verb is None or aspiration.number_id != number_id:
        return False
    now, reached = rt.now(), following(aspiration.state, verb)
    if reached is None or not store.move(conn, aspiration.id, aspiration.state, reached, now):
        return False
    store.add_event(conn, aspiration.id, now, "resident", verb, None, cause)
    audit.record(conn, now, "resident", verb, f"ticket:{ticket}", number_id=number_id)
    return True


def rate(rt: Runtime, conn: Connection, number_id: int, ticket: str, rating: int, cause: str) -> bool:
    """Keep how pleased the reporter is, 1 (very) to 4 (disappointed); the last word counts. False where none is due."""
    aspiration = store.get(conn, ticket)
    if aspiration is None or aspiration.number_id != number_id or aspiration.state not in RATED:
        return False
    if store.add_event(conn, aspiration.id, rt.now(), "resident", "rate", str(rating), cause):
        follow_store.rate(conn, aspiration.id, rating)
    return True


def last_rated(conn: Connection, number_id: int) -> str:
    """The newest of a number's tickets that can be rated, or empty."""
    return next((one.ticket for one in store.own(conn, number_id) if one.state in RATED), "")


def support(rt: Runtime, conn: Connection, number_id: int, ticket: str, cause: str) -> bool:
    """Stand behind another's report; False where there is none to support. One's own needs no support and is left."""
    aspiration = store.get(conn, ticket)
    if aspiration is None or aspiration.is_confidential or aspiration.state in SETTLED:
        return False
    if aspiration.number_id != number_id and follow_store.support(conn, aspiration.id, number_id, rt.now()):
        store.add_event(conn, aspiration.id, rt.now(), "resident", "support", None, cause)
        audit.record(conn, rt.now(), "resident", "support", f"ticket:{ticket}", number_id=number_id)
    return True


@dataclass(frozen=True, slots=True)
class Alike:
    """Another's report of the same thing. `words` are those that both used; `count` its people, the reporter included."""

    ticket: str
    words: str
    count: int
    office: str


def find_alike(rt: Runtime, conn: Connection, number_id: int, kind: str, category: str, area: str,
               words: str) -> Alike | None:  # fmt: skip
    """The open report of the last fourteen days that is most like these words, in the same area and category."""
    if not area or not category:
        return None
    found = follow_store.alike(conn, number_id, kind, category, area, rt.now() - ALIKE_WITHIN)
    judged = [(likeness(words, body), ticket, id, body, office) for id, ticket, body, office in found]
    best = max(judged, default=None, key=lambda one: one[0])
    if best is None or best[0] < THRESHOLD:
        return None
    _, ticket, id, body, office = best
    return Alike(ticket, shared_words(words, body), 1 + follow_store.count_supporters(conn, id), office)


def waiting(rt: Runtime, conn: Connection, official: Official, which: str) -> list[Aspiration]:
    """Tickets in an official's scope that are `fresh` or `late`, oldest first; none for a role that reads no tickets."""
    if official.role not in READERS or which not in ("fresh", "late"):
        return []
    today = rt.now().astimezone(rt.settings.timezone).date()
    return store.get_many(conn, follow_store.waiting(conn, official, which, today))


def count_waiting(rt: Runtime, conn: Connection, official: Official) -> tuple[int, int]:
    """How many tickets in an official's scope are fresh, and how many late."""
    if official.role not in READERS:
        return 0, 0
    today = rt.now().astimezone(rt.settings.timezone).date()
    fresh, late = (follow_store.count_waiting(conn, official, which, today) for which in ("fresh", "late"))
    return fresh, late
