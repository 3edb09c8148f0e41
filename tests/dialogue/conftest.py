"""People with phones: they dial and write, and what reached them is read from the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from gateway.db import statement
from gateway.dialogue.hop import Screen, hop
from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.kernel.areas import AreaBook
from gateway.kernel.text import is_gsm7, septets
from gateway.numbers import store as numbers
from gateway.providers.base import Hop, Inbound
from gateway.residents.service import own
from gateway.runtime import Runtime
from gateway.state import sessions
from tests.broadcasts.town import Town

BENDAN = "33.75.01.1006"
MENU = "KIM Kota Pekalongan\n1 Info warga"
_ids = count(1)


def lose_redis(rt: Runtime) -> None:
    """Lose every session, as seen by a process that has not met it: each remembers its own for a while."""
    rt.redis.flushall()
    sessions._recent.clear()


@dataclass
class Phone:
    """A phone of one number. `said` are the answers of the session; the company joins them with stars."""

    rt: Runtime
    number: str
    session: str = ""
    said: list[str] = field(default_factory=list)
    screen: Screen = field(default_factory=lambda: Screen("", False))
    provider: str = "africastalking"

    def dial(self, deep: str = "") -> str:
        self.session, self.said = f"session-{next(_ids)}", [deep] if deep else []
        return self.send(self.text)

    def types(self, *answers: str) -> str:
        for answer in answers:
            self.said.append(answer)
            self.send(self.text)
        return self.screen.text

    @property
    def text(self) -> str:
        return "*".join(self.said)

    def send(self, text: str) -> str:
        """One hop with this cumulative text; every screen must fit."""
        self.screen = hop(self.rt, self.provider, Hop(self.session, self.number, text, "*546#"))
        assert is_gsm7(self.screen.text)
        assert septets("CON " + self.screen.text) <= 160
        return self.screen.text

    def writes(self, body: str, provider_id: str = "") -> list[str]:
        """Send an SMS, have it understood, and give the answers it brought."""
        before = {row.id for row in self._queued}
        inbox.take(self.rt, self.provider, Inbound(provider_id or f"in-{next(_ids)}", self.number, "54600", body))
        understand_waiting(self.rt)
        return [row.body for row in self._queued if row.id not in before]

    @property
    def id(self) -> int:
        with self.rt.engine.begin() as conn:
            return numbers.ensure(conn, self.rt.vault, self.number).id

    @property
    def received(self) -> list[str]:
        """Bodies of all SMS queued for this number, a blast's (which have none of their own) last, else oldest first."""
        return [row.body for row in self._queued]

    @property
    def _queued(self) -> list[Any]:
        return self.rows("SELECT id, body FROM messages WHERE number_id = :id ORDER BY id")

    @property
    def tickets(self) -> list[Any]:
        return self.rows("SELECT * FROM aspirations WHERE number_id = :id ORDER BY id")

    @property
    def standing(self) -> str:
        """What the register says of this number."""
        found = self.rows("SELECT state FROM residents WHERE number_id = :id")
        return found[0].state if found else "unknown"

    def rows(self, sql: str, **values: object) -> list[Any]:
        number_id = self.id
        with self.rt.engine.begin() as conn:
            return list(conn.execute(statement(sql), {"id": number_id, **values}))

    def joins(self, area: str = BENDAN, language: str = "id") -> None:
        """Agree by the menu."""
        number_id = self.id
        with self.rt.engine.begin() as conn:
            own.subscribe(self.rt, conn, number_id, area, language, "ussd", "1")


MakePhone = Callable[..., Phone]


@pytest.fixture
def make_phone(rt: Runtime) -> MakePhone:
    """A new phone each time; `joined` for someone registered in Bendan Kergon."""
    numbers_made = count(81234000001)

    def make(*, joined: bool = True, tools: Runtime = rt) -> Phone:
        phone = Phone(tools, f"+62{next(numbers_made)}")
        if joined:
            phone.joins()
        return phone

    return make


@pytest.fixture
def town(rt: Runtime, city: AreaBook) -> Town:
    made = Town(rt, home=BENDAN, other="33.75.02.1007")
    made.people(3)
    return made


@pytest.fixture
def editors(rt: Runtime) -> tuple[int, int]:
    """An author and an approver, as whatever is published needs two."""
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, "+6281200000099")
        add = statement("""INSERT INTO officials (name, role, area, number_id, created_at)
                           VALUES (:name, 'admin', '33.75', :number_id, :now) RETURNING id""")  # fmt: skip
        author, approver = (
            conn.execute(add, {"name": name, "number_id": number.id, "now": rt.now()}).scalar_one()
            for name in ("Sari", "Budi")
        )
    return author, approver
