"""Use cases of officials on a ticket: sort it, ask back, hand it on, work on it, answer, merge, archive, open it again."""

from dataclasses import dataclass
from typing import Any

from gateway.aspirations import case_store, notices, roles, service, steps
from gateway.aspirations.rules import Verb, following
from gateway.aspirations.store import Aspiration
from gateway.db import Connection, transaction
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.officials.rules import Official
from gateway.outbox.service.post import wake_replies
from gateway.reference import store as reference_store
from gateway.runtime import Runtime

_SAYS = frozenset({Verb.ASK, Verb.REPLY, Verb.RESOLVE, Verb.ARCHIVE, Verb.REOPEN, Verb.DECLINE})
"""Acts with words that the resident reads."""
_LONGEST_TO = 40
_SILENT = frozenset({Verb.VERIFY})
"""Acts of which nobody is told: the receipt has promised them already."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an official does to a ticket.

    text: words for the resident (a question, news, an answer, a reason); office: whom it is forwarded to; to: who is
    competent for what is not the city's; into: the ticket it is merged into.
    """

    verb: Verb
    text: str = ""
    office: str = ""
    to: str = ""
    into: str = ""


def act(rt: Runtime, official: Official, ticket: str, what: Act, *, within: Connection | None = None,
        cause: str | None = None) -> Aspiration:  # fmt: skip
    """Do it, tell the ticket's people, and give the ticket as it stands.

    Checked in this order: 404 not visible, 403 role, area or not theirs to work on, 409 state, 400 what was said. Whoever
    acts `within` a transaction of their own wakes the replies after it.
    """
    with transaction(rt.engine, within) as conn:
        moved = _act(rt, conn, official, parse_ticket(ticket) or "", what, cause)
    if within is None:
        wake_replies(rt)
    return moved


def act_and_show(rt: Runtime, official: Official, ticket: str, what: Act) -> dict[str, Any]:
    """Do it and give the ticket as it stands, in one transaction, as the API and the commands show it."""
    with rt.engine.begin() as conn:
        shown = service.show(rt, conn, act(rt, official, ticket, what, within=conn))
    wake_replies(rt)
    return shown


def _act(rt: Runtime, conn: Connection, official: Official, ticket: str, what: Act, cause: str | None) -> Aspiration:
    verb, into = what.verb, parse_ticket(what.into) or ""
    held = case_store.lock(conn, ticket, into)
    one = held.get(ticket)
    if one is None or not roles.may_see(official, one):
        raise Missing("There is no such ticket.", reason="gone")
    if not roles.may_act(official, verb, one):
        raise Forbidden(f"Your role or area may not {verb.value} this ticket.", reason="role")
    if following(one.state, verb) is None:
        raise Conflict(f"It is {one.state.value}; {verb.value} is not possible now.", reason="state")
    if verb is Verb.ASK and one.number_id is None:
        raise Conflict("SP4N-LAPOR sent it, and its reporter has no number here: ask there.", reason="lapor")
    said = notices.say(what.text) if verb in _SAYS else ""
    handed, target, slots = _checked(conn, official, one, what, held.get(into))
    taken = steps.step(
        rt, conn, one, verb, official.actor, _kept(what, said, target), cause=cause,
        office=handed or None, held_by=official.id if verb is Verb.TAKE else None,
        merged_into=target.id if target else None, channel=official.channel,
    )  # fmt: skip
    if taken is None:
        raise Conflict("That was done already.", reason="state")
    moved, event_id = taken
    if verb not in _SILENT:
        notices.tell_act(rt, conn, moved, verb, event_id, said, **slots)
    if target:
        case_store.merge_people(conn, one.id, target.id, rt.now())
    if verb is Verb.FORWARD:
        notices.tell_officials(rt, conn, moved, "desk.new", event_id)
    return moved


def _checked(conn: Connection, official: Official, one: Aspiration, what: Act,
             target: Aspiration | None) -> tuple[str, Aspiration | None, dict[str, str]]:  # fmt: skip
    """The office it goes to, the ticket it is merged into, and further slots; raises Invalid or Conflict."""
    match what.verb:
        case Verb.FORWARD:
            code = what.office.strip().upper()
            if code not in (known := reference_store.offices(conn)):
                raise Invalid(
                    f"There is no office {code[:20] or 'named'}; the offices are {', '.join(known)}.",
                    reason="office_ask",
                )
            return code, None, {}
        case Verb.DECLINE:
            to = " ".join(what.to.split())
            if not to or len(to) > _LONGEST_TO:
                raise Invalid(f"Say in at most {_LONGEST_TO} characters whom it was handed on to.", reason="to_ask")
            return "", None, {"handed_to": to}
        case Verb.MERGE:
            if target is None or not roles.may_see(official, target) or target.id == one.id:
                raise Invalid("There is no such ticket to merge it into.", reason="into")
            if target.is_confidential or not notices.is_open(target):
                raise Conflict("That ticket takes no others: it is confidential, or nobody works on it.", reason="into")
            return "", target, {"into": show_ticket(target.ticket)}
        case _:
            return "", None, {}


def _kept(what: Act, said: str, target: Aspiration | None) -> str | None:
    """What the event keeps of the act."""
    match what.verb:
        case Verb.FORWARD:
            return what.office.strip().upper()
        case Verb.DECLINE:
            return f"{' '.join(what.to.split())}: {said}"
        case Verb.MERGE:
            return show_ticket(target.ticket) if target else None
        case _:
            return said or None
