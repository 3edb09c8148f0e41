"""Orders of officials by SMS: from the number of an active account alone, the same words within ten minutes once."""

from collections.abc import Callable
from functools import partial

from gateway.broadcasts import store as broadcasts
from gateway.broadcasts.service.approvals import subject_of
from gateway.db import Connection
from gateway.dialogue import aloud, blast, kept, steer, tickets, verdicts
from gateway.dialogue.given import Given
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.inbox.store import Arrived
from gateway.officials import code_store
from gateway.officials.rules import CODE_DIGITS, Official
from menus import orders
from menus.orders import Order, Ordered

_READS = frozenset({Order.STATUS, Order.HELP, Order.TICKETS, Order.HELP_TICKETS, Order.QUEUE})

PLANS: dict[Order, kept.Plan] = {
    **dict.fromkeys(tickets.VERBS, tickets.plan),
    Order.VERDICT: verdicts.plan,
    Order.RELAY: aloud.plan,
}
"""What waits for a code, and is kept meanwhile."""
HANDLERS: dict[Order, Callable[[Given], Done]] = {
    Order.BLAST: blast.write,
    Order.PRESET: blast.fill,
    Order.CORRECT: blast.correct,
    Order.CONFIRM: steer.confirm,
    Order.APPROVE: steer.approve,
    Order.REJECT: steer.reject,
    Order.CANCEL: steer.cancel,
    Order.PAUSE: steer.pause,
    Order.RESUME: steer.resume,
    Order.STATUS: steer.status,
    Order.HELP: steer.explain,
    Order.TICKETS: tickets.read,
    **{order: partial(kept.order, plan=plan) for order, plan in PLANS.items()},
    Order.HELP_TICKETS: tickets.explain,
    Order.MATCH: verdicts.match,
    Order.QUEUE: verdicts.queue,
}
OF_CLAIMS: dict[Order, Callable[[Given], Done]] = {Order.APPROVE: verdicts.approve, Order.REJECT: verdicts.reject}
"""What is done to a claim by the same words as to a broadcast."""


def take(talk: Talk, conn: Connection, official: Official, arrived: Arrived) -> tuple[Order, Done] | None:
    """Do what an official's SMS orders, in the caller's transaction; None where it is no order."""
    code = ""
    if arrived.code_cipher is not None and arrived.code_key_no is not None:
        code = talk.rt.vault.open(arrived.code_cipher, arrived.code_key_no)
    ordered = orders.parse(arrived.body, talk.areas, has_code=bool(code))
    if ordered is None:
        return None
    # What ends in digits behind a # that are none of ours is no guess: the order is shown without them.
    if ordered.order in orders.GUARDED and len(code) != CODE_DIGITS:
        code = ""
    # The row first: what comes by another way at the same moment waits for its turn.
    code_store.hold(conn, official.id)
    given = Given(talk, conn, official, ordered, code)
    handle = _handler(ordered)
    if ordered.order in _READS or (ordered.order in orders.CODED and not code):
        return ordered.order, handle(given)
    now = talk.rt.now()
    digest, since = kept.digest(given, arrived.body, code), now - kept.SAME_WITHIN
    same = code_store.find_order(conn, official.id, digest, since)
    if same is not None:
        return ordered.order, _again(given, same)
    done = handle(given)
    if given.touched:
        code_store.note_order(conn, official.id, digest, given.touched[-1], now, since)
    return ordered.order, done


def _handler(ordered: Ordered) -> Callable[[Given], Done]:
    if ordered.order is Order.CONFIRM and (ordered.ticket or ordered.claim or ordered.code):
        return _confirm
    return OF_CLAIMS.get(ordered.order, HANDLERS[ordered.order]) if ordered.claim else HANDLERS[ordered.order]


def _confirm(given: Given) -> Done:
    return kept.confirm(given, PLANS)


def _again(given: Given, subject: str) -> Done:
    """The network, or an impatient thumb, sent it twice: how things stand, or the preview once more, and no effect."""
    if subject.startswith(tickets.SUBJECT):
        return tickets.stand(given, subject.removeprefix(tickets.SUBJECT))
    if subject.startswith("rumour:"):
        return verdicts.show(given)
    if subject.startswith("relay:"):
        return aloud.stand(given)
    broadcast = broadcasts.get(given.conn, int(subject.removeprefix("broadcast:")))
    if broadcast is None or subject_of(broadcast) != subject:
        return Done("gone")
    if given.ordered.order in (Order.BLAST, Order.PRESET, Order.CORRECT) and broadcast.state == "draft":
        return blast.show(given, broadcast)
    return steer.show(given, broadcast)
