"""Understand an SMS: what was stored becomes one command, one act, and at most one answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.aspirations import store as aspirations
from gateway.db import Connection
from gateway.dialogue import actions, orders, sms_menu, standing, texted
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk, find_resident, language_of
from gateway.inbox import store as inbox
from gateway.inbox.store import Arrived
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.outbox.service.post import Way, wake_replies
from gateway.outbox.store import messages, routes
from gateway.questions import store as questions
from gateway.reference import service as reference
from gateway.residents.service import own
from gateway.runtime import Runtime
from menus.keywords import Command, parse
from menus.masks import mask_six
from menus.model import Action
from menus.orders import CODE_MASK

log = logging.getLogger(__name__)
REPLIES_AN_HOUR = 20
_HOUR = timedelta(hours=1)


def understand_waiting(rt: Runtime, may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Understand every stored message that waits, each in a transaction of its own; how many there were.

    A message that cannot be handled is counted and stands back behind the others, so that it holds up nobody. It is
    tried again by the next run, not by this one: what hinders it may need a moment to pass.
    """
    done, failed = 0, set[int]()
    while may_go_on():
        with rt.engine.begin() as conn:
            waiting = [one for one in inbox.waiting(conn) if one.id not in failed]
        before = done
        for one in waiting:
            if may_go_on():
                done += _understand_one(rt, one, failed)
        if done == before:
            # All of them are being understood by others, who look again before they end.
            break
    if done:
        wake_replies(rt)
    return done


def _understand_one(rt: Runtime, waiting: inbox.Waiting, failed: set[int]) -> int:
    """Understand the oldest message of this one's number: 1, or 0 where that is not ours to do now."""
    # Read now, if they must be: a transaction that waits for a second connection may empty the pool.
    reference.areas(rt)
    taken: Arrived | None = None
    try:
        with rt.engine.begin() as conn:
            taken = inbox.take(conn, waiting)
            if taken is None or taken.id in failed:
                return 0
            understood = _understand(rt, conn, taken)
            inbox.handled(conn, taken.id, rt.now(), understood.outcome)
    except Exception:
        if taken is None:
            raise
        log.exception("inbound message %d could not be understood", taken.id)
        failed.add(taken.id)
        with rt.engine.begin() as conn:
            inbox.tried(conn, taken.id)
        return 1
    if understood.after:
        try:
            understood.after()
        except Exception:
            log.exception("what follows inbound message %d is left to the clock", taken.id)
    return 1


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of a message, in a word, and what follows the commit."""

    outcome: str
    after: Callable[[], object] | None = None


def _understand(rt: Runtime, conn: Connection, arrived: Arrived) -> Understood:
    """Act on one message in the caller's transaction."""
    if arrived.number_id is None:
        return Understood("sender is no number")
    number = numbers.get(conn, arrived.number_id)
    resident = find_resident(conn, number)
    talk = Talk(
        rt=rt,
        number=number,
        resident=resident,
        language=language_of(rt, number, resident),
        channel="sms",
        cause=f"inbound:{arrived.id}",
        received_at=arrived.received_at,
        way=Way(arrived.provider, arrived.recipient),
        first=resident is None and inbox.is_first(conn, number.id, arrived.id),
    )
    if arrived.carrier_opt:
        return Understood(_obey_carrier(talk, conn, arrived))
    official = officials.on_number(conn, number.id)
    if official and (taken := orders.take(talk, conn, replace(official, channel="sms"), arrived)):
        order, obeyed = taken
        # Whoever acts for the city need not be told what we keep of residents.
        _finish(replace(talk, first=False), conn, arrived, obeyed, "")
        return Understood(f"order {order.value}", obeyed.after)
    if not official:
        arrived = _with_digits(talk, conn, arrived)
    command = parse(arrived.body, talk.areas)
    done = sms_menu.take_words(rt.book, questions.open_for(conn, number.id, rt.now()), command, arrived.body)
    if done is None:
        # `typed` is what stood where a name or a ticket was due and is none, so that the answer can say so.
        said = {"typed": command.rest, **command.args, "said": arrived.body}
        done = actions.act(talk, conn, command.action, said)
    if done.menu:
        done = texted.walk(talk, conn, done.menu)
    if official:
        done = _as_officials_read(talk, conn, arrived, command, done)
    _finish(talk, conn, arrived, done, command.word)
    return Understood(command.action.value, done.after)


def _with_digits(talk: Talk, conn: Connection, arrived: Arrived) -> Arrived:
    """A resident's message with the digits that the edge took for an official's code: `YA 271-908-9` names a ticket."""
    if arrived.code_cipher is None or arrived.code_key_no is None:
        return arrived
    digits = talk.rt.vault.open(arrived.code_cipher, arrived.code_key_no)
    whole = replace(arrived, body=arrived.body.replace(CODE_MASK, digits, 1))
    inbox.rewrite(conn, arrived.id, whole.body)
    return whole


def _as_officials_read(talk: Talk, conn: Connection, arrived: Arrived, command: Command, done: Done) -> Done:
    """An official who asks for help reads where theirs is; six digits they wrote, a code perhaps, are not kept."""
    if (masked := mask_six(arrived.body)) != arrived.body:
        inbox.rewrite(conn, arrived.id, masked)
    if command.action is Action.HELP:
        return replace(done, text=done.text + talk.say("order.help_hint"))
    return done


def _finish(talk: Talk, conn: Connection, arrived: Arrived, done: Done, word: str) -> None:
    if done.text:
        _reply(talk, conn, done, word)
    if arrived.had_identity:
        talk.send(conn, talk.say("sms.identity"), "identity")


def _obey_carrier(talk: Talk, conn: Connection, arrived: Arrived) -> str:
    """The carrier has answered already: its route is closed or opened, the person's will recorded, nothing sent.

    A START opens the route and subscribes nobody: only DAFTAR or the menu does.
    """
    now = talk.rt.now()
    if arrived.carrier_opt == "STOP":
        standing.drop_join(talk, conn, "stopped")
        routes.suppress(conn, talk.number.id, "route", "carrier", now, arrived.provider)
        own.stop(talk.rt, conn, talk.number.id, talk.language, "sms", arrived.body[:20], everything=False)
    elif arrived.carrier_opt == "START":
        routes.lift(conn, talk.number.id, ("route",), arrived.provider)
    return f"carrier {arrived.carrier_opt}"


def _reply(talk: Talk, conn: Connection, done: Done, word: str) -> None:
    """One answer, unless the number has had its twenty in this hour: then one summary, whatever else comes."""
    now = talk.rt.now()
    since = now - _HOUR
    if not done.always and messages.count_replies(conn, talk.number.id, now, since, "inbound:%") >= REPLIES_AN_HOUR:
        count = str(inbox.count_since(conn, talk.number.id, since))
        if not messages.count_replies(conn, talk.number.id, now, since, "summary:%"):
            summed = replace(talk, cause=talk.cause.replace("inbound:", "summary:"))
            summed.send(conn, talk.say("sms.summary", count=count))
        return
    text = (talk.say("sms.understood", word=word) if word else "") + done.text
    if talk.first and "INFO DATA" not in text:
        text += talk.say("sms.first_contact")
    talk.send(conn, text, wants_answer=done.wants_answer)


def expire(rt: Runtime) -> int:
    """Close questions past their deadline; a draft that nobody answered waits for a person to look at it."""
    now = rt.now()
    with rt.engine.begin() as conn:
        lapsed = questions.expire(conn, now)
        for kind, subject in lapsed:
            if kind in ("draft", "behalf"):
                aspirations.close_draft(conn, int(subject), "waiting", now)
    return len(lapsed)
