"""Send a broadcast's exact texts to its author's own phone: a trial that is no part of the broadcast."""

from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts import rules
from gateway.broadcasts.rules import Verb
from gateway.broadcasts.service.preview import final_texts
from gateway.broadcasts.service.view import find
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden
from gateway.numbers import store as numbers
from gateway.officials.rules import Official
from gateway.outbox.service import post
from gateway.runtime import Runtime


def send_trial(rt: Runtime, official: Official, broadcast_id: int) -> dict[str, Any]:
    """Send the author one SMS for each language, exactly as it would leave; once a minute, however often it is asked.

    It counts in no broadcast and no cap, and goes at once also in quiet hours, since its reader asked for it. Raises
    Forbidden for anyone but the author, Conflict once the broadcast is under way or over.
    """
    now = rt.now()
    sent = []
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if author.id != official.id:
            raise Forbidden("A test goes to the author's own phone, and only its author may ask for it.")
        if (broadcast.state, Verb.CHANGE) not in rules.TRANSITIONS:
            raise Conflict(f"It is {broadcast.state.value}; there is nothing to test any more.")
        own = numbers.get(conn, official.number_id)
        for language, text in final_texts(rt, broadcast.number, broadcast.texts, is_drill=broadcast.is_drill).items():
            cause = f"trial:{broadcast_id}:{language}:{now:%Y%m%d%H%M}"
            if post.post(rt, conn, own.id, own.prefix, text, cause, language=language, received_at=now):
                sent.append(language)
        if sent:
            audit.record(conn, now, official.actor, "test", f"broadcast:{broadcast_id}", languages=sent,
                         channel=official.channel)  # fmt: skip
    post.wake_replies(rt)
    return {"id": broadcast.id, "code": show_broadcast(broadcast.number), "sent": sent}
