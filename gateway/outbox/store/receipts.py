"""Receipts: written at once by the hook, applied in batches, kept for 48 hours where no attempt is known yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.db import Connection, statement
from gateway.outbox.store.showing import SHOW, UPSERT_HEAD, UPSERT_TAIL

KEPT = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A receipt with its rank; `key` is month, message id and attempt where our own id came back with it."""

    route: str
    provider_id: str | None
    key: tuple[date, int, int] | None
    number_id: int | None
    rank: int
    code: str
    words: str
    opted_out: bool


_ADD = statement("""
    INSERT INTO receipts (route, provider_id, month, message_id, attempt, number_id, rank, code, words, opted_out,
                          received_at)
    VALUES (:route, :provider_id, :month, :message_id, :attempt, :number_id, :rank, :code, :words, :opted_out, :at)
""")
# Where our own id came back the message itself is found, even if the send has not been recorded yet; else the provider's
# id must be known and the number the same. Of several receipts of one attempt in a batch the highest rank counts, and
# that one failed.
_APPLY = statement(f"""
    WITH due AS MATERIALIZED (
        SELECT * FROM receipts WHERE tried_at IS NULL ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED),
    matched AS MATERIALIZED (
        SELECT d.id AS receipt_id, m.month, m.id AS message_id, d.attempt AS number, m.number_id, d.route,
               d.provider_id, d.rank, d.code, d.words, coalesce(m.claimed_at, d.received_at) AS claimed_at,
               d.received_at, d.opted_out
        FROM due d JOIN messages m ON m.month = d.month AND m.id = d.message_id
        WHERE d.message_id IS NOT NULL AND d.attempt BETWEEN 1 AND m.attempt
        UNION ALL
        SELECT d.id, a.month, a.message_id, a.number, a.number_id, a.route, d.provider_id, d.rank, d.code, d.words,
               a.claimed_at, d.received_at, d.opted_out
        FROM due d JOIN attempts a ON a.provider_id = d.provider_id AND a.route = d.route
        WHERE d.message_id IS NULL AND (d.number_id IS NULL OR d.number_id = a.number_id)),
    best AS (
        SELECT DISTINCT ON (month, message_id, number) *, bool_or(rank = 2) OVER of_attempt AS has_failed,
               coalesce(max(code) FILTER (WHERE rank = 2) OVER of_attempt, code) AS shown_code
        FROM matched WINDOW of_attempt AS (PARTITION BY month, message_id, number)
        ORDER BY month, message_id, number, rank DESC, receipt_id),
    upserted AS ({UPSERT_HEAD}
        SELECT month, message_id, number, number_id, route, provider_id, rank, shown_code, words, NULL, NULL, claimed_at,
               received_at, has_failed FROM best
        {UPSERT_TAIL}),
    shown AS ({SHOW} RETURNING 1),
    blocked AS (
        INSERT INTO suppressions (number_id, scope, route, reason, created_at)
        SELECT DISTINCT number_id, 'route', route, 'carrier', CAST(:now AS timestamptz) FROM matched WHERE opted_out
        ON CONFLICT DO NOTHING),
    used AS (DELETE FROM receipts WHERE id IN (SELECT receipt_id FROM matched) RETURNING id),
    orphaned AS (
        UPDATE receipts SET tried_at = :now
        WHERE id IN (SELECT id FROM due) AND id NOT IN (SELECT receipt_id FROM matched) RETURNING id)
    SELECT (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM used) AS used, (SELECT count(*) FROM orphaned) AS kept
""")
_RETRY = statement("""
    UPDATE receipts r SET tried_at = NULL FROM attempts a
    WHERE r.tried_at IS NOT NULL AND a.provider_id = r.provider_id AND a.route = r.route
      AND (r.number_id IS NULL OR r.number_id = a.number_id)
""")
_DROP = statement("DELETE FROM receipts WHERE received_at < :before AND tried_at IS NOT NULL")
# A receipt for an id we never recorded proves a cut-off send to that number, but only where it can mean that one alone.
# Of a message that was sent again both sends may be meant: that it was delivered is true of the message all the same.
_PROVE = statement("""
    WITH waiting AS MATERIALIZED (
        SELECT * FROM receipts WHERE tried_at IS NOT NULL AND message_id IS NULL AND number_id IS NOT NULL
        ORDER BY id LIMIT :most),
    doubtful AS MATERIALIZED (
        SELECT month, id, attempt, number_id, route, claimed_at FROM messages
        WHERE status = 'sending' AND month >= :since AND EXISTS (SELECT 1 FROM waiting)
        UNION ALL
        SELECT month, id, attempt, number_id, route, claimed_at FROM messages
        WHERE status = 'unconfirmed' AND month >= :since AND number_id IN (SELECT number_id FROM waiting)
        UNION
        SELECT a.month, a.message_id, a.number, a.number_id, a.route, a.claimed_at
        FROM messages m JOIN attempts a ON a.month = m.month AND a.message_id = m.id AND a.rank = 0
        WHERE m.resent_from = 'unconfirmed' AND m.month >= :since AND m.number_id IN (SELECT number_id FROM waiting)
          AND a.provider_id IS NULL),
    meant AS (
        SELECT r.id, r.provider_id, r.rank, r.code, r.words, d.month, d.id AS message_id, d.attempt, d.number_id,
               d.route, d.claimed_at, count(*) OVER every AS sends, min(d.id) OVER every = max(d.id) OVER every AS is_one
        FROM waiting r JOIN doubtful d
             ON d.number_id = r.number_id AND d.route = r.route AND d.claimed_at <= r.received_at
        WINDOW every AS (PARTITION BY r.id))
    SELECT id, provider_id, rank, code, words, month, message_id, attempt, number_id, route, claimed_at FROM meant m
    WHERE is_one AND (sends = 1 OR rank = 3) AND claimed_at < :quiet_since
      AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.month = m.month AND a.message_id = m.message_id
                      AND a.number = m.attempt AND a.provider_id IS NOT NULL)
    ORDER BY id, attempt
""")
_USE = statement("DELETE FROM receipts WHERE id = ANY(:ids)")


