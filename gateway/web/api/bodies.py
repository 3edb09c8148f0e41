"""What API calls are sent: JSON bodies as pydantic models. Rules that need the database are the services' own."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

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


class NewBroadcast(Body):
    """A broadcast to draft."""

    level: Level
    texts: Texts
    audience: Audience
    send_at: Moment | None = None
    expires_at: Moment | None = None
    reason: Note | None = None


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

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        found = {name: getattr(self, name) for name in self.model_fields_set}
        if "audience" in found:
            found["audience"] = self.audience.lists()
        return found


class Correction(Body):
    """What to say to those who got a broadcast that was wrong."""

    texts: Texts


class Approval(Body):
    """An approval, bound to what the approver saw where the hash is given."""

    hash: Word | None = None


class Rejection(Body):
    """A rejection, with a word to the author."""

    note: Note | None = None


class Question(Body):
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
