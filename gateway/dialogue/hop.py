"""A USSD hop: the same hop gives the same screen and no second effect, on any worker, with or without Redis."""

import hashlib
import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from redis import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.db import Connection
from gateway.dialogue import actions, lookups
from gateway.dialogue.talk import Talk, find_resident, language_of
from gateway.inbox import store as inbox
from gateway.information import service as information
from gateway.numbers import store as numbers
from gateway.outbox.service.post import wake_replies
from gateway.providers.base import Hop, HopEnd
from gateway.runtime import Runtime
from gateway.state import sessions
from gateway.state.sessions import Session
from menus import engine, render
from menus.book import Book
from menus.loader import standard
from menus.model import Input, Outcome, State, Turn

log = logging.getLogger(__name__)
_RACES = 4
_RESTARTED = "notice.restarted"
_LONGEST = 1600


@dataclass(frozen=True, slots=True)
class Screen:
    """What the phone shows, without `CON ` or `END `."""

    text: str
    ends: bool


def hop(rt: Runtime, provider: str, event: Hop) -> Screen:
    """The screen of one hop. Never raises: where PostgreSQL is needed and away, an apology ends the session."""
    try:
        return _Dialogue(rt, provider, event).answer()
    except (DBAPIError, PoolTimeout):
        log.warning("postgresql is away: a hop was answered with an apology")
    except Exception:
        log.exception("a hop failed")
    return Screen(render.render("down.text", {}, "id"), True)


def end(rt: Runtime, provider: str, event: HopEnd) -> None:
    """The company's word that a session is over. Raises where PostgreSQL is away, so that it is told again."""
    with rt.engine.begin() as conn:
        inbox.end_session(conn, provider, event.session_id, event.status, rt.now())


def last_input(before: str, text: str) -> str | None:
    """What was typed in this hop: what follows the last `text`, minus one separator, whatever stars it holds.

    None where `text` does not go on from `before`: shortened, or of another session.
    """
    if not before:
        return text
    if not text.startswith(before):
        return None
    added = text[len(before) :]
    if added and not added.startswith("*"):
        return None
    return added[1:]


