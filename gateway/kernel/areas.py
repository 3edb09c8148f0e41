"""The city's areas as a book to look names up in: official names, short codes, old names, slips of the pen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from rapidfuzz.distance import OSA

Level = Literal["provinsi", "kota", "kecamatan", "kelurahan"]
_WORD = re.compile(r"[a-z]+")
_LONGEST = 4
_SLIPS_OVER = 5


@dataclass(frozen=True, slots=True)
class Area:
    """An area by its Kemendagri code; `short` is the three-letter code for the location slot of an SMS."""

    code: str
    name: str
    level: Level
    parent: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an area: `kind` is `sms_code`, `pre_2014_name` or `spelling`."""

    alias: str
    code: str
    kind: str


class AreaBook:
    """Finds areas. Immutable once built; a process keeps one and replaces it when the table changes."""

    def __init__(self, areas: Iterable[Area], aliases: Iterable[Alias]) -> None:
        self._areas = {area.code: area for area in areas}
        self._children: dict[str, list[Area]] = {}
        for area in self._areas.values():
            self._children.setdefault(area.parent, []).append(area)
        self._names: dict[str, str] = {}
        self._shorts: dict[str, str] = {}
        for area in self._areas.values():
            if area.level in ("kelurahan", "kecamatan"):
                self._names[_fold(area.name)] = area.code
            if area.short:
                self._shorts[_fold(area.short)] = area.code
            if area.level == "kecamatan":
                self._names.setdefault(_fold(area.name.removeprefix("Pekalongan ")), area.code)
        for alias in aliases:
            target = self._shorts if alias.kind == "sms_code" else self._names
            target.setdefault(_fold(alias.alias), alias.code)

    def __getitem__(self, code: str) -> Area:
        return self._areas[code]

    def __contains__(self, code: str) -> bool:
        return code in self._areas

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def children(self, code: str) -> list[Area]:
        """The areas directly below `code`, in the order of their codes."""
        return sorted(self._children.get(code, []), key=lambda area: area.code)

    def match(self, words: Sequence[str]) -> tuple[str, int] | None:
        """The area that the first of `words` name, and how many of them it took: the location slot of an SMS.

        The longest run wins. Short codes count here only: KAN, BAN, PAS are everyday words in running text.
        A slip of one letter (two in names of ten and more) is forgiven where it fits one area alone. A number beside a
        name (`Medono 5 rumah roboh`) is part of what is said, never of the name.
        """
        if found := self.named(words):
            return found
        folded = _folded(words)
        for length in _lengths(folded):
            if code := self._slipped("".join(folded[:length])):
                return code, length
        return None

    def named(self, words: Sequence[str]) -> tuple[str, int] | None:
        """As `match`, for orders of officials, in which no slip is forgiven."""
        folded = _folded(words)
        for length in _lengths(folded):
            name = "".join(folded[:length])
            if code := self._names.get(name) or (self._shorts.get(name) if length == 1 else None):
                return code, length
        return None

    def mentioned(self, text: str) -> str | None:
        """The kelurahan that running text names in full, or None; two different ones give None."""
        words = [match.group() for match in _WORD.finditer(text.lower())]
        found: set[str] = set()
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                code = self._names.get("".join(words[at : at + length]))
                if code and self._areas[code].level == "kelurahan":
                    found.add(code)
                    at += length
                    break
            else:
                at += 1
        return found.pop() if len(found) == 1 else None

    def _slipped(self, name: str) -> str | None:
        if len(name) < _SLIPS_OVER:
            return None
        allowed = 2 if len(name) >= 10 else 1
        near = {
            code for known, code in self._names.items() if OSA.distance(known, name, score_cutoff=allowed) <= allowed
        }
        return near.pop() if len(near) == 1 else None


def _folded(words: Sequence[str]) -> list[str]:
    return [_fold(word) for word in takewhile(_may_be_of_name, words[:_LONGEST])]


def _lengths(folded: Sequence[str]) -> list[int]:
    return [length for length in range(len(folded), 0, -1) if folded[length - 1]]


def _may_be_of_name(word: str) -> bool:
    return not (word[:1].isdigit() or word[-1:].isdigit())


def _fold(name: str) -> str:
    return "".join(_WORD.findall(name.lower()))


def covers(scope: str, code: str) -> bool:
    """Whether an official of area `scope` may act on area `code`: itself and what lies below it."""
    return code == scope or code.startswith(scope + ".")
