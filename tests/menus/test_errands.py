"""The rarer commands by SMS: claims and codes, one's own topics and data, stars, a call back, word for another."""

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.kernel.areas import AreaBook
from menus.keywords import parse
from menus.lexicon import read_lexicon
from menus.loader import PACKAGE
from menus.model import Action
from menus.reading import Fault

MED, PON, KLE = "33.75.01.1002", "33.75.02.1007", "33.75.02.1008"
A = Action
NO_CODE = {"code": "", "typed": ""}

CASES: list[tuple[str, str, Action, Mapping[str, str]]] = [
    # Rule 2: CEK and a ticket is a status, CEK and a broadcast's code is genuineness, anything else a claim.
    ("check of a ticket", "CEK 271-908-9", A.STATUS, {"ticket": "2719089", "typed": ""}),
    ("check of a number that is no ticket", "cek 271-908-8", A.STATUS, {"ticket": "", "typed": "271-908-8"}),
    ("check of an amount and words", "cek 1500000 dari dinsos", A.ASK_RUMOUR, {"words": "1500000 dari dinsos"}),
    ("check of a broadcast", "CEK B27", A.CHECK_CODE, {"code": "B27"}),
    ("check of a claim", "cek c-48", A.RUMOUR_RESULT, {"claim": "C48"}),
    ("check of a broadcast with its words", "cek b27 siaga rob 12/6", A.CHECK_CODE, {"code": "B27", "typed": ""}),
    ("check of a claim with words", "cek c48 sudah ada jawaban", A.RUMOUR_RESULT, {"claim": "C48"}),
    ("check of a claim in words", "CEK bansos 600rb", A.ASK_RUMOUR, {"words": "bansos 600rb", "area": ""}),
    ("check of nothing", "cek", A.ASK_RUMOUR, {"words": ""}),
    ("a claim about a place", "cek pasar poncol digusur", A.ASK_RUMOUR, {"area": PON}),
    ("hoax", "HOAX rob 3 meter", A.ASK_RUMOUR, {"words": "rob 3 meter"}),
    ("hoax glued to check", "CEKHOAX rob 3 meter", A.ASK_RUMOUR, {"words": "rob 3 meter"}),
    ("is it true", "benarkah gaji rt naik", A.ASK_RUMOUR, {"words": "gaji rt naik"}),
    ("is it true, in Javanese", "tenan ora arep gempa", A.ASK_RUMOUR, {"words": "arep gempa"}),
    ("the question at the end", "jare arep gempa tenan ora pak", A.ASK_RUMOUR, {"words": "jare arep gempa tenan ora pak"}),
    ("a slip", "hoasxx rob 3 meter", A.UNKNOWN, {}),
    ("a slip of one letter", "hoac rob 3 meter", A.ASK_RUMOUR, {"words": "rob 3 meter"}),
    # Results and codes.
    ("a result", "HASIL C48", A.RUMOUR_RESULT, {"claim": "C48"}),
    ("a result by number", "hasil 048", A.RUMOUR_RESULT, {"claim": "C48"}),
    ("a result without a code", "hasil", A.RUMOUR_RESULT, {"claim": ""}),
    ("the latest hoaxes", "hoax terbaru", A.RUMOUR_RESULT, {"claim": ""}),
    ("a result of a broadcast is none", "hasil b27", A.UNKNOWN, {}),
    ("a result of something else", "hasil panen gagal", A.UNKNOWN, {}),
    ("genuine", "ASLI B27", A.CHECK_CODE, {"code": "B27", "typed": ""}),
    ("genuine by number", "asli no 27", A.CHECK_CODE, {"code": "B27"}),
    ("genuine with the text behind", "ASLI kode b 27 SIAGA ROB 12/6", A.CHECK_CODE, {"code": "B27"}),
    ("genuine of a claim is none", "asli c48", A.UNKNOWN, {}),
    ("genuine of what is no code", "CEK KODE promo77", A.CHECK_CODE, {"code": "", "typed": "PROMO77"}),
    ("genuine without a code", "asli", A.CHECK_CODE, NO_CODE),
    ("a native is no code", "asli pekalongan", A.UNKNOWN, {}),
    ("a broadcast's code alone", "B27", A.CHECK_CODE, {"code": "B27"}),
    ("a broadcast's code alone, kindly", "kode b27 pak", A.CHECK_CODE, {"code": "B27"}),
    ("a claim's code alone", "c48?", A.RUMOUR_RESULT, {"claim": "C48"}),
    ("a code and more is a draft", "B27 kok gak datang datang", A.UNKNOWN, {}),
    ("forged", "PALSU B99", A.REPORT_FORGED, {"code": "B99"}),
    ("a forgery without a code is a draft", "palsu tanda tangannya", A.UNKNOWN, {}),
    # One's own topics.
    ("topics", "PILIH ROB BANSOS", A.SET_TOPICS, {"topics": "alert,services"}),
    ("topics named twice", "pilih rob dan banjir saja", A.SET_TOPICS, {"topics": "alert"}),
    ("all topics", "pilih semua", A.SET_TOPICS, {"topics": ""}),
    ("choosing a village head", "pilih lurah baru", A.UNKNOWN, {}),
    ("choosing nothing known", "pilih saja", A.UNKNOWN, {}),
    # Changing.
    ("a change of place", "UBAH KELURAHAN PONCOL", A.MOVE, {"area": PON}),
    ("a change of place, with to", "ganti alamat ke poncol", A.MOVE, {"area": PON}),
    ("a change of place without one", "ganti kelurahan", A.MOVE, {"area": ""}),
    ("a change of language", "ubah bahasa jawa", A.SET_LANGUAGE, {"language": "jv"}),
    ("a change of topics", "ubah topik kesehatan", A.SET_TOPICS, {"topics": "health"}),
    ("papers are no data of ours", "ganti alamat di ktp", A.UNKNOWN, {}),
    ("a name is for a person to change", "ubah nama siti", A.UNKNOWN, {"body": "ubah nama siti"}),
    ("a change of nothing", "ubah", A.UNKNOWN, {}),
    # One's own data.
    ("my data", "DATA SAYA", A.SEND_MY_DATA, {}),
    ("my data, run together", "datasaya", A.SEND_MY_DATA, {}),
    ("my data elsewhere", "data saya salah di dtks", A.UNKNOWN, {}),
    ("erasing", "HAPUS DATA", A.ERASE_MY_DATA, {}),
    ("erasing, kindly", "hapus data saya pak", A.ERASE_MY_DATA, {}),
    ("erasing elsewhere", "hapus data saya dari dtks", A.UNKNOWN, {}),
    ("erasing is never guessed", "hapuss data", A.UNKNOWN, {}),
    ("the echo", "YA HAPUS 482", A.CONFIRM_ERASE, {"digits": "482"}),
    ("the echo with a comma and blanks", "ya, hapus 4 8 2", A.CONFIRM_ERASE, {"digits": "482"}),
    ("the echo in words", "ya hapus empat delapan dua", A.CONFIRM_ERASE, {"digits": "482"}),
    ("the echo without digits", "ya hapus", A.CONFIRM_ERASE, {"digits": ""}),
    ("the echo without yes", "hapus 482", A.CONFIRM_ERASE, {"digits": "482"}),
    ("erasing two digits is none", "hapus 48", A.UNKNOWN, {}),
    ("yes, erase something else", "ya hapus saja namanya", A.UNKNOWN, {}),
    ("the notice", "aturan data", A.DATA_NOTICE, {}),
    # Stars, support, hurry.
    ("stars", "NILAI 271-908-9 4", A.RATE, {"ticket": "2719089", "stars": "4"}),
    ("stars in words", "nilai 2719089 sangat puas pak", A.RATE, {"stars": "1"}),
    ("stars of the last ticket", "nilai 2", A.RATE, {"ticket": "", "typed": "", "stars": "2"}),
    ("stars of the last ticket in a word", "nilai kecewa", A.RATE, {"ticket": "", "stars": "4"}),
    ("stars of what is no ticket", "nilai 271-908-8 3", A.RATE, {"ticket": "", "typed": "271-908-8", "stars": "3"}),
    ("no stars", "nilai 271-908-9", A.RATE, {"ticket": "2719089", "stars": ""}),
    ("five are no stars", "nilai 271-908-9 5", A.UNKNOWN, {}),
    ("marks at school are none", "nilai raport anak saya jelek", A.UNKNOWN, {}),
    ("marks in figures are none", "nilai 75", A.UNKNOWN, {}),
    ("support", "DUKUNG 271-908-9", A.SUPPORT, {"ticket": "2719089"}),
    ("the same", "sama 2719089 rumahku juga", A.SUPPORT, {"ticket": "2719089", "body": "rumahku juga"}),
    ("support of a number that is no ticket", "dukung 271-908-8", A.SUPPORT, {"ticket": "", "typed": "271-908-8"}),
    ("support of a person", "dukung pak lurah", A.UNKNOWN, {}),
    ("hurry", "PERCEPAT 271-908-9", A.HURRY, {"ticket": "2719089"}),
    ("hurry with nothing to hurry", "percepat perbaikan jalan", A.UNKNOWN, {}),
    # A call back, the menu.
    ("a call back", "HUBUNGI", A.CALL_BACK, {}),
    ("a call back with a number that was masked", "hubungi saya di [no HP] pak", A.CALL_BACK, {}),
    ("a call to somebody else", "hubungi pln tidak bisa", A.UNKNOWN, {}),
    ("the menu", "Menu", A.MENU, {}),
    ("the menu of a shop", "menu warung mahal", A.UNKNOWN, {}),
    # For somebody else.
    ("for another", "WAKIL LAPOR MEDONO lampu mati", A.REPORT,
     {"behalf": "yes", "kind": "complaint", "area": MED, "body": "lampu mati"}),
    ("for another by number", "wakil 0812-3456-7890 lapor lampu mati", A.REPORT, {"behalf": "yes", "body": "lampu mati"}),
    ("for another whose number was masked", "wakil [no HP] lampu mati", A.REPORT, {"behalf": "yes", "body": "lampu mati"}),
    ("a proposal for another", "wakil usul taman", A.ASPIRE, {"behalf": "yes", "kind": "proposal", "body": "taman"}),
    ("a fire for another", "wakil lapor kebakaran klego", A.EMERGENCY, {"behalf": "yes", "area": KLE}),
    ("a deputy is none", "wakil rakyat tidak turun", A.UNKNOWN, {}),
    ("a deputy who writes", "wakil stop", A.UNKNOWN, {}),
    ("another without words", "wakil", A.UNKNOWN, {}),
    # A complaint neither subscribes nor stops.
    ("a question about a list", "daftar bansos bagaimana", A.UNKNOWN, {}),
    ("a list with a topic and more", "daftar bansos kosong", A.UNKNOWN, {}),
    ("the word of premium SMS alone", "REG", A.JOIN, {"area": ""}),
    ("news that is a report", "info jalan rusak di medono", A.UNKNOWN, {"area": MED}),
    # Answers.
    ("a number word", "dua", A.CONFIRM, {"answer": "2"}),
    ("a number word in krama", "nomer sekawan pak", A.CONFIRM, {"answer": "4"}),
    ("a number with its word before", "pilih 2", A.CONFIRM, {"answer": "2"}),
    ("a number and a yes", "satu ya", A.CONFIRM, {"answer": "1"}),
    ("two lamps are no answer", "dua lampu", A.UNKNOWN, {}),
    ("home", "00", A.CONFIRM, {"answer": "00"}),
    ("back", "0", A.CONFIRM, {"answer": "0"}),
    ("a number with a nought before", "02", A.CONFIRM, {"answer": "2"}),
    ("a keycap", "1️⃣", A.CONFIRM, {"answer": "1"}),
    ("no thanks", "tidak mau pak", A.CONFIRM, {"answer": "no"}),
    ("not finished", "blm selesai", A.CONFIRM, {"answer": "not_yet"}),
    ("a yes and a no", "ya tidak", A.UNKNOWN, {}),
    # Endings and glue.
    ("an ending is no area", "TANYAKAN jadwal", A.ASK, {"area": "", "body": "jadwal"}),
    ("an ending of speech", "laporin jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("an ending of another command", "pindahkan tiang", A.UNKNOWN, {}),
    ("many words run together", "LAPORlampumatidigang3", A.REPORT, {"body": "lampumatidigang3"}),
    ("drawn out", "lapooor jalan rusak", A.REPORT, {"body": "jalan rusak"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "action", "args"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_understood(areas: AreaBook, text: str, action: Action, args: Mapping[str, str]) -> None:
    command = parse(text, areas)
    assert command.action is action
    assert {name: command.args.get(name) for name in args} == dict(args)


def test_choosing_without_a_topic_names_none_so_that_we_ask(areas: AreaBook) -> None:
    assert parse("PILIH", areas).args == {}


def test_a_wrapped_body_is_understood_and_kept_as_it_came(areas: AreaBook) -> None:
    body = base64.b64encode("LAPOR medono lampu mati 😡".encode()).decode()
    command = parse(f" {body}\n", areas)
    assert (command.action, command.args["area"], command.raw) == (A.REPORT, MED, body)
    assert command.args["body"] == "lampu mati 😡"
    assert parse("LAPOR medono lampu mati", areas).raw == ""


def test_an_emergency_keeps_the_wrapped_body_too(areas: AreaBook) -> None:
    body = base64.b64encode(b"kebakaran di klego").decode()
    assert (parse(body, areas).action, parse(body, areas).raw) == (A.EMERGENCY, body)


FAULTS = [
    (
        "a short form that is a keyword",
        "slang:\n  {YG: YANG",
        "slang:\n  {LAPOR: YANG",
        "slang LAPOR may be no keyword",
    ),
    (
        "a short form that stands for one",
        "slang:\n  {YG: YANG",
        "slang:\n  {BRH: BERHENTI",
        "slang BRH may be no keyword",
    ),
    ("a field of no keyword", "  topics: [TOPIK", "  topik: [TOPIK", "fields.topik names no keyword"),
    ("a number word twice", '"2": [DUA', '"2": [SATU', "number SATU stands twice"),
    ("a word for stars twice", '"2": ["2", DUA', '"2": ["1", DUA', "word for stars 1 stands twice"),
    ("a field twice", "language: [BAHASA, BASA]\n", "language: [BAHASA, ALAMAT]\n", "field ALAMAT stands twice"),
]


@pytest.mark.parametrize(("old", "new", "words"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_fault_in_the_words_is_told_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (PACKAGE / "keywords.yaml").read_text("utf-8")
    (tmp_path / "keywords.yaml").write_text(text.replace(old, new, 1), "utf-8")
    faults: list[Fault] = []
    read_lexicon(tmp_path, faults)
    assert [words in fault.text for fault in faults] == [True]
    assert faults[0].line > 100


def test_a_city_without_reports_has_none_for_others(areas: AreaBook, tmp_path: Path) -> None:
    text = (PACKAGE / "keywords.yaml").read_text("utf-8").replace("\n  report:\n", "\n  complain:\n")
    (tmp_path / "keywords.yaml").write_text(text, "utf-8")
    assert parse("wakil [no HP] lampu mati", areas, read_lexicon(tmp_path, [])).action is A.UNKNOWN
