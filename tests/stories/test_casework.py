"""Lives of tickets, told in YAML: residents and officials with a phone each, and every SMS that any of them gets.

A story names its `people` (where they live, their language) and `officials` (role, area, office), and is a list of steps
on a clock that stands still (Wednesday 4 November 2026, 10:00 WIB, unless `begins` says otherwise). Keys of a step:
  NAME: said     an SMS of this person; `{t}` is the newest ticket, `{t1}` the first
  at, wait       the moment in WIB, or minutes that pass; the clock then does what is due
  dials, shows   what NAME types on the menu, as {NAME: "3 1"}, and how the last screen begins
  api            an act through the API's use case, as [NAME, verb, {field: value}]
  reads          by person, every SMS that has come since they last read, in order; `...` is any words. Whoever is not
                 named has got none: a step without `reads` means that nobody got anything
  ticket         columns of the newest ticket; ticket1 those of the first
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.aspirations import casework, deadlines
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import Verb
from gateway.db import statement
from gateway.dialogue.hop import hop
from gateway.dialogue.text import expire, understand_waiting
from gateway.inbox import service as inbox
from gateway.kernel.areas import AreaBook
from gateway.kernel.codes import show_ticket
from gateway.kernel.text import measure
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.providers.base import Hop, Inbound
from gateway.residents.service import own
from gateway.runtime import Runtime

STORIES = [
    pytest.param(story, id=f"{file.stem}: {story['story']}")
    for file in sorted((Path(__file__).parent / "casework").glob("*.yaml"))
    for story in yaml.safe_load(file.read_text("utf-8"))
]
KEYS = {"at", "wait", "dials", "shows", "api", "reads", "ticket", "ticket1"}
_ids = count(1)


@dataclass
class Person:
    """Someone with a phone; `official` where they are one."""

    number: str
    number_id: int
    official: Official | None = None
    read: set[int] = field(default_factory=set)


@dataclass
class Teller:
    """Plays a story over real servers."""

    rt: Runtime
    clock: Any
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
        self.people[name] = Person(number, found.number_id, found)

    def area(self, name: str) -> str:
        return "33.75" if name == "KOTA" else self.city.match(name.split())[0]  # type: ignore[index]

    def plays(self, step: dict[str, Any]) -> None:
        assert set(step) <= KEYS | self.people.keys(), step
        if "at" in step:
            self.goes_to(step["at"])
        if "wait" in step:
            self.clock.ahead(minutes=step["wait"])
        for name in self.people.keys() & step.keys():
            said = self.named(str(step[name]))
            inbox.take(self.rt, "africastalking", Inbound(f"in-{next(_ids)}", self.people[name].number, "54600", said))
            understand_waiting(self.rt)
        if "api" in step:
            name, verb, *fields = step["api"]
            given = {key: self.named(value) for key, value in (fields[0] if fields else {}).items()}
            official = self.people[name].official
            assert official
            casework.act(self.rt, official, self.tickets()[-1].ticket, Act(Verb(verb), **given))
        for name, typed in step.get("dials", {}).items():
            self.dials(self.people[name], str(typed).split(), step["shows"])
        expire(self.rt)
        deadlines.alarm(self.rt)
        deadlines.tick(self.rt)
        for name in self.people:
            self.reads(name, step.get("reads", {}).get(name, []), step)
        for key, at in (("ticket", -1), ("ticket1", 0)):
            if key in step:
                found = self.tickets()[at]
                assert {name: getattr(found, name) for name in step[key]} == step[key], step

    def goes_to(self, moment: str) -> None:
        local = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=self.rt.settings.timezone)
        self.clock.at(local.astimezone(self.clock().tzinfo))

    def dials(self, person: Person, typed: list[str], shows: str) -> None:
        session = f"story-{next(_ids)}"
        for at in range(len(typed) + 1):
            text = self.named("*".join(word.replace("_", " ") for word in typed[:at]))
            screen = hop(self.rt, "africastalking", Hop(session, person.number, text, "*546#"))
        assert re.match(self.pattern(shows), screen.text, re.DOTALL), screen.text

    def tickets(self) -> list[Any]:
        return self.rows("SELECT * FROM aspirations ORDER BY id")

    def named(self, said: str) -> str:
        """The text with its tickets as people write them."""
        if "{t" not in said:
            return said
        shown = [show_ticket(row.ticket) for row in self.tickets()]
        return re.sub(r"\{t(\d?)\}", lambda match: shown[int(match[1]) - 1 if match[1] else -1], said)

    def reads(self, name: str, expected: list[str], step: dict[str, Any]) -> None:
        person = self.people[name]
        sql = """SELECT id, body FROM messages WHERE number_id = :id AND (not_before IS NULL OR not_before <= :now)
                 ORDER BY id"""
        fresh = [row for row in self.rows(sql, id=person.number_id, now=self.clock()) if row.id not in person.read]
        person.read |= {row.id for row in fresh}
        bodies = [row.body for row in fresh]
        assert len(bodies) == len(expected), (name, bodies, step)
        for body, wanted in zip(bodies, expected, strict=True):
            assert re.fullmatch(self.pattern(wanted), body, re.DOTALL), (name, body, wanted)
            assert measure(body).encoding == "GSM-7"
            assert measure(body).segments <= 2

    def pattern(self, wanted: str) -> str:
        return re.escape(self.named(wanted)).replace(r"\.\.\.", ".*")

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.rt.engine.begin() as conn:
            return list(conn.execute(statement(sql), values))


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], rt: Runtime, clock: Any, city: AreaBook) -> None:
    assert set(story) <= {"story", "begins", "people", "officials", "steps"}
    teller = Teller(rt, clock, city)
    if "begins" in story:
        teller.goes_to(story["begins"])
    for name, one in story["people"].items():
        teller.meets(name, **(one or {}))
    for name, one in story.get("officials", {}).items():
        teller.hires(name, **one)
    for step in story["steps"]:
        teller.plays(step)
