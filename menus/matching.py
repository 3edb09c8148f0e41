"""A keyword that was found and the words behind it, and what those words may name: a kelurahan, a ticket, a code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.kernel.codes import parse_ticket
from menus.lexicon import Keyword, Lexicon
from menus.model import Action
from menus.spelling import Token
from menus.subjects import find_area

_TRIM = " \t\r\n#*,;:/.-=>|"
_BEFORE_TICKET = frozenset({"TIKET", "NO", "NOMOR", "NOMER", "LAPORAN", "TICKET", "KODE"})
_CODE = re.compile(r"([BC])-?(\d{1,9})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_TICKET_WORDS = 7


class Areas(Protocol):
    """What the parser asks of the city's areas; `gateway.kernel.areas.AreaBook` is one."""

    def match(self, words: Sequence[str]) -> tuple[str, int] | None: ...

    def mentioned(self, text: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Matched:
    """A keyword found and what stands behind it. `word` is set where the keyword was guessed from a slip."""

    keyword: Keyword
    text: str
    rest: tuple[Token, ...]
    areas: Areas
    lexicon: Lexicon
    word: str = ""

    def words(self, start: int = 0) -> list[str]:
        """The words behind the keyword, from the `start`th."""
        return [token.word for token in self.rest[start:]]

    def said(self, start: int = 0) -> str:
        """The text as it was written, from the `start`th word behind the keyword."""
        return self.text[self.rest[start].start :].strip(_TRIM) if start < len(self.rest) else ""

    def left(self, start: int, also: frozenset[str] = frozenset()) -> list[str]:
        """The words from the `start`th that are no politeness, nor one of `also`."""
        return [word for word in self.words(start) if word not in self.lexicon.closers and word not in also]

    def area_of(self, body: str) -> str:
        """The kelurahan that running text speaks of, or ""."""
        return find_area(body, self.areas, self.lexicon)


@dataclass(frozen=True, slots=True)
class Found:
    """A command that the words bear out."""

    action: Action
    args: Mapping[str, str]
    rest: str = ""


def find_place(matched: Matched, start: int, kelurahan: bool) -> tuple[str, int]:
    """The area named at the `start`th word and the word behind it; ("", start) where none is."""
    words = matched.words()
    at = start
    while at < len(words) and words[at] in matched.lexicon.place_words:
        at += 1
    found = matched.areas.match(words[at : at + 4]) if at < len(words) else None
    if found is None:
        return "", start
    code, used = found
    # Everyday words such as "jalan" may lie a slip away from a name; whole districts are no place of a report.
    if (used == 1 and words[at] in matched.lexicon.everyday) or (kelurahan and code.count(".") != 3):
        return "", start
    return code, at + used


def find_ticket(matched: Matched) -> tuple[str, str, int]:
    """A valid ticket, else the digits that stand in its place, and the word behind them."""
    return ticket_in(matched.words())


def ticket_in(words: Sequence[str]) -> tuple[str, str, int]:
    """As `find_ticket`, at the beginning of `words`."""
    at = 0
    while at < len(words) and words[at] in _BEFORE_TICKET:
        at += 1
    end = at
    while end < len(words) and words[end].replace("-", "").isdecimal() and end - at < _TICKET_WORDS:
        end += 1
        if ticket := parse_ticket(" ".join(words[at:end])):
            return ticket, "", end
    return "", "".join(words[at:end]), end


def find_code(words: Sequence[str], lexicon: Lexicon, bare: str = "") -> tuple[str, int]:
    """A code such as `B27` or `C48` at the first word, however parted, and the word behind it; ("", 0) where none is.

    `bare` is the letter that a number without one belongs to.
    """
    at = 0
    while at < len(words) and words[at] in lexicon.code_words:
        at += 1
    for used in (1, 2):
        joined = "".join(words[at : at + used])
        if match := _CODE.fullmatch(joined):
            return f"{match[1]}{int(match[2])}", at + used
    if bare and at < len(words) and _NUMBER.fullmatch(words[at]):
        return f"{bare}{int(words[at])}", at + 1
    return "", 0
