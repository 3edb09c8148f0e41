"""What tellers of stories share: the stories of a folder, people with a phone each, and what has reached it since they looked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings
from gateway.db import statement
from gateway.dialogue.hop import hop
from gateway.kernel.text import measure
from gateway.providers.base import Hop
from gateway.runtime import Runtime

_CELL = re.compile(r"(?:kartu|kertu|card) ([A-E][1-8])")


def stories_in(folder: Path) -> list[Any]:
    """Every story of the YAML files of a folder, as parameters of a test."""
    return [
        pytest.param(story, id=f"{file.stem}: {story['story']}")
        for file in sorted(folder.glob("*.yaml"))
        for story in yaml.safe_load(file.read_text("utf-8"))
    ]


def under(rt: Runtime, written: Mapping[str, str]) -> Runtime:
    """The same tools where these settings are written otherwise, as the environment writes them."""
    parsed = Settings(**{name.lower(): text for name, text in written.items()})  # type: ignore[arg-type]
    changed = {name.lower(): getattr(parsed, name.lower()) for name in written}
    return replace(rt, settings=rt.settings.model_copy(update=changed))


@dataclass
class Phone:
    """Someone's phone; `read`: ids of the messages that they have seen; `card`: an official's, by cell."""

    number: str
    number_id: int
    read: set[int] = field(default_factory=set)
    card: dict[str, str] = field(default_factory=dict)


@dataclass
class Telling:
    """Plays a story over real servers, on a clock that stands still. `most_parts`: what an SMS may take."""

    rt: Runtime
    clock: Any
    most_parts = 2

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.rt.engine.begin() as conn:
            return list(conn.execute(statement(sql), values))

    def goes_to(self, moment: str) -> None:
        """The clock shows `2026-11-04 10:00` in the city."""
        local = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=self.rt.settings.timezone)
        self.clock.at(local.astimezone(self.clock().tzinfo))

    def filled(self, said: str) -> str:
        """The text with the names that it leaves open: tickets, claims, broadcasts."""
        return said

    def coded(self, phone: Phone, said: str) -> str:
        """The text with its codes: `{code}` of the cell that the newest SMS with one has named, `{next}` of the card's next
        cell, `{B1}` of that one, `{wrong}`, `{wrong2}` and `{wrong3}` on no card."""
        if "{code}" in said:
            named = next(found for row in reversed(self.received(phone)) if (found := _CELL.findall(row.body)))
            said = said.replace("{code}", phone.card[named[-1]])
        if "{next}" in said:
            sql = """SELECT cell FROM official_cards c JOIN officials o ON o.id = c.official_id
                     WHERE number_id = :id AND used_at IS NULL AND voided_at IS NULL"""
            unused = {row.cell for row in self.rows(sql, id=phone.number_id)}
            said = said.replace("{next}", next(code for cell, code in phone.card.items() if cell in unused))
        for cell in set(re.findall(r"\{([A-E][1-8])\}", said)):
            said = said.replace(f"{{{cell}}}", phone.card[cell])
        wrong = [code for code in map("{:06d}".format, range(100)) if code not in phone.card.values()]
        for mark, code in zip(("{wrong}", "{wrong2}", "{wrong3}"), wrong, strict=False):
            said = said.replace(mark, code)
        return said

    def pattern(self, wanted: str) -> str:
        return re.escape(self.filled(wanted)).replace(r"\.\.\.", ".*")

    def dials(self, number: str, session: str, typed: Sequence[str], shows: str) -> None:
        """Every hop of a session, the first without input; how its last screen begins."""
        for at in range(len(typed) + 1):
            screen = hop(self.rt, "africastalking", Hop(session, number, "*".join(typed[:at]), "*546#"))
        assert re.match(self.pattern(shows), screen.text, re.DOTALL), screen.text

    def received(self, phone: Phone) -> list[Any]:
        """What has reached the phone by now, in the order it came: not what waits for the morning."""
        sql = """SELECT id, body FROM messages WHERE number_id = :id AND body IS NOT NULL
                 AND (not_before IS NULL OR not_before <= :now) ORDER BY greatest(not_before, created_at), id"""
        return self.rows(sql, id=phone.number_id, now=self.clock())

    def reads(self, phone: Phone, expected: Sequence[str], about: object) -> None:
        """What has reached the phone since it was looked at is just this."""
        fresh = [row for row in self.received(phone) if row.id not in phone.read]
        phone.read |= {row.id for row in fresh}
        self.matches([row.body for row in fresh], expected, about)

    def matches(self, bodies: Sequence[str], expected: Sequence[str], about: object) -> None:
        """These SMS are just those, in plain letters and few parts."""
        assert len(bodies) == len(expected), (bodies, about)
        for body, wanted in zip(bodies, expected, strict=True):
            assert re.fullmatch(self.pattern(wanted), body, re.DOTALL), (body, wanted)
            assert measure(body).encoding == "GSM-7"
            assert measure(body).segments <= self.most_parts, body
