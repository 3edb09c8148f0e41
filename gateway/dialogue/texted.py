"""The menu by SMS: the same tree and the same engine as on USSD, one step for each message that answers it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from gateway.db import Connection
from gateway.dialogue import actions, entry, lookups
from gateway.dialogue.hearing import hear
from gateway.dialogue.says import Done, Told
from gateway.dialogue.sms_menu import KIND, state_of
from gateway.dialogue.talk import Talk, find_resident
from gateway.kernel.text import septets
from gateway.questions import store as questions
from menus import engine
from menus.model import Outcome, Turn

KEPT = timedelta(hours=72)
ROOM = 160


def walk(talk: Talk, conn: Connection, told: Told) -> Done:
    """The next screen as an SMS, and the question it asks; what the menu does happens in the caller's transaction.

    Where an act has sent an SMS of its own, such as a ticket's receipt, that one is the answer to this message, and the
    last screen, which only says that it comes, is not sent.
    """
    book = talk.rt.book
    if told.question is None:
        facts: Mapping[str, str] = entry.facts_of(
            talk.rt, conn, talk.areas, talk.number, talk.resident, may_sign_in=False
        )
        turn = engine.start(book, facts, talk.language, room=ROOM)
    else:
        facts = told.question.payload["facts"]
        try:
            state = state_of(told.question)
        except ValueError:
            questions.close(conn, told.question.id, talk.rt.now(), "unreadable")
            return Done("gone", text=talk.say("sms.menu_over"), wants_answer=True)
        turn = engine.step(book, state, hear(book, state, told.typed), facts)
    turn = _meet(talk, conn, turn, facts)
    _keep(talk, conn, told, turn, facts)
    text = turn.text
    if told.question is None:
        opening = talk.say("sms.menu_intro") + "\n" + text
        text = opening if septets(opening) <= ROOM else text
    return Done("ok", text=text, wants_answer=not turn.ends)


def _meet(talk: Talk, conn: Connection, turn: Turn, facts: Mapping[str, str]) -> Turn:
    """Look needs up and perform effects until there is a screen to show."""
    while turn.need or turn.effect:
        # Read anew each time: an effect may have changed who the person is to us.
        resident = find_resident(conn, talk.number)
        here = replace(talk, language=turn.state.language, resident=resident, by_menu=True)
        if turn.need:
            turn = engine.step(talk.rt.book, turn.state, lookups.meet(here, conn, turn.need), facts)
        elif turn.effect:
            done = actions.act(here, conn, turn.effect.action, turn.effect.args)
            turn = engine.step(talk.rt.book, turn.state, Outcome(done.outcome, done.slots), facts)
    return turn


def _keep(talk: Talk, conn: Connection, told: Told, turn: Turn, facts: Mapping[str, str]) -> None:
    """Ask the screen that is sent, instead of the one before; nothing once the menu has ended."""
    now = talk.rt.now()
    payload = {"state": turn.state.to_json(), "facts": dict(facts)}
    if turn.ends:
        if told.question:
            questions.close(conn, told.question.id, now, "ended")
    elif told.question:
        questions.renew(conn, told.question.id, payload, now, now + KEPT)
    else:
        questions.ask(conn, talk.number.id, KIND, "", now, now + KEPT, payload, instead_of=[KIND])
