"""Tell authors by SMS what became of their broadcasts: approved, rejected, lapsed, over, over once more; each once."""

from datetime import timedelta

from gateway.broadcasts import approval_store, store
from gateway.broadcasts.rules import Broadcast, is_alarm
from gateway.broadcasts.service import words
from gateway.db import Connection
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.outbox.service.post import wake_replies
from gateway.reference import service as reference
from gateway.runtime import Runtime

_NEWS_FOR = timedelta(hours=24)


def tick(rt: Runtime) -> int:
    """Tell every author what they do not know yet; how many messages that took.

    The row that says so and the message are one transaction, so a crash anywhere costs neither and doubles none.
    """
    reference.areas(rt)
    told = 0
    with rt.engine.begin() as conn:
        untold = approval_store.untold(conn, rt.now() - _NEWS_FOR)
    for id, kind, round in untold:
        with rt.engine.begin() as conn:
            broadcast = store.lock(conn, id, waits=False)
            if broadcast and approval_store.tell(conn, id, kind, round, broadcast.hash, rt.now()):
                told += _tell(rt, conn, broadcast, kind, round)
    if told:
        wake_replies(rt)
    return told


def _tell(rt: Runtime, conn: Connection, broadcast: Broadcast, kind: str, round: int) -> bool:
    author = next((one for one in officials.active(conn) if one.id == broadcast.author_id), None)
    if author is None:
        return False
    language = words.language_of(rt, conn, numbers.get(conn, author.number_id))
    approver = officials.get(conn, broadcast.approved_by) if broadcast.approved_by else None
    slots = {
        **words.describe(reference.areas(rt, conn), broadcast),
        **words.count(conn, broadcast),
        "author": approver.name if approver else "",
        "reason": broadcast.note or "-",
        "at": words.show_at(rt, broadcast.finished_at or words.begins_at(rt, broadcast)),
    }
    body = rt.say(f"order.told_{kind}", slots, language)
    cause = f"told:{broadcast.id}:{kind}{round or ''}:{broadcast.hash[:12]}"
    words.write_to(rt, conn, author, body, cause, language, at_once=is_alarm(broadcast))
    return True
