"""An order that waits for its code: kept as the SMS that gave it, and done once the code has come and nothing has moved."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.broadcasts.service import approvals
from gateway.dialogue.given import Given
from gateway.dialogue.says import Done
from gateway.inbox import store as inbox
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Fault
from gateway.officials import code_store, codes
from gateway.officials.codes import Ask
from gateway.officials.rules import CODE_LIVES
from menus import orders
from menus.orders import Order

SAME_WITHIN = timedelta(minutes=10)
_ASKED_ONCE = timedelta(minutes=2)
"""So long the same order brings one question for its code: what the network doubles, or a forger repeats, is no flood."""
_BY_SMS = "inbound:"
"""How the act of a code begins that such an order waits for: it is the cause of the SMS, which holds the words."""
_MOST = 5
"""Orders of one official that wait at once. Each holds a cell, so that whoever forges orders could use up a card."""
_FIRST = frozenset({"gone", "own", "role", "scope"})
"""What is said before it is looked at whether anything has moved."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What an order would do.

    key, slots: the text that shows it and asks for its code; reads: the order that shows what it is about; marks: the
    words of the order and how what it is about stands, all that a code is bound to; do: does it, or raises the fault
    that forbids it; refuse: the sentence for that.
    """

    key: str
    slots: Mapping[str, str]
    reads: str
    marks: tuple[object, ...]
    do: Callable[[], Done]
    refuse: Callable[[Fault], Done]

    @property
    def hash(self) -> str:
        """What a code for it is bound to; letters and blanks are as the phone or the network made them."""
        marks = "\0".join(" ".join(str(mark).split()).upper() for mark in self.marks)
        return hashlib.sha256(marks.encode()).hexdigest()


Plan = Callable[[Given], Deed | Done]
"""What an order would do; or what to say where it lacks something, or does nothing."""


def digest(given: Given, body: str, code: str = "") -> bytes:
    """What the same order of this official has again, whatever its letters and blanks."""
    said = " ".join(body.split()).upper()
    return given.talk.rt.vault.digest("order", f"{given.official.id}\0{said}\0{code}")


def order(given: Given, plan: Plan) -> Done:
    """An order as it comes: done at once where the code stands at its end, else kept and asked for."""
    rt, conn, official, subject = given.talk.rt, given.conn, given.official, given.subject
    deed = plan(given)
    refused = deed if isinstance(deed, Done) else _refused(given, deed)
    if isinstance(deed, Done) or refused:
        if given.code:
            given.touched.append(subject)
            codes.burn_next(rt, conn, official, subject, given.code)
        assert refused
        return refused
    same = next((one for one in _waiting(given) if one.is_open and one.hash == deed.hash), None)
    if not given.code:
        if same and same.ends_at > rt.now() + CODE_LIVES - _ASKED_ONCE:
            return Done("same")
        return _show(given, deed, same)
    given.touched.append(subject)
    proof = codes.prove_next(rt, conn, official, subject, given.code, same)
    if proof.outcome == "ok":
        return _do(given, deed)
    if proof.outcome == "wrong":
        return _wrong(given, proof.left, _ask(given, deed, same, "ask"))
    return Done("locked", text=_say(given, "locked"), always=True)


def confirm(given: Given, plans: Mapping[Order, Plan]) -> Done:
    """YA and a ticket, a claim or a relay's code, with the code that was asked for; without it what waits is shown again.

    Several orders may wait, one of them forged: each has a cell of its own, and the cell says which is meant.
    """
    rt, conn, official, subject = given.talk.rt, given.conn, given.official, given.subject
    waits = _waiting(given)
    waits = [one for one in waits if one.is_open] or waits[:1]
    own = codes.pick(rt, conn, official, waits, given.code) if given.code else None
    wanted = own or next(iter(waits), None)
    body = _body_of(given, wanted) if wanted else ""
    ordered = orders.parse(body, given.talk.areas)
    if wanted is None or ordered is None or ordered.order not in plans:
        return Done("gone", text=_say(given, "nothing"))
    meant = replace(given, ordered=ordered)
    deed = plans[ordered.order](meant)
    if isinstance(deed, Done):
        return deed
    refused = _refused(meant, deed, wanted)
    if refused:
        if given.code:
            given.touched.append(subject)
            codes.burn(rt, conn, official, wanted, given.code)
        return refused
    if not given.code:
        return _show(meant, deed, wanted)
    given.touched.append(subject)
    proof = codes.prove(rt, conn, official, wanted, given.code)
    match proof.outcome:
        case "ok" if own is None and len(waits) > 1:
            return Done("refused", text=given.say("several", count=str(len(waits))), always=True)
        case "ok":
            now = rt.now()
            code_store.note_order(conn, official.id, digest(given, body), subject, now, now - SAME_WITHIN)
            return _do(meant, deed)
        case "late":
            return _ask(meant, deed, wanted, "code_late")
        case "wrong":
            return _wrong(meant, proof.left)
        case _:
            return Done("locked", text=_say(meant, "locked"), always=True)


def _waiting(given: Given) -> list[Ask]:
    return codes.waiting(given.talk.rt, given.conn, given.official, _BY_SMS, given.subject)


def _body_of(given: Given, wanted: Ask) -> str:
    return inbox.body_of(given.conn, int(wanted.act.removeprefix(_BY_SMS)), given.talk.number.id)


def _refused(given: Given, deed: Deed, wanted: Ask | None = None) -> Done | None:
    """What forbids it now, found by doing it and undoing that at once; None for nothing.

    wanted: what a code was asked for: where that is no longer the same, it is said instead of the state.
    """
    trial, fault = given.conn.begin_nested(), None
    try:
        deed.do()
    except Fault as found:
        fault = found
    finally:
        trial.rollback()
    if wanted and wanted.hash != deed.hash and (fault is None or fault.reason not in _FIRST):
        return Done("refused", text=_say(given, "changed", verb=deed.reads))
    return deed.refuse(fault) if fault else None


def _show(given: Given, deed: Deed, asked: Ask | None) -> Done:
    if codes.is_locked(given.talk.rt, given.conn, given.official):
        return Done("locked", text=_say(given, "locked"))
    return _ask(given, deed, asked, deed.key, **deed.slots)


def _ask(given: Given, deed: Deed, asked: Ask | None, key: str, **slots: str) -> Done:
    """Ask for its code in the words of `key`, anew where it was `asked` for; no answer to a code counts as a reply."""
    rt, conn, official = given.talk.rt, given.conn, given.official
    if not (asked and asked.is_open) and codes.count(rt, conn, official, _BY_SMS) >= _MOST:
        return Done("refused", text=given.say("many", count=str(_MOST)), always=bool(given.code))
    act = asked.act if asked else given.talk.cause
    wanted = codes.ask(rt, conn, official, act, given.subject, deed.hash)
    if wanted is None:
        return Done("refused", text=_say(given, "no_code"), always=bool(given.code))
    name = approvals.name_code(rt, wanted, given.talk.language)
    text = _say(given, key, **{"verb": _yes(given), **slots, "asked": name})
    return Done("ask", text=text, wants_answer=True, always=bool(given.code))


def _wrong(given: Given, left: int, asked: Done | None = None) -> Done:
    text = _say(given, "wrong", left=str(left)) + (f" {asked.text}" if asked else "")
    return Done("wrong", text=text, wants_answer=bool(asked), always=True)


def _do(given: Given, deed: Deed) -> Done:
    try:
        return replace(deed.do(), always=True)
    except Fault as fault:
        return deed.refuse(fault)


def _yes(given: Given) -> str:
    return "YA SIAR" if given.ordered.code else "YA"


def _say(given: Given, key: str, **slots: str) -> str:
    """A text about the ticket, under `desk.`, or about the claim or what is read aloud, under `order.`."""
    if not given.ordered.ticket:
        return given.say(key, None, **slots)
    slots = {"ussd": given.talk.rt.settings.ussd_code, **slots}
    return given.talk.say(f"desk.{key}", ticket=show_ticket(given.ordered.ticket), **slots)
