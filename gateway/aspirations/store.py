"""The tables of aspirations, their events, and drafts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.aspirations.rules import SAME_WITHIN, SETTLED, Clock, Course, Filing, State
from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Aspiration:
    """A ticket. `number_id` is who reported it, None where SP4N-LAPOR sent it; whoever shows it decides what of that may be
    seen. `lapor`: the number under which SP4N-LAPOR has it.
    """

    id: int
    ticket: str
    number_id: int | None
    kind: str
    category: str | None
    area: str | None
    rt: str | None
    rw: str | None
    body: str
    state: State
    is_confidential: bool
    is_emergency: bool
    office: str | None
    due: date | None
    created_at: datetime
    changed_at: datetime
    on_behalf: bool
    landmark: str | None
    hurried_at: datetime | None
    rating: int | None
    held_by: int | None
    course: Course
    escalated_at: datetime | None
    merged_into: int | None
    lapor: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a ticket. `by` is `resident`, `clock` or `official:3`."""

    at: datetime
    by: str
    verb: str
    body: str | None


COLUMNS = """id, ticket, number_id, kind, category, area, rt, rw, body, state, is_confidential, is_emergency, office,
             due, created_at, changed_at, on_behalf, landmark, hurried_at, rating, held_by, clock, clock_from,
             clock_days, due, is_due_provisional, reminded, waits_until, escalated_at, merged_into, lapor"""
_ADD = statement("""
    INSERT INTO aspirations (ticket, cause, number_id, kind, category, area, rt, rw, body, body_hash, state,
                             is_confidential, is_emergency, due, is_due_provisional, channel, is_demo, created_at,
                             changed_at, on_behalf, landmark, clock, clock_from, clock_days)
    VALUES (:ticket, :cause, :number_id, :kind, nullif(:category, ''), nullif(:area, ''), nullif(:rt, ''),
            nullif(:rw, ''), :body, :body_hash, :state, :is_confidential, :is_emergency, :due, :is_provisional,
            :channel, :is_demo, :now, :now, :on_behalf, nullif(:landmark, ''), :clock, :clock_from, :clock_days)
    ON CONFLICT DO NOTHING RETURNING id
""")
_SAME = statement(f"""
    SELECT {COLUMNS} FROM aspirations
    WHERE cause = :cause OR (number_id = :number_id AND created_at > :after AND body_hash = :body_hash
                             AND kind = :kind)
    ORDER BY (cause = :cause) DESC, id DESC LIMIT 1
""")
_LOCK = statement("SELECT pg_advisory_xact_lock(6002, CAST(hashint8(:number_id) AS integer))")
_BY_TICKETS = statement(f"SELECT {COLUMNS} FROM aspirations WHERE ticket = ANY(:tickets) ORDER BY id")
_BY_TICKET = statement(f"SELECT {COLUMNS} FROM aspirations WHERE ticket = :ticket")
_OWN = statement(f"SELECT {COLUMNS} FROM aspirations WHERE number_id = :number_id ORDER BY id DESC LIMIT :most")
_EVENT = statement("""
    INSERT INTO aspiration_events (aspiration_id, cause, at, by, verb, body)
    VALUES (:aspiration_id, :cause, :now, :by, :verb, :body) ON CONFLICT DO NOTHING RETURNING id
""")
_EVENTS = statement("SELECT at, by, verb, body FROM aspiration_events WHERE aspiration_id = :id ORDER BY id")
_SET = statement("""
    UPDATE aspirations SET category = coalesce(:category, category), area = coalesce(:area, area),
        rt = coalesce(:rt, rt), rw = coalesce(:rw, rw), changed_at = :now WHERE id = :id
""")
_DRAFT = statement("""
    INSERT INTO drafts (number_id, kind, body, details, state, created_at, changed_at)
    VALUES (:number_id, :kind, :body, CAST(:details AS jsonb), 'open', :now, :now) RETURNING id
""")
_OPEN_DRAFT = statement("""
    SELECT id, kind, body, details, changed_at FROM drafts
    WHERE number_id = :number_id AND state = 'open' ORDER BY id DESC LIMIT 1
""")
_DRAFT_BY_ID = statement("SELECT id, kind, body, details, changed_at FROM drafts WHERE id = :id AND state <> 'sent'")
_GROW = statement("""
    UPDATE drafts SET body = body || E'\\n' || :body, changed_at = :now WHERE id = :id AND length(body) < 4000
""")
_DRAFT_STATE = statement("UPDATE drafts SET state = :state, changed_at = :now WHERE id = :id")
# What an office still works on keeps its words, which name nobody once the number is blanked; the clock blanks them later.
_FORGET = statement("""
    UPDATE aspirations SET body_hash = '', body = CASE WHEN state = ANY(:settled) THEN '' ELSE body END,
        landmark = CASE WHEN state = ANY(:settled) THEN NULL ELSE landmark END
    WHERE number_id = :number_id
""")
_BLANK_SETTLED = statement("""
    UPDATE aspirations a SET body = '', landmark = NULL FROM numbers n
    WHERE n.id = a.number_id AND n.cipher IS NULL AND a.state = ANY(:settled) AND (a.body <> '' OR a.landmark IS NOT NULL)
""")
_FORGET_SUPPORT = statement("DELETE FROM aspiration_supporters WHERE number_id = :number_id")
_FORGET_DRAFTS = statement("""
    UPDATE drafts SET body = '', details = '{}', state = 'sent' WHERE number_id = :number_id
""")
_FORGET_EVENTS = statement("""
    UPDATE aspiration_events e SET body = NULL FROM aspirations a
    WHERE a.id = e.aspiration_id AND a.number_id = :number_id AND e.by = 'resident' AND a.state = ANY(:settled)
""")
_BLANK_EVENTS = statement("""
    UPDATE aspiration_events e SET body = NULL FROM aspirations a, numbers n
    WHERE a.id = e.aspiration_id AND n.id = a.number_id AND n.cipher IS NULL AND a.state = ANY(:settled)
      AND e.by = 'resident' AND e.body IS NOT NULL
""")
_ABOUT = statement("SELECT ticket, kind, state, body, created_at FROM aspirations WHERE number_id = :number_id")


