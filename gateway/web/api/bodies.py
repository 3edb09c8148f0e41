"""What API calls are sent: JSON bodies as pydantic models. Rules that need the database are the services' own."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from gateway.broadcasts.polls import Poll
from gateway.broadcasts.repeats import Every, Repeat
from gateway.web.api.calls import Body

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MOMENT: Final = "must be a moment with its zone, such as 2026-11-30T08:00:00+07:00"


def _without_nul(text: str) -> str:
    # PostgreSQL cannot hold it, and no text for people has it.
    if "\x00" in text:
        raise ValueError("must not hold the character NUL")
    return text


def _moment(written: object) -> datetime | None:
    if written is None:
        return None
    if not isinstance(written, str) or not _RFC_3339.fullmatch(written):
        raise ValueError(_MOMENT)
    try:
        read = datetime.fromisoformat(written.upper().replace(" ", "T"))
    except ValueError:
        raise ValueError(_MOMENT) from None
    if not 2000 <= read.year < 2100:
        raise ValueError("must lie in this century")
    return read.astimezone(UTC)


Text = Annotated[str, AfterValidator(_without_nul)]
Word = Annotated[str, StringConstraints(max_length=80), AfterValidator(_without_nul)]
Note = Annotated[str, StringConstraints(max_length=500), AfterValidator(_without_nul)]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Words = Annotated[list[Word], Field(max_length=1000)]
Level = Literal["routine", "important", "emergency"]
Texts = Annotated[
    dict[Word, Text], Field(description="Text by language, each one of LANGUAGES.", examples=[{"id": "Air bersih …"}])
]


class Audience(Body):
    """Who gets it: within a list any, between lists all; an absent list restricts nothing, and one there must be."""

    areas: Words | None = Field(None, examples=[["33.75.01.1006", "33.75.01.1006/RW03/RT02"]])
    topics: Words | None = None
    groups: Words | None = None
    languages: Words | None = None

    def lists(self) -> dict[str, list[str]]:
        """The lists that are given."""
        return {name: value for name, value in self if value is not None}


class Question(Body):
    """What a broadcast asks: answers by digit, from 1 on, each named in the text; they count until it closes."""

    options: Annotated[dict[Word, Word], Field(examples=[{"1": "saluran", "2": "lampu"}])]
    closes_at: Moment

    def poll(self) -> Poll:
        """As the service takes it."""
        return Poll(self.options, self.closes_at)


class Series(Body):
    """How often a broadcast leaves again, at the same time of day, and the last day on which it does (city's time)."""

    every: Every
    until: date

    def repeat(self) -> Repeat:
        """As the service takes it."""
        return Repeat(self.every, self.until)


class NewBroadcast(Body):
    """A broadcast to draft."""

    level: Level
    texts: Texts
    audience: Audience
    send_at: Moment | None = None
    expires_at: Moment | None = None
    reason: Note | None = None
    is_drill: bool = Field(
        False, description="An exercise for test groups, marked LATIHAN; it never becomes a real one."
    )
    question: Question | None = None
    repeat: Series | None = None


def _hide_default(schema: dict[str, Any]) -> None:
    schema.pop("default")


class Changes(Body):
    """What to change of a broadcast; what is left out stays."""

    # The defaults only stand for "left out": `given` never passes them on, and the document must not show them.
    level: Level = Field(default="routine", json_schema_extra=_hide_default)
    texts: Texts = Field(default_factory=dict)
    audience: Audience = Field(default_factory=Audience)
    send_at: Moment | None = None
    expires_at: Moment | None = None
    reason: Note | None = None
    question: Question | None = None
    repeat: Series | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        found = {name: getattr(self, name) for name in self.model_fields_set}
        if "audience" in found:
            found["audience"] = self.audience.lists()
        if self.question:
            found["question"] = self.question.poll()
        if self.repeat:
            found["repeat"] = self.repeat.repeat()
        return found


class Correction(Body):
    """What to say to those who got a broadcast that was wrong."""

    texts: Texts


class Approval(Body):
    """An approval, bound to what the approver saw where the hash is given."""

    hash: Word | None = None


class Again(Body):
    """What to send again: the unconfirmed messages, or the failed ones instead."""

    failed: bool = False


class Rejection(Body):
    """A rejection, with a word to the author."""

    note: Note | None = None


class Asked(Body):
    """What a resident is asked about their report."""

    question: Note


class Forward(Body):
    """The office a ticket is handed to, by its code."""

    office: Word


class Decline(Body):
    """Whose authority it is instead (up to 40 characters), and words for the resident."""

    to: Word
    text: Note


class Merge(Body):
    """The ticket it is merged into, written with any separators."""

    into: Word


class Saying(Body):
    """Words for the ticket's people, up to 150 characters: they read them by SMS."""

    text: Note


class NewDay(Body):
    """A day off. kind: national, joint_leave or city."""

    day: Word = Field(examples=["2026-12-24"])
    name: Word
    kind: Literal["national", "joint_leave", "city"] = "city"


class Consent(Body):
    """How and when a person agreed."""

    how: Word | None = Field(None, description="sms, ussd, paper, verbal or sheet")
    when: Word | None = Field(None, description="a day (2026-11-01) or a moment (RFC 3339)")


class Resident(Body):
    """A person to register. A row with something missing or wrong is refused by itself; the others are taken."""

    model_config = ConfigDict(json_schema_extra={"required": ["phone", "area", "language", "consent"]})

    phone: Word | int | None = None
    area: Word | None = None
    language: Word | None = None
    name: Text | None = None
    rt: Word | int | None = None
    rw: Word | int | None = None
    topics: Words | None = None
    groups: Words | None = None
    consent: Consent | None = None


class NewResidents(Body):
    """Up to 1,000 people to register."""

    residents: list[Resident]


class Members(Body):
    """Phone numbers of residents to put into a group or take out of it, up to 1,000 together."""

    add: Words = Field(default_factory=list)
    remove: Words = Field(default_factory=list)


class GroupFlag(Body):
    """Whether drills may be sent to a group."""

    is_test: bool


class NewPreset(Body):
    """A named alert group with its template; `slots` says how many letters each may take."""

    name: Word
    audience: Audience
    texts: Texts
    slots: dict[Word, int] = Field(default_factory=dict, examples=[{"jam": 11, "tempat": 20}])


class PresetUse(Body):
    """What to fill a preset's slots with, and why it is sent."""

    slots: dict[Word, Word] = Field(default_factory=dict)
    reason: Note
    expires_at: Moment | None = None


class NewVerdict(Body):
    """A verdict on a claim: the label, what is true, who says so, and the claim in a few words."""

    label: Word = Field(examples=["SALAH"], description="SALAH, MENYESATKAN, BENAR or BELUM TERBUKTI")
    text: Note
    sources: Words = Field(examples=[["BMKG: buletin 12/6", "BPBD"]], description="At least two.")
    summary: Word = Field("", description="The claim in a few words; else how it begins.")
    kind: Word = Field("", description="First Draft's kind; `satire` reads SALAH (bercanda).")


class OtherClaim(Body):
    """The code of a known claim."""

    code: Word


class NewQuiz(Body):
    """What an item asks, named with its digits in the item's texts; `facts` say why the right answer is, by language."""

    options: dict[str, str]
    right: Word
    facts: Texts


class NewItem(Body):
    """An item of information to draft; `corrects` names one whose place it takes."""

    topic: Word = Field(examples=["health"])
    area: Word = Field(examples=["33.75.01.1006"])
    titles: Texts
    texts: Texts
    source: Word
    valid_from: Moment | None = Field(None, description="Now, where it is left out.")
    valid_until: Moment
    corrects: Word | None = None
    office: Word | None = Field(None, description="Of a project on the development board, as are budget and percent.")
    budget: int | None = Field(None, description="In rupiah.")
    percent: int | None = None
    quiz: NewQuiz | None = None


class NewRelay(Body):
    """What is to be read aloud: a code of ours, where, and in how many RT of each kelurahan."""

    code: Word
    areas: Words = Field(default_factory=list, description="Those it is for, where none is named.")
    wanted: int | None = None
