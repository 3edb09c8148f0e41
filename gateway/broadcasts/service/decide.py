"""Decide on a broadcast: approve what was seen, reject, pause, resume, cancel."""

from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

from gateway.audit import store as audit
from gateway.broadcasts import preset_store, rules, store
from gateway.broadcasts.presets import REVIEW_WITHIN
from gateway.broadcasts.rules import Broadcast, State, Verb
from gateway.broadcasts.service.reach import needs_second
from gateway.broadcasts.service.view import find, refuse_state
from gateway.db import Connection, transaction
from gateway.kernel.areas import AreaBook
from gateway.kernel.errors import Conflict, Forbidden
from gateway.officials.rules import Official
from gateway.outbox.store import batches
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.state import queue

Act = Callable[[Connection, Broadcast], None]


def approve(
    rt: Runtime, official: Official, broadcast_id: int, seen: str | None = None, *, within: Connection | None = None
) -> Broadcast:
    """Approve what was submitted, bound to the hash the approver has `seen` where it is given.

    Checked in this order: 404 not visible, 409 own where a second person is needed, 403 role or scope, 409 state,
    409 hash. An emergency starts at once, anything else after the undo window. Whoever approves `within` a transaction
    of their own calls `start_soon` after it.
    """
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        broadcast = judge(rt, conn, official, broadcast_id, Verb.APPROVE, seen)
        release = now if rules.is_alarm(broadcast) else now + timedelta(seconds=rt.settings.undo_window)
        store.update(conn, broadcast_id, now, state=State.APPROVED, approved_by=official.id, approved_at=now,
                     release_at=release)  # fmt: skip
        over = rt.settings.second_approver_over
        if official.id == broadcast.author_id and rules.needs_second(
            official, broadcast, over, reference.areas(rt, conn)
        ):
            # Only a preset lets it come here: another one looks at it afterwards.
            preset_store.open_review(conn, broadcast, now + REVIEW_WITHIN)
        audit.record(conn, now, official.actor, "approve", f"broadcast:{broadcast_id}", hash=broadcast.hash,
                     channel=official.channel)  # fmt: skip
        approved = find(conn, official, broadcast_id)[0]
    if within is None:
        start_soon(rt, approved)
    return approved


def judge(
    rt: Runtime, conn: Connection, official: Official, broadcast_id: int, verb: Verb, seen: str | None = None
) -> Broadcast:
    """The broadcast, held to the end of the transaction, where the official may do this to it now.

    Raises Missing, Conflict or Forbidden, in the order that `approve` names.
    """
    areas, now = reference.areas(rt, conn), rt.now()
    broadcast, author = find(conn, official, broadcast_id, lock=True)
    if verb in (Verb.APPROVE, Verb.REJECT):
        refuse_judge(rt, conn, areas, official, author, broadcast, verb)
    elif not rules.may_steer(official, author, broadcast, areas):
        _forbid(official, broadcast, verb)
    refuse_state(broadcast, verb)
    if verb is Verb.APPROVE:
        if (broadcast.approval_ends_at or now) <= now:
            raise Conflict("The time for approving it is over; it has to be drafted anew.", reason="late")
        if broadcast.expires_at and broadcast.expires_at <= now:
            raise Conflict("Its expires_at has passed; it is of no use any more.", reason="expired")
        if seen is not None and seen != broadcast.hash:
            raise Conflict("It has changed since you saw it; look at it again before you approve.", reason="changed")
    return broadcast


def start_soon(rt: Runtime, broadcast: Broadcast) -> None:
    """Have an approved emergency started: the clock would within a second, but a second saved is a street warned."""
    if rules.is_alarm(broadcast) and broadcast.state is State.APPROVED:
        queue.try_enqueue(rt.redis, "start_urgent", broadcast.id)


