"""Whether two claims are the same: strictly, so that it may be answered at once, or loosely, for a person to look at.

What is answered at once rests on the same words in the same order, one slip of the pen aside. Every word counts that is
not an empty one, and no denial is ever empty or a slip: "bansos cair" and "bansos tidak cair" are two claims, however
alike they look.
"""

import re

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from gateway.aspirations.rules import fold
from gateway.rumours.rules import listed
from menus.loader import standard_lexicon

ALIKE = 72.0
"""Least token-set ratio, of 100, at which a person is shown a known claim beside a new one; denials do not count there."""
_SHORTEST = 2
"""Words with a meaning that two claims must share before the one may be taken for the other."""
_ROOM_FOR_SLIP, _SLIPS_FROM = 4, 6
DENIALS = listed("denials")
"""Words that turn a claim round."""
_EMPTY = listed("empty")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[.,]\d{3})+(?!\d)")
_TIMES = {"rb": 1000, "ribu": 1000, "ewu": 1000, "k": 1000, "jt": 1_000_000, "juta": 1_000_000}


def words_of(text: str) -> list[str]:
    """A claim's words as compared: short forms written out, amounts as one number, empty words left out."""
    plain = _THOUSANDS.sub(lambda found: re.sub(r"[.,]", "", found[0]), fold(text).replace("'", "").replace("’", ""))
    slang = standard_lexicon().slang
    words: list[str] = []
    for token in _TOKEN.findall(plain):
        word = slang.get(token.upper(), token).lower()
        if word in _TIMES and words and words[-1].isdecimal():
            words[-1] = str(int(words[-1][:12]) * _TIMES[word])
        elif word != "rp":
            words.append(word)
    return [word for word in words if word in DENIALS or word not in _EMPTY]


def is_same(one: str, other: str) -> bool:
    """Whether the two may be answered as one without a person having looked.

    The same words in the same order; in claims of four words or more, one long word may differ by one slip.
    """
    first, second = words_of(one), words_of(other)
    if len(first) != len(second) or len(first) < _SHORTEST:
        return False
    apart = [(mine, theirs) for mine, theirs in zip(first, second, strict=True) if mine != theirs]
    if not apart:
        return True
    return len(apart) == 1 and len(first) >= _ROOM_FOR_SLIP and _is_slip(*apart[0])


def _is_slip(one: str, other: str) -> bool:
    """Whether two long words are one, written wrong once: never a number, a denial, nor another first letter."""
    if one in DENIALS or other in DENIALS or one.isdecimal() or other.isdecimal() or one[0] != other[0]:
        return False
    return min(len(one), len(other)) >= _SLIPS_FROM and OSA.distance(one, other, score_cutoff=1) <= 1


def likeness(one: str, other: str) -> float:
    """0 to 100 for a person to look at: how much two claims share, whatever they deny."""
    first, second = ([word for word in words_of(text) if word not in DENIALS] for text in (one, other))
    if not first or not second:
        return 0.0
    return float(max(fuzz.token_set_ratio(" ".join(first), " ".join(second)) - _missing(first, second),
                     fuzz.ratio(" ".join(first), " ".join(second))))  # fmt: skip


def _missing(first: list[str], second: list[str]) -> float:
    """A claim that is a small part of another is not much like it."""
    shorter, longer = sorted((len(set(first)), len(set(second))))
    return 40.0 * (1 - shorter / longer)


def differs(one: str, other: str) -> bool:
    """Whether one denies what the other does not: to be shown to whoever decides."""
    first, second = ([word for word in words_of(text) if word in DENIALS] for text in (one, other))
    return sorted(first) != sorted(second)
