"""Use cases of residents on a ticket once it is filed: add to it, hurry it, say whether it is done, rate it, support another's."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.aspirations import case_store, clocks, follow_store, notices, roles, steps, store
from gateway.aspirations.rules import CLOSING, HURRY_AGAIN, LONGEST, RATED, SETTLED, State, Verb, following
from gateway.aspirations.similar import THRESHOLD, likeness, shared_words
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.runtime import Runtime

ALIKE_WITHIN = timedelta(days=14)


def is_concerned(conn: Connection, number_id: int, aspiration: Aspiration) -> bool:
    """Whether this number may read how the ticket stands: its reporter, or someone who supports it."""
    return aspiration.number_id == number_id or follow_store.is_supporter(conn, aspiration.id, number_id)


def current(conn: Connection, one: Aspiration) -> Aspiration:
    """The ticket that counts: the one that this was merged into, or itself."""
    # A ticket that others were merged into may be merged itself later on.
    while one.merged_into is not None:
        one = case_store.by_ids(conn, [one.merged_into])[0]
    return one


def hurry(rt: Runtime, conn: Connection, number_id: int, ticket: str, cause: str) -> str:
    """Flag a ticket as hurried, at most once a week: `ok`, `refused` (too soon) or `gone` (not theirs, or settled)."""
    named = store.get(conn, ticket)
    if named is None or not is_concerned(conn, number_id, named):
        return "gone"
    aspiration = current(conn, named)
    if aspiration.state in SETTLED:
        return "gone"
    now = rt.now()
    if not follow_store.hurry(conn, aspiration.id, now, HURRY_AGAIN):
        return "refused"
    event_id = store.add_event(conn, aspiration.id, now, "resident", "hurry", None, cause)
    audit.record(conn, now, "resident", "hurry", f"ticket:{aspiration.ticket}", number_id=number_id)
    if event_id:
        notices.tell_officials(rt, conn, aspiration, "desk.hurried", event_id)
    return "ok"


def add_words(rt: Runtime, conn: Connection, number_id: int, ticket: str, words: str, cause: str) -> Aspiration | None:
    """Add a resident's words to their own ticket; None where it is not theirs or does not exist.

    Where the ticket waited for information, this is it; where it was archived or closed within thirty days, it is
    opened again and raised; where it was answered, we wait anew for the closing word. What is said to a ticket that was
    merged stands in the one it was merged into.
    """
    named = case_store.lock(conn, ticket).get(ticket)
    if named is None or named.number_id != number_id:
        return None
    one, words = current(conn, named), words[:LONGEST]
    if one.id != named.id:
        store.add_event(conn, one.id, rt.now(), "resident", Verb.INFORM, words, cause)
        return one
    verb = Verb.REOPEN if steps.may_reopen(rt, one) else Verb.INFORM
    if following(one.state, verb) is None:
        store.add_event(conn, one.id, rt.now(), "resident", Verb.INFORM, words, cause)
        if one.state is State.ANSWERED and (until := clocks.waits_until(rt, Verb.RESOLVE)):
            case_store.wait(conn, one.id, until)
        return one
    taken = steps.step(rt, conn, one, verb, "resident", words, cause=cause)
    if taken is None:
        return one
    moved, event_id = taken
    if verb is Verb.REOPEN:
        notices.tell_officials(rt, conn, moved, "desk.reopened", event_id, to_all=True)
    return moved


def confirm(rt: Runtime, conn: Connection, number_id: int, ticket: str, answer: str, cause: str) -> bool:
    """The reporter's word on an answered ticket, `yes`, `partly` or `no`; False where it does not wait for one.

    A denial opens it again and raises it: the desk, its superiors and whoever held it read so.
    """
    one, verb = case_store.lock(conn, ticket).get(ticket), CLOSING.get(answer)
    if one is None or verb is None or one.number_id != number_id:
        return False
    taken = steps.step(rt, conn, one, verb, "resident", cause=cause)
    if taken is None:
        return False
    if verb is Verb.DENY:
        notices.tell_officials(rt, conn, taken[0], "desk.reopened", taken[1], to_all=True)
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


COUNTED = 99
"""As far as a desk's tickets are counted: it stands for more, too."""


def waiting(rt: Runtime, conn: Connection, official: Official, which: str, most: int = 20) -> list[Aspiration]:
    """Tickets that are `fresh` (to be handled by the official) or `late`, oldest first; none for a role that reads none."""
    if official.role not in roles.SEE or which not in ("fresh", "late"):
        return []
    return case_store.waiting(conn, which, *_scope(rt, conn, official), clocks.today(rt), most)


def count_waiting(rt: Runtime, conn: Connection, official: Official) -> tuple[int, int]:
    """How many tickets the official has to handle, and how many in their scope are late; COUNTED stands for more."""
    if official.role not in roles.SEE:
        return 0, 0
    scope, today = _scope(rt, conn, official), clocks.today(rt)
    fresh, late = (case_store.count(conn, which, *scope, today, COUNTED) for which in ("fresh", "late"))
    return fresh, late


def _scope(rt: Runtime, conn: Connection, official: Official) -> tuple[list[str], str | None, int]:
    return places(rt, conn, official), official.office if official.role is Role.OFFICE else None, official.id


def places(rt: Runtime, conn: Connection, official: Official) -> list[str]:
    """Codes of every area that lies in the official's scope."""
    return [area.code for area in reference.areas(rt, conn) if official.is_over(area.code)]
