"""The audit trail: rows written in the transaction of the act they tell of, sealed by the clock into a hash chain."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.db import Connection, statement

_ADD = statement("""
    INSERT INTO audit (at, actor, act, subject, number_id, detail)
    VALUES (:at, :actor, :act, :subject, :number_id, CAST(:detail AS jsonb))
""")
_ADD_MANY = statement("""
    INSERT INTO audit (at, actor, act, subject, number_id)
    SELECT :at, :actor, :act, subject, number_id
    FROM unnest(CAST(:subjects AS text[]), CAST(:number_ids AS bigint[])) AS a(subject, number_id)
""")
_LAST = statement("SELECT CAST(CAST(upto AS text) AS bigint), digest FROM audit_seals ORDER BY id DESC LIMIT 1")
_HORIZON = statement("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
_RANGE = statement("""
    SELECT id, at, actor, act, subject, number_id, CAST(detail AS text)
    FROM audit WHERE tx >= CAST(CAST(:since AS text) AS xid8) AND tx < CAST(CAST(:upto AS text) AS xid8) ORDER BY tx, id
""")
_SEAL = statement("""
    INSERT INTO audit_seals (upto, rows, digest, sealed_at)
    VALUES (CAST(CAST(:upto AS text) AS xid8), :rows, :digest, :at)
""")
_SEALS = statement("SELECT CAST(CAST(upto AS text) AS bigint) AS upto, rows, digest FROM audit_seals ORDER BY id")
_LOCK = statement("SELECT pg_try_advisory_xact_lock(6004)")
_ABOUT = statement("SELECT at, actor, act FROM audit WHERE number_id = :number_id ORDER BY id")
_VIEWS = statement("""
    SELECT id, at, actor, act FROM audit
    WHERE number_id = :number_id AND starts_with(actor, 'official:') AND act IN ('read', 'reveal')
    ORDER BY id DESC LIMIT :most
""")
_COUNT_VIEWS = statement("""
    SELECT count(*) FROM audit
    WHERE number_id = :number_id AND starts_with(actor, 'official:') AND act IN ('read', 'reveal')
""")
_OF = statement("SELECT at, actor, act, subject, detail FROM audit WHERE subject = :subject ORDER BY id")


def record(
    conn: Connection,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    *,
    number_id: int | None = None,
    **detail: object,
) -> None:
    """Add one act. actor: `official:3`, `resident`, `clock` or `operator`; subject: `broadcast:27`, `ticket:2719089`.

    `detail` holds codes and counts, never a number or the words of a message.
    """
    conn.execute(
        _ADD,
        {
            "at": at,
            "actor": actor,
            "act": act,
            "subject": subject,
            "number_id": number_id,
            "detail": json.dumps(detail, default=str),
        },
    )


def record_many(conn: Connection, at: datetime, actor: str, act: str, about: Sequence[tuple[str, int | None]]) -> None:
    """Add the same act on many subjects, each with the number it concerns, in one statement."""
    subjects, number_ids = [subject for subject, _ in about], [number_id for _, number_id in about]
    conn.execute(_ADD_MANY, {"at": at, "actor": actor, "act": act, "subjects": subjects, "number_ids": number_ids})


def seal(conn: Connection, at: datetime) -> int:
    """Seal every row that is sure to be complete, and say how many there were; 0 where another clock is at it.

    A row carries its transaction's number. Once no running transaction is older than the horizon, no row below it can
    still appear, so a seal's rows never change; a chained row per act would instead make every act wait for the last.
    """
    if not conn.execute(_LOCK).scalar():
        return 0
    since, digest = conn.execute(_LAST).one_or_none() or (0, b"")
    upto = conn.execute(_HORIZON).scalar_one()
    count, digest = _chain(conn, since, upto, bytes(digest))
    if count:
        conn.execute(_SEAL, {"upto": upto, "rows": count, "digest": digest, "at": at})
    return count


def verify(conn: Connection) -> tuple[int, int | None]:
    """How many seals hold, and the number (from 1) of the first that does not, or None."""
    since, digest = 0, b""
    for held, (upto, rows, expected) in enumerate(conn.execute(_SEALS).all()):
        count, digest = _chain(conn, since, upto, digest)
        if count != rows or digest != bytes(expected):
            return held, held + 1
        since = upto
    return conn.execute(statement("SELECT count(*) FROM audit_seals")).scalar_one(), None


def _chain(conn: Connection, since: int, upto: int, digest: bytes) -> tuple[int, bytes]:
    count = 0
    # A server-side cursor keeps memory flat however many rows a seal covers.
    found = conn.execute(_RANGE, {"since": since, "upto": upto}, execution_options={"stream_results": True})
    for id, at, *rest in found:
        # The moment is written in UTC whatever the time zone of the connection that checks.
        line = json.dumps([str(part) for part in (id, at.astimezone(UTC), *rest)], separators=(",", ":"))
        digest = hashlib.sha256(digest + line.encode()).digest()
        count += 1
    return count, digest


def of(conn: Connection, subject: str) -> list[dict[str, object]]:
    """The trail of one subject, oldest first."""
    return [dict(row._mapping) for row in conn.execute(_OF, {"subject": subject})]


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """Every act that touched this person's number: who looked, who wrote."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]


def views(conn: Connection, number_id: int, most: int = 20) -> list[tuple[int, datetime, str, str]]:
    """Which officials looked at this person's data: row, moment, actor and act; the newest first."""
    return [tuple(row) for row in conn.execute(_VIEWS, {"number_id": number_id, "most": most})]


def count_views(conn: Connection, number_id: int) -> int:
    """How often officials looked at this person's data."""
    return int(conn.execute(_COUNT_VIEWS, {"number_id": number_id}).scalar_one())


def forget(conn: Connection, number_id: int) -> None:
    """Nothing: the trail holds the id of a blanked row, no content, and must stay whole to be checked."""
