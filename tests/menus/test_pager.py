"""Paging: nothing is lost, everything fits, words stay whole where they can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.kernel.text import septets
from menus.pager import cut, pages
from menus.texts import shorten, take

LETTERS = st.text(alphabet="abc XYZ{}[]€\n.,'é", max_size=600)


@given(LETTERS, st.integers(min_value=10, max_value=160))
def test_the_pieces_together_are_the_text(text: str, room: int) -> None:
    pieces = cut(text, room)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(septets(piece) <= room for piece in pieces)


@given(
    st.lists(st.text(alphabet="abc{€", min_size=1, max_size=5), max_size=60), st.integers(min_value=10, max_value=60)
)
def test_words_that_fit_are_never_cut(words: list[str], room: int) -> None:
    assert " ".join(cut(" ".join(words), room)).split() == words


@given(
    LETTERS, st.lists(st.text(alphabet="ab {", min_size=1, max_size=90), max_size=12), st.sampled_from([78, 156, 300])
)
def test_pages_hold_everything_and_fit(head: str, lines: list[str], room: int) -> None:
    numbered = [f"{at}{line.replace(' ', '_')}" for at, line in enumerate(lines)]
    made = pages(head, numbered, "0 Kembali", "9 Lanjut\n0 Kembali 00 Menu", room)
    assert all(septets(page) <= room for page in made)
    assert made[-1].endswith("0 Kembali")
    assert all(page.endswith("00 Menu") for page in made[:-1])
    inner = room - 1 - len("9 Lanjut\n0 Kembali 00 Menu")
    bodies = [page.removesuffix("9 Lanjut\n0 Kembali 00 Menu").removesuffix("0 Kembali") for page in made]
    expected = head + "".join(numbered if len(made) == 1 else [shorten(line, inner) for line in numbered])
    assert "".join("".join(bodies).split()) == "".join(expected.split())


@given(LETTERS, st.integers(min_value=0, max_value=170))
def test_a_shortened_text_fits_and_begins_as_the_text_does(text: str, room: int) -> None:
    short = shorten(text, room)
    assert septets(short) <= room
    assert short == text or text.startswith(short.removesuffix(".."))


SHORTENED = [
    ("a text that fits stays", "lampu mati", 10, "lampu mati"),
    ("a longer one is cut at a word", "lampu mati total", 14, "lampu mati.."),
    ("a single long word is cut inside", "Pasirkratonkramat", 10, "Pasirkra.."),
    ("a cut at the end of a word keeps the word", "lampu mati total", 12, "lampu mati.."),
    ("no sign is left hanging before the dots", "lampu, mati, total", 13, "lampu, mati.."),
    ("letters of two septets count twice", "{{{{{", 6, "{{.."),
    ("room for two is no room for dots", "lampu", 2, "la"),
    ("no room at all", "lampu", 0, ""),
]


@pytest.mark.parametrize(("text", "room", "short"), [c[1:] for c in SHORTENED], ids=[c[0] for c in SHORTENED])
def test_shorten(text: str, room: int, short: str) -> None:
    assert shorten(text, room) == short


def test_take_counts_septets() -> None:
    assert take("a{b", 2) == 1
    assert take("a{b", 3) == 2
