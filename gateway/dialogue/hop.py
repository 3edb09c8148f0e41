"""A USSD hop: the same hop gives the same screen and no second effect, on any worker, with or without Redis."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from redis import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.db import Connection
from gateway.dialogue import entry, left, track
from gateway.dialogue.stage import Stage
from gateway.dialogue.talk import find_resident
from gateway.dialogue.typed import STAR, Point
from gateway.inbox import store as inbox
from gateway.kernel.areas import AreaBook
from gateway.numbers import store as numbers
from gateway.providers.base import Hop, HopEnd
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.state import sessions
from gateway.state.sessions import Session
from menus.model import State, Turn

log = logging.getLogger(__name__)
_RACES = 4
_RESTARTED = "notice.restarted"
# Networks end a session long before; whatever is longer was typed by nobody.
_LONGEST = 20_000
_ENTRY, _LEFT_AT = "entry", "left_at"
_EVERY_HOP = "every_hop"


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
    return Screen(rt.say("down.text", {}, "id"), True)


def end(rt: Runtime, provider: str, event: HopEnd) -> None:
    """The company's word that a session is over. Raises where PostgreSQL is away, so that it is told again."""
    left.end(rt, provider, event)


class _Dialogue:
    """One hop's way through session, engine, effects and back.

    Redis holds the session from hop to hop. PostgreSQL is told, in this order of weight: every effect, in the effect's
    own transaction; every screen from which the next hop may have an effect or take free text, or that an input with
    stars led to; and, while Redis is away, every screen. So what was typed since the last note is one input, stars and
    all, wherever that matters.
    """

    def __init__(self, rt: Runtime, provider: str, event: Hop) -> None:
        self._rt, self._provider, self._event = rt, provider, event
        self._book = rt.book
        self._text = event.text[:_LONGEST]
        # Kept for an hour: deriving it takes longer than a whole step of the engine.
        self._key = rt.remember("hop key", 3600, lambda: rt.vault.digest("hop", ""))
        self._here = Point.of(self._text, self._key)
        self._place = sessions.place(rt.redis, provider, event.session_id, str(self._here))
        self._since: tuple[str, Point, str | None] | None = None
        self._facts: Mapping[str, str] = {}
        self._redis_is_down = False
        self._is_noted = False

    def answer(self) -> Screen:
        for tries in range(_RACES):
            session, said = (not tries and self._recent()) or self._load()
            begins_over = session is not None and session.ends and not self._text
            if said is not None and not begins_over:
                return Screen(said[4:], said.startswith("END "))
            if begins_over:
                turn, following = self._begin(session)
            else:
                turn, following = self._go_on(session) if session else self._meet()
            following = following._replace(state=turn.state, ends=turn.ends)
            if self._redis_is_down or self._is_noted or track.is_armed(self._book, turn.state.screen):
                self._note(turn, self._parse(following.text))
            if self._save(turn, following):
                return Screen(turn.text, turn.ends)
        log.warning("a session was raced for by more than %d hops", _RACES)
        return Screen(turn.text, turn.ends)

    def _recent(self) -> tuple[Session, None] | None:
        """The session as this process knows it, for an input that was made on the very screen it showed.

        A star says that there may be two inputs, one of which another process has answered.
        """
        held = sessions.recent(self._place)
        if held is None:
            return None
        _, typed = self._typed_since(held.text)
        return (held, None) if typed is not None and STAR not in typed else None

    def _typed_since(self, written: str) -> tuple[Point, str | None]:
        """How far the text was understood, and what was typed since. Raises ValueError where that cannot be read."""
        if self._since is None or self._since[0] != written:
            point = self._parse(written)
            self._since = written, point, point.typed(self._text)
        return self._since[1:]

    def _load(self) -> tuple[Session | None, str | None]:
        try:
            return sessions.load(self._place)
        except RedisError:
            self._redis_is_down = True
            return None, None

    def _save(self, turn: Turn, session: Session) -> bool:
        if self._redis_is_down:
            return True
        spoken = ("END " if turn.ends else "CON ") + turn.text
        try:
            return sessions.save(self._place, session, spoken)
        except RedisError:
            self._redis_is_down = True
            self._note(turn, self._parse(session.text))
            return True

    def _parse(self, written: str) -> Point:
        return Point.parse(written, self._key)

    def _note(self, turn: Turn, point: Point, *, anew: bool = False) -> None:
        with self._rt.engine.begin() as conn:
            self._checkpoint(conn, turn, point, anew=anew)

    def _checkpoint(self, conn: Connection, turn: Turn, point: Point, *, anew: bool = False) -> None:
        state = track.without_words(self._book, turn).to_json() | {"mark": point.mark}
        if self._redis_is_down:
            state |= {_EVERY_HOP: True}
        inbox.checkpoint(conn, self._provider, self._event.session_id, state, point.length, anew=anew,
                         now=self._rt.now(), checkpoint_at=self._checkpoint_at(turn.state.screen))  # fmt: skip

    def _checkpoint_at(self, screen: str) -> datetime | None:
        """Since when the dialogue stands at a checkpoint: an offer to go on lasts no longer for being made again."""
        if screen == left.SCREEN:
            return datetime.fromisoformat(self._facts[_LEFT_AT]) if self._facts.get(_LEFT_AT) else None
        return self._rt.now() if left.may_be_taken_up(self._book, screen) else None

    def _stage(self, session: Session, base: Point) -> Stage:
        self._facts = session.facts
        return Stage(
            self._rt, self._book, self._provider, self._event.session_id, self._text, base, session.number_id,
            session.facts, self._checkpoint, not self._redis_is_down,
        )  # fmt: skip

    def _go_on(self, session: Session) -> tuple[Turn, Session]:
        """A hop of a session that Redis knows: what was typed since its last hop is one input."""
        state = session.state
        try:
            base, typed = self._typed_since(session.text)
        except ValueError:
            state = None
        if state is None:
            return self._restart(session)
        stage = self._stage(session, base)
        if typed is None:
            return self._lost_step(state, session, base, stage)
        if STAR in typed:
            self._is_noted = True
            # Stars are typed now and then; or Redis was away for some hops, and PostgreSQL knows of them.
            if row := self._known_better(session):
                return self._recall(row, session)
        return stage.meet(stage.step(state, typed)), session._replace(text=str(self._here))

    def _lost_step(self, state: State, session: Session, base: Point, stage: Stage) -> tuple[Turn, Session]:
        """A text that does not go on from the last one says nothing: the screen is shown again.

        A shorter one came late, and the dialogue goes on from the longer; any other is where it goes on from now.
        """
        if base.length > self._here.length and not session.ends:
            return stage.show(state), session
        turn = stage.meet(stage.step(state, "")) if session.ends else stage.show(state)
        self._note(turn, self._here, anew=True)
        return turn, session._replace(text=str(self._here))

    def _meet(self) -> tuple[Turn, Session]:
        """A hop of a session that Redis does not know: it is new, or it was lost. One transaction tells, and begins it."""
        # Read now, if they must be: a transaction that waits for a second connection may empty the pool.
        areas = reference.areas(self._rt)
        with self._rt.engine.begin() as conn:
            # Most are new, so that a lost one is met with a statement more.
            number_id, facts, offer, is_new = self._meet_person(conn, areas)
            row = None if is_new else inbox.find_session(conn, self._provider, self._event.session_id)
        return self._recall(row) if row else self._first(number_id, facts, offer, version=0)

    def _begin(self, over: Session | None = None) -> tuple[Turn, Session]:
        """The first hop of a session whose id had another dialogue before, which is over."""
        areas = reference.areas(self._rt)
        with self._rt.engine.begin() as conn:
            number_id, facts, offer, is_new = self._meet_person(conn, areas)
            if not is_new:
                inbox.renew_session(conn, self._provider, self._event.session_id, number_id, facts, self._rt.now())
        return self._first(number_id, facts, offer, version=over.version if over else 0)

    def _first(
        self, number_id: int, facts: dict[str, str], offer: left.Offer | None, *, version: int
    ) -> tuple[Turn, Session]:
        """The first screen, or the one a deep dial leads to, or the offer to take up what was lost."""
        session = Session(number_id, facts, None, str(self._here), False, version=version)
        stage = self._stage(session, self._here)
        return stage.meet(stage.offer(offer) if offer else stage.start(self._dialled(self._text))), session

    @staticmethod
    def _dialled(text: str) -> list[str]:
        return [part for part in text.split(STAR) if part]

    def _meet_person(self, conn: Connection, areas: AreaBook) -> tuple[int, dict[str, str], left.Offer | None, bool]:
        """Who calls, what is true for the length of the session, what they lost a moment ago, and whether the session is
        new: then it has a row now.
        """
        rt, offer = self._rt, None
        number = numbers.ensure(conn, rt.vault, self._event.number)
        facts = entry.facts_of(rt, conn, areas, number, find_resident(conn, number), may_sign_in=True)
        if not self._text:
            offer = left.offered(rt, conn, number.id, facts["language"])
        # How much of the text was a deep dial, so that a dialogue taken up again never takes it for choices.
        facts[_ENTRY] = str(self._here.length)
        if offer:
            facts |= {"resume": offer.words, _LEFT_AT: offer.checkpoint_at.isoformat()}
        is_new = inbox.begin_session(conn, self._provider, self._event.session_id, number.id, facts, rt.now())
        return number.id, facts, offer, is_new

    def _known_better(self, held: Session) -> inbox.Restart | None:
        """What PostgreSQL knows of a session, where that is more than Redis has of it."""
        with self._rt.engine.begin() as conn:
            row = inbox.find_session(conn, self._provider, self._event.session_id)
        is_ahead = row and row.state is not None and row.consumed > self._parse(held.text).length
        return row if is_ahead else None

    def _recall(self, row: inbox.Restart, held: Session | None = None) -> tuple[Turn, Session]:
        """A hop of a session that Redis has lost, from what PostgreSQL knows; `held` is what Redis does have of it."""
        session = Session(row.number_id, row.facts, None, str(self._here), False, held.version if held else 0)
        if row.state is None:
            dialled = self._text[: int(row.facts.get(_ENTRY) or 0)]
            base = Point.of(dialled, self._key)
            stage = self._stage(session, base)
            state = stage.meet(stage.start(self._dialled(dialled))).state
        else:
            try:
                state, base = State.from_json(row.state), Point(row.consumed, str(row.state.get("mark")), self._key)
            except ValueError:
                return self._restart(session)
            stage = self._stage(session, base)
        screen = self._book.screens.get(state.screen)
        ended = session._replace(text=str(base), ends=screen is not None and screen.ends)
        if ended.ends and not self._text:
            return self._begin()
        if self._here == base:
            return stage.show(state), session
        typed = base.typed(self._text)
        if typed is None:
            return self._lost_step(state, ended, base, stage)
        if row.state and _EVERY_HOP in row.state:
            # Without Redis every hop was noted, so this is one input.
            self._is_noted = True
            return stage.meet(stage.step(state, typed)), session
        return stage.replay(state, typed), session

    def _restart(self, session: Session) -> tuple[Turn, Session]:
        """Home with a line that says so, where what is kept of a dialogue cannot be read."""
        stage = self._stage(session, self._here)
        turn = stage.meet(stage.start((), notice=_RESTARTED))
        self._note(turn, self._here, anew=True)
        return turn, session._replace(text=str(self._here))
