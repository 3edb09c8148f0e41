"""Decide on a broadcast: approve what was seen, reject, pause, resume, cancel."""

from collections.abc import Callable
from datetime import timedelta

from gateway.audit import store as audit
from gateway.broadcasts import rules, store
from gateway.broadcasts.rules import Broadcast, State, Verb
from gateway.broadcasts.service import presets
from gateway.broadcasts.service.view import find, refuse_state
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kernel.errors import Conflict, Forbidden
from gateway.officials.rules import Official
from gateway.outbox.store import batches
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.state import queue

Act = Callable[[Connection, Broadcast], None]


def approve(rt: Runtime, official: Official, broadcast_id: int, seen: str | None = None) -> Broadcast:
    """Approve what was submitted, bound to the hash the approver has `seen` where it is given.

    Checked in this order: 404 not visible, 409 own where a second person is needed, 403 role or scope, 409 state,
    409 hash. An emergency starts at once, anything else after the undo window.
    """
    areas, now = reference.areas(rt), rt.now()
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        is_waived = _refuse_judge(rt, conn, areas, official, author, broadcast, Verb.APPROVE)
        refuse_state(broadcast, Verb.APPROVE)
        if (broadcast.approval_ends_at or now) <= now:
            raise Conflict("The time for approving it is over; it has to be drafted anew.")
        if broadcast.expires_at and broadcast.expires_at <= now:
            raise Conflict("Its expires_at has passed; it is of no use any more.")
        if seen is not None and seen != broadcast.hash:
            raise Conflict("It has changed since you saw it; look at it again before you approve.")
        is_emergency = broadcast.level == "emergency" and not broadcast.is_drill
        release = now if is_emergency else now + timedelta(seconds=rt.settings.undo_window)
        store.update(conn, broadcast_id, now, state=State.APPROVED, approved_by=official.id, approved_at=now,
                     release_at=release)  # fmt: skip
        if is_waived:
            presets.ask_review(conn, broadcast, now)
        audit.record(conn, now, official.actor, "approve", f"broadcast:{broadcast_id}", hash=broadcast.hash)
        approved = find(conn, official, broadcast_id)[0]
    if is_emergency:
        _start_soon(rt, approved)
    return approved


def _start_soon(rt: Runtime, broadcast: Broadcast) -> None:
    # The clock starts it within a second anyway; a second saved is a street warned.
    queue.try_enqueue(rt.redis, "start_urgent", broadcast.id)


def _refuse_judge(
    rt: Runtime,
    conn: Connection,
    areas: AreaBook,
    official: Official,
    author: Official,
    broadcast: Broadcast,
    verb: Verb,
) -> bool:
    """Raise Conflict for one's own where a second person is needed, Forbidden where role or area do not allow it.

    Whether a preset alone has spared the second person, who then looks at it afterwards.
    """
    is_waived = False
    if author.id != official.id:
        may = rules.may_approve(official, author, broadcast, areas)
    else:
        if rules.needs_second(author, broadcast, rt.settings.second_approver_over, areas):
            is_waived = presets.waives_second(conn, author, broadcast, rt.now())
            if not is_waived:
                raise Conflict(f"A second person has to {verb.value} this; it is your own.")
        may = rules.may_draft(official, broadcast.level, broadcast.audience)
    if not may:
        raise Forbidden(f"Your role or area may not {verb.value} this broadcast.")
    return is_waived


def reject(rt: Runtime, official: Official, broadcast_id: int, note: str | None = None) -> Broadcast:
    """Refuse what was submitted: whoever may approve it may reject it. An author takes it back by `cancel`."""
    areas = reference.areas(rt)
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        _refuse_judge(rt, conn, areas, official, author, broadcast, Verb.REJECT)
        refuse_state(broadcast, Verb.REJECT)
        store.update(conn, broadcast_id, rt.now(), state=State.REJECTED, note=note)
        audit.record(conn, rt.now(), official.actor, "reject", f"broadcast:{broadcast_id}")
        return find(conn, official, broadcast_id)[0]


def pause(rt: Runtime, official: Official, broadcast_id: int) -> Broadcast:
    """Claim no more rows from now on; the window in flight, a fraction of a second, still leaves."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if broadcast.batch_id is None or not batches.move(conn, broadcast.batch_id, "paused", ["open"]):
            raise Conflict("Its last messages have left already.")
        store.update(conn, broadcast.id, rt.now(), state=State.PAUSED)

    return _steer(rt, official, broadcast_id, Verb.PAUSE, act)


def resume(rt: Runtime, official: Official, broadcast_id: int) -> Broadcast:
    """Go on where it was paused."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if broadcast.batch_id is not None:
            batches.move(conn, broadcast.batch_id, "open", ["paused"])
        store.update(conn, broadcast.id, rt.now(), state=State.SENDING)

    resumed = _steer(rt, official, broadcast_id, Verb.RESUME, act)
    lane = "urgent" if resumed.level == "emergency" else "bulk"
    queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)
    return resumed


def cancel(rt: Runtime, official: Official, broadcast_id: int) -> Broadcast:
    """End it for good: what was not claimed yet is skipped. In the undo window nothing has left at all."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if broadcast.batch_id is not None:
            if not batches.move(conn, broadcast.batch_id, "cancelled", ["open", "paused"]):
                raise Conflict("Its last messages have left already.")
            batches.skip_rest(conn, batches.get(conn, broadcast.batch_id), "cancelled")
        store.update(conn, broadcast.id, rt.now(), state=State.CANCELLED)

    return _steer(rt, official, broadcast_id, Verb.CANCEL, act)


def _steer(rt: Runtime, official: Official, broadcast_id: int, verb: Verb, act: Act) -> Broadcast:
    areas = reference.areas(rt)
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if not rules.may_steer(official, author, broadcast, areas):
            raise Forbidden(f"Your role or area may not {verb.value} this broadcast.")
        refuse_state(broadcast, verb)
        act(conn, broadcast)
        audit.record(conn, rt.now(), official.actor, verb.value, f"broadcast:{broadcast_id}")
        return find(conn, official, broadcast_id)[0]
