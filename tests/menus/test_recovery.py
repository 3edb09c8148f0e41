"""Dialogues that lost something: a screen, an answer, a book, a state; and sessions that begin elsewhere."""

from typing import Any

import pytest

from menus.book import Book
from menus.engine import start, step
from menus.model import Frame, Input, Outcome, Row, Rows, State

Person = Any


def test_a_screen_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    gone = resident.state._replace(screen="polls")
    for said in (Input("1"), Input(""), Outcome("ok"), Rows(())):
        turn = step(resident.book, gone, said, resident.facts)
        assert turn.text.startswith("Maaf, menu itu sudah tidak ada. Mulai dari awal.\n1 Info")
        assert turn.state.screen == "home"


def test_a_screen_that_left_the_book_while_an_answer_was_due(resident: Person) -> None:
    resident.dials()
    for waiting, said in (("rows", Rows(())), ("fetch", Outcome("ok")), ("rows", Input("1")), ("fetch", Rows(()))):
        turn = step(resident.book, resident.state._replace(screen="polls", waiting=waiting), said, resident.facts)
        assert turn.text.startswith("Maaf, menu itu")


def test_a_way_back_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    resident.types("1")
    broken = resident.state._replace(stack=(Frame("polls", 0, {}),))
    assert step(resident.book, broken, Input("0"), resident.facts).text.startswith("Maaf, menu itu")


def test_a_target_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    broken = resident.state._replace(waiting="effect", after={"ok": "polls"})
    assert step(resident.book, broken, Outcome("ok"), resident.facts).text.startswith("Maaf, menu itu")


def test_a_number_typed_under_an_older_menu_chooses_nothing(resident: Person) -> None:
    resident.dials()
    resident.types("5", "5")
    older = resident.state._replace(book="00000000")
    turn = step(resident.book, older, Input("1"), resident.facts)
    assert turn.effect is None
    assert turn.text.startswith("Menu baru saja berubah. Mohon pilih lagi.\nBerhenti menerima")
    assert step(resident.book, turn.state, Input("1"), resident.facts).effect is not None


def test_words_typed_under_an_older_menu_are_kept(resident: Person) -> None:
    resident.dials()
    resident.types("2", "1", "1", "1")
    turn = step(resident.book, resident.state._replace(book="00000000"), Input("lampu mati"), resident.facts)
    turn = step(resident.book, turn.state, Outcome("none"), resident.facts)
    assert turn.text.startswith("Jalan/lampu, Bendan Kergon: 'lampu mati'")


def test_an_effect_whose_outcome_was_lost_is_not_repeated(resident: Person) -> None:
    turn = start(resident.book, resident.facts, "id")
    for text in ("5", "5", "1"):
        turn = step(resident.book, turn.state, Input(text), resident.facts)
    assert turn.effect is not None
    after = step(resident.book, turn.state, Input("1"), resident.facts)
    assert after.effect is None
    assert after.state.screen == "home"


def test_a_need_whose_answer_was_lost_is_asked_again(resident: Person) -> None:
    turn = start(resident.book, resident.facts, "id")
    turn = step(resident.book, turn.state, Input("3"), resident.facts)
    again = step(resident.book, turn.state, Input("1"), resident.facts)
    assert again.need == turn.need


def test_an_answer_nobody_waits_for_shows_the_screen(resident: Person) -> None:
    shown = resident.dials()
    assert step(resident.book, resident.state, Outcome("ok"), resident.facts).text == shown


def test_a_session_may_start_on_a_screen_with_what_is_known(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "id", screen="report_words", slots={"kind": "proposal"})
    assert turn.text.startswith("Tulis usul Anda")
    assert step(book, turn.state, Input("0"), resident.facts).state.screen == "home"


def test_a_session_may_start_with_a_line(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "id", notice="notice.restarted")
    assert turn.text.startswith("Sesi tadi terputus. Mulai dari awal.\n1 Info")
    assert not start(book, resident.facts, "id", notice="nonsense").text.startswith("nonsense")


def test_a_session_by_sms_has_more_room(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "id", screen="items", slots={"topic": "events"}, room=300)
    rows = Rows(tuple(Row(f"I{n}", f"Kabar nomor {n} utk seluruh warga") for n in range(1, 8)))
    wide = step(book, State.from_json(turn.state.to_json()), rows, resident.facts)
    assert "7 Kabar nomor 7" in wide.text


def test_an_unknown_language_speaks_indonesian(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "xx")
    assert turn.text.startswith("KIM Kota")
    assert step(book, turn.state._replace(language="xx"), Input("1"), resident.facts).text.startswith("INFO WARGA")


def test_the_home_screen_can_be_the_way_back(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "id", screen="info")
    assert step(book, turn.state, Input("0"), resident.facts).text.startswith("KIM Kota")


BROKEN = [
    ("not an object", []),
    ("no screen", {"language": "id"}),
    ("slots that are no object", {"screen": "home", "language": "id", "slots": 3}),
    ("frames of two", {"screen": "home", "language": "id", "stack": [["home", 1]]}),
    ("a page that is no number", {"screen": "home", "language": "id", "page": "x"}),
    ("a choice without a number", {"screen": "home", "language": "id", "choices": [["x", "a", "b", {}]]}),
]


@pytest.mark.parametrize("data", [case[1] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_state_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="not a dialogue state"):
        State.from_json(data)
