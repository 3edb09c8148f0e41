"""The counts behind public figures, each by one statement over what the features have written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, rows, statement

# An event is counted in the month it happened in, a ticket once a month for the same thing. Of answers the first counts.
# A lapse closes a ticket where an answer waited for the resident; where a question did, it goes to the archive.
# What is counted of an area counts for every one above it too.
_TICKETS = statement("""
    WITH happened AS MATERIALIZED (
        SELECT e.id, e.aspiration_id, e.at, e.verb, a.created_at, coalesce(a.area, :city) AS area
        FROM aspiration_events e JOIN aspirations a ON a.id = e.aspiration_id
        WHERE e.at >= :begins AND e.at < :ends AND (:with_demo OR NOT a.is_demo)
          AND e.verb IN ('verify', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse')
    ), answered AS MATERIALIZED (
        SELECT h.area, d.days
        FROM happened h
        CROSS JOIN LATERAL (
            SELECT count(*) AS days
            FROM generate_series((h.created_at AT TIME ZONE CAST(:zone AS text))::date + 1,
                                 (h.at AT TIME ZONE CAST(:zone AS text))::date, interval '1 day') AS g(moment)
            WHERE extract(isodow FROM g.moment) < 6
              AND NOT EXISTS (SELECT 1 FROM holidays o WHERE o.day = g.moment::date)
        ) AS d
        WHERE h.verb = 'resolve' AND NOT EXISTS (
            SELECT 1 FROM aspiration_events b
            WHERE b.aspiration_id = h.aspiration_id AND b.id < h.id AND b.verb = 'resolve')
    ), done AS (
        SELECT area, 'received' AS what, id AS thing FROM (
            SELECT id, coalesce(area, :city) AS area FROM aspirations
            WHERE created_at >= :begins AND created_at < :ends AND (:with_demo OR NOT is_demo)) AS fresh
        UNION ALL
        SELECT area, CASE verb WHEN 'verify' THEN 'verified' WHEN 'confirm' THEN 'confirmed' ELSE 'denied' END, aspiration_id
        FROM happened WHERE verb IN ('verify', 'confirm', 'confirm_partly', 'deny')
        UNION ALL
        SELECT h.area, 'closed_automatically', h.aspiration_id FROM happened h
        WHERE h.verb = 'lapse' AND 'resolve' = (
            SELECT b.verb FROM aspiration_events b
            WHERE b.aspiration_id = h.aspiration_id AND b.id < h.id AND b.verb IN ('ask', 'resolve')
            ORDER BY b.id DESC LIMIT 1)
    ), counted AS (
        SELECT area, what, count(DISTINCT thing) AS n FROM done GROUP BY area, what
        UNION ALL
        SELECT area, CASE WHEN days <= :within THEN 'answered_on_time' ELSE 'answered_late' END, count(*)
        FROM answered GROUP BY 1, 2
    )
    SELECT n.code, c.what, sum(c.n) AS n, NULL AS median
    FROM counted c JOIN areas n ON c.area = n.code OR starts_with(c.area, n.code || '.') GROUP BY n.code, c.what
    UNION ALL
    SELECT n.code, 'median', 0, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days)
    FROM answered d JOIN areas n ON d.area = n.code OR starts_with(d.area, n.code || '.') GROUP BY n.code
""")
# A first word is the verdict where none came before it.
_RUMOURS = statement("""
    SELECT count(*) FILTER (WHERE r.created_at >= :begins AND r.created_at < :ends) AS asked,
           count(*) FILTER (WHERE r.checked_at >= :begins AND r.checked_at < :ends) AS judged,
           count(*) FILTER (WHERE c.due >= :begins AND c.due < :ends AND c.word <= c.due) AS first_word_on_time,
           count(*) FILTER (WHERE c.due >= :begins AND c.due < :ends AND (c.word IS NULL OR c.word > c.due))
               AS first_word_late
    FROM rumours r
    CROSS JOIN LATERAL (
        SELECT r.due_at AS due,
               least(r.first_word_at, r.checked_at) AS word
    ) AS c
    WHERE (:with_demo OR NOT r.is_demo)
      AND ((r.created_at >= CAST(:begins AS timestamptz) - interval '7 days' AND r.created_at < :ends)
           OR (r.checked_at >= :begins AND r.checked_at < :ends))
""")
_STATES = statement("""
    SELECT kind, state, count(*) FROM aspirations
    WHERE created_at >= :begins AND created_at < :ends AND (:with_demo OR NOT is_demo) GROUP BY kind, state
""")


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time in a zone by name; with_demo: made-up tickets count too."""

    begins: datetime
    ends: datetime
    zone: str
    with_demo: bool


def _values(span: Span) -> dict[str, object]:
    return {"begins": span.begins, "ends": span.ends, "with_demo": span.with_demo}


def tickets(conn: Connection, span: Span, city: str, within: int) -> Sequence[tuple[str, str, int, float | None]]:
    """Area code, measure, count; and the measure `median`, of working days to the answer. Nothing for what never happened."""
    values = _values(span) | {"city": city, "within": within, "zone": span.zone}
    return [(row.code, row.what, int(row.n), row.median) for row in rows(conn, _TICKETS, values)]


def rumours(conn: Connection, span: Span) -> dict[str, int]:
    """Counts of rumours in the whole city, by measure."""
    return {name: int(n) for name, n in conn.execute(_RUMOURS, _values(span)).one()._mapping.items()}


def states(conn: Connection, span: Span) -> dict[tuple[str, str], int]:
    """How many reports that were filed in the span stand where now, by kind and state."""
    return {(kind, state): int(n) for kind, state, n in rows(conn, _STATES, _values(span))}
