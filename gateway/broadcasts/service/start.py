"""Start and finish broadcasts: the fan-out, what the clock does to those that wait, lapse or are over."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gateway.audit import store as audit
from gateway.broadcasts import rules, store
from gateway.broadcasts.rules import Broadcast, State
from gateway.broadcasts.service import canaries
from gateway.broadcasts.service.draft import real_groups
from gateway.broadcasts.service.preview import count, final_texts
from gateway.broadcasts.service.reach import cap, people
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.outbox.rules import LANE_OF, Class
from gateway.outbox.service.post import quiet
from gateway.outbox.store import batches, fanout, routes
from gateway.runtime import Runtime
from gateway.state import queue

log = logging.getLogger(__name__)


def start(rt: Runtime, broadcast_id: int) -> bool:
    """Fan an approved broadcast out, once however often this runs; False where it may not start now.

    One transaction holds the broadcast's row, writes batch, messages and chunks, and moves the state: a crash anywhere
    leaves it approved, and the clock starts it again.
    """
    now = rt.now()
    with rt.engine.begin() as conn:
        # Whoever holds it is starting, approving or cancelling it: the clock comes again, and no worker stands idle.
        broadcast = store.lock(conn, broadcast_id, waits=False)
        if broadcast is None or broadcast.state is not State.APPROVED:
            return False
        if broadcast.release_at is None or max(broadcast.release_at, broadcast.send_at or now) > now:
            return False
        if broadcast.expires_at and broadcast.expires_at <= now:
            _expire(conn, now, broadcast_id)
            return False
        level = Class(broadcast.level)
        held = None if rules.is_alarm(broadcast) else quiet_until(now, quiet(rt))
        if held:
            store.update(conn, broadcast_id, now, held_until=held)
            return False
        present = sum(count(conn, broadcast).values())
        if note := _why_again(conn, broadcast, present):
            store.update(
                conn,
                broadcast_id,
                now,
                state=State.SUBMITTED,
                recipients=present,
                hash=rules.digest(broadcast, present),
                approved_by=None,
                approval_ends_at=now + _again(broadcast),
                release_at=None,
                held_until=None,
                note=note,
            )
            audit.record(conn, now, "clock", "return", f"broadcast:{broadcast_id}", people=present)
            return False
        if cap(rt, broadcast) and not store.take_turn(conn):
            return False
        texts = final_texts(rt, broadcast.number, broadcast.texts, is_drill=broadcast.is_drill)
        canaries.send_first(rt, conn, broadcast, texts, now)
        batch_id = batches.add(
            conn,
            now,
            rules.class_of(broadcast),
            texts,
            lane=LANE_OF[level],
            wants_answer=broadcast.question is not None,
            is_capped=rules.is_capped(broadcast),
            expires_at=broadcast.expires_at,
        )
        total = fanout.fan_out(
            conn,
            batches.get(conn, batch_id),
            people(conn, broadcast),
            rt.settings.sms_routes,
            set(routes.paused(conn)),
            [name for name, provider in rt.providers.items() if provider.sends_to_demo],
            now,
            cap(rt, broadcast),
        )
        store.update(conn, broadcast_id, now, state=State.SENDING, batch_id=batch_id, started_at=now, held_until=None)
        audit.record(conn, now, "clock", "start", f"broadcast:{broadcast_id}", total=total)
    log.info("broadcast %d has started: %d messages", broadcast_id, total)
    lane = LANE_OF[level]
    queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)
    return True


def _why_again(conn: Connection, broadcast: Broadcast, present: int) -> str:
    """Why what was approved has to be approved again; empty where nothing speaks against its start."""
    if rules.grew_too_much(broadcast.recipients, present):
        return f"The audience grew from {broadcast.recipients} to {present} since it was approved; approve it again."
    if real := real_groups(conn, broadcast):
        return f"A drill goes to test groups only, and {real[0]} is none any more."
    return ""


def _again(broadcast: Broadcast) -> timedelta:
    return rules.APPROVAL_EMERGENCY if rules.is_alarm(broadcast) else rules.APPROVAL


def _expire(conn: Connection, now: datetime, broadcast_id: int) -> None:
    store.update(conn, broadcast_id, now, state=State.EXPIRED)
    audit.record(conn, now, "clock", "expire", f"broadcast:{broadcast_id}")


def tick(rt: Runtime) -> None:
    """What time does to broadcasts: start those that are due, expire those that lapsed, finish those that are over."""
    now = rt.now()
    with rt.engine.begin() as conn:
        ready = store.ready(conn, now)
    for id, level in ready:
        queue.try_enqueue(rt.redis, "start_urgent" if level == "emergency" else "start_bulk", id)
    for find, act in _DUTIES:
        with rt.engine.begin() as conn:
            due = find(conn, now)
        for id in due:
            # One transaction each: nobody waits for a broadcast that is none of theirs.
            with rt.engine.begin() as conn:
                if broadcast := store.lock(conn, id, waits=False):
                    act(conn, now, broadcast)


def _lapse(conn: Connection, now: datetime, broadcast: Broadcast) -> None:
    is_late = broadcast.state is State.SUBMITTED and (broadcast.approval_ends_at or now) <= now
    is_useless = broadcast.state in (State.SUBMITTED, State.APPROVED) and (broadcast.expires_at or _NEVER) <= now
    if is_late or is_useless:
        _expire(conn, now, broadcast.id)


def _end(conn: Connection, now: datetime, broadcast: Broadcast) -> None:
    """Skip what has not left of a broadcast that is of no use any more; a paused one has nothing to wait for."""
    if broadcast.batch_id is None or broadcast.state not in (State.SENDING, State.PAUSED):
        return
    # Ended like a cancelled one: its chunks need not be looked through again, which quiet hours would put off till morning.
    batches.move(conn, broadcast.batch_id, "cancelled", ["open", "paused"])
    skipped = batches.skip_rest(conn, batches.get(conn, broadcast.batch_id), "expired")
    if broadcast.state is State.PAUSED:
        store.update(conn, broadcast.id, now, state=State.SENDING)
    if skipped:
        audit.record(conn, now, "clock", "expire rest", f"broadcast:{broadcast.id}", skipped=skipped)


def _unpause(conn: Connection, now: datetime, broadcast: Broadcast) -> None:
    """Let a paused broadcast of which nothing is left come to its end."""
    if broadcast.state is State.PAUSED and broadcast.batch_id is not None:
        batches.move(conn, broadcast.batch_id, "open", ["paused"])
        store.update(conn, broadcast.id, now, state=State.SENDING)


def _skip_late(conn: Connection, now: datetime, broadcast: Broadcast) -> None:
    """Skip rows of a cancelled broadcast that came back from a call which was under way then, and was not sent."""
    if broadcast.batch_id is not None and broadcast.state is State.CANCELLED:
        batches.skip_rest(conn, batches.get(conn, broadcast.batch_id), "cancelled")


def _finish(conn: Connection, now: datetime, broadcast: Broadcast) -> None:
    store.set_finished(conn, broadcast.id)
    if broadcast.state is State.SENDING:
        store.update(conn, broadcast.id, now, state=State.FINISHED)
        audit.record(conn, now, "clock", "finish", f"broadcast:{broadcast.id}")


_NEVER = datetime.max.replace(tzinfo=UTC)
_Find = Callable[[Connection, datetime], list[int]]
_Act = Callable[[Connection, datetime, Broadcast], None]
_DUTIES: tuple[tuple[_Find, _Act], ...] = (
    (store.lapsed, _lapse),
    (store.overdue, _end),
    (store.drained, _unpause),
    (store.unsettled, _skip_late),
    (store.over, _finish),
)
