"""The SQL of the exchange with SP4N-LAPOR: tickets in blocks, LAPOR's numbers beside ours, and many tickets filed at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.aspirations.lapor_rules import Import, Link
from gateway.aspirations.rules import Course
from gateway.aspirations.store import COLUMNS, Aspiration, read_row
from gateway.db import Connection, rows, statement

# Each block goes on behind the last one's id, so that all of them together walk through the table once.
_PAGE = statement(f"""
    SELECT {COLUMNS} FROM aspirations
    WHERE id > :after AND coalesce(area, '33.75') = ANY(:places) AND (CAST(:office AS text) IS NULL OR office = :office)
      AND created_at >= :since AND created_at < :until AND (:with_demo OR NOT is_demo)
    ORDER BY id LIMIT :most
""")
_NEWS = statement("""
    SELECT DISTINCT ON (aspiration_id) aspiration_id, body FROM aspiration_events
    WHERE aspiration_id = ANY(:ids) AND starts_with(by, 'official:') AND body <> ''
      AND verb IN ('reply', 'resolve', 'archive', 'decline')
    ORDER BY aspiration_id, id DESC
""")
_KNOWN = statement("SELECT lapor, ticket, state FROM aspirations WHERE lapor = ANY(:numbers)")
_FILE = statement("""
    INSERT INTO aspirations (ticket, cause, lapor, kind, category, area, body, body_hash, state, is_confidential, office,
                             due, is_due_provisional, clock, clock_from, clock_days, channel, created_at, changed_at)
    SELECT n.ticket, 'lapor:' || n.lapor, n.lapor, n.kind, nullif(n.category, ''), nullif(n.area, ''), n.words, '',
           n.state, n.is_confidential, nullif(n.office, ''), n.due, n.is_provisional, n.clock, n.start, n.days, 'lapor',
           :now, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS n(ticket text, lapor text, kind text, category text, area text, words text, state text, is_confidential boolean,
              office text, due date, is_provisional boolean, clock text, start date, days smallint)
    ON CONFLICT DO NOTHING RETURNING id, lapor, ticket
""")
_EVENTS = statement("""
    INSERT INTO aspiration_events (aspiration_id, at, by, verb, body)
    SELECT id, :now, :by, verb, body
    FROM unnest(CAST(:ids AS bigint[]), CAST(:verbs AS text[]), CAST(:bodies AS text[])) AS e(id, verb, body)
""")
_LINK = statement("""
    UPDATE aspirations SET lapor = n.lapor
    FROM unnest(CAST(:tickets AS text[]), CAST(:numbers AS text[])) AS n(ticket, lapor)
    WHERE aspirations.ticket = n.ticket AND aspirations.lapor IS NULL RETURNING n.lapor
""")
_HOLD = statement("SELECT pg_advisory_xact_lock(6005)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tickets are read: areas, an office's alone where one is named, filed in a span of time."""

    places: Sequence[str]
    office: str | None
    since: datetime
    until: datetime
    with_demo: bool


def page(conn: Connection, scope: Scope, after: int, most: int) -> list[Aspiration]:
    """Tickets of the scope with ids above `after`, the oldest first."""
    values = {name: getattr(scope, name) for name in ("office", "since", "until", "with_demo")}
    found = conn.execute(_PAGE, {**values, "places": list(scope.places), "after": after, "most": most})
    return [read_row(row) for row in found]


def news(conn: Connection, ids: Sequence[int]) -> dict[int, str]:
    """What officials last answered, by ticket."""
    return {row.aspiration_id: row.body for row in rows(conn, _NEWS, {"ids": list(ids)})}


def hold(conn: Connection) -> None:
    """Make imports take turns until the end of the transaction, so that none meets half of another's."""
    conn.execute(_HOLD)


def known(conn: Connection, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Ticket and state of those that LAPOR has under these numbers."""
    return {row.lapor: (row.ticket, row.state) for row in rows(conn, _KNOWN, {"numbers": list(numbers)})}


def file(conn: Connection, new: Mapping[str, tuple[Import, Course]], by: str, now: datetime) -> dict[str, str]:
    """File tickets, by new ticket codes; LAPOR's number and ticket of those whose code was free."""
    given = [
        {
            "ticket": ticket, "lapor": one.lapor, "kind": one.kind, "category": one.category, "area": one.area,
            "words": one.words, "state": one.state, "is_confidential": one.is_confidential, "office": one.office,
            "due": course.due, "is_provisional": course.is_provisional, "clock": course.clock, "start": course.start,
            "days": course.days,
        }
        for ticket, (one, course) in new.items()
    ]  # fmt: skip
    filed = list(rows(conn, _FILE, {"rows": json.dumps(given, default=str), "now": now}))
    events = []
    for row in filed:
        one, _ = new[row.ticket]
        events.append((row.id, "import", f"SP4N-LAPOR {one.lapor}, {one.day}"))
        if one.office:
            events.append((row.id, "forward", one.office))
    columns = {name: [event[at] for event in events] for at, name in enumerate(("ids", "verbs", "bodies"))}
    conn.execute(_EVENTS, {**columns, "now": now, "by": by})
    return {row.lapor: row.ticket for row in filed}


def link(conn: Connection, links: Sequence[Link]) -> set[str]:
    """Keep LAPOR's numbers beside tickets that have none; the numbers that were kept."""
    values = {"tickets": [one.ticket for one in links], "numbers": [one.lapor for one in links]}
    return set(conn.execute(_LINK, values).scalars())
