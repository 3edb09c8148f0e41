"""What a rumour is: its public code, its labels, who may judge it by which rules, how harmful it may be, when a word is due."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from gateway.aspirations.rules import fold
from gateway.kernel.calendar import Quiet, quiet_until
from gateway.officials.rules import Official, Role

LABELS = ("salah", "menyesatkan", "benar", "belum_terbukti")
CHECKING = "sedang_dicek"
"""What residents read of a claim that nobody has judged yet."""
SATIRE = "satire"
KINDS = (
    SATIRE, "misleading", "impostor", "fabricated", "false_connection", "false_context", "manipulated",
)  # fmt: skip
"""First Draft's seven, for staff and exports; residents read one of five words."""
JOKE = "bercanda"
"""What residents read of satire: wrong, but a joke."""
LONGEST = 1000
LEAST_SOURCES, MOST_SOURCES, LONGEST_SOURCE = 2, 6, 120
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"\s*[Cc]\s*[-.]?\s*(\d{1,9})\s*")

READERS = frozenset({Role.ADMIN, Role.APPROVER, Role.KIM, Role.LURAH, Role.EMERGENCY})
"""For whom claims exist at all: what residents ask may name people, so nobody else's program reads them."""
MAY_JUDGE = frozenset({Role.ADMIN, Role.KIM})
"""Who writes a verdict, says that two claims are one, or that one is a complaint."""
MAY_DECIDE = frozenset({Role.ADMIN, Role.APPROVER})
"""Who approves or rejects another's verdict."""

_WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))


def listed(name: str) -> frozenset[str]:
    """One list of words.yaml."""
    return frozenset(_WORDS[name].split())


_HURTS, _COSTS, _CITY_WORDS = listed("hurts"), listed("costs"), listed("city")
_CITY_PAIRS = tuple(tuple(pair.split()) for pair in _WORDS["pairs"])
_KIM = "kim"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the desk found. `summary`: the claim in a few words; `fact`: what is true; `sources`: who says so, each as
    `name` or `name: where`; `kind`: one of KINDS, or empty."""

    label: str
    summary: str
    fact: str
    sources: tuple[str, ...]
    kind: str = ""


def show_claim(number: int) -> str:
    """The public code of the claim with this running number."""
    return f"C{number}"


def parse_claim(text: str) -> int | None:
    """The running number behind `C48`, `c 48` or `C-48`; None for anything else."""
    match = _CODE.fullmatch(text)
    return int(match[1]) if match and match[1].isascii() else None


def normal(words: str) -> str:
    """A claim as compared: case, spacing and signs do not count; every word and number does."""
    return " ".join(_WORD.findall(fold(words)))


def parse_label(written: str) -> str | None:
    """The label behind `BELUM TERBUKTI`, however spaced; None for none."""
    label = "_".join(written.replace("_", " ").lower().split())
    return label if label in LABELS else None


def show_label(label: str) -> str:
    """A label as the API writes it."""
    return label.replace("_", " ").upper()


def said_label(label: str, kind: str | None) -> str:
    """The code of the words residents read for it."""
    return JOKE if label == "salah" and kind == SATIRE else label


def name_of(source: str) -> str:
    """`BMKG` of `BMKG: buletin 12/6`: what an SMS has room for."""
    return source.partition(":")[0].strip()


def digest(number: int, version: int, finding: Finding) -> str:
    """What an approval is bound to: the claim, the version it would replace, and every word of the finding."""
    whole = [number, version, finding.label, finding.kind, finding.summary, finding.fact, list(finding.sources)]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def harm_of(words: str) -> int:
    """1 to 3, by the words alone, so that anyone can see why a claim stands where it does in the queue."""
    said = set(normal(words).split())
    return 3 if said & _HURTS else 2 if said & _COSTS else 1


def is_of_city(words: str) -> bool:
    """Whether words speak of the city's own government, or name a body of it."""
    said = normal(words).split()
    pairs = set(pairwise(said))
    return bool(_CITY_WORDS & set(said)) or any(pair in pairs for pair in _CITY_PAIRS)


def may_stand(author: Role, claim: str, finding: Finding) -> bool:
    """Whether the city does not judge a claim about itself alone: a KIM has judged, or a source from outside says so.

    An admin who names the KIM as a source has only the admin's word for it.
    """
    if author is Role.KIM or not (is_of_city(claim) or is_of_city(finding.summary)):
        return True
    names = [normal(name_of(source)).split() for source in finding.sources]
    return any(name and _KIM not in name and not is_of_city(" ".join(name)) for name in names)


def fault_of(finding: Finding) -> str:
    """What is wrong with a finding, as a sentence; empty where nothing is."""
    if finding.label not in LABELS:
        return f"label must be one of {', '.join(map(show_label, LABELS))}."
    if finding.kind and finding.kind not in KINDS:
        return f"kind must be one of {', '.join(KINDS)}."
    if not finding.fact or not finding.summary:
        return "A verdict says the claim in a few words, and what is true."
    if any(not name_of(source) or len(source) > LONGEST_SOURCE for source in finding.sources):
        return f"Every source has a name, and up to {LONGEST_SOURCE} letters."
    names = {normal(name_of(source)) for source in finding.sources}
    if len(names) < LEAST_SOURCES:
        return f"At least {LEAST_SOURCES} different sources are needed."
    if len(finding.sources) > MOST_SOURCES:
        return f"Name at most {MOST_SOURCES} sources."
    return ""


def is_desk_of(official: Official, area: str | None) -> bool:
    """Whether the desk's alarms about a claim from there are theirs: admins, approvers, and the KIM it concerns."""
    return official.role in (Role.ADMIN, Role.APPROVER, Role.KIM) and official.is_over(area)


_STEP, _MARGIN = timedelta(minutes=5), timedelta(minutes=5)


def first_word_due(now: datetime, within: timedelta, hours: tuple[time, time], quiet: Quiet) -> datetime:
    """When those who asked get a first word: `within` of working hours from now, a little early, never in quiet hours.

    hours: the desk's, such as 08:00 to 20:00, in the zone of `quiet`. What would fall into quiet hours goes before them,
    since it would otherwise wait for their end.
    """
    zone, left = quiet.zone, within
    at = now.astimezone(zone)
    while True:
        opens, closes = (_at(at.date(), clock, quiet) for clock in hours)
        at = max(at, opens)
        if at < closes and at + left <= closes:
            due = at + left - _MARGIN
            break
        left -= max(closes - at, timedelta())
        at = _at(at.date() + timedelta(days=1), hours[0], quiet)
    while due > now and quiet_until(due, quiet):
        due -= _STEP
    return max(due, now).astimezone(now.tzinfo)


def _at(day: date, clock: time, quiet: Quiet) -> datetime:
    return datetime.combine(day, clock, quiet.zone)


def clean_sources(sources: Sequence[str]) -> tuple[str, ...]:
    """Sources without blanks around them, in their order, none empty or twice."""
    kept = dict.fromkeys(" ".join(source.split()) for source in sources)
    return tuple(source for source in kept if source)
