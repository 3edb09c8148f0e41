"""Sign texts that speak of an election: the city informs without taking sides, and an admin answers for that by name."""

from collections.abc import Mapping

from gateway.audit import store as audit
from gateway.broadcasts import rules, sign_store, store
from gateway.broadcasts.rules import Broadcast, Verb
from gateway.broadcasts.service import admins, words
from gateway.broadcasts.service.view import find
from gateway.db import Connection
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.lint import speaks_of_election, standard
from gateway.runtime import Runtime


def needs_signature(texts: Mapping[str, str]) -> bool:
    """Whether any of these texts speaks of an election or a candidate."""
    return any(speaks_of_election(text, standard()) for text in texts.values())


def sign(rt: Runtime, official: Official, broadcast_id: int) -> Broadcast:
    """Sign the texts as they are now. Signing again changes nothing.

    An admin of the city who is not its author: raises Conflict for one's own, Forbidden for others, Conflict where
    there is nothing to sign or it is past changing.
    """
    now = rt.now()
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if author.id == official.id:
            raise Conflict("Another admin has to sign this; it is your own.")
        if official.role is not Role.ADMIN or official.area != rules.CITY:
            raise Forbidden("Only an admin of the city signs texts that speak of an election.")
        if (broadcast.state, Verb.CHANGE) not in rules.TRANSITIONS:
            raise Conflict(f"It is {broadcast.state.value}; there is nothing to sign any more.")
        if not needs_signature(broadcast.texts):
            raise Conflict("Its texts do not speak of an election; they need no signature.")
        texts_hash = rules.hash_texts(broadcast.texts)
        if sign_store.add(conn, broadcast_id, texts_hash, official.id, now):
            audit.record(conn, now, official.actor, "sign", f"broadcast:{broadcast_id}", texts=texts_hash,
                         channel=official.channel)  # fmt: skip
            language = words.language_of(rt, conn, numbers.get(conn, author.number_id))
            body = rt.say("order.signed", {"code": show_broadcast(broadcast.number)}, language)
            cause = f"signed:{broadcast_id}:{texts_hash[:12]}"
            words.write_to(rt, conn, author, body, cause, language, at_once=rules.is_alarm(broadcast))
        return broadcast


def ask(rt: Runtime, conn: Connection, broadcast_id: int) -> None:
    """Ask the city's other admins by SMS to sign its texts where they need that, once for texts as they are."""
    broadcast = store.get(conn, broadcast_id)
    if broadcast is None or not is_unsigned(conn, broadcast_id, broadcast.texts):
        return
    author = officials.get(conn, broadcast.author_id)
    slots = {
        "code": show_broadcast(broadcast.number),
        "serial": str(broadcast_id),
        "author": author.name if author else "",
        "opening": next(iter(broadcast.texts.values())),
    }
    cause = f"sign:{broadcast_id}:{rules.hash_texts(broadcast.texts)[:12]}"
    admins.tell(rt, conn, "order.sign", slots, cause, at_once=rules.is_alarm(broadcast), but=broadcast.author_id)


def is_unsigned(conn: Connection, broadcast_id: int, texts: Mapping[str, str]) -> bool:
    """Whether these texts of the broadcast speak of an election and no admin has signed just these."""
    return needs_signature(texts) and not sign_store.is_signed(conn, broadcast_id, rules.hash_texts(texts))


def refuse_unsigned(conn: Connection, broadcast: Broadcast) -> None:
    """Raise Conflict where it waits for a signature."""
    if is_unsigned(conn, broadcast.id, broadcast.texts):
        raise Conflict(
            "It speaks of an election or a candidate; an admin of the city has to sign it first.", reason="unsigned"
        )
