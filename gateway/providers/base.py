"""The one language between the gateway and every SMS or USSD company: messages, events, verdicts, the protocol."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, Protocol

from gateway.kernel import phone

KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
PROVIDER_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

NUMERIC: Final = re.compile(r"\+?[0-9]{3,15}")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")

CarrierOpt = Literal["STOP", "START", "HELP"]
Shape = Literal["form", "query", "json"]
"""How a hook brings its fields: a POST with a form, a GET with a query, a POST with JSON."""


class Verdict(StrEnum):
    """What a call to a company proved about one message. Only an adapter decides it."""

    ACCEPTED = "accepted"
    """The company has the message and named it."""
    REFUSED = "refused"
    """Refused for good: this number or this text."""
    NOT_SENT = "not_sent"
    """Provably not sent, may be tried later: HTTP 429, or the request was never fully written."""
    UNUSABLE = "unusable"
    """Not sent because of the account or the route, not because of this message."""
    UNKNOWN = "unknown"
    """May or may not have gone out: 5xx, a time-out or a reset after any byte was written, a cut answer. Never
    retried.
    """


class Status(StrEnum):
    """A receipt's status in our words. A company's words for progress are SENT, words we do not know are UNKNOWN."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one number. Like every type here, its `repr` shows neither numbers nor texts, so a traceback may
    be logged.

    key: our attempt's id, [A-Za-z0-9_-]{1,64}; to: E.164; reply_from: the number the inbound came to;
    wants_answer: the text asks for an answer, so it leaves from a sender that can be answered;
    urgent: an emergency; validity: seconds after which the company should drop it.
    """

    key: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    reply_from: str | None = None
    wants_answer: bool = False
    urgent: bool = False
    validity: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one Outgoing.

    code and text are the company's raw words, for people; parts counts SMS parts; cost is the company's own wording
    ("KES 0.8000");
    opted_out: the carrier blocks us for this number; retry_after: seconds;
    at_once: an UNUSABLE that pauses the route at once, not only after 20 different numbers in a row.
    """

    key: str
    verdict: Verdict
    provider_id: str | None = None
    code: str = ""
    text: str = field(default="", repr=False)
    parts: int | None = None
    cost: str | None = None
    opted_out: bool = False
    retry_after: float | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one code of a company means for a message, a line of an adapter's table. word: the company's name for it."""

    verdict: Verdict
    word: str = ""
    at_once: bool = False
    opted_out: bool = False
    retry_after: float | None = None

    def outcome(self, key: str, code: str, text: str) -> Outcome:
        """The outcome of the message `key` by this ruling, with the company's own code and words."""
        return Outcome(
            key,
            self.verdict,
            code=code,
            text=text,
            opted_out=self.opted_out,
            retry_after=self.retry_after,
            at_once=self.at_once,
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery report. key is set where our attempt's id came back with it."""

    provider_id: str | None
    key: str | None
    number: str | None = field(repr=False)
    status: Status
    code: str = ""
    text: str = field(default="", repr=False)
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """An SMS from a resident. sender is E.164 where it is a number, else as the company gave it; at is aware."""

    provider_id: str
    sender: str = field(repr=False)
    to: str | None
    text: str = field(repr=False)
    at: datetime | None = None
    carrier_opt: CarrierOpt | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a USSD dialogue. text is cumulative, exactly as the company gave it."""

    session_id: str
    number: str = field(repr=False)
    text: str = field(repr=False)
    service_code: str


@dataclass(frozen=True, slots=True)
class HopEnd:
    """The company's word that a USSD session is over, with its own status word."""

    session_id: str
    number: str | None = field(repr=False)
    status: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """The carrier has opted this number out of this sender."""

    number: str = field(repr=False)
    sender: str


Event = Inbound | Receipt | Hop | HopEnd | OptOut


@dataclass(frozen=True, slots=True)
class Hook:
    """One request to /hooks/<provider>/<kind>.

    url: PUBLIC_URL with the raw path and raw query, as the company signed it; form: pairs in the order they came, by
    whichever shape; headers: keys in lower case.
    """

    kind: str
    url: str = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    form: list[tuple[str, str]] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def fields(self, *required: str) -> dict[str, str]:
        """The form as a mapping, first value of a name; raises MissingField for the first of `required` that is absent
        or empty.
        """
        found: dict[str, str] = {}
        for name, value in self.form:
            found.setdefault(name, value)
        for name in required:
            if not found.get(name):
                raise MissingField(name)
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hook is answered."""

    status: int
    content_type: str
    body: str


class MissingField(ValueError):
    """A required field of a hook is absent or empty. Its one argument is the field's name; the edge answers 400 naming
    it.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    def __str__(self) -> str:
        return f"missing field: {self.field}"


class FormHooks:
    """What most companies do: a hook is a POST of a form and tells of one event; how fast a sender is, none says."""

    sender_rate = 0.0

    def shape(self, kind: str) -> Shape:
        return "form"

    def parts(self, hook: Hook) -> Sequence[Hook]:
        return (hook,)


class Provider(Protocol):
    """A company that carries our messages.

    hooks: kinds answered under /hooks/<name>/; batch: recipients of one text a call takes; concurrency: calls at once;
    per_second: messages a second over all processes, 0 for no limit; sender_rate: messages a second that the company
    passes on from our sender, 0 where that is unknown; timeout: seconds after which a call is over;
    final: codes of reports, in small letters, after which no other try by this company can reach the number;
    foreign: it stands outside Indonesia; sends_to_demo: it may send to demo people; answerable: it has a sender that
    can be answered.
    """

    @property
    def name(self) -> str: ...
    @property
    def hooks(self) -> frozenset[str]: ...
    @property
    def batch(self) -> int: ...
    @property
    def concurrency(self) -> int: ...
    @property
    def per_second(self) -> float: ...
    @property
    def sender_rate(self) -> float: ...
    @property
    def timeout(self) -> float: ...
    @property
    def foreign(self) -> bool: ...
    @property
    def sends_to_demo(self) -> bool: ...
    @property
    def answerable(self) -> bool: ...
    @property
    def final(self) -> frozenset[str]: ...

    def shape(self, kind: str) -> Shape:
        """How the company brings the fields of this kind of hook; in JSON a field's name is its path, `data.id`."""
        ...

    def parts(self, hook: Hook) -> Sequence[Hook]:
        """The hook itself, or one for each event where the company brings several at once."""
        ...

    def verify(self, hook: Hook) -> bool:
        """Whether the request proves that the company sent it. Never raises."""
        ...

    def read(self, hook: Hook) -> Event:
        """The event a verified hook reports; raises MissingField."""
        ...

    def answer(self, hook: Hook, screen: str | None, ends: bool) -> Answer:
        """The company's form of our answer; screen is set for USSD hops only."""
        ...

    async def send(self, call: Sequence[Outgoing]) -> list[Outcome]:
        """Sends one call: 1 to `batch` messages of one text and sender; an outcome each, in order. Never raises for its faults."""
        ...

    async def find(self, sent: Outgoing, since: datetime) -> Outcome | None:
        """Asks whether the company has a doubtful message; None where it cannot tell: an answer of errors proves nothing."""
        ...

    async def missed(self, since: datetime) -> list[Inbound]:
        """What came in since then, as the company lists it, for the time that our hooks did not answer; empty where it
        lists nothing or tells us again by itself. Raises where it could not be asked.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connections of the running loop."""
        ...


def safe_id(raw: str) -> str:
    """A company's id as it may be stored: itself if it is [A-Za-z0-9_.:-]{1,128}, else "sha256:" and its UTF-8's hex digest."""
    if PROVIDER_ID.fullmatch(raw):
        return raw
    return "sha256:" + hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def repair_number(raw: str, region: str) -> str:
    """A number as a company gave it, in E.164: a `+` lost to a space, a leading 0 or 62 are repaired. What is no
    number stays as it is.
    """
    return phone.normalise(raw, region) or raw


def is_numeric(sender: str | None) -> bool:
    """Whether a sender can be answered: a number or a short code, not a name."""
    return sender is not None and NUMERIC.fullmatch(sender) is not None
