"""TIKET, TERIMA, TERUSKAN, BALAS, SELESAI and their kin: officials work on tickets from any phone."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.aspirations import casework, follow, follow_store, notices, roles, store
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import State, Verb
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.dialogue.given import Given
from gateway.dialogue.kept import Deed
from gateway.dialogue.says import Done
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Fault
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from menus.orders import Order

SUBJECT = "ticket:"
VERBS: Mapping[Order, Verb] = {
    Order.VERIFY: Verb.VERIFY,
    Order.ASK: Verb.ASK,
    Order.FORWARD: Verb.FORWARD,
    Order.DECLINE: Verb.DECLINE,
    Order.TAKE: Verb.TAKE,
    Order.START: Verb.START,
    Order.REPLY: Verb.REPLY,
    Order.RESOLVE: Verb.RESOLVE,
    Order.MERGE: Verb.MERGE,
    Order.ARCHIVE: Verb.ARCHIVE,
    Order.REOPEN: Verb.REOPEN,
}
_WORDS = {
    Order.TICKETS: "TIKET", Order.VERIFY: "TERIMA", Order.ASK: "TUNDA", Order.FORWARD: "TERUSKAN", Order.DECLINE: "BUKAN",
    Order.TAKE: "AMBIL", Order.START: "MULAI", Order.REPLY: "BALAS", Order.RESOLVE: "SELESAI", Order.MERGE: "GABUNG",
    Order.ARCHIVE: "ARSIPKAN", Order.REOPEN: "BUKA",
}  # fmt: skip
_ASKS = frozenset({"said_ask", "said_long", "office_ask", "to_ask", "into_ask", "into"})
"""Reasons of faults that are mended by writing the order once more."""
_LISTED = 4
_MERGEABLE = (State.RECEIVED, State.VERIFYING)


def read(given: Given) -> Done:
    """TIKET: what waits for the official. TIKET and a ticket: that one, with its words; that it was read is in the trail."""
    ordered, conn, official = given.ordered, given.conn, given.official
    if ordered.ticket:
        one = store.get(conn, ordered.ticket)
        if one is None or not roles.may_see(official, one):
            return _say(given, "gone", "gone")
        audit.record(conn, given.talk.rt.now(), official.actor, "read", f"{SUBJECT}{one.ticket}", number_id=one.number_id,
                     channel=official.channel)  # fmt: skip
        done = _say(given, "ok", "show_due" if one.due else "show", one, excerpt=one.body)
        same = follow_store.called_same(conn, one.id) if one.state in _MERGEABLE else ""
        return replace(done, text=done.text + _say(given, "ok", "same", one, into=same).text) if same else done
    if ordered.text or ordered.order is not Order.TICKETS:
        return _which(given)
    return _list(given)


def _list(given: Given) -> Done:
    rt, conn, official = given.talk.rt, given.conn, given.official
    fresh, late = follow.count_waiting(rt, conn, official)
    found = [("late", one) for one in follow.waiting(rt, conn, official, "late", _LISTED)]
    known = {one.id for _, one in found}
    found += [("before", one) for one in follow.waiting(rt, conn, official, "fresh", _LISTED) if one.id not in known]
    if not found:
        return _say(given, "ok", "list_none")
    slots = notices.slots_of_many(rt, conn, [one for _, one in found])
    lines = [(name, slots[one.id]) for name, one in found[:_LISTED]]
    text = given.talk.say(
        "desk.list", fresh=str(fresh), late=str(late), lines=notices.join_lines(rt, lines, given.talk.language)
    )
    return Done("ok", text=text)


def plan(given: Given) -> Deed | Done:
    """Any other order about a ticket, of which its people are told."""
    ordered, verb = given.ordered, VERBS[given.ordered.order]
    if not ordered.ticket:
        return _which(given)
    what, one = _what(given, verb), store.get(given.conn, ordered.ticket)

    def do() -> Done:
        casework.act(given.talk.rt, given.official, ordered.ticket, what, within=given.conn, cause=given.talk.cause)
        return stand(given, ordered.ticket)

    said = ordered.text if verb is not Verb.MERGE else show_ticket(ordered.into)
    return Deed(
        "confirm" if said else "confirm_bare",
        {"verb": _WORDS[ordered.order], "said": said},
        "TIKET",
        (what, ordered.ticket, *((one.state, one.office, one.held_by, one.changed_at) if one else ())),
        do,
        lambda fault: _refuse(given, fault),
    )


def _what(given: Given, verb: Verb) -> Act:
    ordered = given.ordered
    match verb:
        case Verb.FORWARD:
            return Act(verb, office=(ordered.text.split() or [""])[0])
        case Verb.DECLINE:
            to, mark, text = ordered.text.partition("#")
            return Act(verb, text, to=to if mark else "")
        case Verb.MERGE:
            return Act(verb, into=ordered.into)
        case _:
            return Act(verb, ordered.text)


def stand(given: Given, ticket: str) -> Done:
    """Where a ticket stands now, as the answer to what was ordered."""
    one = store.get(given.conn, ticket)
    if one is None:
        return _say(given, "gone", "gone")
    return _say(given, "ok", "done_due" if one.due else "done", one)


def _refuse(given: Given, fault: Fault) -> Done:
    """The sentence for what may not be, or for what has to be added."""
    ticket, reason = given.ordered.ticket, fault.reason
    one = store.get(given.conn, ticket)
    if reason not in _ASKS | {"gone", "role", "state", "lapor"} or one is None or reason == "gone":
        return _say(given, "gone", "gone")
    if given.ordered.order is Order.DECLINE and reason == "said_ask":
        reason = "to_ask"
    if reason == "into" and not given.ordered.into:
        reason = "into_ask"
    return _ask(given, one, reason) if reason in _ASKS else _say(given, "refused", reason, one)


def _ask(given: Given, one: Aspiration, key: str) -> Done:
    slots: dict[str, str] = {}
    if key == "office_ask":
        rt, conn = given.talk.rt, given.conn
        slots = {"office": reference.route(rt, conn, one.area, one.category)}
        slots["offices"] = " ".join(reference_store.offices(conn))
    said = _say(given, "ask", key, one, **slots)
    return Done("ask", text=said.text, wants_answer=True)


def _which(given: Given) -> Done:
    return Done("ask", text=given.talk.say("desk.which", verb=_WORDS[given.ordered.order]), wants_answer=True)


def _say(given: Given, outcome: str, key: str, one: Aspiration | None = None, **slots: str) -> Done:
    shown = notices.slots_of(given.talk.rt, given.conn, one) if one else {}
    shown = notices.worded(given.talk.rt, shown, given.talk.language)
    named = {"verb": _WORDS.get(given.ordered.order, ""), "ticket": show_ticket(given.ordered.ticket)}
    return Done(outcome, text=given.talk.say(f"desk.{key}", **{**named, **shown, **slots}), always=outcome == "ok")


def explain(given: Given) -> Done:
    """BANTUAN TIKET: these orders."""
    return Done("ok", text=given.talk.say("desk.help"))
