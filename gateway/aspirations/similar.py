"""Whether two reports tell of the same thing: one says all that the other does, in the same place, and denies none of it.

Rules, not a model: who is offered another's report can see why. Measured on the labelled set in `tests/corpus/alike.yaml`.
"""

import re

from rapidfuzz.distance import OSA

from gateway.aspirations.rules import fold

THRESHOLD = 40.0
"""Least likeness, of 100. What sets reports apart is judged before; this keeps "jalan rusak" from being every long report
of a street."""
_SHORTEST = 2
"""Words with a meaning that both must have said: one word alone ("sampah") is a subject, not a report."""
_WORD = re.compile(r"[^\W_]+")
_DENIES = frozenset({
    "tidak", "tdk", "tak", "bukan", "belum", "blm", "ga", "gak", "nggak", "ngga", "enggak", "tanpa", "jangan", "sudah",
    "sdh", "udah", "ora", "dudu", "durung", "mboten", "dereng", "sampun", "wis", "no", "not",
})  # fmt: skip
_EMPTY = frozenset({
    "di", "ke", "dari", "yg", "yang", "ada", "ini", "itu", "dan", "pak", "bu", "min", "tolong", "mohon", "saya", "kami",
    "rt", "rw", "no", "nomor", "warga", "ning", "dekat", "depan", "sejak", "mas", "mbak", "ing", "nang", "neng", "wonten", "lan",
    "sing",
})  # fmt: skip
_ONE_WORD = {
    "gang": "gg", "gng": "gg", "jalan": "jl", "jln": "jl", "dalan": "jl", "pju": "lampu", "samph": "sampah", "padam": "mati",
    "pejah": "mati", "numpuk": "tumpuk", "menumpuk": "tumpuk", "caket": "dekat", "ngarep": "depan", "mburi": "belakang",
}  # fmt: skip
_SIDES = frozenset({
    "depan", "belakang", "samping", "atas", "bawah", "dalam", "luar", "utara", "selatan", "timur", "barat", "kiri", "kanan",
})  # fmt: skip
"""Where beside a landmark: two reports that each name one, and not the same, speak of two places."""
_SINCE = frozenset({"sudah", "sdh", "udah", "sampun", "wis"})
_TIMES = frozenset({
    "hari", "minggu", "bulan", "tahun", "malam", "seminggu", "sebulan", "sehari", "setahun", "lama", "berhari", "beberapa",
    "dinten", "wengi", "suwe",
})  # fmt: skip
_NEAR, _LONG, _SLIPS_FROM = 1, 8, 5
_LETTERS_AND_DIGITS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


def words_of(text: str) -> list[str]:
    """A report's words as they are compared: folded, short forms made one, `gg5` parted."""
    parted = _LETTERS_AND_DIGITS.sub(" ", fold(text))
    found: list[str] = []
    for word in (_ONE_WORD.get(word, word) for word in _WORD.findall(parted)):
        # A street lamp is a lamp, whatever it is called; "sudah 3 hari" tells how long, and denies nothing.
        if word == "jl" and found[-1:] == ["lampu"]:
            continue
        if found and found[-1] in _SINCE and (word.isdecimal() or word in _TIMES):
            found.pop()
        found.append(word)
    return found


def likeness(one: str, other: str) -> float:
    """0 to 100; 0 where a number, a side or a negation sets the two apart, or each says something that the other does not."""
    first, second = words_of(one), words_of(other)
    if _DENIES & set(first) != _DENIES & set(second):
        # "Sampah diangkut" and "sampah belum diangkut" differ in one word and in everything.
        return 0.0
    sides = _SIDES & set(first), _SIDES & set(second)
    if _are_apart(_numbers(first), _numbers(second)) or (all(sides) and not sides[0] & sides[1]):
        return 0.0
    plain = [_telling(words) for words in (first, second)]
    shorter, longer = sorted(plain, key=len)
    if len(shorter) < _SHORTEST:
        return 0.0
    if not all(any(_is_same(word, known) for known in longer) for word in shorter):
        return 0.0
    return 100.0 * 2 * len(shorter) / (len(shorter) + len(longer))


def _telling(words: list[str]) -> set[str]:
    """Words with a meaning of their own."""
    return {word for word in words if len(word) > 1 and not word.isdecimal()} - _EMPTY - _DENIES - _TIMES


def _is_same(one: str, other: str) -> bool:
    """The same word, or a slip of the pen in a longer one."""
    shorter = min(len(one), len(other))
    if one == other or shorter < _SLIPS_FROM:
        return one == other
    return OSA.distance(one, other, score_cutoff=2) <= _NEAR + (shorter >= _LONG)


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