def refuse_judge(
    rt: Runtime,
    conn: Connection,
    areas: AreaBook,
    official: Official,
    author: Official,
    broadcast: Broadcast,
    verb: Verb,
) -> None:
    """Raise Conflict for one's own where a second person is needed, Forbidden where role or area do not allow it.

    Whoever has something sent again answers for it as whoever approved it: the same people may.
    """
    if author.id != official.id:
        may = rules.may_approve(official, author, broadcast, areas)
    elif needs_second(rt, conn, areas, author, broadcast):
        raise Conflict(f"A second person has to {verb.value} this; it is your own.", reason="own")
    else:
        may = rules.may_draft(official, broadcast.level, broadcast.audience)
    if not may:
        _forbid(official, broadcast, verb)


def _forbid(official: Official, broadcast: Broadcast, verb: Verb) -> NoReturn:
    reason = "role" if rules.is_in_scope(official, broadcast.audience) else "scope"
    raise Forbidden(f"Your role or area may not {verb.value} this broadcast.", reason=reason)


def reject(
    rt: Runtime, official: Official, broadcast_id: int, note: str | None = None, *, within: Connection | None = None
) -> Broadcast:
    """Refuse what was submitted: whoever may approve it may reject it. An author takes it back by `cancel`."""
    with transaction(rt.engine, within) as conn:
        judge(rt, conn, official, broadcast_id, Verb.REJECT)
        store.update(conn, broadcast_id, rt.now(), state=State.REJECTED, note=note)
        audit.record(conn, rt.now(), official.actor, "reject", f"broadcast:{broadcast_id}",
                     channel=official.channel)  # fmt: skip
        return find(conn, official, broadcast_id)[0]


def pause(rt: Runtime, official: Official, broadcast_id: int, *, within: Connection | None = None) -> Broadcast:
    """Claim no more rows from now on; the window in flight, a fraction of a second, still leaves."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if broadcast.batch_id is None or not batches.move(conn, broadcast.batch_id, "paused", ["open"]):
            raise Conflict("Its last messages have left already.", reason="state")
        store.update(conn, broadcast.id, rt.now(), state=State.PAUSED)

    return _steer(rt, official, broadcast_id, Verb.PAUSE, act, within)


def resume(rt: Runtime, official: Official, broadcast_id: int, *, within: Connection | None = None) -> Broadcast:
    """Go on where it was paused. Refused once it is corrected: whoever got it from now on would not get the correction."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if store.is_corrected(conn, broadcast.id):
            raise Conflict("It has a correction; cancel that one first, or cancel this.", reason="corrected")
        if broadcast.batch_id is not None:
            batches.move(conn, broadcast.batch_id, "open", ["paused"])
        store.update(conn, broadcast.id, rt.now(), state=State.SENDING)

    resumed = _steer(rt, official, broadcast_id, Verb.RESUME, act, within)
    if within is None:
        lane = "urgent" if resumed.level == "emergency" else "bulk"
        queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)
    return resumed


def cancel(rt: Runtime, official: Official, broadcast_id: int, *, within: Connection | None = None) -> Broadcast:
    """End it for good: what was not claimed yet is skipped. In the undo window nothing has left at all."""

    def act(conn: Connection, broadcast: Broadcast) -> None:
        if broadcast.batch_id is not None:
            if not batches.move(conn, broadcast.batch_id, "cancelled", ["open", "paused"]):
                raise Conflict("Its last messages have left already.", reason="state")
            batches.skip_rest(conn, batches.get(conn, broadcast.batch_id), "cancelled")
        store.update(conn, broadcast.id, rt.now(), state=State.CANCELLED)

    return _steer(rt, official, broadcast_id, Verb.CANCEL, act, within)


def _steer(
    rt: Runtime, official: Official, broadcast_id: int, verb: Verb, act: Act, within: Connection | None
) -> Broadcast:
    with transaction(rt.engine, within) as conn:
        broadcast = judge(rt, conn, official, broadcast_id, verb)
        act(conn, broadcast)
        audit.record(conn, rt.now(), official.actor, verb.value, f"broadcast:{broadcast_id}", channel=official.channel)
        return find(conn, official, broadcast_id)[0]
