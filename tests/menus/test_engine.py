"""Dialogues: what a person types, what is shown, and what is done on the way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from menus.book import Book
from menus.engine import start, step
from menus.model import Action, Frame, Input, Lookup, Outcome, Row, Rows, State

Person = Any

# Label, inputs, how the last screen begins, the screen it is.
WALKS = [
    ("an empty dial shows the main menu", [], "KIM Kota Pekalongan\n1 Info warga", "home"),
    ("information leads to its topics", ["1"], "INFO WARGA\n1 Peringatan", "info"),
    ("a topic leads to its items", ["1", "2"], "Bansos & layanan\n1 Siaga rob", "items"),
    ("an item shows text, source and code", ["1", "1", "1"], "SIAGA ROB 12/6", "item"),
    ("an item goes out by SMS", ["1", "1", "1", "1"], "Kabar ini kami kirim", "item_sent"),
    ("the own kelurahan has its list", ["1", "6"], "INFO Bendan Kergon", "area_items"),
    ("a report asks for its category", ["2", "1"], "Masalah apa?", "report_category"),
    ("a proposal asks for its place alone", ["2", "2"], "Utk kelurahan mana?", "report_place"),
    ("a question asks for its place alone", ["2", "3"], "Utk kelurahan mana?", "report_place"),
    ("a problem asks where it is", ["2", "1", "1"], "Di mana masalahnya?\n1 Bendan Kergon", "report_place"),
    ("the words of a report are asked for", ["2", "1", "1", "1"], "Tulis singkat", "report_words"),
    ("the words of a proposal are asked for", ["2", "2", "1"], "Tulis usul", "report_words"),
    ("the words of a question are asked for", ["2", "3", "1"], "Tulis pertanyaan", "report_words"),
    ("another kelurahan is found by kecamatan", ["2", "1", "1", "2", "3", "5"], "Tulis singkat", "report_words"),
    ("a report is shown before it goes", ["2", "1", "1", "1", "lampu mati"], "Jalan/lampu, Bendan", "report_confirm"),
    ("a proposal is shown as one", ["2", "2", "1", "pos ronda"], "Usul, Bendan Kergon: 'pos", "report_confirm"),
    ("the words can be changed", ["2", "1", "1", "1", "lampu", "2"], "Tulis singkat", "report_words"),
    ("cancelling a report goes home", ["2", "1", "1", "1", "lampu", "0"], "KIM Kota", "home"),
    ("a report can be written by SMS instead", ["2", "1", "1", "1", "1"], "Baik. Sebentar lagi", "draft_sent"),
    ("the own reports are listed", ["3"], "LAPORAN SAYA\n1 271-908-9 diproses\n2 Ketik no tiket", "tickets"),
    ("a ticket shows its status", ["3", "1"], "271-908-9 DIPROSES DPUPR sejak 13/6, target 26/6.", "ticket"),
    ("a ticket is found by its number", ["3", "2", "271 908 9"], "271-908-9 DIPROSES", "ticket"),
    ("details are added to a ticket", ["3", "1", "1", "dekat mushola"], "Terima kasih. Keterangan", "ticket_added"),
    ("the area is changed", ["5", "1", "2", "3"], "Wilayah Anda sekarang Poncol.", "moved"),
    ("stopping is confirmed first", ["5", "5"], "Berhenti menerima kabar KIM?", "stop"),
    ("stopping keeps danger warnings", ["5", "5", "1"], "Anda berhenti dari kabar KIM.", "stopped"),
    ("stopping everything", ["5", "5", "2"], "Anda berhenti dari semua", "stopped_all"),
    ("an emergency names 112", ["7"], "DARURAT: telepon 112", "emergency"),
    ("0 on the main menu ends", ["0"], "Terima kasih.", "bye"),
    ("0 goes back one screen", ["1", "2", "0"], "INFO WARGA", "info"),
    ("0 goes back past a list", ["1", "2", "1", "0"], "Bansos & layanan\n1 Siaga", "items"),
    ("00 goes home from anywhere", ["2", "1", "1", "00"], "KIM Kota", "home"),
    ("an empty input shows the screen again", ["2", "  "], "LAPOR & USUL", "report"),
    ("a dot behind the number is forgiven", ["2."], "LAPOR & USUL", "report"),
    ("a number that is not offered says what is", ["4"], "Pilihan tidak ada. Balas angka 1-3,5,7.\nKIM", "home"),
    ("9 on a single page is no choice", ["9"], "Pilihan tidak ada.", "home"),
    ("words where a number is asked for", ["lapor"], "Pilihan tidak ada.", "home"),
    ("after four wrong inputs the menu still stands", ["x"] * 4, "Pilihan tidak ada.", "home"),
    ("after five wrong inputs in a row it ends", ["x"] * 5, "Maaf, pilihan belum cocok. Lewat SMS saja", "give_up"),
    ("a right input forgets the wrong ones", ["x"] * 4 + ["2"] + ["x"] * 4, "Pilihan tidak ada.", "report"),
    ("9 inside free text is text", ["2", "1", "1", "1", "9"], "Jalan/lampu, Bendan Kergon: '9'", "report_confirm"),
    ("a star inside free text is text", ["2", "1", "1", "1", "a*b*1"], "Jalan/lampu, Bendan Kergon: 'a*b*1'",
     "report_confirm"),
    ("a brace in free text is not a slot", ["2", "1", "1", "1", "{area}"], "Jalan/lampu, Bendan Kergon: '{area}'",
     "report_confirm"),
    ("0 alone in free text goes back", ["2", "1", "1", "1", "0"], "Di mana masalahnya?", "report_place"),
    ("typing after an end starts again", ["7", "1"], "KIM Kota", "home"),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "begins", "screen"), [case[1:] for case in WALKS], ids=[case[0] for case in WALKS])
def test_walk(resident: Person, inputs: list[str], begins: str, screen: str) -> None:
    resident.dials()
    shown = resident.types(*inputs)
    assert shown.startswith(begins)
    assert resident.state.screen == screen
    assert resident.turn.ends is resident.book.screens[screen].ends


REPORT = {
    "kind": "complaint",
    "category": "roads",
    "area": "33.75.01.1006",
    "words": "lampu *mati*",
    "confidential": "no",
}
EFFECTS = [
    ("a report", ["2", "1", "1", "1", "lampu *mati*", "1"], Action.FILE_ASPIRATION, REPORT),
    ("a report with the number hidden", ["2", "1", "1", "1", "lampu *mati*", "3"], Action.FILE_ASPIRATION,
     REPORT | {"confidential": "yes"}),
    ("a confidential report", ["2", "4", "1", "1", "lampu *mati*", "1"], Action.FILE_ASPIRATION,
     REPORT | {"confidential": "yes"}),
    ("a proposal has no category", ["2", "2", "1", "pos ronda", "1"], Action.FILE_ASPIRATION,
     {"kind": "proposal", "category": "", "area": "33.75.01.1006", "words": "pos ronda", "confidential": "no"}),
    ("a category chosen, then left, is forgotten", ["2", "1", "1", "0", "0", "2", "1", "pos", "1"], Action.FILE_ASPIRATION,
     {"kind": "proposal", "category": "", "area": "33.75.01.1006", "words": "pos", "confidential": "no"}),
    ("a question about another place", ["2", "3", "2", "1", "1", "kapan?", "1"], Action.FILE_ASPIRATION,
     {"kind": "question", "category": "", "area": "33.75.01.1002", "words": "kapan?", "confidential": "no"}),
    ("a report by SMS", ["2", "1", "2", "1", "1"], Action.DRAFT_BY_SMS,
     {"kind": "complaint", "category": "flood", "area": "33.75.01.1006", "confidential": "no"}),
    ("an item by SMS", ["1", "1", "1", "1"], Action.SEND_BY_SMS, {"item": "B27"}),
    ("details to a ticket", ["3", "1", "1", "dekat mushola"], Action.ADD_TO_ASPIRATION,
     {"ticket": "271-908-9", "words": "dekat mushola"}),
    ("another area", ["5", "1", "2", "3"], Action.MOVE, {"area": "33.75.02.1007"}),
    ("a language", ["5", "3", "2"], Action.SET_LANGUAGE, {"language": "jv"}),
    ("stopping", ["5", "5", "1"], Action.STOP, {}),
    ("stopping everything", ["5", "5", "2"], Action.STOP_ALL, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "action", "args"), [case[1:] for case in EFFECTS], ids=[case[0] for case in EFFECTS]
)
def test_effect(resident: Person, inputs: list[str], action: Action, args: Mapping[str, str]) -> None:
    resident.dials()
    resident.types(*inputs)
    assert [(effect.action, dict(effect.args)) for effect in resident.effects] == [(action, args)]


REFUSALS = [
    ("a refused report says where to turn", ["2", "1", "1", "1", "x", "1"], "refused", "Maaf, permintaan ini"),
    ("an unknown outcome is a disturbance", ["2", "1", "1", "1", "x", "1"], "strange", "Maaf, sedang ada gangguan."),
    ("an item gone before it was sent", ["1", "1", "1", "1"], "gone", "Kabar itu sudah tidak berlaku."),
    ("a ticket gone before details came", ["3", "1", "1", "x"], "gone", "Tiket itu tidak kami temukan."),
]


@pytest.mark.parametrize(("inputs", "name", "begins"), [c[1:] for c in REFUSALS], ids=[c[0] for c in REFUSALS])
def test_refused_effect(resident: Person, inputs: list[str], name: str, begins: str) -> None:
    resident.dials()
    resident.outcome = Outcome(name)
    assert resident.types(*inputs).startswith(begins)


def test_0_after_an_effect_goes_home_and_does_nothing_again(resident: Person) -> None:
    resident.dials()
    resident.types("5", "1", "2", "3", "0")
    assert resident.state.screen == "home"
    assert len(resident.effects) == 1


def test_a_refused_move_leaves_the_area_as_it_was(resident: Person) -> None:
    resident.dials()
    resident.outcome = Outcome("refused")
    resident.types("5", "1", "2", "3", "x", "2", "1", "1")
    assert "1 Bendan Kergon (rumah saya)" in resident.shown


def test_a_move_shows_the_new_area_at_once(resident: Person) -> None:
    resident.dials()
    resident.types("5", "1", "2", "3", "00", "2", "1", "1")
    assert "1 Poncol (rumah saya)" in resident.shown


def test_a_language_takes_effect_at_once(resident: Person) -> None:
    resident.dials()
    assert resident.types("5", "3", "2").startswith("KIM Kutha Pekalongan\n1 Kabar warga")


def test_stopping_offers_to_come_back_and_coming_back_registers(resident: Person) -> None:
    resident.dials()
    resident.types("5", "5", "1", "x", "5")
    assert "5 Berhenti" not in resident.shown
    assert resident.types("6").startswith("Anda kembali menerima kabar Bendan Kergon.")
    assert resident.effects[-1].action is Action.REGISTER
    assert "5 Berhenti" in resident.types("00", "5")


FIRST_CONTACT = [
    ("a new number is asked to agree", [], "KIM Kota Pekalongan\nInfo & aspirasi warga, tarif SMS biasa.", "welcome"),
    ("the rules can be read first", ["2"], "Kami simpan: no HP", "rules"),
    ("no is a way back", ["2", "0"], "KIM Kota Pekalongan\nInfo", "welcome"),
    ("0 ends without agreeing", ["0"], "Terima kasih.", "bye"),
    ("Javanese from the first screen", ["3"], "KIM Kutha Pekalongan\nKabar & wadul", "welcome"),
    ("and back to Indonesian", ["3", "3"], "KIM Kota Pekalongan\nInfo", "welcome"),
    ("agreeing asks for the kecamatan", ["1"], "Anda tinggal di mana?\n1 Pekalongan Barat", "join_city"),
    ("then for the kelurahan", ["1", "4"], "Pekalongan Selatan:\n1 Banyurip", "join_area"),
    ("then shows the main menu", ["2", "1", "4", "3"], "KIM Kota Pekalongan\n1 Info warga", "home"),
    ("outside the city is answered politely", ["1", "5"], "Maaf, kabar kami hanya", "outside"),
    ("and goes on without subscription", ["1", "5", "1"], "KIM Kota Pekalongan\n1 Info warga", "home"),
    ("no consent, no menu", ["00"], "KIM Kota Pekalongan\nInfo", "welcome"),
]


@pytest.mark.parametrize(
    ("inputs", "begins", "screen"), [c[1:] for c in FIRST_CONTACT], ids=[c[0] for c in FIRST_CONTACT]
)
def test_first_contact(stranger: Person, inputs: list[str], begins: str, screen: str) -> None:
    stranger.dials()
    assert stranger.types(*inputs).startswith(begins)
    assert stranger.state.screen == screen


def test_agreeing_registers_the_area_and_the_language_spoken(stranger: Person) -> None:
    stranger.dials()
    stranger.types("3", "1", "4", "3")
    assert stranger.effects[0].action is Action.REGISTER
    assert dict(stranger.effects[0].args) == {"area": "33.75.04.1004", "language": "jv"}
    assert stranger.types("2", "1", "1").startswith("Wonten pundi perkawisipun?\n1 Jenggot (griya kula)")


def test_someone_from_outside_reports_about_any_kelurahan_and_may_join_later(stranger: Person) -> None:
    stranger.dials()
    stranger.types("1", "5", "1", "2", "1", "2")
    assert stranger.shown.startswith("Utk kelurahan mana?\n1 Pekalongan Barat")
    stranger.types("1", "1", "rob", "1")
    assert [effect.action for effect in stranger.effects] == [Action.FILE_ASPIRATION]
    assert "6 Kelurahanku" not in stranger.types("x", "1")
    stranger.types("00", "5", "1", "1", "1")
    assert stranger.effects[-1].action is Action.REGISTER


def test_an_active_alert_changes_the_main_menu(resident: Person) -> None:
    resident.facts = {**resident.facts, "alert": "SIAGA ROB Utara jam 14-18"}
    assert resident.dials().startswith("!SIAGA ROB Utara jam 14-18\n1 Baca peringatan")
    assert resident.types("8").startswith("Pilihan tidak ada. Balas angka 1-3,5-7.\n")
    resident.types("1")
    assert dict(resident.needs[-1].args) == {"topic": "alert", "area": "33.75.01.1006"}
    resident.types("0", "6")
    assert resident.state.screen == "info"


DEEP = [
    ("into the reports", ("2",), "report"),
    ("to a category", ("2", "1"), "report_category"),
    ("to the place of a report, the last step before words", ("2", "1", "1"), "report_place"),
    ("never onto free text", ("2", "1", "1", "1", "lampu mati", "1"), "report_place"),
    ("over a list", ("1", "1", "2"), "item"),
    ("never over an effect", ("1", "1", "1", "1"), "item"),
    ("to a ticket", ("3", "1"), "ticket"),
    ("not into the account", ("5", "5", "1"), "home"),
    ("a wrong step stops where it is", ("2", "8", "1"), "report"),
    ("0 is no step", ("2", "0"), "report"),
]


@pytest.mark.parametrize(("dialled", "screen"), [case[1:] for case in DEEP], ids=[case[0] for case in DEEP])
def test_deep_dial(resident: Person, dialled: tuple[str, ...], screen: str) -> None:
    shown = resident.dials(*dialled)
    assert resident.state.screen == screen
    assert not resident.effects
    assert not shown.startswith("Pilihan")
    assert not resident.state.dialled


def test_a_deep_dial_never_agrees_for_a_stranger(stranger: Person) -> None:
    stranger.dials("1", "1", "1")
    assert stranger.state.screen == "welcome"
    assert not stranger.needs


def test_long_lists_keep_their_numbers_over_pages(resident: Person) -> None:
    rows = tuple(Row(f"I{n}", f"Kabar nomor {n} utk seluruh warga kota") for n in range(1, 21))
    resident.answers = {**resident.answers, Lookup.ITEMS: Rows(rows)}
    resident.dials()
    seen = [resident.types("1", "5")]
    while "9 Lanjut" in seen[-1]:
        seen.append(resident.types("9"))
    lines = [line for page in seen for line in page.split("\n") if "Kabar nomor" in line]
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, 22) if n != 9]
    assert lines[8].startswith("10 Kabar nomor 9 ")
    assert resident.types("9") == seen[0]
    resident.types("9", "14")
    assert dict(resident.needs[-1].args) == {"code": "I13"}
    assert resident.types("0") == seen[1]


def test_numbering_holds_although_the_data_changed_behind_it(resident: Person) -> None:
    resident.dials()
    resident.types("1", "1")
    resident.answers = {**resident.answers, Lookup.ITEMS: Rows((Row("NEW", "Kabar baru"),))}
    resident.types("", "2")
    assert dict(resident.needs[-1].args) == {"code": "I12"}


def test_a_long_item_pages_and_can_be_sent_from_every_page(resident: Person) -> None:
    words = " ".join(f"kata{n}" for n in range(100))
    resident.answers = {**resident.answers, Lookup.ITEM: Outcome("ok", {"text": words, "source": "KIM", "item": "I1"})}
    resident.dials()
    first = resident.types("1", "1", "1")
    assert first.endswith("9 Lanjut 1 SMS-kan 0 Kembali 00 Menu")
    second = resident.types("9")
    assert second != first
    resident.types("1")
    assert resident.effects[0].action is Action.SEND_BY_SMS


EMPTY = [
    ("no items", ["1", "2"], Lookup.ITEMS, Rows(()), "Belum ada kabar utk pilihan ini.\n0 Kembali"),
    ("no tickets", ["3"], Lookup.TICKETS, Rows(()), "Belum ada laporan dari nomor ini.\n1 Ketik no tiket"),
    ("an item gone", ["1", "1", "1"], Lookup.ITEM, Outcome("gone"), "Kabar itu sudah tidak berlaku."),
    ("a look-up that failed", ["1", "1", "1"], Lookup.ITEM, Outcome("down"), "Maaf, sedang ada gangguan."),
    ("a list that failed", ["1", "1"], Lookup.ITEMS, Outcome("down"), "Maaf, sedang ada gangguan."),
    ("someone else's ticket", ["3", "1"], Lookup.TICKET, Outcome("foreign", {"ticket": "271-908-9", "state": "received"}),
     "Tiket 271-908-9 ada, status DITERIMA."),
    ("a ticket that is none", ["3", "2", "abc"], Lookup.TICKET, Outcome("gone"), "Tiket itu tidak kami temukan."),
    ("a ticket without office and target", ["3", "1"], Lookup.TICKET,
     Outcome("ok", {"ticket": "271-908-9", "state": "received", "since": "13/6"}), "271-908-9 DITERIMA sejak 13/6."),
    ("a ticket with a target alone and news", ["3", "1"], Lookup.TICKET,
     Outcome("ok", {"ticket": "271-908-9", "state": "received", "since": "13/6", "due": "20/6", "news": "dicek"}),
     "271-908-9 DITERIMA sejak 13/6, target 20/6. Kabar: dicek"),
    ("a ticket with an office alone", ["3", "1"], Lookup.TICKET,
     Outcome("ok", {"ticket": "271-908-9", "state": "forwarded", "office": "DLH", "since": "13/6"}),
     "271-908-9 DITERUSKAN DLH sejak 13/6."),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "need", "said", "begins"), [c[1:] for c in EMPTY], ids=[c[0] for c in EMPTY])
def test_answer_to_a_need(resident: Person, inputs: list[str], need: Lookup, said: Any, begins: str) -> None:
    resident.answers = {**resident.answers, need: said}
    resident.dials()
    assert resident.types(*inputs).startswith(begins)


def test_a_screen_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    gone = replace(resident.state, screen="polls")
    for said in (Input("1"), Input(""), Outcome("ok"), Rows(())):
        turn = step(resident.book, gone, said, resident.facts)
        assert turn.text.startswith("Maaf, menu itu sudah tidak ada. Mulai dari awal.\nKIM Kota")
        assert turn.state.screen == "home"


def test_a_screen_that_left_the_book_while_an_answer_was_due(resident: Person) -> None:
    resident.dials()
    for waiting, said in (("rows", Rows(())), ("fetch", Outcome("ok")), ("rows", Input("1")), ("fetch", Rows(()))):
        turn = step(resident.book, replace(resident.state, screen="polls", waiting=waiting), said, resident.facts)
        assert turn.text.startswith("Maaf, menu itu")


def test_a_way_back_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    resident.types("1")
    broken = replace(resident.state, stack=(Frame("polls", 0, {}),))
    assert step(resident.book, broken, Input("0"), resident.facts).text.startswith("Maaf, menu itu")


def test_a_target_that_left_the_book_leads_home_with_a_line(resident: Person) -> None:
    resident.dials()
    broken = replace(resident.state, waiting="effect", after={"ok": "polls"})
    assert step(resident.book, broken, Outcome("ok"), resident.facts).text.startswith("Maaf, menu itu")


def test_a_number_typed_under_an_older_menu_chooses_nothing(resident: Person) -> None:
    resident.dials()
    resident.types("5", "5")
    older = replace(resident.state, book="00000000")
    turn = step(resident.book, older, Input("1"), resident.facts)
    assert turn.effect is None
    assert turn.text.startswith("Menu baru saja berubah. Mohon pilih lagi.\nBerhenti menerima")
    assert step(resident.book, turn.state, Input("1"), resident.facts).effect is not None


def test_words_typed_under_an_older_menu_are_kept(resident: Person) -> None:
    resident.dials()
    resident.types("2", "1", "1", "1")
    turn = step(resident.book, replace(resident.state, book="00000000"), Input("lampu mati"), resident.facts)
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
    assert turn.text.startswith("Sesi tadi terputus. Mulai dari awal.\nKIM Kota")
    assert not start(book, resident.facts, "id", notice="nonsense").text.startswith("nonsense")


def test_a_session_by_sms_has_more_room(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "id", screen="items", slots={"topic": "events"}, room=300)
    rows = Rows(tuple(Row(f"I{n}", f"Kabar nomor {n} utk seluruh warga") for n in range(1, 8)))
    wide = step(book, State.from_json(turn.state.to_json()), rows, resident.facts)
    assert "7 Kabar nomor 7" in wide.text


def test_an_unknown_language_speaks_indonesian(book: Book, resident: Person) -> None:
    turn = start(book, resident.facts, "xx")
    assert turn.text.startswith("KIM Kota")
    assert step(book, replace(turn.state, language="xx"), Input("1"), resident.facts).text.startswith("INFO WARGA")


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
