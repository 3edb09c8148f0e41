"""Lives of rumours and of information, told in YAML: residents and officials with a phone each, on a clock that stands still.

A story names its `officials` (role and area) and `residents` (where they live, and their language), and is a list of
steps from Wednesday 4 November 2026, 10:00 WIB. After each step the clock does what is due, and everything that reached
a phone since is checked: whoever is not under `reads` got nothing. Keys of a step:
  NAME: said       an SMS; `{c}` is the newest claim, `{c-1}` the one before, `{n}` the newest item, `{code}` the code of the
                   cell that the newest SMS to them named, `{next}` that of their card's next cell
  dials            what NAME types on the menu, as `NAME: 4 2 rob besok`, and `shows`: how the last screen begins
  item             fields of an item that `editor` drafts and submits and `second` approves; `corrects: true` for the newest
  relay            this official has the newest item read aloud
  at, wait         the moment in WIB, or minutes that pass
  reads            by person, every SMS that reached them since, in order; `...` is any words
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.information import desk
from gateway.information import tell as information
from gateway.information.rules import Content
from gateway.kernel.areas import AreaBook
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.providers.base import Inbound
from gateway.relay import service as relay
from gateway.residents.service import own
from gateway.rumours import tell
from gateway.runtime import Runtime
from tests.stories.telling import Phone, Telling, stories_in

STORIES = stories_in(Path(__file__).parent / "desks")
KEYS = {"reads", "at", "wait", "dials", "shows", "item", "relay"}
_ids = count(1)


@dataclass
class Person(Phone):
    """Someone with a phone, and a card where they are an official."""

    official: Official | None = None


@dataclass
class Teller(Telling):
    """Plays a story of claims and items."""

    city: AreaBook
    people: dict[str, Person] = field(default_factory=dict)

    def meets(self, name: str, one: dict[str, str]) -> None:
        number = f"+62812666{len(self.people):05d}"
        with self.rt.engine.begin() as conn:
            number_id = numbers.ensure(conn, self.rt.vault, number).id
            if "role" not in one:
                area, _ = self.city.match(one["lives"].split()) or ("", 0)
                own.subscribe(self.rt, conn, number_id, area, one.get("language", "id"), "paper")
        self.people[name] = Person(number, number_id)
        if "role" in one:
            made = officials.add(self.rt, name.title(), one["role"], one["area"], number)
            self.people[name].official = officials.sign_in(self.rt, made.token)
            self.people[name].card = made.card

    def plays(self, step: dict[str, Any]) -> None:
        assert set(step) <= KEYS | self.people.keys(), step
        if "at" in step:
            self.goes_to(step["at"])
        if "wait" in step:
            self.clock.ahead(minutes=step["wait"])
        for name in self.people.keys() & step.keys():
            self.says(name, step[name])
        for name, typed in step.get("dials", {}).items():
            words = self.filled(typed).split("/")
            self.dials(self.people[name].number, f"desk-{next(_ids)}", words, step["shows"])
        if "item" in step:
            self.publishes(dict(step["item"]))
        if "relay" in step:
            relay.ask(self.rt, self.official(step["relay"]), self.filled("{n}"))
        for _ in range(2):
            tell.tick(self.rt)
            information.tick(self.rt)
        for name in self.people:
            self.reads(self.people[name], step.get("reads", {}).get(name, []), (name, step))

    def says(self, name: str, said: str) -> None:
        person = self.people[name]
        said = self.coded(person, said)
        event = Inbound(f"desk-{next(_ids)}", person.number, "54600", self.filled(said))
        inbox.take(self.rt, "africastalking", event)
        understand_waiting(self.rt)

    def publishes(self, item: dict[str, Any]) -> None:
        editor, second, now = self.official("editor"), self.official("second"), self.clock()
        corrects = self.filled("{n}") if item.get("corrects") else None
        content = Content(item["topic"], item["area"], {"id": item["text"][:30]}, {"id": item["text"]}, item["source"], now,
                          now + timedelta(days=item.get("days", 7)))  # fmt: skip
        code = desk.draft(self.rt, editor, content, corrects).code
        desk.submit(self.rt, editor, code)
        desk.approve(self.rt, second, code)

    def official(self, name: str) -> Official:
        found = self.people[name].official
        assert found
        return found

    def filled(self, text: str) -> str:
        for mark, letter, sql in (
            ("c", "C", "SELECT number AS n FROM rumours ORDER BY id DESC OFFSET :n LIMIT 1"),
            ("n", "", "SELECT code AS n FROM items ORDER BY id DESC OFFSET :n LIMIT 1"),
        ):
            for found in set(re.findall(rf"\{{{mark}(?:-\d)?\}}", text)):
                (row,) = self.rows(sql, n=int(found.strip("{}" + mark + "-") or 0))
                text = text.replace(found, f"{letter}{row.n}")
        return text


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], rt: Runtime, clock: Any, city: AreaBook) -> None:
    assert set(story) <= {"story", "officials", "residents", "steps"}
    teller = Teller(rt, clock, city)
    for name, one in {**story.get("residents", {}), **story.get("officials", {})}.items():
        teller.meets(name, one)
    for step in story["steps"]:
        teller.plays(step)
