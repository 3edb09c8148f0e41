"""Walks onto every screen that anyone can reach, with the longest names there are, and proves what must hold of each.

A walk follows every choice, every outcome of every effect and look-up, empty and long lists, free text and wrong input.
Values that only show are taken at their longest, so two states differ only where the dialogue can go on differently.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product

import pytest

from config.figures import spoken
from config.settings import Settings
from gateway.kernel.text import is_gsm7, septets
from menus.checks import conditions_of
from menus.drafts import targets_of
from menus.engine import GIVE_UP, PATIENCE, start, step
from menus.layout import lay_out
from menus.lengths import longest, situations
from menus.loader import standard
from menus.model import ROOT, SCREEN_ROOM, Effect, Input, Need, Outcome, Row, Rows, Said, State, Turn
from menus.screens import Doing, Screen

BOOK = standard()
OF_SETTINGS = spoken(Settings())
PREFIX, WIDEST = 4, 160
LIST = 20
STATES = BOOK.texts.codes("state")
PINNED = {
    condition.name for screen in BOOK.screens.values() for _, condition in conditions_of(screen) if condition.value
}
FACTS: Mapping[str, Mapping[str, str]] = {
    f"{who}{', alert' if alert else ''}{', official' if official else ''}": {
        **({} if who == "stranger" else {"known": "yes", "area": "33.75.01.1006"}),
        "stopped": "yes" if who == "stopped" else "",
        "alert": alert,
        "official": official,
    }
    for who, alert, official in product(("stranger", "resident", "stopped"), ("", "yes"), ("", "yes"))
}
REPORTS = [
    {"kind": "complaint", "category": "roads", "place": "33.75.01.1006", "place_name": "x", "behalf": "yes"},
    {"kind": "question", "category": "", "place": "", "landmark": "x", "words": "x", "confidential": "yes"},
]
Key = tuple[str, str, frozenset[tuple[str, str]], int]


def _live() -> dict[str, set[str]]:
    """For each screen, what the way from there to the main menu, which forgets every errand, can depend on."""
    live = {name: {condition.name for _, condition in conditions_of(screen)} for name, screen in BOOK.screens.items()}
    grew = True
    while grew:
        grew = False
        for name, screen in BOOK.screens.items():
            for _, target in targets_of(screen):
                if target != ROOT and not live[target] <= live[name]:
                    live[name] |= live[target]
                    grew = True
    return live


LIVE = _live()


@dataclass
class Walk:
    """One language on one kind of phone: what was seen, and what follows what."""

    language: str
    room: int
    values: dict[str, str] = field(default_factory=dict)
    showing: dict[str, str] = field(default_factory=dict)
    after: dict[Key, set[Key]] = field(default_factory=dict)
    ends: set[Key] = field(default_factory=set)
    screens: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    steps: int = 0
    longest: int = 0
    looked: set[tuple[str, str, str]] = field(default_factory=set)

    def go(self) -> None:
        self.values = longest(BOOK.slots, BOOK.texts, self.language) | {"text": " ".join(f"kata{n}" for n in range(80))}
        self.showing = {name: self.values[name] for name in self.values.keys() - PINNED - _KEPT} | {"mark": "x"}
        for facts in FACTS.values():
            known = {name: self.values[name] if value == "yes" and name in self.values else value
                     for name, value in facts.items()}  # fmt: skip
            known |= {name: self.values[name] for name in OF_SETTINGS}
            if known.get("area"):
                known["area_name"] = self.values["area_name"]
            self._from(start(BOOK, known, self.language, room=self.room), known)
            self._from(start(BOOK, known, self.language, screen="down", room=self.room), known)
            for slots in REPORTS:
                resumed = known | {"resume": self.values["resume"]}
                self._from(start(BOOK, resumed, self.language, screen="resume", slots=slots, room=self.room), resumed)

    def _from(self, turn: Turn, facts: Mapping[str, str]) -> None:
        open_ = [state for _, state in self._rests(turn, facts)]
        while open_:
            state = open_.pop()
            key = self._key(state, facts)
            if key in self.after:
                continue
            self.after[key] = set()
            self.screens[state.screen] += 1
            if BOOK.screens[state.screen].ends or state.language != self.language:
                # Whoever changes the language goes on in the walk of that one.
                self.ends.add(key)
                continue
            for said in self._sayings(state, facts):
                for before, following in self._rests(step(BOOK, state, Input(said), facts), facts):
                    assert said not in ("0", "00") or not isinstance(before, Effect), (state.screen, said)
                    self.after[key].add(self._key(following, facts))
                    open_.append(following)

    def _key(self, state: State, facts: Mapping[str, str]) -> Key:
        words = {**facts, **state.kept, **state.slots}
        told = {name: words.get(name, "") for name in LIVE[state.screen]}
        live = frozenset((name, value if name in PINNED else "x") for name, value in told.items() if value)
        return state.screen, state.language, live, min(len(state.choices), 2)

    def _rests(self, turn: Turn, facts: Mapping[str, str]) -> Iterator[tuple[Effect | Need | None, State]]:
        """Every screen that a turn can come to, each looked at, with the first thing that was asked on the way."""
        self.steps += 1
        if self.room == SCREEN_ROOM:
            assert State.from_json(json.loads(json.dumps(turn.state.to_json()))) == turn.state
        asked = turn.effect or turn.need
        if asked is None:
            yield None, self._look(turn, facts)
            return
        assert turn.text == ""
        for answer in self._answers(turn):
            state = self._worst(turn.state)
            yield from ((asked, rest) for _, rest in self._rests(step(BOOK, state, answer, facts), facts))

    def _worst(self, state: State) -> State:
        """The state with every value that only shows at its longest."""
        slots = {
            name: self.values[name] if value and name in self.values and name not in PINNED else value
            for name, value in state.slots.items()
        }
        return state._replace(slots=slots, page=0, wrong=0, notice="")

    def _answers(self, turn: Turn) -> Iterator[Said]:
        showing, screen = self.showing, BOOK.screens[turn.state.screen]
        if turn.effect:
            for name in {**turn.state.after, "strange": ""}:
                yield Outcome(name, showing)
        elif screen.fetch:
            for name in screen.fetch.go:
                yield Outcome(name, showing)
            for found in situations(screen, showing | dict.fromkeys(PINNED, "")):
                yield Outcome("ok", {name: value for name, value in found.items() if name not in _KEPT})
        else:
            yield Outcome("strange")
            for count in (0, 1, LIST):
                yield Rows(tuple(self._row(at) for at in range(count)))

    def _row(self, at: int) -> Row:
        return Row("33.75.01.1006", "W" * 60, self.showing | {"state": STATES[at % len(STATES)], "kind": "proposal"})

    def _sayings(self, state: State, facts: Mapping[str, str]) -> list[str]:
        screen = BOOK.screens[state.screen]
        ways = list(lay_out(BOOK, screen, state, facts).ways)
        # The rows of a list lead to the same place: its ends stand for all.
        rows = {choice.key for choice in state.choices[1:-1]}
        said = [*(key for key in ways if key not in rows), "0", "00", ""]
        return [*said, "kata " * 60] if screen.take else [*said, "x"]

    def _look(self, turn: Turn, facts: Mapping[str, str]) -> State:
        """Everything that must hold of a screen, on each of its pages."""
        state, screen = turn.state, BOOK.screens[turn.state.screen]
        self._fits(turn.text)
        assert turn.ends is screen.ends
        if screen.ends:
            return self._worst(state)
        if (state.screen, turn.text, state.notice) in self.looked:
            return self._worst(state)
        self.looked.add((state.screen, turn.text, state.notice))
        shown = lay_out(BOOK, screen, state, facts)
        back = BOOK.texts.say(screen.back, {}, state.language)
        texts = [turn.text]
        while len(texts) < len(shown.pages):
            turn = step(BOOK, turn.state, Input("9"), facts)
            texts.append(turn.text)
            self._fits(turn.text)
            assert lay_out(BOOK, screen, turn.state, facts).ways == shown.ways
        assert len(set(texts)) == len(texts), (screen.id, texts)
        if len(texts) > 1:
            assert screen.long or screen.rows or state.notice, (screen.id, texts)
            assert all("\n9 " in text for text in texts[:-1])
            assert step(BOOK, turn.state, Input("9"), facts).text == texts[0]
        assert all(back in text for text in texts), (screen.id, texts)
        lines = [line for text in texts for line in text.split("\n")]
        for key in shown.ways:
            assert any(line.startswith(f"{key} ") or f" {key} " in line for line in lines), (screen.id, key)
        assert not {"0", "00", "9"} & set(shown.ways)
        self.pages += len(texts)
        return self._worst(state)

    def _fits(self, text: str) -> None:
        assert text
        assert is_gsm7(text)
        size = septets(text)
        assert size <= self.room, text
        self.longest = max(self.longest, size)


_KEPT = frozenset(name for name, slot in BOOK.slots.items() if slot.kept)
ROOMS = [("a phone's screen", SCREEN_ROOM), ("one SMS", 160), ("an SMS of two parts", 306)]


@cache
def walked(language: str, room: int) -> Walk:
    walk = Walk(language, room)
    walk.go()
    return walk


@pytest.mark.parametrize("room", [case[1] for case in ROOMS], ids=[case[0] for case in ROOMS])
@pytest.mark.parametrize("language", BOOK.languages)
def test_every_screen_is_reached_fits_and_leads_on(language: str, room: int) -> None:
    walk = walked(language, room)
    assert set(walk.screens) | {GIVE_UP} == set(BOOK.screens)
    before: dict[Key, set[Key]] = {}
    for key, following in walk.after.items():
        assert following or key in walk.ends, f"{key[0]} is a dead end"
        for one in following:
            before.setdefault(one, set()).add(key)
    reached, open_ = set(walk.ends), list(walk.ends)
    while open_:
        fresh = before.get(open_.pop(), set()) - reached
        reached |= fresh
        open_ += fresh
    assert {key[0] for key in walk.after.keys() - reached} == set()


def _doings(screen: Screen) -> list[Doing]:
    ways = [option.way for option in screen.options]
    ways += [part.way for part in (screen.rows, screen.take) if part]
    return [way.do for way in ways if way.do]


@pytest.mark.parametrize("language", BOOK.languages)
@pytest.mark.parametrize("name", [name for name, screen in BOOK.screens.items() if not (screen.ends or screen.take)])
def test_wrong_input_says_what_is_valid_and_ends_after_five(name: str, language: str) -> None:
    values = longest(BOOK.slots, BOOK.texts, language)
    facts = values | {"known": "yes", "area": "33.75.01.1006", "kind": "complaint", "alert": "", "resume": "x"}
    turn = start(BOOK, facts, language, screen=name)
    while turn.need:
        rows = Rows(tuple(Row("1", "W" * 30, values) for _ in range(LIST)))
        turn = step(BOOK, turn.state, rows if BOOK.screens[turn.state.screen].rows else Outcome("ok", values), facts)
    wrong = BOOK.texts.say("notice.wrong", {"choices": "\0"}, language).split("\0")[0].split("{")[0][:12]
    for _ in range(PATIENCE - 1):
        turn = step(BOOK, turn.state, Input("xyz"), facts)
        assert turn.text.startswith(wrong)
        assert septets(turn.text) + PREFIX <= WIDEST
    assert step(BOOK, turn.state, Input("xyz"), facts).state.screen == GIVE_UP


def test_the_walk_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    walks = {(language, room): walked(language, room) for language in BOOK.languages for _, room in ROOMS}
    with capsys.disabled():
        print()
        for (language, room), walk in walks.items():
            print(
                f"walked {language} in {room} septets: {len(walk.screens)} screens, {len(walk.after)} states,"
                f" {walk.pages} pages, {walk.steps} steps, longest {walk.longest}"
            )
    assert all(len(walk.after) > len(BOOK.screens) for walk in walks.values())
