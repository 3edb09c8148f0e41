"""Dialogues told in YAML: what is said, what is shown, done and sent; between two turns the state is JSON alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.kernel.text import septets
from menus.book import Book
from menus.city import City, Person
from menus.deeds import act
from menus.engine import start, step
from menus.loader import standard
from menus.model import Input, Outcome, State, Turn
from menus.reading import Fault, read

FOLDER = Path(__file__).parent / "stories"
FAULTS: list[Fault] = []
STORIES: list[dict[str, Any]] = [
    story for path in sorted(FOLDER.glob("*.yaml")) for story in read(path, path.name, FAULTS).data
]
PREFIX, WIDEST = 4, 160
KNOWN = {"story", "person", "alert", "begins", "resume", "slots", "turns"}
TURN = {"said", "shown", "screen", "does", "comes", "sent"}


class Teller:
    """Plays one story over a city in memory."""

    def __init__(self, book: Book, story: dict[str, Any]) -> None:
        assert set(story) <= KNOWN, set(story) - KNOWN
        self.book, self.city = book, City(book)
        self.city.alert = story.get("alert", "")
        told = {
            name: int(value) if name in ("tries", "wrong_codes") else value
            for name, value in story.get("person", {}).items()
        }
        self.person = Person("1", **told)
        self.facts = self.city.facts(self.person, story.get("resume", ""))
        self.comes = ""
        self.done: list[str] = []
        begins = {"screen": story["begins"]} if "begins" in story else {}
        turn = start(book, self.facts, self.person.language, **begins, slots=story.get("slots"))
        self.turn = self._settled(turn)

    def hears(self, said: str, comes: str) -> None:
        self.comes, self.done, self.person.inbox = comes, [], []
        state = State.from_json(json.loads(json.dumps(self.turn.state.to_json())))
        self.turn = self._settled(step(self.book, state, Input(said), self.facts))

    def _settled(self, turn: Turn) -> Turn:
        while turn.need or turn.effect:
            comes, self.comes = self.comes, ""
            state = State.from_json(json.loads(json.dumps(turn.state.to_json())))
            if comes:
                turn = step(self.book, state, Outcome(comes), self.facts)
            elif turn.need:
                turn = step(self.book, state, self.city.answer(self.person, turn.need), self.facts)
            elif turn.effect:
                self.done.append(turn.effect.action)
                outcome = act(self.city, self.person, turn.effect.action, turn.effect.args).outcome
                turn = step(self.book, state, outcome, self.facts)
        return turn


def matches(pattern: str, text: str) -> bool:
    """Whether a text is as told, where `...` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("..."))), text, re.DOTALL) is not None


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
def test_story(book: Book, story: dict[str, Any]) -> None:
    teller = Teller(book, story)
    for at, told in enumerate(story["turns"]):
        assert set(told) <= TURN, set(told) - TURN
        assert ("said" in told) is (at > 0)
        if at:
            teller.hears(told["said"], told.get("comes", ""))
        turn = teller.turn
        assert turn.state.screen == told["screen"], turn.text
        assert turn.ends is book.screens[told["screen"]].ends
        assert matches(told.get("shown", "..."), turn.text), turn.text
        assert septets(turn.text) + PREFIX <= WIDEST
        assert teller.done == ([told["does"]] if "does" in told else [])
        for pattern in told.get("sent", ()):
            assert any(matches(pattern, text) for text in teller.person.inbox), teller.person.inbox


def test_every_screen_is_shown_by_a_story_with_its_words() -> None:
    told = {turn["screen"] for story in STORIES for turn in story["turns"] if "shown" in turn}
    assert set(standard().screens) - told == set()


def test_every_file_is_read_and_no_two_stories_have_one_name() -> None:
    assert not FAULTS
    names = [story["story"] for story in STORIES]
    assert len(set(names)) == len(names)
