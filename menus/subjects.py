"""What a report speaks of, as far as rules can tell: its category, its RT and RW, and whether it is an emergency."""

import re
import unicodedata
from dataclasses import dataclass

from menus.lexicon import Lexicon
from menus.loader import standard_lexicon

_TOKEN = re.compile(r"[^\s#*,;:/?!.()\[\]\"|&+<>=]+")
_EDGE = "'`’‘“”-_~"
_RT = r"rt\s*[.:]?\s*0*(\d{1,2})(?!\d)"
_RW = r"rw\s*[.:]?\s*0*(\d{1,2})(?!\d)"
_RT_RW = re.compile(r"\brt\s*/\s*rw\s*[.:]?\s*0*(\d{1,2})\s*[/.,\- ]\s*0*(\d{1,2})\b", re.IGNORECASE | re.ASCII)
_RT_SLASH = re.compile(r"\brt\s*[.:]?\s*0*(\d{1,2})\s*/\s*0*(\d{1,2})\b", re.IGNORECASE | re.ASCII)
_ONLY_RT = re.compile(rf"\b{_RT}", re.IGNORECASE | re.ASCII)
_ONLY_RW = re.compile(rf"(?:\b|(?<=\d)){_RW}", re.IGNORECASE | re.ASCII)
# A word this long may carry an ending such as -nya or -ne and still be meant.
_STEM = 5
_ENDINGS = ("NYA", "NE", "E", "IPUN", "KU", "MU", "AN")
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a message in capitals, and where it stands in the message."""

    word: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The words of a message; separators of any kind part them, full-width letters count as plain ones."""
    found = []
    for match in _TOKEN.finditer(text):
        word = unicodedata.normalize("NFKC", match.group()).upper().strip(_EDGE)
        if word:
            found.append(Token(word, match.start(), match.end()))
    return found


def guess_category(text: str, lexicon: Lexicon | None = None) -> str | None:
    """The code of the category that most words of `text` speak for, or None; "other" is never guessed."""
    words = [token.word for token in tokens_of(text)]
    best, most = None, 0
    for category, phrases in (lexicon or standard_lexicon()).categories.items():
        weight = sum(
            value
            for phrase, value in phrases.items()
            for at in range(len(words) - len(phrase) + 1)
            if all(_means(word, meant) for word, meant in zip(words[at:], phrase, strict=False))
        )
        if weight > most:
            best, most = category, weight
    return best


def _means(word: str, meant: str) -> bool:
    if word == meant:
        return True
    return len(meant) >= _STEM and word.startswith(meant) and word[len(meant) :] in _ENDINGS


def find_rt_rw(text: str) -> tuple[int | None, int | None]:
    """The RT and RW that `text` names (`RT 2 RW 3`, `RT02/RW3`, `rt 2/3`, `RT/RW 02/03`), None where it names none."""
    for pattern in (_RT_RW, _RT_SLASH):
        if match := pattern.search(text):
            return _counted(match[1]), _counted(match[2])
    rt, rw = _ONLY_RT.search(text), _ONLY_RW.search(text)
    return _counted(rt[1]) if rt else None, _counted(rw[1]) if rw else None


def _counted(digits: str) -> int | None:
    return int(digits) or None


def is_emergency(words: list[str], lexicon: Lexicon) -> bool:
    """Whether an emergency word stands in company that does not take it back ("harga kebakaran" does)."""
    for phrase in lexicon.emergency:
        for at in range(len(words) - len(phrase) + 1):
            end = at + len(phrase)
            if tuple(words[at:end]) != phrase:
                continue
            before, after = words[max(0, at - _NEAR) : at], words[end : end + 1]
            if not lexicon.emergency_before.intersection(before) and not lexicon.emergency_after.intersection(after):
                return True
    return False
