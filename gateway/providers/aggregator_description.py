"""What a local company's HTTP API looks like, as one YAML file says it; every fault of the file is told at once.

The models are Kannel's generic HTTP SMSC, Jasmin and RapidPro's External API; what they call success, temporary and
permanent failure are rules here, and what no rule matches is a doubt. `config/aggregator.example.yaml` explains the keys.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from config import values
from config.settings import SettingsError
from gateway.providers.aggregator_checks import check
from gateway.providers.aggregator_templates import check_template, check_tree, slots_of
from gateway.providers.base import Shape, Status, Verdict
from gateway.providers.http import Method
from menus.reading import Fault, Source, read

_HOST: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=/)")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")
_LARGEST: Final = 64 * 1024
_DEEPEST: Final = 20


def _check_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error.msg}") from None
    return text


def _check_address(text: str) -> str:
    found = _HOST.match(check_template(text))
    if not found or not re.fullmatch(r"[!-~]+", text) or "?" in text or "#" in text:
        raise ValueError(
            "write scheme, host and path, such as https://api.example.com/send; the query stands in `query`"
        )
    return text


def _check_header(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError("not the name of a header")
    return name


def _placed(value: Any) -> Any:
    return {"at": value} if isinstance(value, str) else value


Template = Annotated[str, AfterValidator(check_template)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Shape):
    """Where one value stands: a path of names, or in a text a pattern whose first group it is; `pattern` must fit it."""

    at: str = Field(min_length=1)
    pattern: Pattern | None = None


Fields = dict[str, Annotated[Place, BeforeValidator(_placed)]]


class Rule(_Shape):
    """All of `when` must fit. `http` and fields are matched whole, `body` anywhere, all without regard to case."""

    when: dict[str, Pattern] = Field(min_length=1)
    then: Verdict
    at_once: bool = False
    opted_out: bool = False
    retry_after: Annotated[float, Field(ge=1, le=3600)] | None = None


class Recipients(_Shape):
    """The part of an answer that speaks of each recipient: where its entries stand, and how one is read."""

    at: str = Field(min_length=1)
    fields: Fields
    rules: list[Rule] = Field(min_length=1)


class Reading(_Shape):
    """How an answer is read."""

    read: Literal["text", "json", "xml"] = "text"
    fields: Fields = {}
    rules: list[Rule] = []
    recipients: Recipients | None = None


class Call(_Shape):
    """One request. `form` and `json` exclude each other; a field whose slots leave it empty is not sent."""

    method: Method
    url: Annotated[str, AfterValidator(_check_address)]
    headers: dict[Annotated[str, AfterValidator(_check_header)], Template] = {}
    query: dict[str, Template] = {}
    form: dict[str, Template] | None = None
    body: Annotated[Any, AfterValidator(check_tree)] = Field(default=None, alias="json")
    answer: Reading


class Encoding(_Shape):
    """What the slot `encoding` says for a text within GSM-7 and for any other; empty: the field is not sent."""

    gsm7: str = ""
    ucs2: str = ""


class Send(Call):
    """The call that sends: at most `recipients` numbers, joined by `separator` or written by `each` in `json`."""

    recipients: Annotated[int, Field(ge=1, le=1000)] = 1
    separator: str = ""
    encoding: Encoding = Encoding()


class Digest(_Shape):
    """A fingerprint in hex that some companies want beside or instead of the key."""

    by: Literal["md5", "sha1", "sha256"]
    of: Template


class Said(_Shape):
    """What a hook is answered."""

    body: str = "OK"
    type: str = "text/plain; charset=utf-8"


class Clock(_Shape):
    """How the company writes a time: `iso`, `unix` or a pattern of strptime, in its own zone unless it says another."""

    form: str = "iso"
    zone: Annotated[ZoneInfo, BeforeValidator(values.parse_timezone)] = Field(default_factory=lambda: ZoneInfo("UTC"))

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Called(_Shape):
    """A hook: by what its fields come, and what they are called; in JSON a name is a path, and `each` names the list
    whose entries are events, where the company brings several at once.
    """

    by: Shape
    each: str = ""
    answer: Said = Said()


class ReportFields(_Shape):
    """Names in a delivery report; `message` is our own id come back."""

    status: str
    id: str = ""
    message: str = ""
    number: str = ""
    code: str = ""


class Report(Called):
    """Delivery reports; `statuses` are compared without case, and one that is not named changes nothing. `final`: codes or
    statuses after which no other try reaches the number; those of `opted_out` are among them.
    """

    fields: ReportFields
    statuses: dict[str, Status]
    opted_out: list[str] = []
    final: list[str] = []


class SmsFields(_Shape):
    """Names in an SMS that came in."""

    sender: str
    text: str
    id: str = ""
    to: str = ""
    at: str = ""


class Sms(Called):
    """SMS that come in."""

    fields: SmsFields
    time: Clock = Clock()


class Description(_Shape):
    """The whole file. foreign: the company stands outside Indonesia; unencrypted: it offers http only, and we know."""

    company: str = Field(min_length=1)
    foreign: bool = False
    unencrypted: bool = False
    concurrency: Annotated[int, Field(ge=1, le=200)] = 4
    timeout: Annotated[float, Field(ge=1, le=120)] = 30.0
    digests: dict[Annotated[str, Field(pattern="^[a-z_]+$")], Digest] = {}
    send: Send
    report: Report | None = None
    sms: Sms | None = None
    find: Call | None = None
    balance: Call | None = None

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the company cannot do as described, for people."""
        said = {
            "report": "no delivery reports: a message is never shown as delivered, and a cut-off one never settled by one",
            "sms": "no inbound SMS: residents cannot answer by this company",
            "find": "no way to ask for a message: a cut-off one stays in doubt until its report",
            "balance": "no balance",
        }
        return tuple(words for name, words in said.items() if getattr(self, name) is None)

    @cached_property
    def uses_sender(self) -> bool:
        """Whether the company is told who sends."""
        return "sender" in slots_of(self.send.model_dump(exclude={"answer"}))

    @property
    def needs_username(self) -> bool:
        """Whether a call or a fingerprint uses it."""
        used = slots_of([self.send.model_dump(), *(call.model_dump() for call in (self.find, self.balance) if call)])
        used |= slots_of([digest.of for digest in self.digests.values()])
        return bool(used & {"username", "basic"})