def read_row(row: Sequence[Any]) -> Aspiration:
    """The ticket in a row of COLUMNS."""
    values: list[Any] = list(row)
    values[9] = State(values[9])
    clock = Clock(values[21]) if values[21] else None
    values[21:28] = [Course(clock, *values[22:28])]
    return Aspiration(*values)


def lock_number(conn: Connection, number_id: int) -> None:
    """Make filings of one number take turns, so that two copies of a text at the same moment find each other."""
    conn.execute(_LOCK, {"number_id": number_id})


def find_same(conn: Connection, number_id: int, filing: Filing, body_hash: bytes, now: datetime) -> Aspiration | None:
    """The ticket of the same cause, or of the same words from the same number within ten minutes."""
    values = {"cause": filing.cause, "number_id": number_id, "body_hash": body_hash, "kind": filing.kind}
    row = conn.execute(_SAME, {**values, "after": now - SAME_WITHIN}).one_or_none()
    return read_row(row) if row else None


def add(
    conn: Connection,
    ticket: str,
    number_id: int,
    filing: Filing,
    body_hash: bytes,
    course: Course,
    now: datetime,
    *,
    is_demo: bool,
) -> int | None:
    """Write a new ticket; None where the ticket code is taken."""
    values = {"ticket": ticket, "number_id": number_id, "body": filing.words, "body_hash": body_hash, "due": course.due}
    values |= {name: getattr(filing, name) for name in
               ("cause", "kind", "category", "area", "rt", "rw", "is_confidential", "is_emergency", "channel", "on_behalf",
                "landmark")}  # fmt: skip
    values |= {"is_provisional": course.is_provisional, "is_demo": is_demo, "now": now, "state": State.RECEIVED}
    values |= {"clock": course.clock, "clock_from": course.start, "clock_days": course.days}
    row = conn.execute(_ADD, values).one_or_none()
    return int(row.id) if row else None


def get(conn: Connection, ticket: str) -> Aspiration | None:
    """The ticket with these seven digits."""
    row = conn.execute(_BY_TICKET, {"ticket": ticket}).one_or_none()
    return read_row(row) if row else None


