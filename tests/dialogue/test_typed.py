"""The cumulative text taken apart: whatever was typed comes out again, stars and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.dialogue.typed import Point, last_input

ANSWERS = st.lists(st.text(st.sampled_from("019*# aé\n"), max_size=12), min_size=1, max_size=10)


@given(ANSWERS)
def test_every_answer_comes_out_of_the_joined_text_as_it_was_typed(answers: list[str]) -> None:
    for at in range(1, len(answers)):
        before, text = "*".join(answers[:at]), "*".join(answers[: at + 1])
        # An empty first answer leaves a text as empty as the first hop's, so its star cannot be told from one typed.
        expected = answers[at] if before else "*" + answers[at]
        assert last_input(before, text) == expected
        assert Point.of(before).typed(text) == expected
    assert last_input("", answers[0]) == answers[0]


DESYNCHRONISED = [
    ("shortened", "2*1*1", "2*1"),
    ("of another session", "2*1", "3*1"),
    ("longer, but not parted by a star", "2*1", "2*11"),
    ("empty", "2", ""),
]


@pytest.mark.parametrize(("before", "text"), [case[1:] for case in DESYNCHRONISED], ids=[c[0] for c in DESYNCHRONISED])
def test_a_text_that_does_not_go_on_says_nothing(before: str, text: str) -> None:
    assert last_input(before, text) is None
    assert Point.of(before).typed(text) is None


def test_a_point_holds_no_words_and_survives_writing() -> None:
    point = Point.of("2*1*1*1*rumah saya di gang 5")
    assert "rumah" not in str(point)
    assert Point.parse(str(point)) == point


@pytest.mark.parametrize("written", ["", "2*1*1", "x:abc"])
def test_what_is_no_point_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Point.parse(written)
