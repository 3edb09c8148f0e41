"""The week's counts for those who work on reports, and who was written to in which week."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from gateway.db import Connection, rows, statement

_CLAIM = statement("""
    INSERT INTO kim_digests (official_id, week, at) SELECT id, :week, :now FROM unnest(CAST(:ids AS bigint[])) AS id
    ON CONFLICT DO NOTHING RETURNING official_id
""")
_WRITTEN = statement("SELECT official_id FROM kim_digests WHERE week = :week")
# Each ticket is counted for its own area and for every one above it.
_REPORTS = statement("""
    WITH standing AS (
        SELECT coalesce(area, :city) AS area, count(*) AS open, count(*) FILTER (WHERE due < :today) AS overdue
        FROM aspirations WHERE state <> ALL(:over) GROUP BY 1
    ), solved AS (
        SELECT coalesce(a.area, :city) AS area, count(DISTINCT a.id) AS solved
        FROM aspiration_events e JOIN aspirations a ON a.id = e.aspiration_id
        WHERE e.at >= :since AND e.verb = 'confirm' GROUP BY 1
    )
    SELECT n.code, sum(open) AS open, sum(overdue) AS overdue, sum(solved) AS solved
    FROM (SELECT area, open, overdue, 0 AS solved FROM standing UNION ALL SELECT area, 0, 0, solved FROM solved) AS each
    JOIN areas n ON each.area = n.code OR starts_with(each.area, n.code || '.') GROUP BY n.code
""")
_CLAIMS = statement("""
    SELECT r.number, count(*) AS people FROM rumours r JOIN rumour_askers a ON a.rumour_id = r.id
    WHERE r.state = 'open' AND r.created_at >= :since GROUP BY r.id ORDER BY people DESC, r.id LIMIT :most
""")


def written(conn: Connection, week: date) -> set[int]:
    """Ids of the officials that this week was written to."""
    return set(conn.execute(_WRITTEN, {"week": week}).scalars())


def claim(conn: Connection, official_ids: Iterable[int], week: date, now: datetime) -> set[int]:
    """Mark officials as written to, and give those who were not before: each once a week, whoever asks."""
    return set(conn.execute(_CLAIM, {"ids": list(official_ids), "week": week, "now": now}).scalars())


def reports(
    conn: Connection, city: str, over: Iterable[str], today: date, since: datetime
) -> dict[str, tuple[int, int, int]]:
    """By area: reports that are not over, those past their day, and those that residents called done since."""
    values = {"city": city, "over": list(over), "today": today, "since": since}
    return {row.code: (int(row.open), int(row.overdue), int(row.solved)) for row in rows(conn, _REPORTS, values)}


def claims(conn: Connection, since: datetime, most: int) -> Sequence[tuple[int, int]]:
    """Open claims since a moment that most people asked about: running number and people."""
    return [(row.number, row.people) for row in rows(conn, _CLAIMS, {"since": since, "most": most})]
