"""What a report speaks of, as far as rules can tell: category, RT and RW, kelurahan, and whether it is an emergency."""

import re
from typing import Protocol

from rapidfuzz.distance import OSA

from menus.lexicon import Lexicon
from menus.loader import standard_lexicon
from menus.spelling import READ, Token, shortened, tokens_of

_GAP = r"\s{0,3}[.:,\-=#]?\s{0,3}(?:ke[\s\-]{0,2})?"
_RT_RW = re.compile(
    rf"\brt\s{{0,2}}[/&.,\-]?\s{{0,2}}rw{_GAP}0*(\d{{1,2}})\s{{0,2}}[/.,\- ]\s{{0,2}}0*(\d{{1,2}})\b", re.ASCII
)
_RT_SLASH = re.compile(rf"\brt{_GAP}0*(\d{{1,2}})\s{{0,2}}/\s{{0,2}}0*(\d{{1,2}})\b", re.ASCII)
_ONLY_RT = re.compile(rf"(?:\b|(?<=\d))rt{_GAP}0*(\d{{1,2}})(?!\d)", re.ASCII)
_ONLY_RW = re.compile(rf"(?:\b|(?<=\d))rw{_GAP}0*(\d{{1,2}})(?!\d)", re.ASCII)
_SPOKEN = re.compile(r"\ber(te|we)\b", re.ASCII)
_COUNTED = re.compile(rf"\b(rt|rw)({_GAP})([a-z]+)\b", re.ASCII)
# A word this long may carry an ending such as -nya or -ne and still be meant.
_STEM = 5
_ENDINGS = ("NYA", "NE", "E", "IPUN", "KU", "MU", "AN")
_NEAR, _FAR = 2, 5
_LONG = 8
_STRONG = 2
# Short codes have three letters, and a slip in a name of four could be any word.
_NAME = 5


class Places(Protocol):
    """What is asked of the city's areas here; `gateway.kernel.areas.AreaBook` knows it."""

    def match(self, words: list[str]) -> tuple[str, int] | None: ...

    def mentioned(self, text: str) -> str | None: ...


def guess_category(text: str, lexicon: Lexicon | None = None, least: int = _STRONG) -> str | None:
    """The code of the category that most words of `text` speak for, or None; "other" is never guessed.

    One word that only hints at a category is less than `least`, and none. Words one slip away from a category's own
    word count where those written right say too little.
    """
    lexicon = lexicon or standard_lexicon()
    words = [shortened(token.word) for token in tokens_of(text, lexicon.slang)]
    weights = dict.fromkeys(lexicon.categories, 0)
    for at, word in enumerate(words):
        for category, phrase, value in _entries(word, lexicon):
            if all(map(_means, words[at : at + len(phrase)], phrase)) and len(words) - at >= len(phrase):
                weights[category] += value
    if max(weights.values()) < least:
        for word in words:
            if category := _slipped(word, lexicon):
                weights[category] += _STRONG
    best = max(weights, key=lambda category: weights[category])
    return best if weights[best] >= least else None


def _entries(word: str, lexicon: Lexicon) -> list[tuple[str, tuple[str, ...], int]]:
    """The category phrases that begin with this word, or with this word less its ending."""
    found = list(lexicon.subjects.get(word, ()))
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _STEM:
            found += lexicon.subjects.get(stem, ())
    return found


def _means(word: str, meant: str) -> bool:
    if word == meant:
        return True
    return len(meant) >= _STEM and word.startswith(meant) and word[len(meant) :] in _ENDINGS


def _slipped(word: str, lexicon: Lexicon) -> str:
    """The one category whose own word lies one slip from `word`; "" where none or several do."""
    if len(word) < _STEM or word in lexicon.own:
        return ""
    near = {
        category
        for known, entries in lexicon.subjects.items()
        if len(known) >= _STEM and OSA.distance(word, known, score_cutoff=1) <= 1
        for category, phrase, value in entries
        if len(phrase) == 1 and value == _STRONG
    }
    return near.pop() if len(near) == 1 else ""


def find_rt_rw(text: str) -> tuple[int | None, int | None]:
    """The RT and RW that `text` names (`RT 2 RW 3`, `RT02/RW3`, `rt 2/3`, `RT/RW 02/03`, `rt dua`), None where none."""
    numbers = standard_lexicon().numbers
    text = _SPOKEN.sub(lambda found: "r" + found[1][0], text[:READ].lower())
    text = _COUNTED.sub(lambda found: f"{found[1]}{found[2]}{numbers.get(found[3].upper(), found[3])}", text)
    for pattern in (_RT_RW, _RT_SLASH):
        if match := pattern.search(text):
            return _counted(match[1]), _counted(match[2])
    rt, rw = _ONLY_RT.search(text), _ONLY_RW.search(text)
    return _counted(rt[1]) if rt else None, _counted(rw[1]) if rw else None


def _counted(digits: str) -> int | None:
    return int(digits) or None


def find_area(text: str, areas: Places, lexicon: Lexicon | None = None) -> str:
    """The kelurahan that running text speaks of, or "".

    One that is named in full, else the only one behind a word of place ("di podosugeh", of two that are named the one
    behind "di"). A name that is also an everyday word (Javanese "soko" is "from") counts only behind such a word.
    """
    lexicon = lexicon or standard_lexicon()
    tokens = tokens_of(text, lexicon.slang)
    words = [token.word for token in tokens]
    said = [
        token.word
        for at, token in enumerate(tokens)
        if token.word not in lexicon.not_places or not at or words[at - 1] in lexicon.place_words
    ]
    if code := areas.mentioned(" ".join(said)):
        return code
    found = set()
    for at, word in enumerate(words):
        if word not in lexicon.place_words or at + 1 == len(words):
            continue
        name = words[at + 1]
        if len(name) < _NAME or name in lexicon.everyday or name in lexicon.common or name in lexicon.place_words:
            continue
        match = areas.match(words[at + 1 : at + 5])
        if match and match[0].count(".") == 3:
            found.add(match[0])
    return found.pop() if len(found) == 1 else ""


def is_emergency(words: list[str], lexicon: Lexicon) -> bool:
    """Whether an emergency word stands in company that does not take it back ("harga kebakaran" does)."""
    words = [shortened(word) for word in words]
    if any(_find(words, phrase) for phrase in lexicon.emergency_over):
        return False
    for phrase in lexicon.emergency:
        for at in _find(words, phrase):
            if not _is_taken_back(words, at, phrase, lexicon):
                return True
    return False


def _find(words: list[str], phrase: tuple[str, ...]) -> list[int]:
    """Where a phrase stands; a single long word also with one slip of the pen."""
    if len(phrase) == 1 and len(phrase[0]) >= _LONG:
        return [at for at, word in enumerate(words) if OSA.distance(word, phrase[0], score_cutoff=1) <= 1]
    return [at for at in range(len(words) - len(phrase) + 1) if tuple(words[at : at + len(phrase)]) == phrase]


def _is_taken_back(words: list[str], at: int, phrase: tuple[str, ...], lexicon: Lexicon) -> bool:
    end = at + len(phrase)
    after = words[end : end + 1]
    if lexicon.emergency_before.intersection(words[max(0, at - _NEAR) : at]):
        return True
    if lexicon.emergency_far.intersection(words[max(0, at - _FAR) : at]) or lexicon.emergency_after.intersection(after):
        return True
    # "Tolong cepat diperbaiki" asks for something to be done.
    return len(phrase) > 1 and any(word.startswith("DI") and len(word) > _STEM for word in after)


__all__ = ["Places", "Token", "find_area", "find_rt_rw", "guess_category", "is_emergency", "tokens_of"]
