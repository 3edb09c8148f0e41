"""Batches and their chunks: fan-out in one statement, leases, pausing, cancelling, counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.db import Connection, statement
from gateway.kernel.calendar import month_of
from gateway.outbox.rules import LANE_OF, Class


@dataclass(frozen=True, slots=True)
class Fragment:
    """A SELECT of `number_id, language` that another room owns, with its values."""

    sql: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one text (in several languages) that are paused, cancelled and counted together."""

    id: int
    month: date
    lane: str
    message_class: Class
    texts: dict[str, str]
    wants_answer: bool
    state: str
    expires_at: datetime | None
    total: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A leased run of message ids of one batch and one route. `lease` tells this lease from a later one."""

    batch_id: int
    month: date
    first_id: int
    last_id: int
    route: str
    lease: int


_ADD = statement("""
    INSERT INTO batches (month, lane, class, texts, wants_answer, is_capped, expires_at, created_at)
    VALUES (:month, :lane, :class, CAST(:texts AS jsonb), :wants_answer, :is_capped, :expires_at, :at) RETURNING id
""")
_GET = statement("""
    SELECT id, month, lane, class, texts, wants_answer, state, expires_at, total FROM batches WHERE id = :id
""")
_LEASE = statement("""
    UPDATE chunks SET leased_until = :until, lease = chunks.lease + 1
    FROM (SELECT c.batch_id, c.route, c.first_id FROM chunks c JOIN batches b ON b.id = c.batch_id
          WHERE NOT c.is_done AND c.lane = :lane AND c.route = :route AND b.state = 'open'
            AND (c.leased_until IS NULL OR c.leased_until <= :now)
            AND NOT (:is_quiet AND b.class IN ('important', 'routine'))
          ORDER BY c.batch_id, c.first_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED) AS next
    WHERE chunks.batch_id = next.batch_id AND chunks.route = next.route AND chunks.first_id = next.first_id
    RETURNING chunks.batch_id, chunks.month, chunks.first_id, chunks.last_id, chunks.route, chunks.lease
""")
_RENEW = statement("""
    UPDATE chunks c SET leased_until = :until FROM batches b
    WHERE b.id = c.batch_id AND c.batch_id = :batch_id AND c.route = :route AND c.first_id = :first_id
      AND c.lease = :lease
      AND b.state = 'open' AND NOT (:is_quiet AND b.class IN ('important', 'routine'))
""")
_RELEASE = statement("""
    UPDATE chunks c SET leased_until = waiting.until, is_done = waiting.until IS NULL
    FROM (SELECT min(coalesce(m.not_before, :now)) AS until FROM messages m
          WHERE m.month = :month AND m.batch_id = :batch_id AND m.id BETWEEN :first_id AND :last_id
            AND m.route = :route AND m.status = 'queued') AS waiting
    WHERE c.batch_id = :batch_id AND c.route = :route AND c.first_id = :first_id AND c.lease = :lease
""")
# A row may be queued anew after its chunk was done: by a worker that outlived its lease, or by an emergency's second try.
_REOPEN = statement("""
    UPDATE chunks c SET is_done = false, leased_until = NULL FROM batches b
    WHERE b.id = c.batch_id AND b.state = 'open' AND b.finished_at IS NULL AND c.is_done
      AND NOT EXISTS (SELECT 1 FROM chunks o WHERE o.batch_id = b.id AND NOT o.is_done)
      AND EXISTS (SELECT 1 FROM messages m WHERE m.month = c.month AND m.batch_id = c.batch_id AND m.route = c.route
                  AND m.id BETWEEN c.first_id AND c.last_id AND m.status = 'queued')
""")
_REOPEN_FOR = statement("""
    UPDATE chunks c SET is_done = false, leased_until = r.until
    FROM unnest(CAST(:batch_ids AS bigint[]), CAST(:routes AS text[]), CAST(:ids AS bigint[]),
                CAST(:untils AS timestamptz[])) AS r(batch_id, route, id, until)
    WHERE c.is_done AND c.batch_id = r.batch_id AND c.route = r.route AND r.id BETWEEN c.first_id AND c.last_id
""")
_ADD_CHUNK = statement("""
    INSERT INTO chunks (batch_id, first_id, last_id, month, lane, route)
    VALUES (:batch_id, :id, :id, :month, :lane, :route)
    ON CONFLICT (batch_id, route, first_id) DO UPDATE SET is_done = false, leased_until = NULL
""")
_STATE = statement("""
    UPDATE batches SET state = :state WHERE id = :id AND state = ANY(:before) RETURNING id
""")
_CANCEL_REST = statement("""
    UPDATE messages SET status = coalesce(resent_from, 'skipped'),
                        reason = CASE WHEN resent_from IS NULL THEN :reason ELSE reason END
    WHERE month = :month AND batch_id = :batch_id AND status = 'queued'
""")
_FINISH = statement("""
    UPDATE batches b SET state = CASE WHEN state = 'open' THEN 'finished' ELSE state END, finished_at = :now
    WHERE b.finished_at IS NULL AND b.is_planned AND b.state IN ('open', 'cancelled')
      AND (b.state = 'cancelled' OR NOT EXISTS (SELECT 1 FROM chunks c WHERE c.batch_id = b.id AND NOT c.is_done))
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.month = b.month AND m.batch_id = b.id
                      AND m.status IN ('queued', 'sending'))
    RETURNING b.id