class _Dialogue:
    """One hop's way through session, engine, effects and back."""

    def __init__(self, rt: Runtime, provider: str, event: Hop) -> None:
        self._rt, self._provider, self._event = rt, provider, event
        self._book: Book = standard()
        self._text = event.text[:_LONGEST]
        self._redis_is_down = False

    def answer(self) -> Screen:
        for _ in range(_RACES):
            session = self._load()
            if session and (said := session.answer_to(self._text)) is not None:
                return Screen(said[4:], said.startswith("END "))
            turn, session = self._go_on(session) if session else self._begin()
            spoken = ("END " if turn.ends else "CON ") + turn.text
            following = replace(
                session,
                state=turn.state.to_json(),
                text=self._text,
                ends=turn.ends,
                answers=session.answered(self._text, spoken),
            )
            if self._save(following):
                return Screen(turn.text, turn.ends)
        log.warning("a session was raced for by more than %d hops", _RACES)
        return Screen(turn.text, turn.ends)

    def _load(self) -> Session | None:
        try:
            return sessions.load(self._rt.redis, self._provider, self._event.session_id)
        except RedisError:
            self._redis_is_down = True
            return None

    def _save(self, session: Session) -> bool:
        if self._redis_is_down:
            return True
        try:
            return sessions.save(self._rt.redis, self._provider, self._event.session_id, session)
        except RedisError:
            return True

    def _go_on(self, session: Session) -> tuple[Turn, Session]:
        """A hop of a session that Redis knows."""
        said = last_input(session.text, self._text)
        state = State.from_json(session.state)
        # A text that does not go on from the last one says nothing: the screen is shown again.
        turn = engine.step(self._book, state, Input(said or ""), session.facts)
        return self._meet(turn, session), session

    def _begin(self) -> tuple[Turn, Session]:
        """The first hop, or any hop of a session that Redis has lost."""
        restart = None
        if self._text:
            with self._rt.engine.begin() as conn:
                restart = inbox.find_session(conn, self._provider, self._event.session_id)
        if restart is not None:
            return self._restart(restart)
        number_id, facts = self._meet_person()
        session = Session(number_id, facts, {}, "", False)
        dialled = [part for part in self._text.split("*") if part] if self._text else []
        turn = engine.start(self._book, facts, facts["language"], dialled=dialled)
        return self._meet(turn, session), session

    def _meet_person(self) -> tuple[int, dict[str, str]]:
        """Who calls, and what is true for the length of the session; one row of it in PostgreSQL."""
        rt, settings = self._rt, self._rt.settings
        with rt.engine.begin() as conn:
            number = numbers.ensure(conn, rt.vault, self._event.number)
            resident = find_resident(conn, number)
            language = language_of(rt, number, resident)
            area = (resident.area if resident else None) or ""
            talk = self._talk_of(number, resident, language)
            facts = {
                "known": "yes" if resident else "",
                "stopped": "yes" if resident and resident.state == "stopped" else "",
                "area": area,
                "area_name": talk.area_name(area),
                "alert": information.alert(rt, area, language),
                "language": language,
                "ussd": settings.ussd_code,
                "number": settings.sms_number,
                "tariff": settings.tariff,
                "cap": str(settings.routine_per_week),
            }
            inbox.begin_session(conn, self._provider, self._event.session_id, number.id, facts, rt.now())
        return number.id, facts

    def _restart(self, restart: inbox.Restart) -> tuple[Turn, Session]:
        """Go on from where the last effect left the dialogue, with what was typed since.

        Parts are taken one by one, since stars part them. Beyond free text a star may have been typed, so that nothing
        certain can be known: the words are shown again for one to confirm where that is all that can be meant, else
        the dialogue begins at home with a line saying so.
        """
        session = Session(restart.number_id, restart.facts, {}, self._text, False)
        facts = restart.facts
        since = self._text[restart.consumed :].removeprefix("*") if restart.consumed else self._text
        parts = since.split("*") if since else []
        if restart.state is None:
            turn = engine.start(self._book, facts, facts["language"])
        else:
            turn = engine.step(self._book, State.from_json(restart.state), Input(""), facts)
        turn = self._meet(turn, session)
        for at, part in enumerate(parts):
            screen = self._book.screens.get(turn.state.screen)
            left = len(parts) - at - 1
            if turn.ends or turn.state.wrong:
                break
            free = screen is not None and screen.take is not None and part not in ("0", "00")
            following = engine.step(self._book, turn.state, Input(part), facts)
            if free and left and following.state.screen != turn.state.screen:
                if left == 1 and len(parts[-1]) <= 2 and parts[-1].isdigit() and not following.effect:
                    return self._meet(replace(following), session), session
                break
            if following.effect and left:
                break
            turn = self._meet(following, session)
        else:
            if not turn.state.wrong:
                return turn, session
        language = turn.state.language
        turn = engine.start(self._book, facts, language, notice=_RESTARTED)
        return self._meet(turn, session), session

    def _meet(self, turn: Turn, session: Session) -> Turn:
        """Perform effects and look needs up until there is a screen to show."""
        if turn.effect is None and turn.need is None:
            return turn
        with self._rt.engine.begin() as conn:
            number = numbers.get(conn, session.number_id)
            resident = find_resident(conn, number)
        had_effect = False
        while turn.effect or turn.need:
            talk = self._talk_of(number, resident, turn.state.language)
            go_on = partial(engine.step, self._book, turn.state, facts=session.facts)
            if turn.need:
                turn = go_on(lookups.meet(talk, turn.need))
                continue
            assert turn.effect is not None
            had_effect = True
            with self._rt.engine.begin() as conn:
                done = actions.act(talk, conn, turn.effect.action, turn.effect.args)
                turn = go_on(Outcome(done.outcome, done.slots))
                self._checkpoint(conn, turn)
        if had_effect:
            wake_replies(self._rt)
        return turn

    def _checkpoint(self, conn: Connection, turn: Turn) -> None:
        inbox.checkpoint(conn, self._provider, self._event.session_id, turn.state.to_json(), len(self._text))

    def _talk_of(self, number: numbers.Number, resident: Any, language: str) -> Talk:
        mark = hashlib.blake2b(f"{self._event.session_id}\0{self._text}".encode(), digest_size=16).hexdigest()
        return Talk(
            rt=self._rt,
            number=number,
            resident=resident,
            language=language,
            channel="ussd",
            cause=f"ussd:{self._provider}:{mark}",
            received_at=self._rt.now(),
        )
