"""How far a broadcast is: live counts, its pace, when it will be over, and what failed by reason and by operator."""

from datetime import datetime, timedelta
from typing import Any

from gateway.broadcasts.rules import Broadcast, State
from gateway.db import Connection
from gateway.outbox.store import batches
from gateway.outbox.store.progress import Progress, look


def progress(conn: Connection, broadcast: Broadcast, now: datetime) -> tuple[int, dict[str, Any]]:
    """How many messages are left, and the fields of the API's view that tell how far it is.

    `rate` is messages a second over the last minute; `estimated_end` stands only while something leaves, as nobody knows
    how long a pause is, and `held_until` says when quiet hours end.
    """
    seen, total = Progress(), 0
    if broadcast.batch_id is not None:
        batch = batches.get(conn, broadcast.batch_id)
        seen, total = look(conn, batch, now), batch.total
    seconds = ((broadcast.finished_at or now) - broadcast.started_at).total_seconds() if broadcast.started_at else 0
    rate = pace(seen, now)
    is_moving = broadcast.state is State.SENDING and rate > 0 and seen.left > 0
    ends = now + timedelta(seconds=seen.left / rate) if is_moving else None
    return seen.left, {
        "total": total,
        "counts": seen.counts,
        "failures": seen.failures,
        "by_operator": seen.by_operator,
        "skipped": seen.skipped,
        "sent_again": seen.again,
        "per_second": round((total - seen.left - seen.counts["skipped"]) / seconds, 1) if seconds > 0 else 0.0,
        "rate": round(rate, 1),
        "estimated_end": ends.isoformat(timespec="seconds") if ends else None,
    }


def pace(seen: Progress, now: datetime) -> float:
    """Messages a second: those of the last minute, over the part of it since the first of them, a second at least."""
    if seen.first is None:
        return 0.0
    return seen.lately / max(1.0, (now - seen.first).total_seconds())