def add(conn: Connection, now: datetime, receipt: Arrived) -> None:
    """Write a receipt down; only then may the hook answer 200."""
    month, message_id, attempt = receipt.key or (None, None, None)
    conn.execute(
        _ADD,
        {
            "route": receipt.route,
            "provider_id": receipt.provider_id,
            "month": month,
            "message_id": message_id,
            "attempt": attempt,
            "number_id": receipt.number_id,
            "rank": receipt.rank,
            "code": receipt.code[:80],
            "words": receipt.words[:300],
            "opted_out": receipt.opted_out,
            "at": now,
        },
    )


def apply(conn: Connection, now: datetime, most: int = 2000) -> tuple[int, int, int]:
    """Apply up to `most` new receipts in one statement: how many were looked at, used, and kept for later."""
    row = conn.execute(_APPLY, {"now": now, "most": most}).one()
    return row.due, row.used, row.kept


def retry(conn: Connection) -> int:
    """Look again at kept receipts whose send has been recorded since, and say how many."""
    return conn.execute(_RETRY).rowcount


def drop_old(conn: Connection, now: datetime) -> int:
    """Drop what has fitted nothing for 48 hours."""
    return conn.execute(_DROP, {"before": now - KEPT}).rowcount


@dataclass(frozen=True, slots=True)
class Proof:
    """An unknown receipt that can mean one cut-off send alone."""

    receipt_id: int
    provider_id: str
    rank: int
    code: str
    words: str
    month: date
    message_id: int
    attempt: int
    number_id: int
    route: str
    claimed_at: datetime


def proofs(conn: Connection, since: date, quiet_since: datetime, most: int = 500) -> list[Proof]:
    """Kept receipts that prove a send cut off before `quiet_since`; one a message."""
    found = [Proof(*row) for row in conn.execute(_PROVE, {"since": since, "quiet_since": quiet_since, "most": most})]
    return list({(proof.month, proof.message_id): proof for proof in found}.values())


def use(conn: Connection, ids: Sequence[int]) -> None:
    """Take receipts that served as proof away."""
    conn.execute(_USE, {"ids": list(ids)})
