"""Go on with a series: when one of it has left, the next is written, approved as the first was."""

from dataclasses import replace
from datetime import datetime

from gateway.audit import store as audit
from gateway.broadcasts import repeat_store, repeats, rules, store
from gateway.broadcasts.rules import Broadcast, State
from gateway.db import Connection
from gateway.officials import store as officials
from gateway.runtime import Runtime

_ENDED = "Its approver is not in office any more; somebody else has to approve it."


def tick(rt: Runtime) -> int:
    """Write what comes next in every series; how many that were. Moments that passed meanwhile are left out, not made up."""
    now, written = rt.now(), 0
    with rt.engine.begin() as conn:
        due = repeat_store.due(conn, now)
    for id in due:
        with rt.engine.begin() as conn:
            broadcast = store.lock(conn, id, waits=False)
            if broadcast is not None:
                written += _go_on(rt, conn, broadcast, now)
    return written


def _go_on(rt: Runtime, conn: Connection, broadcast: Broadcast, now: datetime) -> bool:
    assert broadcast.repeat is not None
    assert broadcast.send_at is not None
    repeat_store.set_done(conn, broadcast.id)
    in_office = {official.id for official in officials.active(conn)}
    first = repeat_store.first_at(conn, broadcast)
    send_at = repeats.after(first, broadcast.repeat, rt.settings.timezone, max(now, broadcast.send_at))
    if send_at is None or broadcast.author_id not in in_office:
        audit.record(conn, now, "clock", "end series", f"broadcast:{broadcast.id}")
        return False
    is_approved = broadcast.approved_by in in_office
    expires_at = broadcast.expires_at and send_at + (broadcast.expires_at - broadcast.send_at)
    following = replace(broadcast, send_at=send_at, expires_at=expires_at)
    id = repeat_store.add_next(
        conn,
        broadcast.id,
        store.next_number(conn),
        rules.digest(following, broadcast.recipients),
        send_at,
        (State.APPROVED if is_approved else State.SUBMITTED).value,
        None if is_approved else _ENDED,
        now,
    )
    if id is not None:
        audit.record(conn, now, "clock", "repeat", f"broadcast:{id}", after=f"broadcast:{broadcast.id}")
    return id is not None
