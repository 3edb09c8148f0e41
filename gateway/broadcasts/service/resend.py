"""Send again what is unconfirmed, or what failed, of a broadcast that is over: only a person decides that."""

from datetime import timedelta

from gateway.audit import store as audit
from gateway.broadcasts import resend_store, store
from gateway.broadcasts.rules import State, Verb
from gateway.broadcasts.service.decide import refuse_judge
from gateway.broadcasts.service.view import find, refuse_state
from gateway.db import Connection, transaction
from gateway.kernel.errors import Conflict
from gateway.officials.rules import Official
from gateway.outbox.store import batches, resends, routes
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.state import queue

SAME_ORDER = timedelta(minutes=10)
"""The same order within this time is one order: a double click, or a second person who sees the same list."""


def resend(
    rt: Runtime, official: Official, broadcast_id: int, *, failed: bool = False, within: Connection | None = None
) -> int:
    """Open a new attempt for each unconfirmed message, or for each `failed` one that is not refused for good; how many.

    Whoever may approve the broadcast may do so: not its author where it needs a second person. Checked as for an
    approval: 404, 409 own, 403, 409 state. Refused once it has a correction, as whoever gets it now would not get that,
    and once it has expired. The same order within ten minutes gives the same answer and sends nothing.
    """
    areas, now = reference.areas(rt), rt.now()
    kind = "failed" if failed else "unconfirmed"
    with transaction(rt.engine, within) as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        refuse_judge(rt, conn, areas, official, author, broadcast, Verb.RESEND)
        before = resend_store.since(conn, broadcast.id, kind, now - SAME_ORDER)
        if before is not None:
            return before
        refuse_state(broadcast, Verb.RESEND)
        if broadcast.expires_at and broadcast.expires_at <= now:
            raise Conflict("Its expires_at has passed; it is of no use any more.", reason="expired")
        if store.is_corrected(conn, broadcast.id):
            raise Conflict("It has a correction; nobody should get what was wrong now.", reason="corrected")
        assert broadcast.batch_id is not None
        batch = batches.get(conn, broadcast.batch_id)
        final = {f"{name}:{code}" for name, provider in rt.providers.items() for code in provider.final}
        resent = resends.resend(conn, batch, kind, rt.settings.sms_routes, routes.paused(conn), final)
        if resent:
            store.update(conn, broadcast.id, now, state=State.SENDING, finished_at=None)
            resend_store.add(conn, broadcast.id, kind, official.id, resent, now)
        audit.record(conn, now, official.actor, f"resend {kind}", f"broadcast:{broadcast.id}", resent=resent,
                     channel=official.channel)  # fmt: skip
    if resent and within is None:
        queue.wake(rt.redis, batch.lane, rt.settings.bulk_workers if batch.lane == "bulk" else 1)
    return resent
