"""USSD sessions that were left: what of them may be taken up again, and at which screens people leave."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gateway.db import Connection, statement

TAKEN_UP_WITHIN = timedelta(minutes=15)

# Only the session noted last counts: whatever came after a report was left, such as stopping, was the person's last word.
_LAST = statement("""
    SELECT state, checkpoint_at FROM ussd_sessions
    WHERE number_id = :number_id AND noted_at > :since AND state IS NOT NULL
      AND (ended_at IS NULL OR status IS DISTINCT FROM 'Success')
    ORDER BY noted_at DESC, started_at DESC LIMIT 1
""")
_COUNT_DROP = statement("""
    INSERT INTO ussd_drops AS d (day, screen, n) VALUES (:day, :screen, 1)
    ON CONFLICT (day, screen) DO UPDATE SET n = d.n + 1
""")
_DROPS = statement("SELECT screen, n FROM ussd_drops WHERE day = :day ORDER BY n DESC, screen")


@dataclass(frozen=True, slots=True)
class Left:
    """The state of a session that was left at a checkpoint, and when it was there."""

    state: dict[str, Any]
    checkpoint_at: datetime


def last_left(conn: Connection, number_id: int, now: datetime) -> Left | None:
    """The session a number left within a quarter of an hour, where it stood at a checkpoint; else None."""
    since = now - TAKEN_UP_WITHIN
    row = conn.execute(_LAST, {"number_id": number_id, "since": since}).one_or_none()
    if row is None or row.checkpoint_at is None or row.checkpoint_at <= since:
        return None
    return Left(row.state, row.checkpoint_at)


def count_drop(conn: Connection, day: date, screen: str) -> None:
    """Count one more session that was left at this screen."""
    conn.execute(_COUNT_DROP, {"day": day, "screen": screen})


def drops(conn: Connection, day: date) -> dict[str, int]:
    """At which screens sessions were left on a day, and how many; the most first."""
    return {row.screen: row.n for row in conn.execute(_DROPS, {"day": day})}
