"""Start and finish broadcasts: the fan-out, what the clock does to those that wait, lapse or are over."""

import logging
from datetime import timedelta

from gateway.audit import store as audit
from gateway.broadcasts import rules, store
from gateway.broadcasts.rules import State
from gateway.broadcasts.service.preview import count, final_texts
from gateway.kernel.calendar import quiet_until
from gateway.outbox.rules import LANE_OF, RESTING, Class
from gateway.outbox.service.post import quiet
from gateway.outbox.store import batches, routes
from gateway.residents import store as residents
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
        broadcast = store.lock(conn, broadcast_id)
        if broadcast is None or broadcast.state is not State.APPROVED:
            return False
        if broadcast.release_at is None or max(broadcast.release_at, broadcast.send_at or now) > now:
            return False
        level = Class(broadcast.level)
        held = quiet_until(now, quiet(rt)) if level in RESTING else None
        if held:
            store.update(conn, broadcast_id, now, held_until=held)
            return False
        people = sum(count(conn, broadcast.level, broadcast.audience).values())
        if rules.grew_too_much(broadcast.recipients, people):
            note = f"The audience grew from {broadcast.recipients} to {people} since it was approved; approve it again."
            content = (broadcast.level, broadcast.texts, broadcast.audience, broadcast.send_at, broadcast.expires_at)
            store.update(conn, broadcast_id, now, state=State.SUBMITTED, recipients=people, approved_by=None,
                         hash=rules.digest(*content, people), approval_ends_at=now + _again(level), note=note)  # fmt: skip
            audit.record(conn, now, "clock", "return", f"broadcast:{broadcast_id}", people=people)
            return False
        texts = final_texts(rt, broadcast.number, broadcast.texts)
        batch_id = batches.add(conn, now, level, texts, expires_at=broadcast.expires_at)
        total = batches.fan_out(
            conn,
            batches.get(conn, batch_id),
            residents.audience(broadcast.audience, is_emergency=level is Class.EMERGENCY),
            rt.settings.sms_routes,
            set(routes.paused(conn)),
            [name for name, provider in rt.providers.items() if provider.sends_to_demo],
            now,
            rt.settings.routine_per_week,
        )
        store.update(conn, broadcast_id, now, state=State.SENDING, batch_id=batch_id, started_at=now, held_until=None)
        audit.record(conn, now, "clock", "start", f"broadcast:{broadcast_id}", total=total)
    log.info("broadcast %d has started: %d messages", broadcast_id, total)
    lane = LANE_OF[level]
    queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)
    return True


def _again(level: Class) -> timedelta:
    return rules.APPROVAL_EMERGENCY if level is Class.EMERGENCY else rules.APPROVAL


def tick(rt: Runtime) -> None:
    """What time does to broadcasts: start those that are due, expire those that lapsed, finish those that are over."""
    now = rt.now()
    with rt.engine.begin() as conn:
        ready = store.ready(conn, now)
    for id, level in ready:
        queue.try_enqueue(rt.redis, "start_urgent" if level == "emergency" else "start_bulk", id)
    with rt.engine.begin() as conn:
        for id in store.lapsed(conn, now):
            if (broadcast := store.lock(conn, id)) and broadcast.state in (State.SUBMITTED, State.APPROVED):
                store.update(conn, id, now, state=State.EXPIRED)
                audit.record(conn, now, "clock", "expire", f"broadcast:{id}")
    with rt.engine.begin() as conn:
        for id in store.overdue(conn, now):
            broadcast = store.lock(conn, id)
            if broadcast and broadcast.batch_id is not None:
                batches.move(conn, broadcast.batch_id, "open", ["paused"])
                batches.skip_rest(conn, batches.get(conn, broadcast.batch_id), "expired")
                if broadcast.state is State.PAUSED:
                    store.update(conn, id, now, state=State.SENDING)
    with rt.engine.begin() as conn:
        for id in store.over(conn):
            broadcast = store.lock(conn, id)
            store.set_finished(conn, id)
            if broadcast and broadcast.state is State.SENDING:
                store.update(conn, id, now, state=State.FINISHED)
                audit.record(conn, now, "clock", "finish", f"broadcast:{id}")
