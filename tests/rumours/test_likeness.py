"""Which claims are one: a labelled set with its precision and recall, and no denial that was ever passed over."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.rumours.likeness import ALIKE, DENIALS, differs, is_same, likeness, words_of

SETS: dict[str, list[list[str]]] = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text("utf-8"))
PAIRS = [(kind, *pair) for kind, pairs in SETS.items() for pair in pairs]
ONE = ("slips", "same")
INSERTED = ("tidak", "bukan", "ora", "belum", "not", "tdk", "gak", "dudu", "mboten", "jangan", "hoax")


def scores(found: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall of (is meant, is found)."""
    hits = sum(meant and said for meant, said in found)
    return hits / max(1, sum(said for _, said in found)), hits / sum(meant for meant, _ in found)


def test_what_is_answered_at_once_is_never_wrong_and_what_a_person_sees_misses_little(capsys: Any) -> None:
    at_once = scores([(kind in ONE, is_same(one, other)) for kind, one, other in PAIRS])
    slips = scores([(True, is_same(one, other)) for kind, one, other in PAIRS if kind == "slips"])
    shown = scores([(kind in ONE, likeness(one, other) >= ALIKE) for kind, one, other in PAIRS])
    with capsys.disabled():
        print(f"\nrumours, {len(PAIRS)} labelled pairs: at once precision {at_once[0]:.2f} recall {at_once[1]:.2f}"
              f" (slips {slips[1]:.2f}); shown to a person precision {shown[0]:.2f} recall {shown[1]:.2f}")  # fmt: skip
    assert at_once[0] == 1.0
    assert slips[1] >= 0.9
    assert shown[1] >= 0.9


@pytest.mark.parametrize(("one", "other"), SETS["denied"])
def test_a_pair_that_differs_in_a_denial_is_never_one_and_is_shown_as_such(one: str, other: str) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)
    assert differs(one, other) or words_of(one) != words_of(other)


WORDS = st.sampled_from(sorted({word for _, *pair in PAIRS for text in pair for word in text.split()}))
CLAIMS = st.one_of(
    st.sampled_from([text for _, *pair in PAIRS for text in pair]),
    st.lists(WORDS, min_size=2, max_size=9).map(" ".join),
    st.lists(st.text("abcdeiknotru 0123456789.,'", min_size=1, max_size=12), min_size=2, max_size=6).map(" ".join),
)


@given(claim=CLAIMS, denial=st.sampled_from(INSERTED), at=st.integers(0, 12))
def test_a_denial_put_into_one_of_two_same_claims_parts_them(claim: str, denial: str, at: int) -> None:
    said = claim.split()
    at = min(at, len(said))
    denied = " ".join([*said[:at], denial, *said[at:]])
    assert not is_same(claim, denied)
    assert not is_same(denied, claim)


@given(pair=st.sampled_from([pair[1:] for pair in PAIRS]), denial=st.sampled_from(INSERTED), at=st.integers(0, 12))
def test_nor_does_it_make_one_of_a_pair_that_was_one(pair: tuple[str, str], denial: str, at: int) -> None:
    one, other = pair
    said = other.split()
    at = min(at, len(said))
    denied = " ".join([*said[:at], denial, *said[at:]])
    if is_same(one, other):
        assert not is_same(one, denied)


@given(claim=CLAIMS)
def test_a_claim_is_like_itself_and_likeness_is_symmetric(claim: str) -> None:
    assert is_same(claim, claim) is (len(words_of(claim)) >= 2)
    assert not differs(claim, claim)


@given(one=CLAIMS, other=CLAIMS)
def test_likeness_does_not_depend_on_who_asked_first(one: str, other: str) -> None:
    assert is_same(one, other) is is_same(other, one)
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 100


@pytest.mark.parametrize("denial", sorted(DENIALS))
def test_no_denial_is_left_out_of_what_is_compared(denial: str) -> None:
    assert len(words_of(f"rob {denial} datang")) == 3


def test_a_slip_is_never_a_denial() -> None:
    assert not is_same("hari bulan ini rob datang lagi", "hari bukan ini rob datang lagi")
    assert not is_same("kasus tindak pidana korupsi baru", "kasus tidak pidana korupsi baru")
