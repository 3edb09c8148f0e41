"""The tables of presets and of the reviews that follow what was sent by them without a second person."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.broadcasts.presets import Preset
from gateway.broadcasts.rules import Broadcast
from gateway.db import Connection, statement

_COLUMNS = "id, name, state, audience, texts, slots, hash, author_id, approver_id, approved_at"
_SUPERSEDE = statement("UPDATE presets SET state = 'retired' WHERE name = :name AND state = :state")
_ADD = statement("""
    INSERT INTO presets (name, state, audience, texts, slots, hash, author_id, created_at)
    VALUES (:name, 'submitted', CAST(:audience AS jsonb), CAST(:texts AS jsonb), CAST(:slots AS jsonb), :hash,
            :author_id, :now) RETURNING id
""")
_TURN = statement("SELECT pg_advisory_xact_lock(6028, hashtext(:name))")
_LOCK = statement(f"SELECT {_COLUMNS} FROM presets WHERE id = :id FOR UPDATE")
_GET = statement(f"SELECT {_COLUMNS} FROM presets WHERE id = :id")
_APPROVED = statement(f"SELECT {_COLUMNS} FROM presets WHERE name = :name AND state = 'approved'")
_EVERY = statement(f"""
    SELECT {_COLUMNS} FROM presets WHERE state IN ('submitted', 'approved') ORDER BY name, id
""")
_DECIDE = statement("""
    UPDATE presets SET state = :state, approver_id = :official_id, approved_at = :at WHERE id = :id
""")
_SET_STATE = statement("UPDATE presets SET state = :state WHERE id = :id")
_OPEN_REVIEW = statement("""
    INSERT INTO broadcast_reviews (broadcast_id, preset_id, due_at) VALUES (:broadcast_id, :preset_id, :due_at)
    ON CONFLICT DO NOTHING
""")
_REVIEW = statement("""
    UPDATE broadcast_reviews SET reviewer_id = :official_id, reviewed_at = :now, note = :note
    WHERE broadcast_id = :broadcast_id AND reviewed_at IS NULL
""")
_IS_OVERDUE = statement("""
    SELECT EXISTS (SELECT 1 FROM broadcast_reviews r JOIN presets p ON p.id = r.preset_id
                   WHERE p.name = :name AND r.reviewed_at IS NULL AND r.due_at <= :now)
""")
_ALARM = statement("""
    UPDATE broadcast_reviews SET alarmed_at = :now
    WHERE reviewed_at IS NULL AND alarmed_at IS NULL AND due_at <= :now RETURNING broadcast_id
""")
_REVIEW_OF = statement("SELECT due_at, reviewed_at FROM broadcast_reviews WHERE broadcast_id = :broadcast_id")


def _preset(row: Sequence[Any]) -> Preset:
    return Preset(*row)


def take_turn(conn: Connection, name: str) -> None:
    """Hold everything about this name until the transaction ends: two versions are not decided on at once."""
    conn.execute(_TURN, {"name": name})


def add(conn: Connection, content: Mapping[str, Any], author_id: int, now: datetime) -> int:
    """Write a version that waits for approval; an older one that waits under its name retires. `take_turn` first."""
    conn.execute(_SUPERSEDE, {"name": content["name"], "state": "submitted"})
    values = {name: json.dumps(content[name]) for name in ("audience", "texts", "slots")}
    return int(conn.execute(_ADD, {**content, **values, "author_id": author_id, "now": now}).scalar_one())


def lock(conn: Connection, preset_id: int) -> Preset | None:
    """One preset, held until the transaction ends."""
    row = conn.execute(_LOCK, {"id": preset_id}).one_or_none()
    return _preset(row) if row else None


def get(conn: Connection, preset_id: int) -> Preset | None:
    """One preset."""
    row = conn.execute(_GET, {"id": preset_id}).one_or_none()
    return _preset(row) if row else None


def approved(conn: Connection, name: str) -> Preset | None:
    """The version of this name that may be used."""
    row = conn.execute(_APPROVED, {"name": name}).one_or_none()
    return _preset(row) if row else None


def every(conn: Connection) -> list[Preset]:
    """Presets that may be used or wait for approval."""
    return [_preset(row) for row in conn.execute(_EVERY)]


def approve(conn: Connection, preset: Preset, official_id: int, now: datetime) -> None:
    """Make it the version that may be used; the one before retires."""
    conn.execute(_SUPERSEDE, {"name": preset.name, "state": "approved"})
    conn.execute(_DECIDE, {"id": preset.id, "state": "approved", "official_id": official_id, "at": now})


def set_state(conn: Connection, preset_id: int, state: str) -> None:
    """Reject or retire it."""
    conn.execute(_SET_STATE, {"id": preset_id, "state": state})


def open_review(conn: Connection, broadcast: Broadcast, due_at: datetime) -> None:
    """Ask for a look at what is sent by its preset without a second person."""
    values = {"broadcast_id": broadcast.id, "preset_id": broadcast.preset_id, "due_at": due_at}
    conn.execute(_OPEN_REVIEW, values)


def review(conn: Connection, broadcast_id: int, official_id: int, note: str | None, now: datetime) -> bool:
    """Keep that it was looked at; False where nothing was asked for or somebody was faster."""
    values = {"broadcast_id": broadcast_id, "official_id": official_id, "note": note, "now": now}
    return bool(conn.execute(_REVIEW, values).rowcount)


def review_of(conn: Connection, broadcast_id: int) -> tuple[datetime, datetime | None] | None:
    """Until when a broadcast has to be looked at and when it was; None where that was not asked for."""
    row = conn.execute(_REVIEW_OF, {"broadcast_id": broadcast_id}).one_or_none()
    return (row.due_at, row.reviewed_at) if row else None


def is_overdue(conn: Connection, name: str, now: datetime) -> bool:
    """Whether something that was sent by any version of this preset should have been looked at by now."""
    return bool(conn.execute(_IS_OVERDUE, {"name": name, "now": now}).scalar_one())


def take_alarms(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts whose review is overdue, each told once."""
    return list(conn.execute(_ALARM, {"now": now}).scalars())
