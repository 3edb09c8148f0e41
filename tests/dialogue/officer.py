"""An official with a phone and a paper card, and broadcasts for them to decide on."""

import re
from itertools import count
from typing import Any

from gateway.broadcasts.service import draft
from gateway.db import statement
from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.officials import service
from gateway.officials.rules import Official
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from menus import render
from menus.loader import standard
from tests.broadcasts.town import CITY, Town

HOME, OTHER = "33.75.01.1006", "33.75.02.1007"
_ids = count(1)


class Officer:
    """An official with a phone and a card in the hand."""

    def __init__(self, rt: Runtime, role: str, area: str = CITY, *, office: str | None = None) -> None:
        self.rt, self.number = rt, f"+62813777{next(_ids):05d}"
        made = service.add(rt, f"Orang {role}", role, area, self.number, office)
        self.id, self.card, self.token, self.pin = made.id, made.card, made.token, made.pin
        found = service.sign_in(rt, made.token)
        assert found
        self.official: Official = found

    def says(self, body: str, provider_id: str = "", *, sender: str | None = None) -> str:
        """Send an SMS, have it understood, and give the one answer, or nothing."""
        before = len(self.received)
        event = Inbound(provider_id or f"o-{next(_ids)}", sender or self.number, "54600", body)
        inbox.take(self.rt, "africastalking", event)
        understand_waiting(self.rt)
        answers = self.received[before:]
        assert len(answers) <= 1
        return answers[0] if answers else ""

    def orders(self, verb: str, code: str) -> str:
        """Ask for the cell, then give the code of it."""
        asked = self.says(f"{verb} {code}")
        return self.says(f"{verb} {code} {self.code_in(asked)}")

    def does(self, body: str) -> str:
        """Give an order that waits for a code, and the code of the cell that it asks for; the last answer."""
        asked = self.says(body)
        found = re.search(r"(?:Balas|Bales|Reply) (YA (?:SIAR )?[\w-]+) \+", asked)
        return self.says(f"{found[1]} {self.code_in(asked)}") if found else asked

    @property
    def next_code(self) -> str:
        """The code of the next cell that is not crossed out."""
        sql = "SELECT cell FROM official_cards WHERE official_id = :id AND used_at IS NULL AND voided_at IS NULL"
        unused = {row.cell for row in rows(self.rt, sql, id=self.id)}
        return next(code for cell, code in self.card.items() if cell in unused)

    def code_in(self, body: str) -> str:
        """The code of the cell that an SMS asks for."""
        return self.card[re.findall(r"(?:kartu|kertu|card) ([A-E][1-8])", body)[-1]]

    @property
    def wrong(self) -> str:
        return next(code for code in map("{:06d}".format, range(100)) if code not in self.card.values())

    @property
    def received(self) -> list[str]:
        sql = "SELECT body FROM messages m WHERE number_id = :id AND cause LIKE 'inbound:%' ORDER BY id"
        with self.rt.engine.begin() as conn:
            return [row.body for row in conn.execute(statement(sql), {"id": self.official.number_id})]


def newest(rt: Runtime) -> Any:
    with rt.engine.begin() as conn:
        return conn.execute(statement("SELECT * FROM broadcasts ORDER BY id DESC LIMIT 1")).one()


def rows(rt: Runtime, sql: str, **values: object) -> list[Any]:
    with rt.engine.begin() as conn:
        return list(conn.execute(statement(sql), values))


def drafted(town: Town, author: Officer, level: str = "routine", area: str = HOME) -> tuple[int, str]:
    made = town.write(author.official, level, audience={"areas": [area]})
    return int(made["id"]), str(made["code"])


def submitted(town: Town, author: Officer, level: str = "routine", area: str = HOME) -> tuple[int, str]:
    id, code = drafted(town, author, level, area)
    draft.submit(town.rt, author.official, id)
    return id, code


def said(key: str, code: str, language: str = "id", **slots: str) -> str:
    return render.render(standard(), f"order.{key}", {"code": code, **slots}, language)


def queue_up(officer: Officer, *bodies: str) -> None:
    for body in bodies:
        inbox.take(officer.rt, "africastalking", Inbound(f"r-{next(_ids)}", officer.number, "54600", body))
