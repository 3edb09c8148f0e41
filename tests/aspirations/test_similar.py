"""When two reports tell of the same thing, and when one word or number sets them apart."""

import pytest

from gateway.aspirations.similar import THRESHOLD, likeness, shared_words

PAIRS = [
    ("the same words", "lampu mati gg 5", "lampu mati gg 5", True),
    ("other words beside them", "lampu jalan mati gg 5", "lampu gang 5 mati sejak senin", True),
    ("short forms and words run together", "lampu mati gg 5", "PJU gang5 mati total", True),
    ("a slip of the pen", "sampah menumpuk di TPS pasar", "sampah numpuk tps pasar", True),
    ("the same gang, one with its RT", "lampu mati gg 5", "lampu mati gg 5 RT 2 RW 3", True),
    ("another gang", "lampu mati gg 5", "lampu mati gg 7", False),
    ("another gang in the same RT", "lampu mati gg 5 RT 2", "lampu mati gg 7 RT 2", False),
    ("another RT", "lampu mati RT 2", "lampu mati RT 3", False),
    ("one denies it", "sampah di TPS pasar diangkut", "sampah di TPS pasar belum diangkut", False),
    ("one says it is over", "lampu gang 5 mati", "lampu gang 5 sudah mati nyala", False),
    ("one denies it in Javanese", "banyu mili ing omah", "banyu ora mili ing omah", False),
    ("the same subject alone", "lampu mati", "lampu jatuh", False),
    ("another place", "jalan berlubang depan pasar", "jalan berlubang depan sekolah", False),
    ("one word is no report", "sampah", "sampah menumpuk", False),
    ("nothing at all", "", "lampu mati", False),
    ("nothing but signs", "?!", "?!", False),
]


@pytest.mark.parametrize(("one", "other", "same"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_likeness_is_the_same_both_ways(one: str, other: str, same: bool) -> None:
    assert (likeness(one, other) >= THRESHOLD) is same
    assert likeness(one, other) == likeness(other, one)


def test_only_words_that_both_wrote_are_shown() -> None:
    assert shared_words("lampu gang 5 mati", "PJU gg 5 mati, Pak Budi sudah tahu") == "lampu gg 5 mati"
