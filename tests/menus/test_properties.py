"""Whatever people type and whatever the city answers: no error, no screen too long, no state that JSON loses."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.kernel.text import is_gsm7, septets
from menus.book import Book
from menus.drafts import targets_of
from menus.engine import start, step
from menus.layout import lay_out, ranges
from menus.lengths import longest, situations
from menus.loader import standard
from menus.model import SCREEN_ROOM, Choice, Input, Need, Outcome, Row, Rows, Said, State, Turn

BOOK = standard()
PREFIX = 4
TYPED = st.one_of(
    st.sampled_from(["0", "00", "9", "", "1", "2", "3", "4", "5", "6", "7", "8", "10", "11", "*", "1*2"]),
    st.text(max_size=200),
)
LONG = st.text(min_size=0, max_size=60)
OUTCOMES = st.one_of(
    st.builds(Outcome, st.sampled_from(["ok", "ok", "gone", "refused", "foreign", "strange"]),
              st.dictionaries(st.sampled_from(sorted(BOOK.slots)), st.text(max_size=400), max_size=6)),
    st.builds(Rows, st.lists(st.builds(Row, LONG, LONG), max_size=30).map(tuple)),
)  # fmt: skip
FACTS = st.dictionaries(st.sampled_from(sorted(BOOK.slots)), LONG, max_size=8)


def assert_sound(turn: Turn) -> None:
    assert (turn.text == "") is bool(turn.effect or turn.need)
    assert septets(turn.text) + PREFIX <= 160
    assert is_gsm7(turn.text)
    assert State.from_json(json.loads(json.dumps(turn.state.to_json()))) == turn.state


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(TYPED.map(Input), OUTCOMES), max_size=25),
    FACTS,
    st.sampled_from(["id", "jv", "en", "xx"]),
    st.lists(TYPED, max_size=4),
    st.booleans(),
)
def test_nothing_raises_and_everything_fits(
    said: list[Said], facts: dict[str, str], language: str, dialled: list[str], known: bool
) -> None:
    facts = facts | ({"known": "yes"} if known else {"known": ""})
    turn = start(BOOK, facts, language, dialled=dialled)
    assert_sound(turn)
    for one in said:
        turn = step(BOOK, turn.state, one, facts)
        assert_sound(turn)


@settings(max_examples=200, deadline=None)
@given(st.lists(TYPED, max_size=30), OUTCOMES, FACTS)
def test_a_willing_city_never_breaks_a_dialogue(typed: list[str], answer: Said, facts: dict[str, str]) -> None:
    rows = Rows(tuple(Row(f"v{at}", f"Baris {at}") for at in range(12)))
    turn = start(BOOK, facts | {"known": "yes"}, "id")
    for text in typed:
        turn = step(BOOK, turn.state, Input(text), facts)
        for _ in range(5):
            if not (turn.need or turn.effect):
                break
            fitting = rows if turn.need and BOOK.screens[turn.state.screen].rows else answer
            turn = step(BOOK, turn.state, fitting, facts)
            assert_sound(turn)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(BOOK.screens)), st.sampled_from(["0", "00"]), st.sampled_from(["id", "jv", "en"]))
def test_0_and_00_never_have_an_effect(screen: str, typed: str, language: str) -> None:
    turn = start(BOOK, {"known": "yes"}, language, screen=screen)
    turn = step(BOOK, turn.state, Input(typed), {"known": "yes"})
    assert turn.effect is None


def screens_in_languages() -> Iterator[tuple[str, str]]:
    for language in BOOK.languages:
        for name in BOOK.screens:
            yield name, language


@pytest.mark.parametrize(("name", "language"), list(screens_in_languages()))
def test_every_screen_fits_with_the_longest_names_and_with_every_line_above_it(name: str, language: str) -> None:
    screen = BOOK.screens[name]
    values = longest(BOOK.slots, BOOK.texts, language)
    choices = tuple(Choice(str(n), "W" * 20, "W" * 60, values) for n in range(1, 31) if n != 9) if screen.rows else ()
    for facts in situations(screen, values | {"text": "kata " * 100}):
        for notice in ("", "notice.wrong", "notice.lost", "notice.changed", "notice.restarted"):
            state = State(name, language, choices=choices, notice=notice)
            shown = lay_out(BOOK, screen, state, facts)
            for page in shown.pages:
                assert septets(page) <= SCREEN_ROOM, page
                assert is_gsm7(page)
            if not screen.ends:
                back = BOOK.texts.say(screen.back, {}, language)
                assert all(back in page for page in shown.pages)
            assert not {"0", "00", "9"} & set(shown.ways)


def test_every_screen_is_reached_by_someone(book: Book) -> None:
    reached = {target for screen in book.screens.values() for _, target in targets_of(screen)}
    assert set(book.screens) - reached <= {"home", "bye", "give_up", "down", "sorry", "resume"}


def test_a_need_is_asked_for_every_screen_that_stands_on_one(book: Book) -> None:
    for name, screen in book.screens.items():
        turn = start(book, {"known": "yes", "area": "33.75.01.1006"}, "id", screen=name)
        assert isinstance(turn.need, Need) is bool(screen.rows or screen.fetch)


RANGES = [
    ("a run", [1, 2, 3], "1-3"),
    ("a run and single ones", [1, 2, 3, 5, 7], "1-3,5,7"),
    ("unsorted", [3, 1], "1,3"),
    ("none", [], "0"),
]


@pytest.mark.parametrize(("numbers", "said"), [case[1:] for case in RANGES], ids=[case[0] for case in RANGES])
def test_ranges(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said
