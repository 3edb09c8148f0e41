"""One order as it was given: who speaks, what they order, with which code; and the words for what may not be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.broadcasts import store
from gateway.broadcasts.rules import Broadcast
from gateway.broadcasts.service import approvals, words
from gateway.broadcasts.service.approvals import subject_of
from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Fault
from gateway.officials import codes
from gateway.officials.codes import Ask
from gateway.officials.rules import Official
from gateway.rumours.rules import show_claim
from menus.orders import Ordered

SAID = frozenset({"gone", "own", "role", "scope", "state", "late", "expired", "changed", "sending", "corrected", "unsigned",
                  "drill"})  # fmt: skip
"""Reasons of faults that have a sentence of their own under `order.`."""
SAID_OF_CLAIMS = {"gone": "gone", "own": "own", "role": "role", "changed": "changed", "state": "claim_state",
                  "bad": "claim_bad", "alone": "claim_alone"}  # fmt: skip
"""The same of claims, with the key of each."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as an order is about it: what texts say of it, and the hash that a code is bound to."""

    hash: str
    slots: Mapping[str, str]


Thing = TypeVar("Thing", Broadcast, Claim)


@dataclass(frozen=True, slots=True)
class Given:
    """An official's order in the caller's transaction, which holds the official's row.

    code: the digits that came with it, or empty; touched: what it had an effect on, filled as it is done.
    """

    talk: Talk
    conn: Connection
    official: Official
    ordered: Ordered
    code: str = field(repr=False)
    touched: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The public number of the broadcast it names; 0 where it names none."""
        return self.ordered.number or 0

    @property
    def id(self) -> int:
        """The id of that broadcast; 0 for one that is not there, which then is missing like one not to be seen."""
        return store.id_of(self.conn, self.number) or 0

    @property
    def claim(self) -> int:
        """The number of the claim it names; 0 where it names none."""
        return self.ordered.claim

    @property
    def subject(self) -> str:
        """How codes name the ticket, the claim, what is read aloud, or the broadcast."""
        if self.ordered.ticket:
            return f"ticket:{self.ordered.ticket}"
        if self.ordered.code:
            return f"relay:{self.ordered.code}"
        return f"rumour:{self.claim}" if self.claim else f"broadcast:{self.id}"

    def say(self, key: str, about: Broadcast | Claim | None = None, **slots: str) -> str:
        """A text under `order.` about a broadcast or a claim, or about the code that was named."""
        shown = about.slots if isinstance(about, Claim) else words.describe(self.talk.areas, about) if about else {}
        code = show_claim(self.claim) if self.claim else self.ordered.code or show_broadcast(self.number)
        return self.talk.say(f"order.{key}", **{"code": code, **shown, **slots})

    def tell(self, outcome: str, key: str, about: Broadcast | Claim | None = None, **slots: str) -> Done:
        """An answer that no reply budget holds back."""
        return Done(outcome, slots, self.say(key, about, **slots), always=True)

    def refuse(self, fault: Fault, verb: str) -> Done:
        """The sentence for what may not be. Raises the fault again where it has none."""
        if self.claim and (key := SAID_OF_CLAIMS.get(fault.reason)):
            return Done("refused", text=self.say(key, verb=verb))
        if fault.reason not in SAID:
            raise fault
        broadcast = store.get(self.conn, self.id) if fault.reason == "state" else None
        return Done("refused", text=self.say(fault.reason, broadcast, verb=verb))

    def ask(self, about: Broadcast | Claim, act: str, key: str, verb: str) -> Done:
        """Ask for the code that allows `act`, in the words of `key`, which names the cell."""
        wanted = self.want(about, act)
        if wanted is None:
            return Done("refused", text=self.say("no_code", about))
        asked = approvals.name_code(self.talk.rt, wanted, self.talk.language)
        return Done("ask", text=self.say(key, about, verb=verb, asked=asked), wants_answer=True, always=True)

    def want(self, about: Broadcast | Claim, act: str) -> codes.Wanted | None:
        """Wait for a code that allows `act` on the broadcast or claim as it is now."""
        subject = subject_of(about) if isinstance(about, Broadcast) else self.subject
        return codes.ask(self.talk.rt, self.conn, self.official, act, subject, about.hash)


def with_code(
    given: Given,
    act: str,
    verb: str,
    judge: Callable[[Ask | None], Thing],
    ask: Callable[[Thing], Done],
    do: Callable[[Thing], Done],
) -> Done:
    """Do an act that needs a code. What the contract refuses comes first, then the lock, the code, and only then the act.

    judge: gives the broadcast or claim, held, or raises the fault that forbids the act; it is handed what the official was asked
    for, if anything. ask: what to say where no code came, or none was waited for. A right code that came with a refused
    act is used up all the same: it was on the air.
    """
    if not given.number and not given.claim:
        return Done("ask", text=given.say("which", verb=verb), wants_answer=True)
    rt, conn, official = given.talk.rt, given.conn, given.official
    wanted = codes.find(conn, official, act, given.subject)
    try:
        about = judge(wanted)
    except Fault as fault:
        if given.code and wanted:
            given.touched.append(given.subject)
            codes.burn(rt, conn, official, wanted, given.code)
        return given.refuse(fault, verb)
    if codes.is_locked(rt, conn, official) and not (given.code and wanted):
        return Done("locked", text=given.say("locked"))
    if not given.code or wanted is None:
        return ask(about)
    given.touched.append(given.subject)
    proof = codes.prove(rt, conn, official, wanted, given.code)
    match proof.outcome:
        case "ok":
            try:
                return do(about)
            except Fault as fault:
                return given.refuse(fault, verb)
        case "late":
            return given.ask(about, act, "code_late", verb)
        case "wrong":
            return given.tell("wrong", "wrong", about, left=str(proof.left))
        case _:
            return given.tell("locked", "locked", about)
