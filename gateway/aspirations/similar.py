"""Whether two reports tell of the same thing: words alike, no number apart, and neither denying what the other says."""

import re

from rapidfuzz import fuzz

from gateway.aspirations.rules import fold

THRESHOLD = 85.0
"""Least token-set ratio, of 100. At 85 a word may be missing or misspelt on either side ("lampu jalan mati gg 5" and
"lampu gang 5 mati sejak senin"), while two reports that share their subject alone ("lampu mati", "lampu jatuh") stay apart."""
_SHORTEST = 2
"""Words with a meaning that both must have said: one word alone ("sampah") is a subject, not a report."""
_WORD = re.compile(r"[^\W_]+")
_DENIES = frozenset({
    "tidak", "tdk", "tak", "bukan", "belum", "blm", "ga", "gak", "nggak", "ngga", "enggak", "tanpa", "jangan", "sudah",
    "sdh", "udah", "ora", "dudu", "durung", "mboten", "dereng", "sampun", "wis", "no", "not",
})  # fmt: skip
_EMPTY = frozenset({
    "di", "ke", "dari", "yg", "yang", "ada", "ini", "itu", "dan", "pak", "bu", "min", "tolong", "mohon", "saya", "kami",
    "rt", "rw", "no", "nomor", "dekat", "depan", "sejak", "mas", "mbak", "ing", "nang", "neng", "wonten", "lan", "sing",
})  # fmt: skip
_ONE_WORD = {"gang": "gg", "gng": "gg", "jalan": "jl", "jln": "jl", "pju": "lampu", "samph": "sampah"}
_LETTERS_AND_DIGITS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


def words_of(text: str) -> list[str]:
    """A report's words as they are compared: folded, short forms made one, `gg5` parted."""
    parted = _LETTERS_AND_DIGITS.sub(" ", fold(text))
    return [_ONE_WORD.get(word, word) for word in _WORD.findall(parted)]


def likeness(one: str, other: str) -> float:
    """0 to 100; 0 where a number or a negation sets the two apart, however alike the rest is."""
    first, second = words_of(one), words_of(other)
    if _DENIES & set(first) != _DENIES & set(second):
        # "Sampah diangkut" and "sampah belum diangkut" differ in one word and in everything.
        return 0.0
    if _are_apart(_numbers(first), _numbers(second)):
        return 0.0
    plain = [[word for word in words if word not in _EMPTY and not word.isdecimal()] for words in (first, second)]
    if min(map(len, plain)) < _SHORTEST:
        return 0.0
    return float(fuzz.token_set_ratio(*(" ".join(words) for words in plain)))


def _numbers(words: list[str]) -> dict[str, set[int]]:
    """Numbers by the word before them: `gg 5 rt 2` is {"gg": {5}, "rt": {2}}."""
    found: dict[str, set[int]] = {}
    for before, word in zip(["", *words], words, strict=False):
        if word.isdecimal():
            found.setdefault(before, set()).add(int(word))
    return found


def _are_apart(one: dict[str, set[int]], other: dict[str, set[int]]) -> bool:
    """Whether two sets of numbers mean different places: gang 5 is not gang 7, though both be in RT 2."""
    if any(not one[name] & other[name] for name in one.keys() & other.keys()):
        return True
    every, others = (set().union(*numbers.values()) for numbers in (one, other))
    return bool(every and others and not every & others)


def shared_words(own: str, other: str) -> str:
    """The words of `own` that `other` has too, in their order: nobody reads what only another person wrote."""
    known = set(words_of(other))
    return " ".join(word for word in words_of(own) if word in known)
