"""The counts behind public figures, each by one statement over what the features have written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause

from gateway.db import Connection, rows, statement

# An event is counted in the month it happened in, a ticket once a month for the same thing. Of answers the first counts.
# A lapse closes a ticket where an answer waited for the resident; where a question did, it goes to the archive, and where
# SP4N-LAPOR sent it, nobody here was asked anything.


def _counted(of: str, also: str) -> str:
    """What is counted by `of` (of an event e and its ticket a), and by one SELECT beside it: `answered`, `counted`."""
    return f"""
    WITH happened AS MATERIALIZED (
        SELECT e.id, e.aspiration_id, e.at, e.verb, a.created_at, a.number_id, {of} AS of
        FROM aspiration_events e JOIN aspirations a ON a.id = e.aspiration_id
        WHERE e.at >= :begins AND e.at < :ends AND (:with_demo OR NOT a.is_demo)
          AND e.verb IN ('verify', 'forward', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse')
    ), answered AS MATERIALIZED (
        SELECT h.of, d.days
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
        {also}
        UNION ALL
        SELECT of, CASE verb WHEN 'verify' THEN 'verified' WHEN 'forward' THEN 'forwarded' WHEN 'confirm' THEN 'confirmed'
                             ELSE 'denied' END, aspiration_id
        FROM happened WHERE verb IN ('verify', 'forward', 'confirm', 'confirm_partly', 'deny')
        UNION ALL
        SELECT h.of, 'closed_automatically', h.aspiration_id FROM happened h
        WHERE h.verb = 'lapse' AND h.number_id IS NOT NULL AND 'resolve' = (
            SELECT b.verb FROM aspiration_events b
            WHERE b.aspiration_id = h.aspiration_id AND b.id < h.id AND b.verb IN ('ask', 'resolve')
            ORDER BY b.id DESC LIMIT 1)
    ), counted AS (
        SELECT of, what, count(DISTINCT thing) AS n FROM done GROUP BY of, what
        UNION ALL
        SELECT of, CASE WHEN days <= :within THEN 'answered_on_time' ELSE 'answered_late' END, count(*)
        FROM answered GROUP BY 1, 2
    )
    """


# What is counted of an area counts for every one above it too.
_AREAS = statement(f"""
    {
    _counted(
        "coalesce(a.area, :city)",
        '''
        SELECT coalesce(area, :city) AS of, 'received' AS what, id AS thing FROM aspirations
        WHERE created_at >= :begins AND created_at < :ends AND (:with_demo OR NOT is_demo)''',
    )
}
    SELECT n.code, c.what, sum(c.n) AS n, NULL AS median
    FROM counted c JOIN areas n ON c.of = n.code OR starts_with(c.of, n.code || '.') GROUP BY n.code, c.what
    UNION ALL
    SELECT n.code, 'median', 0, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days)
    FROM answered d JOIN areas n ON d.of = n.code OR starts_with(d.of, n.code || '.') GROUP BY n.code
""")
# An event is that of the office which held the ticket at that time, whoever holds it by now: a past month stands still.
_OFFICES = statement(f"""
    {
    _counted(
        '''coalesce((
        SELECT CASE h.verb WHEN 'forward' THEN h.body END FROM aspiration_events h
        WHERE h.aspiration_id = e.aspiration_id AND h.id <= e.id AND h.verb IN ('forward', 'take')
        ORDER BY h.id DESC LIMIT 1), '')''',
        "SELECT '' AS of, '' AS what, NULL::bigint AS thing WHERE false",
    )
}
    SELECT of AS code, what, n, NULL AS median FROM counted
    UNION ALL
    SELECT of, 'median', 0, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM answered GROUP BY of
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


Counts = Sequence[tuple[str, str, int, float | None]]
"""Code, measure, count; and the measure `median`, of working days to the answer. Nothing for what never happened."""


def by_area(conn: Connection, span: Span, city: str, within: int) -> Counts:
    """What happened to the tickets of each area; those without one are the city's."""
    return _read(conn, _AREAS, _values(span) | {"city": city, "within": within, "zone": span.zone})


def by_office(conn: Connection, span: Span, within: int) -> Counts:
    """What happened to tickets with each office; the code is empty for those that none held."""
    return _read(conn, _OFFICES, _values(span) | {"within": within, "zone": span.zone})


def _read(conn: Connection, query: TextClause, values: dict[str, object]) -> Counts:
    return [(row.code, row.what, int(row.n), row.median) for row in rows(conn, query, values)]


def rumours(conn: Connection, span: Span) -> dict[str, int]:
    """Counts of rumours in the whole city, by measure."""
    return {name: int(n) for name, n in conn.execute(_RUMOURS, _values(span)).one()._mapping.items()}


def states(conn: Connection, span: Span) -> dict[tuple[str, str], int]:
    """How many reports that were filed in the span stand where now, by kind and state."""
    return {(kind, state): int(n) for kind, state, n in rows(conn, _STATES, _values(span))}
