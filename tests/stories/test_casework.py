"""Lives of tickets, told in YAML: residents and officials with a phone each, and every SMS that any of them gets.

A story names its `people` (where they live, their language) and `officials` (role, area, office), and is a list of steps
on a clock that stands still (Wednesday 4 November 2026, 10:00 WIB, unless `begins` says otherwise), under `settings` that
are not the defaults. Keys of a step:
  NAME: said     an SMS of this person; `{t}` is the newest ticket, `{t1}` the first, `{next}` the code of the next cell of
                 an official's card, `{code}` that of the cell which the newest SMS to them named, `{B1}` of that cell,
                 `{wrong}` none of theirs
  at, wait       the moment in WIB, or minutes that pass; the clock then does what is due
  dials, shows   what NAME types on the menu, as {NAME: "3 1"}, and how the last screen begins
  api            an act through the API's use case, as [NAME, verb, {field: value}]
  reads          by person, every SMS that has come since they last read, in order; `...` is any words. Whoever is not
                 named has got none: a step without `reads` means that nobody got anything
  ticket         columns of the newest ticket; ticket1 those of the first
"""

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.aspirations import casework, deadlines
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import Verb
from gateway.dialogue.text import expire, understand_waiting
from gateway.inbox import service as inbox
from gateway.kernel.areas import AreaBook
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.providers.base import Inbound
from gateway.residents.service import own
from gateway.runtime import Runtime
from tests.stories.telling import Phone, Telling, stories_in, under

STORIES = stories_in(Path(__file__).parent / "casework")
KEYS = {"at", "wait", "dials", "shows", "api", "reads", "ticket", "ticket1"}
_ids = count(1)


@dataclass
class Person(Phone):
    """Someone with a phone; `official` where they are one."""

    official: Official | None = None


@dataclass
class Teller(Telling):
    """Plays a story of tickets."""

    city: AreaBook
    people: dict[str, Person] = field(default_factory=dict)

    def meets(self, name: str, lives: str = "", language: str = "id") -> None:
        number = f"+62812666{len(self.people):05d}"
        with self.rt.engine.begin() as conn:
            id = numbers.ensure(conn, self.rt.vault, number).id
            if lives:
                own.subscribe(self.rt, conn, id, self.area(lives), language, "paper")
        self.people[name] = Person(number, id)

    def hires(self, name: str, role: str, area: str, office: str | None = None) -> None:
        number = f"+62812777{len(self.people):05d}"
        made = officials.add(self.rt, name.title(), role, self.area(area), number, office)
        found = officials.sign_in(self.rt, made.token)
        assert found
        self.people[name] = Person(number, found.number_id, card=made.card, official=found)

    def area(self, name: str) -> str:
        return "33.75" if name == "KOTA" else self.city.match(name.split())[0]  # type: ignore[index]

    def plays(self, step: dict[str, Any]) -> None:
        assert set(step) <= KEYS | self.people.keys(), step
        if "at" in step:
            self.goes_to(step["at"])
        if "wait" in step:
            self.clock.ahead(minutes=step["wait"])
        for name in self.people.keys() & step.keys():
            said = self.filled(self.coded(self.people[name], str(step[name])))
            inbox.take(self.rt, "africastalking", Inbound(f"in-{next(_ids)}", self.people[name].number, "54600", said))
            understand_waiting(self.rt)
        if "api" in step:
            name, verb, *fields = step["api"]
            given = {key: self.filled(value) for key, value in (fields[0] if fields else {}).items()}
            official = self.people[name].official
            assert official
            casework.act(self.rt, official, self.tickets()[-1].ticket, Act(Verb(verb), **given))
        for name, typed in step.get("dials", {}).items():
            typed = self.filled(str(typed)).split()
            words = [word.replace("_", " ") for word in typed]
            self.dials(self.people[name].number, f"story-{next(_ids)}", words, step["shows"])
        expire(self.rt)
        deadlines.alarm(self.rt)
        deadlines.tick(self.rt)
        for name in self.people:
            self.reads(self.people[name], step.get("reads", {}).get(name, []), (name, step))
        for key, at in (("ticket", -1), ("ticket1", 0)):
            if key in step:
                found = self.tickets()[at]
                assert {name: getattr(found, name) for name in step[key]} == step[key], step

    def tickets(self) -> list[Any]:
        return self.rows("SELECT * FROM aspirations ORDER BY id")

    def filled(self, said: str) -> str:
        """The text with its tickets as people write them."""
        if "{t" not in said:
            return said
        shown = [show_ticket(row.ticket) for row in self.tickets()]
        return re.sub(r"\{t(\d?)\}", lambda match: shown[int(match[1]) - 1 if match[1] else -1], said)


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], rt: Runtime, clock: Any, city: AreaBook) -> None:
    assert set(story) <= {"story", "begins", "settings", "people", "officials", "steps"}
    teller = Teller(under(rt, story.get("settings", {})), clock, city)
    if "begins" in story:
        teller.goes_to(story["begins"])
    for name, one in story["people"].items():
        teller.meets(name, **(one or {}))
    for name, one in story.get("officials", {}).items():
        teller.hires(name, **one)
    for step in story["steps"]:
        teller.plays(step)
