"""Send again what a person asks to have sent again: one statement makes every such row of a batch wait for a new attempt."""

from collections.abc import Collection, Sequence

from config.settings import Route
from gateway.db import Connection, statement
from gateway.outbox.rules import RESTING
from gateway.outbox.store.batches import Batch
from gateway.outbox.store.fanout import CHUNK, route_case

_REOPEN = statement("""
    UPDATE batches SET state = 'open', finished_at = NULL WHERE id = :id AND state = 'finished' RETURNING id
""")
_CHUNK_UP = statement("""
    INSERT INTO chunks (batch_id, first_id, last_id, month, lane, route)
    SELECT :batch_id, min(id), max(id), :month, :lane, route
    FROM messages WHERE month = :month AND batch_id = :batch_id AND status = 'queued'
    GROUP BY route, id / :size
    ON CONFLICT (batch_id, route, first_id) DO UPDATE
        SET last_id = greatest(chunks.last_id, excluded.last_id), is_done = false, leased_until = NULL
""")


def resend(
    conn: Connection,
    batch: Batch,
    kind: str,
    routes: Sequence[Route],
    paused: Collection[str],
    final: Collection[str],
) -> int:
    """Queue the `kind` (`unconfirmed` or `failed`) rows of a finished batch anew, and say how many there were.

    Each keeps its attempts, and gets the route that it would get today. Left as they are: people who stopped or were
    erased, whom no route reaches, and, of the failed ones, those that a company refused at once or by a code in `final`
    (`route:code`, in small letters): another attempt would fare the same. The batch is open again, unless nothing was queued.
    """
    route_sql, route_values = route_case(routes, paused, avoids_blocked=batch.message_class not in RESTING)
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT m.id, m.number_id, m.status, {route_sql} AS route
            FROM messages m JOIN numbers n ON n.id = m.number_id
            WHERE m.month = :month AND m.batch_id = :batch_id AND m.status = :kind AND n.cipher IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.month = m.month AND a.message_id = m.id
                              AND a.number = m.attempt AND a.rank = 2 AND m.status = 'failed'
                              AND (a.provider_id IS NULL OR a.route || ':' || lower(a.code) = ANY(:final)))
            ORDER BY m.id FOR UPDATE OF m)
        UPDATE messages m SET status = 'queued', resent_from = due.status, route = due.route, not_before = NULL
        FROM due
        WHERE m.month = :month AND m.id = due.id AND due.route <> ''
          AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.number_id = due.number_id
                          AND (s.scope = ANY(:scopes) OR s.scope = 'route' AND s.route = due.route))
    """
    values = {
        **route_values,
        "month": batch.month,
        "batch_id": batch.id,
        "kind": kind,
        "final": sorted(final),
        "scopes": ["notices", "all"] if batch.message_class in RESTING else ["all"],
    }
    resent = conn.execute(statement(sql), values).rowcount
    if resent:
        conn.execute(_REOPEN, {"id": batch.id}).one()
        place = {"batch_id": batch.id, "month": batch.month, "lane": batch.lane}
        conn.execute(_CHUNK_UP, {**place, "size": CHUNK})
    return resent
