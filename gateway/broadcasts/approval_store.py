"""The tables of whom we asked to approve, and of what authors were told."""

from collections.abc import Sequence
from datetime import datetime

from gateway.db import Connection, statement

_SUBMITTED = statement("""
    SELECT id FROM broadcasts WHERE state = 'submitted' AND approval_ends_at > :now ORDER BY id
""")
_ASKED = statement("""
    SELECT r.official_id, r.asked_at FROM approval_requests r JOIN officials o ON o.id = r.official_id
    WHERE r.broadcast_id = :id AND r.submitted_at = :submitted_at AND r.hash = :hash AND o.disabled_at IS NULL
""")
_ASK = statement("""
    INSERT INTO approval_requests (broadcast_id, submitted_at, hash, official_id, asked_at)
    SELECT :id, :submitted_at, :hash, official_id, :now FROM unnest(CAST(:officials AS bigint[])) AS o(official_id)
    ON CONFLICT DO NOTHING
""")
# What happened a day ago and was never told, as before an upgrade, is no news.
_UNTOLD = statement("""
    SELECT b.id, k.kind, k.round
    FROM broadcasts b CROSS JOIN LATERAL (
        SELECT 'approved' AS kind, b.approved_at AS at, 0 AS round
        WHERE b.approved_by <> b.author_id AND b.state IN ('approved', 'sending', 'paused', 'finished')
        UNION ALL SELECT 'rejected', b.changed_at, 0 WHERE b.state = 'rejected'
        UNION ALL SELECT 'expired', b.changed_at, 0 WHERE b.state = 'expired'
        UNION ALL SELECT 'finished', b.finished_at, (SELECT count(*) FROM broadcast_resends r WHERE r.broadcast_id = b.id)
        WHERE b.state IN ('finished', 'cancelled') AND b.batch_id IS NOT NULL
    ) AS k
    WHERE b.changed_at > :since AND k.at > :since
      AND NOT EXISTS (SELECT FROM broadcast_notices n WHERE n.broadcast_id = b.id
                      AND n.kind = k.kind || coalesce(' ' || nullif(k.round, 0), '') || ' ' || left(b.hash, 12))
    ORDER BY b.id, k.at
""")
_TELL = statement("""
    INSERT INTO broadcast_notices (broadcast_id, kind, at) VALUES (:id, :kind, :now)
    ON CONFLICT DO NOTHING RETURNING kind
""")


def submitted(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts that wait for approval."""
    return list(conn.execute(_SUBMITTED, {"now": now}).scalars())


def asked(conn: Connection, broadcast_id: int, submitted_at: datetime, hash: str) -> dict[int, datetime]:
    """Who was asked to approve it as it is, of those who are still active, and when."""
    found = conn.execute(_ASKED, {"id": broadcast_id, "submitted_at": submitted_at, "hash": hash})
    return {row.official_id: row.asked_at for row in found}


def ask(
    conn: Connection, broadcast_id: int, submitted_at: datetime, hash: str, officials: Sequence[int], now: datetime
) -> None:
    """Keep that these were asked."""
    values = {"id": broadcast_id, "submitted_at": submitted_at, "hash": hash, "officials": list(officials), "now": now}
    conn.execute(_ASK, values)


def untold(conn: Connection, since: datetime) -> list[tuple[int, str, int]]:
    """What happened since then to broadcasts of which their author knows nothing: id, kind and round, in order.

    round: how often what had not arrived was sent again before a broadcast finished.
    """
    return [(row.id, row.kind, row.round) for row in conn.execute(_UNTOLD, {"since": since})]


def tell(conn: Connection, broadcast_id: int, kind: str, round: int, hash: str, now: datetime) -> bool:
    """Keep that the author is told this of the broadcast as it is; False where that was done before."""
    named = f"{kind} {round}" if round else kind
    values = {"id": broadcast_id, "kind": f"{named} {hash[:12]}", "now": now}
    return conn.execute(_TELL, values).one_or_none() is not None