def load(path: Path, shown: str) -> Description:
    """The description in `path`, called `shown` in faults. Raises SettingsError with a line for every fault."""
    faults: list[Fault] = []
    made = None
    try:
        if path.stat().st_size > _LARGEST:
            faults.append(Fault(shown, 1, f"longer than the {_LARGEST // 1024} kB that a description may have"))
        elif trap := _trap(path.read_text("utf-8")):
            faults.append(Fault(shown, trap, "aliases and nesting beyond 20 levels are not read here"))
        else:
            source = read(path, shown, faults)
            if isinstance(source.data, dict) and source.data:
                _take_typed(source, yaml.safe_load(path.read_text("utf-8")))
                check(source)
                made = source.validate(Description)
            elif not faults:
                faults.append(Fault(shown, 1, "describes no company"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not readable"
        faults.append(Fault(shown, mark.line + 1 if mark else 1, f"not YAML: {problem}"))
    except (OSError, ValueError) as error:
        faults.append(Fault(shown, 1, f"cannot be read ({type(error).__name__})"))
    if faults or made is None:
        raise SettingsError([f"AGGREGATOR_DESCRIPTION: {fault}" for fault in sorted(set(faults))])
    return made


def _trap(text: str) -> int:
    """The line of what would make the reader work without end; 0 where there is none."""
    depth, line = 0, 1
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else line
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return line
    return 0


def _take_typed(source: Source, typed: Any) -> None:
    # Everything is read as text, since a status 0 or a key 01 is none but text; only what is sent as JSON has types.
    for name in ("send", "find", "balance"):
        call = source.data.get(name)
        if isinstance(call, dict) and "json" in call:
            call["json"] = typed[name]["json"]
