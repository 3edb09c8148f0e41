"""What API calls answer, as the OpenAPI document shows it. The services build these objects; tests hold them to it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.aspirations.rules import State as TicketState
from gateway.broadcasts.rules import State
from gateway.web.api.bodies import Level


class Answer(BaseModel):
    """An answer, which has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """What went wrong (RFC 9457); `detail` is one sentence a person can act on."""

    type: str
    title: str
    status: int
    detail: str


class Cost(Answer):
    """What sending will cost."""

    amount: str
    currency: str


class Preview(Answer):
    """What a broadcast will be: texts exactly as sent, people, parts (`segments` of the longest text), cost."""

    texts: dict[str, str]
    recipients: int
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    total_segments: int
    cost: Cost
    warnings: list[str]
    held_until: str | None = Field(None, json_schema_extra={"format": "date-time"})


class Drafted(Answer):
    """A broadcast just drafted or changed."""

    id: int
    code: str
    state: State
    hash: str
    preview: Preview


class Counts(Answer):
    """Messages by status; they always sum to `total`."""

    queued: int
    sending: int
    unconfirmed: int
    sent: int
    delivered: int
    failed: int
    skipped: int


class Status(Answer):
    """A broadcast and how far it is. `total` is 0 until its recipients are fixed."""

    id: int
    code: str
    state: State
    hash: str
    level: Level
    recipients: int
    total: int
    counts: Counts
    failures: dict[str, int]
    skipped: dict[str, int]
    note: str | None
    held_until: str | None
    started_at: str | None
    finished_at: str | None
    per_second: float


class Summary(Answer):
    """A broadcast in a list."""

    id: int
    code: str
    state: State
    level: Level
    recipients: int


class Broadcasts(Answer):
    """Part of the broadcasts one may see, newest first."""

    items: list[Summary]
    next: str | None


class Ticket(Answer):
    """An aspiration in a list. `provisional`: its `due` may move later, as that year's days off are not decreed yet."""

    ticket: str
    state: TicketState
    kind: str
    category: str | None
    area: str | None
    text: str
    confidential: bool
    reporter: Literal["masked"]
    office: str | None
    due: str | None
    provisional: bool
    emergency: bool
    behalf: bool
    hurried: bool
    escalated: bool


class Event(Answer):
    """Something that happened to a ticket."""

    at: str
    by: str
    verb: str
    text: str | None


class FullTicket(Ticket):
    """An aspiration with its events, oldest first, and the office it is routed to by its area and category."""

    suggested: str
    events: list[Event]


class Tickets(Answer):
    """Part of the tickets one may see, newest first."""

    items: list[Ticket]
    next: str | None


class Day(Answer):
    """A day off; `source` is the library that knew it, or the official who put it on record."""

    day: str
    name: str
    kind: str
    source: str


class Year(Answer):
    """A year's days off. `provisional`: its joint leave is not on record, so deadlines in it may still move later."""

    year: int
    provisional: bool
    days: list[Day]


class Removed(Answer):
    """The day that is a day like any other from now on."""

    removed: str


class Result(Answer):
    """What became of one row of a registration, numbered from 1."""

    row: int
    result: Literal["created", "updated", "pending", "refused"]
    reason: str | None = None


class Results(Answer):
    """What became of every row."""

    results: list[Result]
