"""What the public may read of a month: which counts there are and which of them are hidden.

Counts are of what happened in a month that is over, so that a second look tells nothing of what happened in between.
No two of them add up to a third, so each is hidden for itself. A count under five is hidden, none included; and along with
it as many others of the same parent as are needed for the parent's own count not to give it away.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from gateway.aspirations.lapor_rules import KINDS, STATES
from gateway.kernel.errors import Invalid
from gateway.kernel.hiding import SMALLEST, hide_among

MEASURES: Final = (
    "received", "verified", "answered_on_time", "answered_late", "confirmed", "denied", "closed_automatically",
)  # fmt: skip
"""What is counted of reports, by area. confirmed and denied: by residents, after an answer; denied: partly done too."""
OFFICE_MEASURES: Final = (
    "forwarded", "answered_on_time", "answered_late", "confirmed", "denied", "closed_automatically",
)  # fmt: skip
"""What is counted of reports, by the office that held them then."""
ELSEWHERE: Final = ""
"""The code of what no office held: the neighbourhood's own solving, and the desk's."""
RUMOUR_MEASURES: Final = ("asked", "judged", "first_word_on_time", "first_word_late")
"""What is counted of rumours, in the whole city."""
OLDEST_YEAR, NEWEST_YEAR = 2020, 2100
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the city's calendar."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of the month, and the first after it."""
        first, after = date(self.year, self.month, 1), date(self.next.year, self.next.month, 1)
        return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)


def last_month(now: datetime, zone: ZoneInfo) -> Month:
    """The newest month that is over."""
    local = now.astimezone(zone)
    return Month(local.year, local.month).before


def read_month(written: str, now: datetime, zone: ZoneInfo) -> Month:
    """The month written as 2026-10; the newest that is over for nothing. Raises Invalid for one that is not over."""
    newest = last_month(now, zone)
    if not written:
        return newest
    match = _MONTH.fullmatch(written)
    if not match or not 1 <= int(match[2]) <= 12 or not OLDEST_YEAR <= int(match[1]) <= NEWEST_YEAR:
        raise Invalid(f"month must be written as {newest}.")
    month = Month(int(match[1]), int(match[2]))
    if month.bounds(zone)[0] > newest.bounds(zone)[0]:
        raise Invalid(f"Figures are shown of months that are over; the newest is {newest}.")
    return month


def hide(parents: Mapping[str, str], counts: Mapping[str, int]) -> set[str]:
    """Which areas' counts are hidden, for one measure.

    parents: the area above each, "" for the city's own. An area's count is that of its parts and of what names no part of
    it, which is shown nowhere. An area that is hidden hides all below it.
    """
    tree = _Tree(parents, counts)
    return tree.hide_with("", [code for code in tree.parts("") if tree.is_small(code)])


class _Tree:
    """Areas with one measure's counts. `holds` is what their smallest parts add up to."""

    def __init__(self, parents: Mapping[str, str], counts: Mapping[str, int]) -> None:
        self._parts: dict[str, list[str]] = {}
        for code, parent in parents.items():
            self._parts.setdefault(parent, []).append(code)
        self._counts = counts
        self._holds = {code: self._add_up(code) for code in parents}

    def parts(self, code: str) -> list[str]:
        return self._parts.get(code, [])

    def is_small(self, code: str) -> bool:
        """Whether an area's own count would say too much: it is under five, or all of its parts together are."""
        return min(self._counts.get(code, 0), self._holds[code]) < SMALLEST

    def hide_with(self, code: str, found: Iterable[str]) -> set[str]:
        """`found` of an area's parts, all below those, and what has to be hidden below the others."""
        hidden = set(found)
        for part in self.parts(code):
            below = self.parts(part)
            hidden |= self.hide_with(part, below if part in hidden else self._choose(part))
        return hidden

    def _choose(self, code: str) -> set[str]:
        counts = {part: self._counts.get(part, 0) for part in self.parts(code)}
        elsewhere = self._counts.get(code, 0) - sum(counts.values())
        small = [part for part in counts if self.is_small(part)]
        return hide_among(counts, small, holds=self._holds, exposed=0 < elsewhere < SMALLEST)

    def _add_up(self, code: str) -> int:
        parts = self.parts(code)
        return sum(map(self._add_up, parts)) if parts else self._counts.get(code, 0)


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be shown of an area's month. counts: by MEASURES, None where hidden.

    median_days: working days from receipt to the answer, shown where a count of answers is. Of an office it is the same by
    OFFICE_MEASURES, `area` is its code and `level` says office.
    """

    area: str
    name: str
    level: str
    counts: Mapping[str, int | None]
    median_days: float | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all may be shown."""
        return all(n is None for n in self.counts.values())

    @property
    def gap_percent(self) -> int | None:
        """How far the city's word and the residents' lie apart: of the reports that were called done and that they could
        have spoken on, the percentage they denied, found partly done or let lapse. It is worked out from what is shown,
        and tells nothing else: None where one of its counts is hidden.
        """
        done, denied, silent = (self.counts[name] for name in ("confirmed", "denied", "closed_automatically"))
        if done is None or denied is None or silent is None:
            return None
        return round(100 * (denied + silent) / (done + denied + silent))


def hide_offices(codes: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> dict[str, set[str]]:
    """Which offices' counts are hidden, by measure. Their totals are public as the city's; ELSEWHERE is one of them."""
    codes = [*codes, ELSEWHERE]
    return {name: hide_among({code: counts[name].get(code, 0) for code in codes}) for name in OFFICE_MEASURES}


def show_rumours(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The city's counts of rumours, None where hidden: none of them is a part of another that is shown."""
    return {name: n if (n := counts.get(name, 0)) >= SMALLEST else None for name in RUMOUR_MEASURES}


def show_lapor(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int | None]]:
    """Reports by kind and state in LAPOR's words, every pair named, None where hidden; their total is public elsewhere."""
    cells = dict.fromkeys(product(KINDS.values(), dict.fromkeys(STATES.values())), 0)
    for (kind, state), n in counts.items():
        cells[KINDS[kind], STATES[state]] += n
    hidden = set(cells) if sum(cells.values()) < SMALLEST else hide_among(cells)
    return [(kind, state, None if (kind, state) in hidden else n) for (kind, state), n in cells.items()]
