"""Statements on broadcasts that repeat."""

from datetime import datetime

from gateway.broadcasts.rules import Broadcast
from gateway.db import Connection, statement

# One that lapsed without being approved, was rejected or cancelled, ends its series: a person has said no, or nobody yes.
_DUE = statement("""
    SELECT id FROM broadcasts
    WHERE repeat_every IS NOT NULL AND NOT is_repeated
      AND (state IN ('sending', 'paused', 'finished') OR (state = 'expired' AND approved_by IS NOT NULL)) ORDER BY id
""")
_FIRST = statement("SELECT send_at FROM broadcasts WHERE id = :id")
_DONE = statement("UPDATE broadcasts SET is_repeated = true WHERE id = :id")
_ADD = statement("""
    INSERT INTO broadcasts (number, state, level, texts, audience, reason, send_at, expires_at, author_id, recipients, hash,
                            preset_id, is_drill, repeat_every, repeat_until, repeats_id, submitted_at, approval_ends_at,
                            approved_by, approved_at, release_at, note, created_at, changed_at)
    SELECT :number, :state, level, texts, audience, reason, CAST(:send_at AS timestamptz),
           CAST(:send_at AS timestamptz) + (expires_at - send_at), author_id, recipients, :hash, preset_id, is_drill,
           repeat_every, repeat_until, coalesce(repeats_id, id), submitted_at,
           CASE WHEN :state = 'submitted' THEN CAST(:send_at AS timestamptz) END,
           CASE WHEN :state = 'approved' THEN approved_by END, CASE WHEN :state = 'approved' THEN approved_at END,
           CASE WHEN :state = 'approved' THEN CAST(:send_at AS timestamptz) END, :note, :now, :now
    FROM broadcasts WHERE id = :id
    ON CONFLICT (repeats_id, send_at) DO NOTHING RETURNING id
""")


def due(conn: Connection, _now: datetime) -> list[int]:
    """Broadcasts of a series that have left or were too late to, and have no next one yet."""
    return list(conn.execute(_DUE).scalars())


def first_at(conn: Connection, broadcast: Broadcast) -> datetime:
    """When the first of its series was to leave."""
    found: datetime = conn.execute(_FIRST, {"id": broadcast.repeats_id or broadcast.id}).scalar_one()
    return found


def set_done(conn: Connection, broadcast_id: int) -> None:
    """Nothing is to be written after this one any more."""
    conn.execute(_DONE, {"id": broadcast_id})


def add_next(
    conn: Connection, broadcast_id: int, number: int, hash: str, send_at: datetime, state: str, note: str | None,
    now: datetime,
) -> int | None:  # fmt: skip
    """Write the next one after this; None where its moment is taken."""
    values = {"id": broadcast_id, "number": number, "hash": hash, "send_at": send_at, "state": state, "note": note}
    found: int | None = conn.execute(_ADD, {**values, "now": now}).scalar()
    return found