def get_many(conn: Connection, tickets: Sequence[str]) -> list[Aspiration]:
    """Several tickets, the oldest first."""
    return [read_row(row) for row in conn.execute(_BY_TICKETS, {"tickets": list(tickets)})]


def own(conn: Connection, number_id: int, most: int = 20) -> list[Aspiration]:
    """A number's tickets, newest first."""
    return [read_row(row) for row in conn.execute(_OWN, {"number_id": number_id, "most": most})]


def add_event(
    conn: Connection, aspiration_id: int, now: datetime, by: str, verb: str, body: str | None, cause: str | None = None
) -> int | None:
    """Add to a ticket's history: the event's id, or None where this cause is there already."""
    values = {"aspiration_id": aspiration_id, "cause": cause, "now": now, "by": by, "verb": verb, "body": body}
    row = conn.execute(_EVENT, values).one_or_none()
    return int(row.id) if row else None


def events(conn: Connection, aspiration_id: int) -> list[Event]:
    """A ticket's history, oldest first."""
    return [Event(*row) for row in conn.execute(_EVENTS, {"id": aspiration_id})]


def amend(
    conn: Connection,
    aspiration_id: int,
    now: datetime,
    *,
    category: str | None = None,
    area: str | None = None,
    rt: str | None = None,
    rw: str | None = None,
) -> None:
    """Fill in what was missing or guessed wrong."""
    conn.execute(_SET, {"id": aspiration_id, "category": category, "area": area, "rt": rt, "rw": rw, "now": now})


@dataclass(frozen=True, slots=True)
class Draft:
    """Words that wait for a YA. `details` holds what was chosen before: category, area, confidential."""

    id: int
    kind: str
    body: str
    details: dict[str, Any]
    changed_at: datetime


def add_draft(
    conn: Connection, number_id: int, kind: str, body: str, now: datetime, details: Mapping[str, Any] | None = None
) -> int:
    """Keep words that were not understood, or an invitation to write them."""
    values = {
        "number_id": number_id,
        "kind": kind,
        "body": body,
        "now": now,
        "details": json.dumps(dict(details or {})),
    }
    return int(conn.execute(_DRAFT, values).scalar_one())


def open_draft(conn: Connection, number_id: int) -> Draft | None:
    """The draft a number may still add to or send."""
    row = conn.execute(_OPEN_DRAFT, {"number_id": number_id}).one_or_none()
    return Draft(*row) if row else None


def get_draft(conn: Connection, draft_id: int) -> Draft | None:
    """A draft that was not sent yet."""
    row = conn.execute(_DRAFT_BY_ID, {"id": draft_id}).one_or_none()
    return Draft(*row) if row else None


def grow_draft(conn: Connection, draft_id: int, body: str, now: datetime) -> None:
    """Append words to a draft."""
    conn.execute(_GROW, {"id": draft_id, "body": body, "now": now})


def close_draft(conn: Connection, draft_id: int, state: str, now: datetime) -> None:
    """`sent` once it became a ticket, `waiting` where nobody answered and a person has to look."""
    conn.execute(_DRAFT_STATE, {"id": draft_id, "state": state, "now": now})


def forget(conn: Connection, number_id: int) -> None:
    """Blank the words of a person's tickets, what they added to them, and drafts; the tickets stay, without them.

    What is still worked on keeps its words until it is settled (`blank_settled`): the report goes on without identity.
    """
    values = {"number_id": number_id, "settled": list(SETTLED)}
    for blank in (_FORGET, _FORGET_EVENTS):
        conn.execute(blank, values)
    for blank in (_FORGET_DRAFTS, _FORGET_SUPPORT):
        conn.execute(blank, {"number_id": number_id})


def blank_settled(conn: Connection) -> int:
    """Blank the words of tickets that are settled by now and whose reporter was erased; how many there were."""
    conn.execute(_BLANK_EVENTS, {"settled": list(SETTLED)})
    return conn.execute(_BLANK_SETTLED, {"settled": list(SETTLED)}).rowcount


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """A person's tickets."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