""")
_COUNTS = statement("""
    SELECT status, CASE WHEN status IN ('failed', 'skipped') THEN coalesce(reason, 'unknown') ELSE '' END AS reason,
           count(*) AS n
    FROM messages WHERE month = :month AND batch_id = :batch_id GROUP BY 1, 2
""")
_ROUTES_WAITING = statement("""
    SELECT DISTINCT c.route FROM chunks c JOIN batches b ON b.id = c.batch_id
    WHERE NOT c.is_done AND c.lane = :lane AND b.state = 'open' AND (c.leased_until IS NULL OR c.leased_until <= :now)
      AND NOT (:is_quiet AND b.class IN ('important', 'routine'))
""")


def add(
    conn: Connection,
    now: datetime,
    message_class: Class,
    texts: Mapping[str, str],
    *,
    lane: str | None = None,
    wants_answer: bool = False,
    is_capped: bool = True,
    expires_at: datetime | None = None,
) -> int:
    """A new, empty batch. `texts` by language, exactly as they will be sent; `is_capped`: counts for the weekly cap.

    It leaves by the lane of its class unless told otherwise.
    """
    values = {
        "month": month_of(now),
        "lane": lane or LANE_OF[message_class],
        "class": message_class,
        "texts": json.dumps(dict(texts)),
        "wants_answer": wants_answer,
        "is_capped": is_capped,
        "expires_at": expires_at,
        "at": now,
    }
    return int(conn.execute(_ADD, values).scalar_one())


def get(conn: Connection, batch_id: int) -> Batch:
    """One batch. Raises sqlalchemy's NoResultFound."""
    return Batch(*_typed(conn.execute(_GET, {"id": batch_id}).one()))


def _typed(row: Any) -> tuple[Any, ...]:
    return (*row[:3], Class(row[3]), *row[4:])


def lease(conn: Connection, lane: str, route: str, now: datetime, until: datetime, *, is_quiet: bool) -> Chunk | None:
    """Lease the oldest waiting chunk of this lane and route until `until`; None where there is none."""
    row = conn.execute(
        _LEASE, {"lane": lane, "route": route, "now": now, "until": until, "is_quiet": is_quiet}
    ).one_or_none()
    return Chunk(*row) if row else None


def renew(conn: Connection, chunk: Chunk, until: datetime, *, is_quiet: bool) -> bool:
    """Hold the lease longer; False where it went to another worker, or the batch was paused, cancelled or must rest."""
    values = {"batch_id": chunk.batch_id, "route": chunk.route, "first_id": chunk.first_id, "lease": chunk.lease}
    return bool(conn.execute(_RENEW, {**values, "until": until, "is_quiet": is_quiet}).rowcount)


def release(conn: Connection, chunk: Chunk, now: datetime) -> None:
    """Give the lease back: the chunk is done, or free again when its earliest row may be tried."""
    values = {"batch_id": chunk.batch_id, "first_id": chunk.first_id, "last_id": chunk.last_id}
    place = {"month": chunk.month, "route": chunk.route, "lease": chunk.lease}
    conn.execute(_RELEASE, {**values, **place, "now": now})


def reopen(conn: Connection) -> int:
    """Make chunks that were done but hold queued rows be looked through again, and say how many there were."""
    return conn.execute(_REOPEN).rowcount


def reopen_for(conn: Connection, back: Sequence[tuple[int, str, int, datetime | None]]) -> None:
    """Open the done chunks of rows that were put back: batch, route, message id, and when it may be tried again."""
    if back:
        columns = [list(column) for column in zip(*back, strict=True)]
        conn.execute(_REOPEN_FOR, dict(zip(("batch_ids", "routes", "ids", "untils"), columns, strict=True)))


def add_chunk(conn: Connection, batch_id: int, month: date, message_id: int, lane: str, route: str) -> None:
    """Make one row of a batch be claimed by another route than that of its own chunk."""
    values = {"batch_id": batch_id, "month": month, "id": message_id, "lane": lane, "route": route}
    conn.execute(_ADD_CHUNK, values)


def move(conn: Connection, batch_id: int, state: str, before: Sequence[str]) -> bool:
    """Set the state if it is one of `before` now; the row lock makes two movers take turns."""
    return conn.execute(_STATE, {"id": batch_id, "state": state, "before": list(before)}).one_or_none() is not None


def skip_rest(conn: Connection, batch: Batch, reason: str) -> int:
    """Skip every row that was not claimed yet, and say how many."""
    return conn.execute(_CANCEL_REST, {"month": batch.month, "batch_id": batch.id, "reason": reason}).rowcount


def finish(conn: Connection, now: datetime) -> list[int]:
    """Mark the batches that have nothing queued or sending any more, and return their ids."""
    return [row.id for row in conn.execute(_FINISH, {"now": now})]


def count(conn: Connection, batch: Batch) -> list[tuple[str, str, int]]:
    """Status, reason (of failed and skipped rows) and number of rows; one statement, so they sum to the total."""
    found = conn.execute(_COUNTS, {"month": batch.month, "batch_id": batch.id})
    return [(row.status, row.reason, row.n) for row in found]


def routes_waiting(conn: Connection, lane: str, now: datetime, *, is_quiet: bool) -> set[str]:
    """Routes for which a chunk of this lane waits."""
    return set(conn.execute(_ROUTES_WAITING, {"lane": lane, "now": now, "is_quiet": is_quiet}).scalars())
