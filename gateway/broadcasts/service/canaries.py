"""The city's own phones, one for each operator, that get every broadcast first; an alarm where one does not.

They lie on a desk at Dinkominfo and nobody reads them: what a company calls delivered, they have shown.
"""

import logging
from datetime import datetime, timedelta

from gateway.audit import store as audit
from gateway.broadcasts import canary_store, rules, store
from gateway.broadcasts.canary_store import Canary, Seen
from gateway.broadcasts.rules import Broadcast
from gateway.broadcasts.service import admins
from gateway.db import Connection
from gateway.kernel import phone
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.kernel.text import clean
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import LANE_OF, Class
from gateway.outbox.service.post import wake_replies
from gateway.outbox.store import batches, fanout, routes
from gateway.runtime import Runtime

PATIENCE = timedelta(minutes=10)
"""How long after a broadcast's start they must have got it."""
MOST, LONGEST = 12, 20

log = logging.getLogger(__name__)


def add(rt: Runtime, official: Official, number: str, place: str) -> bool:
    """Make a phone of the city one of them; False where it is. Raises Invalid, Forbidden or Conflict."""
    _refuse(official)
    found = phone.normalise(number, rt.settings.region)
    if found is None:
        raise Invalid("That is no phone number; write it as +62811….")
    if not clean(place) or len(place) > LONGEST:
        raise Invalid(f"Say in up to {LONGEST} letters which phone it is, such as Telkomsel.")
    with rt.engine.begin() as conn:
        if canary_store.count(conn) >= MOST:
            raise Conflict(f"There are {MOST} already; remove one first.")
        is_new = canary_store.add(conn, numbers.ensure(conn, rt.vault, found), clean(place), official.id, rt.now())
        if is_new:
            audit.record(conn, rt.now(), official.actor, "add canary", "canaries", place=clean(place))
        return is_new


def remove(rt: Runtime, official: Official, id: int) -> None:
    """Send it no more broadcasts. Raises Forbidden or Missing."""
    _refuse(official)
    with rt.engine.begin() as conn:
        if not canary_store.remove(conn, id):
            raise Missing("There is no such phone.")
        audit.record(conn, rt.now(), official.actor, "remove canary", f"canary:{id}")


def every(rt: Runtime, official: Official) -> list[Canary]:
    """All of them. Raises Forbidden."""
    _refuse(official)
    with rt.engine.begin() as conn:
        return canary_store.every(conn)


def _refuse(official: Official) -> None:
    if official.role is not Role.ADMIN or official.area != rules.CITY:
        raise Forbidden("Only an admin of the city keeps its test phones.")


def send_first(rt: Runtime, conn: Connection, broadcast: Broadcast, texts: dict[str, str], now: datetime) -> None:
    """Take a broadcast that starts to the phones, by a batch of its own before its people's: it counts as no recipient.

    A drill does not go there: it is for test groups alone.
    """
    if broadcast.is_drill or not canary_store.count(conn):
        return
    batch_id = batches.add(
        conn, now, rules.class_of(broadcast), texts, lane=LANE_OF[Class(broadcast.level)], is_capped=False,
        expires_at=broadcast.expires_at,
    )  # fmt: skip
    demo = [name for name, provider in rt.providers.items() if provider.sends_to_demo]
    paused = set(routes.paused(conn))
    batch = batches.get(conn, batch_id)
    fanout.fan_out(conn, batch, canary_store.PHONES, rt.settings.sms_routes, paused, demo, now, 0)
    canary_store.keep(conn, broadcast.id, batch_id, now + PATIENCE)


def tick(rt: Runtime) -> int:
    """Look once at every broadcast that the phones should have got, and tell its author and the city's admins by SMS which
    did not; how many broadcasts that was.
    """
    now, alarms = rt.now(), 0
    with rt.engine.begin() as conn:
        due = canary_store.due(conn, now)
    for id in due:
        with rt.engine.begin() as conn:
            broadcast = store.lock(conn, id, waits=False)
            if broadcast is not None and canary_store.judge(conn, id, now):
                missing = [one.place for one in canary_store.seen(conn, id) if not has_got(rt, one)]
                alarms += bool(missing) and _alarm(rt, conn, broadcast, missing, now)
    if alarms:
        wake_replies(rt)
    return alarms


def has_got(rt: Runtime, seen: Seen) -> bool:
    """Whether the phone has it, as far as can be known: a company that reports nothing can only say that it took it."""
    provider = rt.providers.get(seen.route or "")
    reports = provider is None or "report" in provider.hooks
    return seen.status == "delivered" or (seen.status == "sent" and not reports)


def _alarm(rt: Runtime, conn: Connection, broadcast: Broadcast, missing: list[str], now: datetime) -> bool:
    audit.record(conn, now, "clock", "canary missing", f"broadcast:{broadcast.id}", places=missing)
    log.error("broadcast %d did not reach %d of the city's own phones", broadcast.id, len(missing))
    slots = {"code": show_broadcast(broadcast.number), "places": ", ".join(missing)[:60]}
    admins.tell(
        rt, conn, "order.canary", slots, f"canary:{broadcast.id}", at_once=rules.is_alarm(broadcast),
        also=broadcast.author_id,
    )  # fmt: skip
    return True
