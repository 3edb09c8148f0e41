"""A phone in the city in memory: USSD sessions that can be cut off and taken up again, an inbox, the menu by SMS."""

import json
from collections.abc import Callable, Sequence

from menus.city import City, Person
from menus.deeds import act, act_by_sms
from menus.engine import start, step
from menus.keywords import parse
from menus.model import Action, Effect, Input, Need, State, Turn

# One SMS of two parts holds a screen of the menu by SMS.
SMS_ROOM = 306


class Handset:
    """One phone. `told` hears of every effect before it is performed, with what is secret in it masked."""

    def __init__(self, city: City, person: Person, told: Callable[[str], None]) -> None:
        self.city, self.person = city, person
        self._told = told
        self.session: Turn | None = None
        self.dropped: State | None = None
        self.thread: Turn | None = None
        self._facts: dict[str, str] = {}
        self._read = 0

    def dial(self, dialled: Sequence[str] = ()) -> Turn:
        """Opens a session; a report that was cut off is offered again, unless more than the code was dialled."""
        lost, self.dropped = self.dropped, None
        summary = self._summary(lost) if lost and not dialled else ""
        self._facts = self.city.facts(self.person, summary)
        if summary and lost:
            turn = start(self.city.book, self._facts, lost.language, screen="resume", slots=lost.slots)
        else:
            turn = start(self.city.book, self._facts, self.person.language, dialled=dialled)
        self.session = self._settled(turn)
        return self.session

    def key(self, text: str) -> Turn:
        """Types into the session; without one, this dials."""
        if self.session is None or self.session.ends:
            return self.dial()
        self.session = self._settled(self._next(self.session, text))
        return self.session

    def drop(self) -> str:
        """The network cuts the session off; what was being written can be taken up again, and an SMS says so."""
        turn, self.session = self.session, None
        if turn is None or turn.ends or not self.city.book.screens[turn.state.screen].checkpoint:
            return ""
        self.dropped = turn.state
        self.person.inbox.append(self.city.say(self.person, "sms.session_draft", resume=self._summary(turn.state)))
        return turn.state.screen

    def wait(self) -> None:
        """A quarter of an hour passes: what was cut off is no longer offered, and the menu by SMS is over."""
        self.dropped = self.thread = None

    def text(self, body: str) -> None:
        """Sends an SMS; the answer lies in the inbox."""
        command = parse(body, self.city.areas)
        if command.action is Action.MENU:
            self._facts = self.city.facts(self.person)
            turn = self._settled(start(self.city.book, self._facts, self.person.language, room=SMS_ROOM))
            self._answer(turn, self.city.say(self.person, "sms.menu_intro") + "\n")
        elif self.thread and (command.action in (Action.CONFIRM, Action.UNKNOWN) or self._is_asked(self.thread, body)):
            self._answer(self._settled(self._next(self.thread, body)))
        else:
            done = act_by_sms(self.city, self.person, command.action, {"ticket": "", "area": "", **command.args})
            if done.text:
                self.person.inbox.append(done.text)

    def arrived(self) -> list[str]:
        """The SMS that came since this was asked last."""
        fresh = self.person.inbox[self._read :]
        self._read = len(self.person.inbox)
        return fresh

    def _is_asked(self, turn: Turn, body: str) -> bool:
        """Whether this is a ticket or a code alone where the menu asks for one: no command then, but the answer."""
        asks = self.city.book.screens[turn.state.screen].take is not None
        return asks and len(body.split()) == 1 and any(map(str.isdecimal, body))

    def _answer(self, turn: Turn, before: str = "") -> None:
        self.person.inbox.append(before + turn.text)
        self.thread = None if turn.ends else turn

    def _next(self, turn: Turn, text: str) -> Turn:
        # A real session lies in Redis between two hops, so what JSON would lose is lost here too.
        state = State.from_json(json.loads(json.dumps(turn.state.to_json())))
        return step(self.city.book, state, Input(text), self._facts)

    def _settled(self, turn: Turn) -> Turn:
        while asked := turn.need or turn.effect:
            if isinstance(asked, Need):
                said = self.city.answer(self.person, asked)
            else:
                self._told(self._shown(asked, turn.state))
                said = act(self.city, self.person, asked.action, asked.args).outcome
            turn = step(self.city.book, turn.state, said, self._facts)
        return turn

    def _shown(self, effect: Effect, state: State) -> str:
        taken = self.city.book.screens[state.screen].take
        secret = taken.slot if taken and taken.secret else ""
        args = (f"{name}={'****' if name == secret else value}" for name, value in effect.args.items())
        return f"[{effect.action}] " + ", ".join(args)

    def _summary(self, state: State) -> str:
        slots = {**state.slots, "place_name": state.slots.get("place_name") or state.slots.get("landmark", "")}
        key = "resume.category" if slots.get("category") else "resume.kind"
        return self.city.book.texts.say(key, slots, state.language)
