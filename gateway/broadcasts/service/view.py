"""Look at broadcasts: one as an official may see it, its live counts, lists."""

from datetime import datetime
from typing import Any

from gateway.broadcasts import canary_store, rules, store
from gateway.broadcasts.rules import Broadcast, State, Verb
from gateway.broadcasts.service.progress import progress
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Missing
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.outbox.service import cost
from gateway.outbox.service.post import quiet
from gateway.runtime import Runtime


def find(conn: Connection, official: Official, broadcast_id: int, *, lock: bool = False) -> tuple[Broadcast, Official]:
    """A broadcast and its author. Raises Missing where it is not there or not to be seen: the two look alike."""
    broadcast = store.lock(conn, broadcast_id) if lock else store.get(conn, broadcast_id)
    author = officials.get(conn, broadcast.author_id) if broadcast else None
    if broadcast is None or author is None or not rules.may_see(official, author, broadcast):
        raise Missing("There is no such broadcast.", reason="gone")
    return broadcast, author


def refuse_state(broadcast: Broadcast, verb: Verb) -> rules.State:
    """The state that `verb` leads to. Raises Conflict where the present one forbids it."""
    following = rules.TRANSITIONS.get((broadcast.state, verb))
    if following is None:
        sentence = f"It is {broadcast.state.value}; it cannot be asked to {verb.value} now."
        raise Conflict(sentence, reason="state")
    return following


def status(rt: Runtime, official: Official, broadcast_id: int) -> dict[str, Any]:
    """The API's view of one broadcast; its counts come from one statement, so they sum to the total at every moment."""
    # Before the transaction: reading them may take a connection of its own.
    short = cost.shortages(rt)
    with rt.engine.begin() as conn:
        broadcast, _ = find(conn, official, broadcast_id)
        return _show(rt, conn, broadcast, short)


def _show(rt: Runtime, conn: Connection, broadcast: Broadcast, short: list[str]) -> dict[str, Any]:
    now = rt.now()
    left, how_far = progress(conn, broadcast, now)
    return {
        "id": broadcast.id,
        "code": show_broadcast(broadcast.number),
        "state": broadcast.state.value,
        "hash": broadcast.hash,
        "level": broadcast.level,
        "is_drill": broadcast.is_drill,
        "recipients": broadcast.recipients,
        "repeat": broadcast.repeat and broadcast.repeat.stored,
        "series": broadcast.repeats_id,
        "send_at": _moment(broadcast.send_at),
        "note": broadcast.note,
        "held_until": _moment(_held_until(rt, broadcast, now, left)),
        "short_of": short if _is_waiting(broadcast, left) else [],
        "started_at": _moment(broadcast.started_at),
        "finished_at": _moment(broadcast.finished_at),
        "canaries": [{"place": one.place, "status": one.status} for one in canary_store.seen(conn, broadcast.id)],
        **how_far,
    }


def _is_waiting(broadcast: Broadcast, left: int) -> bool:
    """Whether it has something to send that may have to wait: an alarm waits for nothing."""
    is_open = broadcast.state is State.APPROVED or (broadcast.state is State.SENDING and left > 0)
    return is_open and not rules.is_alarm(broadcast)


def _held_until(rt: Runtime, broadcast: Broadcast, now: datetime, left: int) -> datetime | None:
    """Until when quiet hours hold what is approved, or the rest of what is under way; also before the clock has looked."""
    if not _is_waiting(broadcast, left):
        return None
    begins = max(now, broadcast.release_at or now, broadcast.send_at or now)
    return quiet_until(begins if broadcast.state is State.APPROVED else now, quiet(rt))


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def page(rt: Runtime, official: Official, cursor: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """Broadcasts an official may see, newest first, and the cursor of the next part."""
    before = int(cursor) if cursor and cursor.isdigit() and len(cursor) < 18 else 2**62
    shown: list[dict[str, Any]] = []
    with rt.engine.begin() as conn:
        authors: dict[int, Official | None] = {}
        while len(shown) < limit:
            block = store.page(conn, before, 100)
            for broadcast in block:
                before = broadcast.id
                if broadcast.author_id not in authors:
                    authors[broadcast.author_id] = officials.get(conn, broadcast.author_id)
                author = authors[broadcast.author_id]
                if author and rules.may_see(official, author, broadcast):
                    shown.append(_summary(broadcast))
                if len(shown) == limit:
                    return shown, str(before)
            if len(block) < 100:
                return shown, None
    return shown, str(before)


def _summary(broadcast: Broadcast) -> dict[str, Any]:
    return {
        "id": broadcast.id,
        "code": show_broadcast(broadcast.number),
        "state": broadcast.state.value,
        "level": broadcast.level,
        "is_drill": broadcast.is_drill,
        "recipients": broadcast.recipients,
    }
