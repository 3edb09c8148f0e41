"""Conversations by SMS, told in YAML: what a resident writes, what comes back at once, and how things stand then.

A story is a list of steps on a clock that stands still (Wednesday 4 November 2026, 10:00 WIB). Keys of a step:
  said       an SMS; `{ticket}` is the newest ticket. With `as`: the company's id of it, `from`: another sender,
             `carrier`: the carrier has answered it already (STOP, START or HELP)
  sent       all that is sent for it, in order; `{ticket}` is any ticket, `...` any words. Absent: nothing is checked
  times      say it that often, each time under another id; `sent` is then what comes for all of them
  wait       minutes that pass; questions past their deadline are closed after it
  dials      what is typed on the menu, and `shows`: how the last screen begins
  becomes    the state that the newest ticket is in from now on, by staff
  asks       a question of this kind about the newest ticket, as staff would have it asked
  tickets, drafts, rumours, standing, topics, suppressed, ticket: how things stand (counts, states, scopes, columns)
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.db import statement
from gateway.dialogue.text import expire, understand_waiting
from gateway.inbox import service as inbox
from gateway.kernel.areas import AreaBook
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.providers.base import Inbound
from gateway.questions import store as questions
from gateway.residents.service import own
from gateway.runtime import Runtime
from tests.stories.telling import Telling, stories_in

PERSON = "+6281234567801"
STORIES = stories_in(Path(__file__).parent)
KEYS = {"said", "as", "from", "carrier", "sent", "times", "wait", "dials", "shows", "becomes", "asks"}
STANDS = {"tickets", "drafts", "rumours", "standing", "suppressed", "ticket", "topics"}
_ids = count(1)


@dataclass
class Teller(Telling):
    """Plays a story of one resident."""

    def plays(self, step: dict[str, Any]) -> None:
        assert set(step) <= KEYS | STANDS, step
        before = len(self.rows("SELECT id FROM messages"))
        if "wait" in step:
            self.clock.ahead(minutes=step["wait"])
            expire(self.rt)
        if "becomes" in step:
            self.becomes(step["becomes"])
        if "asks" in step:
            self.asks(step["asks"])
        if "said" in step:
            for _ in range(step.get("times", 1)):
                self.says(step)
        if "dials" in step:
            self.dials(PERSON, f"story-{next(_ids)}", str(step["dials"]).split(), step["shows"])
        if "sent" in step:
            sent = [row.body for row in self.rows("SELECT body FROM messages ORDER BY id")][before:]
            self.matches(sent, step["sent"], step)
        for name in STANDS & set(step):
            assert getattr(self, name)(step[name]) == step[name], (name, step)

    def says(self, step: dict[str, Any]) -> None:
        said = str(step["said"])
        if "{ticket}" in said:
            said = said.replace(
                "{ticket}", show_ticket(self.rows("SELECT ticket FROM aspirations ORDER BY id")[-1].ticket)
            )
        event = Inbound(str(step.get("as") or f"in-{next(_ids)}"), step.get("from", PERSON), "54600", said,
                        carrier_opt=step.get("carrier"))  # fmt: skip
        inbox.take(self.rt, "africastalking", event)
        understand_waiting(self.rt)

    def becomes(self, state: str) -> None:
        with self.rt.engine.begin() as conn:
            conn.execute(statement("UPDATE aspirations SET state = :state"), {"state": state})

    def asks(self, kind: str) -> None:
        newest, now = self.rows("SELECT number_id, ticket FROM aspirations ORDER BY id")[-1], self.clock()
        with self.rt.engine.begin() as conn:
            questions.ask(conn, newest.number_id, kind, newest.ticket, now, now + timedelta(days=10))

    def pattern(self, wanted: str) -> str:
        return super().pattern(wanted).replace(r"\{ticket\}", r"\d{3}-\d{3}-\d")

    def tickets(self, _: Any) -> int:
        return len(self.rows("SELECT id FROM aspirations"))

    def drafts(self, _: Any) -> list[str]:
        return [row.state for row in self.rows("SELECT state FROM drafts ORDER BY id")]

    def rumours(self, _: Any) -> int:
        return len(self.rows("SELECT id FROM rumours"))

    def standing(self, _: Any) -> str:
        found = self.rows("SELECT state FROM residents")
        return found[0].state if found else "unknown"

    def topics(self, _: Any) -> list[str]:
        (resident,) = self.rows("SELECT topics FROM residents")
        return list(resident.topics)

    def suppressed(self, _: Any) -> list[str]:
        found = self.rows("SELECT scope, route FROM suppressions ORDER BY scope, route")
        return [f"{row.scope} {row.route}".strip() for row in found]

    def ticket(self, expected: dict[str, Any]) -> dict[str, Any]:
        newest = self.rows("SELECT * FROM aspirations ORDER BY id")[-1]
        return {name: getattr(newest, name) for name in expected}


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], rt: Runtime, clock: Any, city: AreaBook) -> None:
    assert set(story) <= {"story", "lives", "language", "steps"}
    if "lives" in story:
        area, _ = city.match(story["lives"].split()) or ("", 0)
        with rt.engine.begin() as conn:
            person = numbers.ensure(conn, rt.vault, PERSON)
            own.subscribe(rt, conn, person.id, area, story.get("language", "id"), "paper")
    teller = Teller(rt, clock)
    for step in story["steps"]:
        teller.plays(step)
