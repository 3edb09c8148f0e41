"""Officials with a feature phone each, told in YAML: what they write, what each of them reads, and how broadcasts stand.

A story names its `officials` (role and area) and `residents` (how many live where), and is a list of steps on a clock
that stands still (Wednesday 4 November 2026, 10:00 WIB). Keys of a step:
  NAME: said            an SMS of this official; `{code}` is the code of the cell that the newest SMS to them named,
                        `{b}` the newest broadcast, `{wrong}` a code that is on no card
  reads                 by official, every SMS that has come since they last read, in order; `...` is any words
  at, wait              the moment in WIB, or minutes that pass; the clock then does what is due
  leaves                everything queued is sent and delivered
  stands                by broadcast, its state; drafts counts as the newest
  lost                  this official's phone is lost
  counts                of the newest broadcast
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.broadcasts import store as broadcasts
from gateway.broadcasts.service import approvals, notices, start
from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.kernel.areas import AreaBook
from gateway.officials import duty_store, service
from gateway.officials.duty import Duty
from gateway.outbox.service import sweep
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from tests.broadcasts.town import Town
from tests.stories.telling import Phone, Telling, stories_in

STORIES = stories_in(Path(__file__).parent / "officials")
KEYS = {"reads", "at", "wait", "leaves", "stands", "lost", "counts", "as"}
_ids = count(1)


@dataclass
class Person(Phone):
    """An official with a phone and a card."""

    id: int = 0


@dataclass
class Teller(Telling):
    """Plays a story of broadcasts. What an approver reads holds all that residents will, so it may be long."""

    town: Town
    people: dict[str, Person] = field(default_factory=dict)
    most_parts = 4

    def knows(self, name: str, role: str, area: str, duties: list[dict[str, Any]]) -> None:
        number = f"+62812555{len(self.people):05d}"
        made = service.add(self.rt, name.title(), role, area, number)
        (row,) = self.rows("SELECT number_id FROM officials WHERE id = :id", id=made.id)
        self.people[name] = Person(number, row.number_id, id=made.id, card=made.card)
        with self.rt.engine.begin() as conn:
            clock = datetime.strptime
            duty_store.add(
                conn,
                [
                    Duty(made.id, one["place"], clock(one["from"], "%H:%M").time(), clock(one["to"], "%H:%M").time(),
                         tuple(one.get("days", ())))
                    for one in duties
                ],
            )  # fmt: skip

    def plays(self, step: dict[str, Any]) -> None:
        assert set(step) <= KEYS | self.people.keys(), step
        if "at" in step:
            self.goes_to(step["at"])
        if "wait" in step:
            self.clock.ahead(minutes=step["wait"])
        if "lost" in step:
            service.disable(self.rt, self.people[step["lost"]].id)
        for name in self.people.keys() & step.keys():
            self.says(name, step[name], step.get("as", ""))
        if "leaves" in step:
            self.town.settle(self.town.claim(), 3)
        self.ticks()
        for name, expected in step.get("reads", {}).items():
            self.reads(self.people[name], expected, (name, step))
        for code, state in step.get("stands", {}).items():
            (row,) = self.rows("SELECT state FROM broadcasts WHERE number = :n", n=self.number(code))
            assert row.state == state, step
        if "counts" in step:
            (row,) = self.rows("SELECT id FROM broadcasts ORDER BY id DESC LIMIT 1")
            assert self.town.counts(row.id) == step["counts"], step

    def ticks(self) -> None:
        """What the clock does, with the jobs it enqueues."""
        for _ in range(2):
            sweep.finish(self.rt)
            with self.rt.engine.begin() as conn:
                ready = broadcasts.ready(conn, self.clock())
            for id, _ in ready:
                start.start(self.rt, id)
            start.tick(self.rt)
            approvals.tick(self.rt)
            notices.tick(self.rt)

    def says(self, name: str, said: str, provider_id: str) -> None:
        person = self.people[name]
        said = self.coded(person, said)
        event = Inbound(provider_id or f"order-{next(_ids)}", person.number, "54600", self.filled(said))
        inbox.take(self.rt, "africastalking", event)
        understand_waiting(self.rt)

    def number(self, code: str) -> int:
        """`{b}` is the newest broadcast, `{b-1}` the one before."""
        back = int(match[1]) if (match := re.fullmatch(r"\{b-(\d)\}", code)) else 0
        return int(self.rows("SELECT number FROM broadcasts ORDER BY id DESC OFFSET :n", n=back)[0].number)

    def filled(self, said: str) -> str:
        return re.sub(r"\{b(-\d)?\}", lambda match: f"B{self.number(match[0])}", said)


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], rt: Runtime, clock: Any, city: AreaBook) -> None:
    assert set(story) <= {"story", "officials", "residents", "steps"}
    town = Town(rt, home="33.75.01.1006", other="33.75.02.1007")
    teller = Teller(rt, clock, town)
    for name, one in story["officials"].items():
        teller.knows(name, one["role"], one["area"], one.get("duty", []))
    for area, n in story["residents"].items():
        town.people(n, area)
    for step in story["steps"]:
        teller.plays(step)
