"""The stage of one hop: it steps the engine, meets its needs, and performs each effect once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.db import Connection
from gateway.dialogue import actions, left, lookups, track
from gateway.dialogue.hearing import hear
from gateway.dialogue.talk import Talk, find_resident
from gateway.dialogue.typed import STAR, Point
from gateway.inbox import store as inbox
from gateway.numbers import store as numbers
from gateway.outbox.service.post import wake_replies
from gateway.reference import service as reference
from gateway.runtime import Runtime
from menus import engine
from menus.book import Book
from menus.model import Input, Outcome, Rows, State, Turn


@dataclass(frozen=True)
class Stage:
    """One hop of one session.

    base: how far the text was understood when the screen before was shown; may_wake: Redis is there, as far as known,
    to have replies sent at once (the clock finds them otherwise).
    """

    rt: Runtime
    book: Book
    provider: str
    session_id: str
    text: str
    base: Point
    number_id: int
    facts: Mapping[str, Any]
    checkpoint: Callable[[Connection, Turn, Point], None]
    may_wake: bool

    def start(self, dialled: Sequence[str], notice: str = "") -> Turn:
        """The first screen, or the one that a deep dial leads to."""
        return engine.start(self.book, self.facts, self.facts["language"], dialled=dialled, notice=notice)

    def offer(self, offered: left.Offer) -> Turn:
        """The screen that offers to take a dropped report up again."""
        return engine.start(self.book, self.facts, self.facts["language"], left.SCREEN, slots=offered.slots)

    def step(self, state: State, typed: str) -> Turn:
        """What the engine makes of one input."""
        return engine.step(self.book, state, hear(self.book, state, typed), self.facts)

    def show(self, state: State) -> Turn:
        """The screen of a state once more, with what it stands on asked again where that was not known yet."""
        said = Input("") if state.waiting else Rows(())
        return self.meet(engine.step(self.book, state, said, self.facts))

    def meet(self, turn: Turn) -> Turn:
        """Look needs up and perform effects until there is a screen to show."""
        had_effect = False
        while turn.need or turn.effect:
            talk = self._talk(turn.state.language)
            # Read now, if they must be: a transaction that waits for a second connection may empty the pool.
            reference.areas(self.rt)
            if turn.need:
                with self.rt.engine.begin() as conn:
                    found = lookups.meet(talk, conn, turn.need)
                turn = engine.step(self.book, turn.state, found, self.facts)
            else:
                had_effect = True
                turn = self._perform(talk, turn)
        if had_effect and self.may_wake:
            wake_replies(self.rt)
        return turn

    def _perform(self, talk: Talk, turn: Turn) -> Turn:
        """Act and note it in one transaction, unless a hop from the same screen has acted already: then what it came to.

        That other hop may be this one, sent twice, or one that was typed beside it; neither may have a second effect.
        """
        assert turn.effect is not None
        with self.rt.engine.begin() as conn:
            row = inbox.hold_session(conn, self.provider, self.session_id)
            if row and row.state is not None and row.consumed > self.base.length:
                state = State.from_json(row.state)
                return engine.step(self.book, state, Input("") if state.waiting else Rows(()), self.facts)
            done = actions.act(talk, conn, turn.effect.action, turn.effect.args)
            # Whoever looks next within this hop must see what the act has changed.
            self.__dict__.pop("_person", None)
            turn = engine.step(self.book, turn.state, Outcome(done.outcome, done.slots), self.facts)
            self.checkpoint(conn, turn, Point.of(self.text, self.base.key))
        if done.after:
            done.after()
        return turn

    def replay(self, state: State, typed: str) -> Turn:
        """Go on after Redis was lost, from `state` with all that was typed since; stars part its inputs.

        Every screen on which an input may have an effect or be free text was noted when it was shown. So a step that
        leads to one with something left to read shows that the stars belong to one input; and an effect is chosen on
        the very screen of the note alone, never on one that nobody has seen.
        """
        while True:
            head, star, tail = typed.partition(STAR)
            turn = self.step(state, head)
            if not star:
                return self.meet(turn)
            if not turn.effect:
                turn = self.meet(turn)
                if not turn.ends and not track.is_armed(self.book, turn.state.screen):
                    state, typed = turn.state, tail
                    continue
            return self.meet(self.step(state, typed))

    @cached_property
    def _person(self) -> tuple[numbers.Number, Any]:
        with self.rt.engine.begin() as conn:
            number = numbers.get(conn, self.number_id)
            return number, find_resident(conn, number)

    def _talk(self, language: str) -> Talk:
        number, resident = self._person
        # The session's text makes what a hop does unique, so the same hop sent twice has the same cause.
        said = f"{self.session_id}\0{self.text}".encode("utf-8", "replace")
        mark = hashlib.blake2b(said, digest_size=16, key=self.base.key).hexdigest()
        return Talk(
            rt=self.rt,
            number=number,
            resident=resident,
            language=language,
            channel="ussd",
            cause=f"ussd:{self.provider}:{mark}",
            received_at=self.rt.now(),
            by_menu=True,
        )
