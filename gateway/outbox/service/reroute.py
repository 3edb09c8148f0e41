"""Fail over and drift back: what waits for a paused route leaves by the next of its list; new messages try the first again."""

import logging

from gateway.audit import store as audit
from gateway.outbox.store import batches, messages, reroute, routes
from gateway.runtime import Runtime

log = logging.getLogger(__name__)


def tick(rt: Runtime) -> int:
    """Move what waits for paused routes to usable ones of the same list, and say how much that was.

    A route only pauses for reasons of its account or sender, never for being slow, so nothing flaps where all are slow.
    Once all has moved nothing is left by which the route could be tried, so its pause lapses when it may be tried, and
    the next messages of its prefixes are that trial: should it refuse them, they move within seconds.
    """
    now = rt.now()
    with rt.engine.begin() as conn:
        paused = routes.paused(conn)
        if not paused:
            return 0
        for name in reroute.lapse(conn, now, messages.oldest_month(now)):
            audit.record(conn, now, "clock", "try route", f"route:{name}")
            del paused[name]
        waiting = reroute.waiting(conn, paused)
        moved = reroute.move_singles(conn, messages.oldest_month(now), rt.settings.sms_routes, paused)
    for id in waiting:
        # One transaction each: a large batch holds up no other, an alarm least of all.
        with rt.engine.begin() as conn:
            moved += reroute.move_batch(conn, batches.get(conn, id), rt.settings.sms_routes, paused)
    if moved:
        log.warning("%d messages leave by another route than %s", moved, ", ".join(sorted(paused)))
        with rt.engine.begin() as conn:
            audit.record(conn, now, "clock", "move messages", "routes", moved=moved, paused=sorted(paused))
    return moved
