"""The shipped book, the city's areas, and a person who walks through screens."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.figures import spoken
from config.settings import Settings
from gateway.kernel.areas import Alias, Area, AreaBook
from menus.book import Book
from menus.engine import start, step
from menus.loader import standard
from menus.model import Effect, Input, Lookup, Need, Outcome, Row, Rows, Said, State, Turn

BOOK = standard().bound(spoken(Settings()))
"""The book as a gateway with the default settings speaks it."""
REFERENCE = Path(__file__).parent.parent.parent / "gateway" / "migrations" / "reference"
RESIDENT = {"known": "yes", "area": "33.75.01.1006", "area_name": "Bendan Kergon"}


@pytest.fixture(scope="session")
def areas() -> AreaBook:
    with (REFERENCE / "areas.csv").open(encoding="utf-8") as file:
        found = [
            Area(row["code"], row["name"], row["level"], row["parent"], row["sms_code_proposed"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        ]
    with (REFERENCE / "area_aliases.csv").open(encoding="utf-8") as file:
        return AreaBook(found, [Alias(row["alias"], row["code"], row["kind"]) for row in csv.DictReader(file)])


@pytest.fixture(scope="session")
def book() -> Book:
    return BOOK


@dataclass
class Person:
    """Someone at a phone: every state goes through JSON between turns, needs are met from the real areas."""

    book: Book
    areas: AreaBook
    facts: Mapping[str, str]
    answers: Mapping[Lookup, Said]
    language: str = "id"
    outcome: Outcome = field(default_factory=lambda: Outcome("ok", {"ticket": "271-908-9"}))
    effects: list[Effect] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    turn: Turn | None = None

    def dials(self, *dialled: str) -> str:
        self.turn = start(self.book, self.facts, self.language, dialled=dialled)
        return self._settled()

    def types(self, *inputs: str) -> str:
        for text in inputs:
            assert self.turn is not None
            self.turn = step(self.book, self.state, Input(text), self.facts)
            self._settled()
        return self.shown

    @property
    def state(self) -> State:
        assert self.turn is not None
        return State.from_json(self.turn.state.to_json())

    @property
    def shown(self) -> str:
        assert self.turn is not None
        return self.turn.text

    def _settled(self) -> str:
        while self.turn and (self.turn.need or self.turn.effect):
            if self.turn.effect:
                self.effects.append(self.turn.effect)
                self.turn = step(self.book, self.state, self.outcome, self.facts)
            elif self.turn.need:
                self.needs.append(self.turn.need)
                self.turn = step(self.book, self.state, self.meet(self.turn.need), self.facts)
        return self.shown

    def meet(self, need: Need) -> Said:
        if need.name is Lookup.AREAS:
            return Rows(tuple(Row(area.code, area.name) for area in self.areas.children(need.args["parent"])))
        return self.answers[need.name]


ITEM = "SIAGA ROB 12/6 jam 14-18: Kandang Panjang, Panjang Baru, Bandengan. Amankan barang & listrik."
TICKET = {"ticket": "271-908-9", "state": "in_progress", "office": "DPUPR", "since": "13/6", "due": "26/6"}
ANSWERS: Mapping[Lookup, Said] = {
    Lookup.ITEMS: Rows((Row("B27", "Siaga rob"), Row("I12", "Posyandu lansia"))),
    Lookup.ITEM: Outcome("ok", {"item": "B27", "text": ITEM, "source": "BPBD", "published": "12/6 09.10"}),
    Lookup.TICKETS: Rows((Row("2719089", slots={"ticket": "271-908-9", "state": "in_progress"}),)),
    Lookup.TICKET: Outcome("ok", TICKET),
    Lookup.SIMILAR: Outcome("none"),
}


@pytest.fixture
def resident(book: Book, areas: AreaBook) -> Person:
    return Person(book, areas, dict(RESIDENT), dict(ANSWERS))


@pytest.fixture
def stranger(book: Book, areas: AreaBook) -> Person:
    return Person(book, areas, {}, dict(ANSWERS))
