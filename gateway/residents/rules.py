"""What a registration must hold, and how one row of a list is judged."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from gateway.kernel import phone, text
from gateway.kernel.areas import AreaBook

CONSENT_VERSION = "2026-11"
"""The wording of S0 and R1. A changed wording gets a new version, and people are asked again."""

ACTIVE_AT_ONCE = frozenset({"sms", "ussd", "paper"})
HOWS = ("sms", "ussd", "paper", "verbal", "sheet")
TOPICS = ("alert", "services", "development", "health", "events")
LONGEST_NAME = 80
_PLACES_KEPT = 10_000

_UNIT = re.compile(r"(?:RT|RW)?\s*0*(\d{1,3})", re.IGNORECASE | re.ASCII)
_TAG_ENDS = re.compile(r"[;|,]")
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Registration:
    """One person to register, judged and repaired."""

    number: str
    area: str
    language: str
    name: str | None
    rt: str | None
    rw: str | None
    topics: tuple[str, ...]
    groups: tuple[str, ...]
    how: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row cannot be registered: the column to mend and a reason a person can act on."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rows against the city's areas, the languages and the clock of one import."""

    areas: AreaBook
    languages: Collection[str]
    region: str
    now: datetime
    _numbers: dict[str, int] = field(default_factory=dict)
    _places: dict[str, str | None] = field(default_factory=dict)

    def judge(self, row: Mapping[str, Any], at: int = 0) -> Registration | Refusal:
        """A registration, or the first thing that is wrong. `row` has the fields of the API; `at` is its number."""
        number = phone.normalise(str(row.get("phone") or ""), self.region)
        if number is None:
            return Refusal("phone", "is no phone number; write it as 0812… or +62812…")
        if not phone.is_mobile(number):
            return Refusal("phone", "is a landline; an SMS needs a mobile number")
        if earlier := self._numbers.get(number):
            return Refusal("phone", f"stands in row {earlier} already")
        area = self._area(str(row.get("area") or ""))
        if area is None:
            return Refusal("area", "is no kelurahan of the city; write its code or its name")
        language = str(row.get("language") or "id").lower()
        if language not in self.languages:
            return Refusal("language", f"must be one of {', '.join(self.languages)}")
        name = text.clean(str(row.get("name") or "")) or None
        if name and len(name) > LONGEST_NAME:
            return Refusal("name", f"is longer than {LONGEST_NAME} characters")
        if name and not name.replace(" ", "").isalpha() and text.redact(name).text != name:
            return Refusal("name", "holds an identity or phone number; write the name alone")
        units: dict[str, str | None] = {"rt": None, "rw": None}
        for column in units:
            if raw := str(row.get(column) or "").strip():
                if not (match := _UNIT.fullmatch(raw)):
                    return Refusal(column, "must be a number of up to three digits")
                units[column] = match[1]
        topics = tags(row.get("topics"))
        if unknown := next((topic for topic in topics if topic not in TOPICS), None):
            return Refusal("topics", f"does not know {unknown[:32]}; the topics are {', '.join(TOPICS)}")
        groups = tags(row.get("groups"))
        if any(not _TAG.fullmatch(group) for group in groups):
            return Refusal("groups", "must be short names of letters, digits, - and _")
        consent = self._consent(row.get("consent"))
        if isinstance(consent, Refusal):
            return consent
        if at:
            self._numbers[number] = at
        rt, rw = units["rt"], units["rw"]
        return Registration(number, area, language, name, rt, rw, topics, groups, *consent)

    def _area(self, written: str) -> str | None:
        # A list names the same few places over and over.
        if written not in self._places and len(self._places) < _PLACES_KEPT:
            self._places[written] = self._find_area(written.strip())
        return self._places[written] if written in self._places else self._find_area(written.strip())

    def _find_area(self, written: str) -> str | None:
        if written in self.areas:
            return written if self.areas[written].level == "kelurahan" else None
        words = written.split()
        found = self.areas.match(words) if words else None
        if found and found[1] == len(words) and self.areas[found[0]].level == "kelurahan":
            return found[0]
        return None

    def _consent(self, consent: Any) -> tuple[str, datetime] | Refusal:
        if not isinstance(consent, Mapping):
            return Refusal("consent", "is missing; say how and when the person agreed")
        how = str(consent.get("how") or "").lower()
        if how not in HOWS:
            return Refusal("consent", f"how must be one of {', '.join(HOWS)}")
        when = moment(str(consent.get("when") or ""))
        if when is None:
            return Refusal("consent", "when must be a day (2026-11-01) or a moment (RFC 3339)")
        if when > self.now:
            return Refusal("consent", "when lies in the future")
        return how, when


def is_group(name: str) -> bool:
    """Whether this may be the name of a group."""
    return bool(_TAG.fullmatch(name))


@lru_cache(maxsize=1024)
def moment(written: str) -> datetime | None:
    """A day or an RFC 3339 moment as an aware UTC datetime; None for anything else."""
    try:
        if len(written) == 10:
            return datetime.combine(date.fromisoformat(written), time(), UTC)
        parsed = datetime.fromisoformat(written)
        return parsed.astimezone(UTC) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def tags(written: Any) -> tuple[str, ...]:
    """Names of topics or groups, from a list or from one cell with `;`, `|` or `,` between them."""
    if not written:
        return ()
    parts = _TAG_ENDS.split(written) if isinstance(written, str) else written
    return tuple(filter(None, dict.fromkeys(str(part).strip().lower() for part in parts)))
