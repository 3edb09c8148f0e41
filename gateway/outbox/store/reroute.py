"""Messages that wait for a paused route: moved to another of their list, which leaves the pause to lapse by itself."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from config.settings import Route
from gateway.db import Connection, statement
from gateway.outbox.rules import RESTING
from gateway.outbox.store.batches import Batch
from gateway.outbox.store.fanout import CHUNK, route_case

_WAITING = statement("""
    SELECT DISTINCT c.batch_id FROM chunks c JOIN batches b ON b.id = c.batch_id
    WHERE NOT c.is_done AND c.route = ANY(:paused) AND b.state IN ('open', 'paused') ORDER BY 1
""")
# What nothing waits in is done, or a batch would not be over before the route is usable again.
_CLOSE = statement("""
    UPDATE chunks c SET is_done = true
    WHERE c.batch_id = :batch_id AND c.route = ANY(:paused) AND NOT c.is_done
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.month = c.month AND m.batch_id = c.batch_id AND m.route = c.route
                      AND m.id BETWEEN c.first_id AND c.last_id AND m.status = 'queued')
""")
_LAPSE = statement("""
    UPDATE routes r SET paused_at = NULL, retry_at = NULL, reason = '', suspects = '{}'
    WHERE r.paused_at IS NOT NULL AND r.retry_at <= :now
      AND NOT EXISTS (SELECT 1 FROM chunks c JOIN batches b ON b.id = c.batch_id
                      WHERE NOT c.is_done AND c.route = r.name AND b.state IN ('open', 'paused'))
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.month >= :since AND m.route = r.name AND m.batch_id IS NULL
                      AND m.status = 'queued')
    RETURNING r.name
""")


def waiting(conn: Connection, paused: Collection[str]) -> list[int]:
    """Batches that have something for these routes."""
    return list(conn.execute(_WAITING, {"paused": sorted(paused)}).scalars())


def move_batch(conn: Connection, batch: Batch, routes: Sequence[Route], paused: Collection[str]) -> int:
    """Have what a batch has for paused routes leave by the next usable one of its list; how many that were.

    What waits was never sent, or provably not. Where all routes of a list are paused it stays, so that it tries them.
    """
    route_sql, values = route_case(routes, paused, avoids_blocked=batch.message_class not in RESTING)
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT m.id, {route_sql} AS route FROM messages m JOIN numbers n ON n.id = m.number_id
            WHERE m.month = :month AND m.batch_id = :batch_id AND m.status = 'queued' AND m.route = ANY(:paused)
            ORDER BY m.id FOR UPDATE OF m),
        moved AS (
            UPDATE messages m SET route = due.route, not_before = NULL FROM due
            WHERE m.month = :month AND m.id = due.id AND due.route <> '' AND due.route <> ALL(:paused)
            RETURNING m.id, m.route),
        cut AS (
            INSERT INTO chunks AS c (batch_id, first_id, last_id, month, lane, route)
            SELECT :batch_id, min(id), max(id), :month, :lane, route
            FROM (SELECT id, route, (row_number() OVER (PARTITION BY route ORDER BY id) - 1) / :size AS part
                  FROM moved) AS numbered
            GROUP BY route, part
            ON CONFLICT (batch_id, route, first_id)
                DO UPDATE SET last_id = greatest(c.last_id, excluded.last_id), is_done = false)
        SELECT count(*) FROM moved
    """
    place = {"month": batch.month, "batch_id": batch.id, "lane": batch.lane, "paused": sorted(paused)}
    moved = int(conn.execute(statement(sql), {**values, **place, "size": CHUNK}).scalar_one())
    conn.execute(_CLOSE, place)
    return moved


def move_singles(conn: Connection, since: date, routes: Sequence[Route], paused: Collection[str]) -> int:
    """The same for replies and notices. The number an answer would have come from is another company's."""
    route_sql, values = route_case(routes, paused, avoids_blocked=False)
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT m.month, m.id, {route_sql} AS route FROM messages m JOIN numbers n ON n.id = m.number_id
            WHERE m.month >= :since AND m.status = 'queued' AND m.batch_id IS NULL AND m.route = ANY(:paused)
            ORDER BY m.id FOR UPDATE OF m)
        UPDATE messages m SET route = due.route, reply_from = NULL FROM due
        WHERE m.month = due.month AND m.id = due.id AND due.route <> '' AND due.route <> ALL(:paused)
    """
    return conn.execute(statement(sql), {**values, "since": since, "paused": sorted(paused)}).rowcount


def lapse(conn: Connection, now: datetime, since: date) -> list[str]:
    """Hold routes usable again that may be tried and have nothing to be tried with; their names."""
    return list(conn.execute(_LAPSE, {"now": now, "since": since}).scalars())
