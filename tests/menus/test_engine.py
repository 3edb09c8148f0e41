"""Dialogues: what a person types, what is shown, and what is done on the way."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from menus.engine import step
from menus.model import Action, Input, Lookup, Outcome, Row, Rows

Person = Any
PART = re.compile(r"Kabar nomor \d+ ")
TICKET = {"ticket": "271-908-9", "state": "in_progress", "office": "DPUPR", "since": "13/6", "due": "26/6"}

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
    ("a number that is not offered says what is", ["6"], "Pilihan tidak ada. Balas angka 1-5,7.\n", "home"),
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
    "landmark": "",
    "behalf": "no",
}
PROPOSAL = REPORT | {"kind": "proposal", "category": "", "words": "pos ronda"}
DRAFT = {name: value for name, value in REPORT.items() if name != "words"}
EFFECTS = [
    ("a report", ["2", "1", "1", "1", "lampu *mati*", "1"], Action.FILE_ASPIRATION, REPORT),
    ("a report with the number hidden", ["2", "1", "1", "1", "lampu *mati*", "3"], Action.FILE_ASPIRATION,
     REPORT | {"confidential": "yes"}),
    ("a confidential report", ["2", "4", "1", "1", "lampu *mati*", "1"], Action.FILE_ASPIRATION,
     REPORT | {"confidential": "yes"}),
    ("a proposal has no category", ["2", "2", "1", "pos ronda", "1"], Action.FILE_ASPIRATION,
     PROPOSAL),
    ("a category chosen, then left, is forgotten", ["2", "1", "1", "0", "0", "2", "1", "pos", "1"], Action.FILE_ASPIRATION,
     PROPOSAL | {"words": "pos"}),
    ("a question about another place", ["2", "3", "2", "1", "1", "kapan?", "1"], Action.FILE_ASPIRATION,
     PROPOSAL | {"kind": "question", "area": "33.75.01.1002", "words": "kapan?"}),
    ("a report by SMS", ["2", "1", "2", "1", "1"], Action.DRAFT_BY_SMS,
     DRAFT | {"category": "flood"}),
    ("a report for someone else, at a landmark", ["2", "5", "1", "1", "3", "dekat pasar", "lampu *mati*", "1"],
     Action.FILE_ASPIRATION, REPORT | {"area": "", "landmark": "dekat pasar", "behalf": "yes"}),
    ("a landmark given up for a kelurahan", ["2", "1", "1", "3", "pasar", "0", "0", "2", "1", "4", "lampu *mati*", "1"],
     Action.FILE_ASPIRATION, REPORT),
    ("a landmark where kelurahan are listed", ["2", "1", "1", "2", "5", "dekat pasar", "lampu *mati*", "1"],
     Action.FILE_ASPIRATION, REPORT | {"area": "", "landmark": "dekat pasar"}),
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


def test_a_pin_is_in_the_effect_alone(resident: Person) -> None:
    resident.facts = {**resident.facts, "official": "yes"}
    resident.dials()
    resident.outcome = Outcome("wrong", {"left": "2"})
    shown = resident.types("8", "246810")
    assert [(effect.action, dict(effect.args)) for effect in resident.effects] == [(Action.SIGN_IN, {"pin": "246810"})]
    assert "246810" not in shown + json.dumps(resident.state.to_json())
    resident.turn = step(resident.book, resident.state, Input("246810"), resident.facts)
    assert "246810" not in json.dumps(resident.turn.state.to_json())


def test_a_pin_that_is_1_or_9_is_a_pin(resident: Person) -> None:
    resident.facts = {**resident.facts, "official": "yes"}
    resident.dials()
    resident.outcome = Outcome("wrong", {"left": "2"})
    resident.types("8", "9", "1")
    assert [effect.args["pin"] for effect in resident.effects] == ["9", "1"]


def test_whoever_signed_in_is_not_asked_again_in_this_session(resident: Person) -> None:
    resident.facts = {**resident.facts, "official": "yes"}
    resident.answers = {**resident.answers, Lookup.OFFICIAL: Outcome("ok", {"role": "kim", "fresh": "7", "late": "2"})}
    resident.dials()
    resident.outcome = Outcome("ok", {"role": "kim"})
    resident.types("8", "246810", "00", "8")
    assert resident.state.screen == "official"
    assert len(resident.effects) == 1


def test_what_is_found_decides_which_screen_shows_it_and_0_goes_back_to_the_list(resident: Person) -> None:
    resident.answers = {
        **resident.answers,
        Lookup.TICKET: Outcome("ok", TICKET | {"state": "answered", "asks": "yes", "news": ""}),
    }
    resident.dials()
    assert resident.types("3", "1").startswith("271-908-9: DPUPR menyatakan SELESAI. Benar?\n1 Ya, selesai")
    resident.types("0")
    assert resident.state.screen == "tickets"


CLOSED = [
    ("neither office nor news", {"office": "", "news": ""}, "271-908-9 dinyatakan SELESAI. Benar?"),
    ("news alone", {"office": "", "news": "lampu diganti"}, "271-908-9 dinyatakan SELESAI, lampu diganti. Benar?"),
    ("both", {"news": "lampu diganti"}, "271-908-9: DPUPR menyatakan SELESAI, lampu diganti. Benar?"),
]


@pytest.mark.parametrize(("found", "begins"), [case[1:] for case in CLOSED], ids=[case[0] for case in CLOSED])
def test_a_closing_question(resident: Person, found: Mapping[str, str], begins: str) -> None:
    ticket = TICKET | {"state": "answered", "asks": "yes"} | dict(found)
    resident.answers = {**resident.answers, Lookup.TICKET: Outcome("ok", ticket)}
    resident.dials()
    assert resident.types("3", "1").startswith(begins)


def test_a_closed_ticket_is_not_hurried(resident: Person) -> None:
    resident.answers = {**resident.answers, Lookup.TICKET: Outcome("ok", TICKET | {"state": "closed"})}
    resident.dials()
    assert "Minta percepat" not in resident.types("3", "1")


def test_every_page_under_a_wrong_choice_can_be_read(stranger: Person) -> None:
    plain = stranger.dials()
    first = stranger.types("8")
    second = stranger.types("9")
    assert first.startswith("Pilihan tidak ada. Balas angka 1-3.\nKIM Kota")
    shown = [line for line in f"{first}\n{second}".split("\n") if line not in ("9 Lanjut", "0 Keluar 00 Menu")]
    assert shown[1:] == plain.split("\n")
    assert stranger.types("9") == first
    assert stranger.types("2").startswith("Kami simpan")


def test_a_wrong_choice_in_a_long_list_hides_no_line(resident: Person) -> None:
    rows = tuple(Row(f"I{n}", f"Kabar nomor {n} utk seluruh warga kota") for n in range(1, 21))
    resident.answers = {**resident.answers, Lookup.ITEMS: Rows(rows)}
    resident.dials()
    resident.types("1", "5", "9")
    seen = [resident.types("99")]
    assert seen[0].startswith("Pilihan tidak ada. Balas angka 1-8,10-21.\n") is ("Kabar nomor 1 " in seen[0])
    for _ in range(12):
        seen.append(resident.types("9"))
    assert {f"Kabar nomor {n} " for n in range(1, 21)} <= {part for page in seen for part in PART.findall(page)}
