"""The lint of a route: what operators may block and what readers cannot answer, said in sentences; rules from a file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.outbox.lint import FILE, lint, read_rules, standard
from menus.reading import BookError

OURS = ("*546#", "54600")

# Label, text, and of every warning a few words that must be in it, in order.
CASES: list[tuple[str, str, list[str]]] = [
    ("a plain notice", "Rob 12/6 jam 14-18: Bandengan. Amankan barang. Kode B27", []),
    ("our own numbers and codes", "Cek *546# atau SMS ke 54600. Tiket 271-908-9, klaim C48. Kode B27", []),
    ("the number for emergencies", "Bahaya: telepon 112. Kode B27", []),
    ("a date with its year", "Rapat 12-06-2026 dan 1/7/2027, anggaran 2026", []),
    ("times without a dot", "Kumpul jam 1930, pulang 2130 WIB", []),
    ("an amount with dots", "Bantuan Rp600.000 per keluarga", []),
    ("gambling", "Jangan ikut TOGEL.", ["'togel': operators block it as gambling"]),
    ("a prize", "Selamat Anda dapat hadiah", ["'hadiah', 'selamat anda': operators and readers take it for a prize fraud"]),
    ("two reasons are two warnings", "Hadiah judi", ["as gambling", "prize fraud"]),
    ("a word inside another is none", "Perjudian lejudik kehadiahan", []),
    ("a phrase over a line break", "kata\nsandi", ["'kata sandi'"]),
    ("a promise to cost nothing", "SMS ini gratis", ["needs a contract"]),
    ("an election", "Ayo dukung paslon nomor urut 2",
     ["election or a candidate ('paslon', 'nomor urut')", "take a side ('dukung')"]),
    ("a number in a queue", "Ambil nomor urut antrean di loket 3", []),
    ("a number in a queue, the other way round", "Dipanggil: antrean nomor urut 12", []),
    ("the same twice", "NOMOR URUT ANTRIAN, nomor  urut antrian", []),
    ("a candidate beside a queue", "Ambil nomor urut antrean. Pilih nomor urut 2", ["candidate ('nomor urut')"]),
    ("a candidate right behind a queue", "nomor urut antrean nomor urut 2", ["candidate ('nomor urut')"]),
    ("a sentence that begins with the queue", "Pilih nomor urut! Antrean panjang", ["candidate ('nomor urut')"]),
    ("a line that begins with it", "Pilih nomor urut\nantrean panjang", ["candidate ('nomor urut')"]),
    ("a queue before an election", "Nomor urut antrean pemilu", ["candidate ('pemilu')"]),
    ("words that a queue keeps apart", "no nomor urut antrean urut", []),
    ("a candidate in Javanese", "Nomer urut 2", ["candidate ('nomer urut')"]),
    ("a word that takes a side in some sentences only", "Kampanye imunisasi", ["may take a side ('kampanye')"]),
    ("a run of digits", "Kode pos 51111 atau 51112", ["more than 3 digits together (51111, 51112)"]),
    ("an amount without dots", "Rp600000", ["(600000)"]),
    ("a number that only begins like ours", "SMS ke 546001", ["(546001)"]),
    ("a mobile number", "Hubungi 0812-3456-7890 ya", ["phone number (0812-3456-7890)"]),
    ("a number of another country", "WA +62 812 3456 7890", ["phone number (+62 812 3456 7890)"]),
    ("a landline", "Kantor (0285) 421234", ["phone number ((0285) 421234)"]),
    ("a short number to call", "telepon ke 113", ["phone number (113)"]),
    ("a long number to call is named once", "hotline 1500567", ["phone number (1500567)"]),
    ("a link", "Daftar di https://contoh.go.id/a?b=1.", ["an address (https://contoh.go.id/a?b=1)"]),
    ("a link without its beginning", "Buka bit.ly/x1 dan www.contoh.id", ["(bit.ly/x1, www.contoh.id)"]),
    ("digits in a link are told once", "contoh.com/123456", ["an address"]),
    ("a title and a missing blank are no link", "S.Pd. hadir s.d. 10.00.Mohon maaf", []),
    ("a promise without a number", "Listrik menyala segera. Kode B27", ["without a number ('segera')"]),
    ("the same promise twice is named once", "Segera. Segera!", ["('segera')"]),
    ("a promise with its number", "Segera, maks 3 jam", []),
    ("a number in another sentence does not help", "Nanti dikabari. Tiket 12 warga", ["('nanti')"]),
    ("a promise in Javanese", "Toya mili sekedap malih", ["'sekedap malih'"]),
    ("no words", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_warnings(text: str, expected: list[str]) -> None:
    found = lint(text, standard(), known=OURS)
    assert len(found) == len(expected), found
    for warning, words in zip(found, expected, strict=True):
        assert words in warning


QUESTIONS = [
    ("a question mark", "Apa bermanfaat?", "'?'"),
    ("a word that asks for an answer", "Balas 1 bila setuju", "'balas'"),
    ("both", "Setuju? Balas 1", "'?', 'balas'"),
    ("neither", "Rob jam 14-18", ""),
    ("a question mark in a link is none", "contoh.id/a?b", ""),
]


@pytest.mark.parametrize(("text", "named"), [case[1:] for case in QUESTIONS], ids=[case[0] for case in QUESTIONS])
def test_a_question_warns_only_where_its_sender_cannot_be_answered(text: str, named: str) -> None:
    def asked(can_be_answered: bool) -> list[str]:
        found = lint(text, standard(), can_be_answered=can_be_answered)
        return [warning for warning in found if "sender cannot be answered" in warning]

    assert asked(True) == []
    assert [f"({named})" in warning for warning in asked(False)] == ([True] if named else [])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.booleans())
def test_any_text_is_read_and_every_warning_is_the_end_of_a_sentence(text: str, can_be_answered: bool) -> None:
    for warning in lint(text, standard(), known=OURS, can_be_answered=can_be_answered):
        assert warning[0].islower()
        assert warning.endswith(".")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["judi", "segera", "Rp600000", "https://contoh.id"]))
def test_what_is_wrong_stays_wrong_whatever_stands_before_it(text: str, wrong: str) -> None:
    assert lint(f"{text}\n{wrong}", standard())


FAULTS = [
    ("an unknown list", "", "more: [x]\n", "more: Extra inputs are not permitted"),
    ("a phrase in capitals", "[judi, togel", "[JUDI, togel", "words.0.of.0"),
    ("a phrase that stands twice", "[hadiah, undian", "[judi, undian", "judi stands twice"),
    ("a reason that is missing", "because: operators block it as gambling", "because: ''", "words.0.because"),
    ("a number that is none", '["112"]', '["satu"]', "numbers_allowed.0"),
    ("a list that is missing", "\ncalls:", "\ncolls:", "calls: Field required"),
    ("no YAML at all", "words:", "words: [", "not YAML"),
]


@pytest.mark.parametrize(("old", "new", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_rule_file_with_a_fault_is_refused_with_its_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    written = FILE.read_text("utf-8")
    path = tmp_path / "lint.yaml"
    path.write_text(written.replace(old, new, 1) if old else written + new, "utf-8")
    with pytest.raises(BookError) as refused:
        read_rules(path)
    assert fault in str(refused.value)
    assert str(refused.value).startswith("config/lint.yaml:")


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lint.yaml"
    path.write_text(FILE.read_text("utf-8").replace("[hadiah", "[judi").replace("[pinjaman", "[togel"), "utf-8")
    with pytest.raises(BookError) as refused:
        read_rules(path)
    assert len(refused.value.faults) == 2


def test_the_rules_are_read_once_a_process() -> None:
    assert standard() is standard()
