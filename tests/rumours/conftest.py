"""A hoax desk with its people, and residents who ask."""

from dataclasses import dataclass
from typing import Any

import pytest

from gateway.numbers import store as numbers
from gateway.officials.rules import Official
from gateway.rumours import desk, service
from gateway.rumours.rules import show_claim
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime
from tests.desks import Officials

SOURCES = ["BMKG: buletin 4/11", "Mafindo"]


@dataclass
class Desk(Officials):
    """Officials by role, residents by number, and what was sent to them."""

    def number(self, at: int) -> int:
        with self.rt.engine.begin() as conn:
            return numbers.ensure(conn, self.rt.vault, f"+6281234{at:06d}").id

    def ask(self, at: int, words: str, area: str = "") -> Rumour:
        """Resident number `at` asks."""
        number_id = self.number(at)
        with self.rt.engine.begin() as conn:
            return service.ask(self.rt, conn, number_id, words, area, "sms")

    def judge(
        self, author: Official, claim: Rumour, label: str = "SALAH", text: str = "rob kira-kira 40 cm", **more: Any
    ) -> str:
        """Propose a verdict; its hash."""
        more.setdefault("sources", SOURCES)
        return desk.judge(self.rt, author, show_claim(claim.number), label, text, **more).hash

    def publish(self, claim: Rumour, label: str = "SALAH", text: str = "rob kira-kira 40 cm", **more: Any) -> None:
        """A verdict by a KIM, approved by an admin."""
        self.judge(self.official("kim"), claim, label, text, **more)
        desk.approve(self.rt, self.official("admin"), show_claim(claim.number))

    def sent(self, at: int) -> list[str]:
        """What was queued for resident number `at`, oldest first."""
        found = self.rows("SELECT body FROM messages WHERE number_id = :id ORDER BY id", id=self.number(at))
        return [row.body for row in found]


@pytest.fixture
def hoax(rt: Runtime) -> Desk:
    """The desk over real servers."""
    return Desk(rt)
