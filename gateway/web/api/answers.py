"""What API calls answer, as the OpenAPI document shows it. The services build these objects; tests hold them to it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.aspirations.rules import State as TicketState
from gateway.broadcasts.repeats import Every
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
    """What a broadcast will be: texts exactly as sent, people, parts (`segments` of the longest text), cost.

    People are counted by area code, by their own language, by operator and by route; "none" where there is none. What
    `needs_signature` cannot be submitted before an admin of the city has signed it.
    """

    texts: dict[str, str]
    recipients: int
    by_area: dict[str, int]
    by_language: dict[str, int]
    by_operator: dict[str, int]
    by_route: dict[str, int]
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    total_segments: int
    cost: Cost
    warnings: list[str]
    needs_signature: bool
    held_until: str | None = Field(None, json_schema_extra={"format": "date-time"})


class Drafted(Answer):
    """A broadcast just drafted or changed."""

    id: int
    code: str
    state: State
    is_drill: bool
    hash: str
    preview: Preview


class Trial(Answer):
    """The languages of which a text left for the author's phone now; none where that was less than a minute ago."""

    id: int
    code: str
    sent: list[str]


class Counts(Answer):
    """Messages by status; they always sum to `total`."""

    queued: int
    sending: int
    unconfirmed: int
    sent: int
    delivered: int
    failed: int
    skipped: int


class Repeats(Answer):
    """How often it leaves again, and the last day on which it does."""

    every: Every
    until: str


class CanaryStatus(Answer):
    """What became of the message to one of the city's own phones; `stopped`: it gets none, as its number stopped."""

    place: str
    status: Literal["queued", "sending", "unconfirmed", "sent", "delivered", "failed", "skipped", "stopped"]


class Status(Answer):
    """A broadcast and how far it is. `total` is 0 until its recipients are fixed; `rate` is of the last minute; `short_of`:
    what it waits for; `sent_again`: by a second attempt, ordered or of an emergency in doubt; `series`: the first of them.
    """

    id: int
    code: str
    state: State
    hash: str
    level: Level
    is_drill: bool
    recipients: int
    total: int
    counts: Counts
    failures: dict[str, int]
    by_operator: dict[str, int]
    skipped: dict[str, int]
    sent_again: int
    repeat: Repeats | None
    series: int | None
    canaries: list[CanaryStatus]
    send_at: str | None
    note: str | None
    held_until: str | None
    short_of: list[str]
    started_at: str | None
    finished_at: str | None
    per_second: float
    rate: float
    estimated_end: str | None


class PollCell(Answer):
    """One answer of a poll; its figures are null where they are hidden."""

    option: str
    words: str
    answers: int | None
    percent: int | None


class PollResult(Answer):
    """A poll. `answers` in all is null under five; `results` are null while it is open."""

    id: int
    code: str
    options: dict[str, str]
    closes_at: str
    is_open: bool
    answers: int | None
    results: list[PollCell] | None
    results_at: str | None


class Recipient(Answer):
    """Someone a broadcast went to; `number` is masked unless it was revealed, null once the person is erased."""

    number: str | None
    operator: str
    language: str
    status: str
    reason: str | None
    route: str
    tries: int
    parts: int | None
    at: str | None


class Recipients(Answer):
    """Part of the recipients."""

    items: list[Recipient]
    next: str | None


class Resent(Answer):
    """How many messages were queued for a new attempt."""

    resent: int


class Summary(Answer):
    """A broadcast in a list."""

    id: int
    code: str
    state: State
    level: Level
    is_drill: bool
    recipients: int


class Broadcasts(Answer):
    """Part of the broadcasts one may see, newest first."""

    items: list[Summary]
    next: str | None


class Ticket(Answer):
    """An aspiration in a list. `provisional`: its `due` may move later; `lapor`: the number under which SP4N-LAPOR has it."""

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
    lapor: str | None


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


class Group(Answer):
    """A group of residents; `people` counts those of one's own area."""

    name: str
    people: int
    is_test: bool


class Groups(Answer):
    """Every group."""

    items: list[Group]


class GroupChange(Answer):
    """Who was put in and taken out; `unknown`: places in the lists, from 1, of nobody one may see."""

    name: str
    added: int
    removed: int
    unknown: list[int]


class Preset(Answer):
    """A preset; its content never changes, another version is another preset of the same name."""

    id: int
    name: str
    state: Literal["submitted", "approved", "rejected", "retired"]
    audience: dict[str, list[str]]
    texts: dict[str, str]
    slots: dict[str, int]
    hash: str


class Presets(Answer):
    """Presets in use or waiting for approval."""

    items: list[Preset]
