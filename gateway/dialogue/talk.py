"""Talk: who speaks to us, by which way, in which language; what every action and lookup is handed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.numbers.store import Number
from gateway.outbox.service.post import Way, post
from gateway.reference import service as reference
from gateway.residents import store as residents
from gateway.residents.store import Resident
from gateway.runtime import Runtime

Channel = Literal["sms", "ussd"]


@dataclass(frozen=True, slots=True)
class Talk:
    """One thing said by one person.

    cause: what makes its effects unique (`ussd:africastalking:…`, `inbound:17`); way: where an SMS answer goes back;
    first: nothing was ever heard from this number before; by_menu: asked on a screen, which words the answer.
    """

    rt: Runtime
    number: Number
    resident: Resident | None
    language: str
    channel: Channel
    cause: str
    received_at: datetime
    way: Way | None = None
    first: bool = False
    by_menu: bool = False

    @property
    def areas(self) -> AreaBook:
        """The city's areas."""
        return reference.areas(self.rt)

    @property
    def own_area(self) -> str:
        """Code of the area the person lives in, or empty."""
        return (self.resident.area if self.resident else None) or ""

    def area_name(self, code: str | None) -> str:
        """The name of an area, or empty."""
        return self.areas[code].name if code and code in self.areas else ""

    def say(self, key: str, **slots: str) -> str:
        """A text of the book in the person's language."""
        return self.rt.say(key, slots, self.language)

    def send(self, conn: Connection, body: str, about: str = "", *, wants_answer: bool = False) -> bool:
        """Queue an SMS to the person; `about` tells several answers to one cause apart. False where it is queued already."""
        cause = f"{self.cause}:{about}" if about else self.cause
        return post(self.rt, conn, self.number.id, self.number.prefix, body, cause, language=self.language, way=self.way,
                    received_at=self.received_at, wants_answer=wants_answer)  # fmt: skip


def language_of(rt: Runtime, number: Number, resident: Resident | None) -> str:
    """The language to speak: the registration's, else the one once chosen, else Indonesian."""
    chosen = (resident.language if resident else None) or number.language or "id"
    return chosen if chosen in rt.settings.languages else "id"


def find_resident(conn: Connection, number: Number) -> Resident | None:
    """The resident on a number who agreed, also one who stopped; one who never confirmed is as good as unknown."""
    resident = residents.find(conn, number.id)
    return resident if resident and resident.state != "pending" else None
