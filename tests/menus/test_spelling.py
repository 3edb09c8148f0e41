"""How an SMS is spelled: wrapped bodies, words and signs, drawn out and doubled words, places and numbers in them."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.kernel.areas import AreaBook
from menus.hanacaraka import is_javanese, latin
from menus.keywords import find_area, find_rt_rw, guess_category, parse, unwrap
from menus.model import Action
from menus.spelling import READ, shortened, tokens_of


def wrapped(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


WRAPPED: list[tuple[str, str, str | None]] = [
    ("Indonesian", wrapped("lampu mati di gang 3"), "lampu mati di gang 3"),
    ("Javanese letters", wrapped("ꦮꦢꦸꦭ꧀ ꦭꦩ꧀ꦥꦸ ꦩꦠꦶ"), "ꦮꦢꦸꦭ꧀ ꦭꦩ꧀ꦥꦸ ꦩꦠꦶ"),
    ("an emoji among words", wrapped("rob masuk rumah 😡"), "rob masuk rumah 😡"),
    ("NUL goes", wrapped("rob\0 masuk rumah"), None),
    ("an identity number inside is left to the caller", wrapped("NIK saya 3375010101900001 tolong"),
     "NIK saya 3375010101900001 tolong"),
    ("cut into lines",
    "\n".join((wrapped("lampu mati di gang 3")[:12], wrapped("lampu mati di gang 3")[12:])), "lampu mati di gang 3"),
    ("no letters inside", wrapped("123456789"), None),
    ("mostly signs inside", wrapped("a!@#$%&*()_+=-"), None),
    ("no UTF-8 inside", base64.b64encode(b"\xff\xfe\xfd\xfc" * 4).decode(), None),
    ("a word that might be base64", "tolonglampunyamati", None),
    ("a place that might be base64", "Pasirkratonkramat", None),
    ("a length that is none", "YWJjZGVmZ2hpamts1", None),
    ("padding that is none", "YWJjZGVmZ2hpamtsbQ=", None),
    ("too short to tell", "bGFt", None),
    ("a sentence", "lampu mati di gang 3", None),
    ("far too long", wrapped("lampu mati " * 2000), None),
    ("nothing", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text"), [case[1:] for case in WRAPPED], ids=[case[0] for case in WRAPPED])
def test_unwrapping(body: str, text: str | None) -> None:
    assert unwrap(body) == text


def test_a_wrapped_identity_number_is_masked_in_what_is_understood(areas: AreaBook) -> None:
    command = parse(wrapped("LAPOR NIK saya 3375010101900001 tolong lampu mati"), areas)
    assert "3375010101900001" not in str(command.args)


TOKENS: list[tuple[str, str, list[str]]] = [
    ("separators", "a#b*c,d;e:f/g\nh", ["A", "B", "C", "D", "E", "F", "G", "H"]),
    ("an emoji parts and is none", "jalan😡rusak 👍🏽", ["JALAN", "RUSAK"]),
    ("arrows, dots and long dashes part", "a→b…c—d•e", ["A", "B", "C", "D", "E"]),
    ("NUL inside a word goes", "LA\0POR", ["LAPOR"]),
    ("accents go", "sêmua lèpèn", ["SEMUA", "LEPEN"]),
    ("full-width letters", "ＬＡＰＯＲ", ["LAPOR"]),
    ("nothing but zero width", "\u200b\u200d", []),
    ("quotes at the edges", "'lapor' “jalan”", ["LAPOR", "JALAN"]),
    ("Javanese letters", "ꦭꦩ꧀ꦥꦸ mati", ["LAMPU", "MATI"]),
    ("Javanese signs part", "ꦭꦩ꧀ꦥꦸ꧈ꦩꦠꦶ꧉", ["LAMPU", "MATI"]),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in TOKENS], ids=[case[0] for case in TOKENS])
def test_words(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens_of(text)] == words


def test_short_forms_are_written_out_where_they_stand_alone() -> None:
    assert [token.word for token in tokens_of("jln dgn jlnan", {"JLN": "JALAN", "DGN": "DENGAN"})] == [
        "JALAN",
        "DENGAN",
        "JLNAN",
    ]


JAVANESE = [
    ("a consonant joined to the next", "ꦭꦩ꧀ꦥꦸ", "lampu"), ("a final consonant", "ꦮꦢꦸꦭ꧀", "wadul"),
    ("a nasal before j and a final r", "ꦧꦚ꧀ꦗꦶꦂ", "banjir"),
    ("a final ng", "ꦒꦁ", "gang"), ("a final h and o", "ꦲꦺꦴꦩꦃ", "omah"), ("a medial r", "ꦏꦿꦠꦺꦴꦤ꧀", "kraton"),
    ("a medial y", "ꦏꦾꦲꦶ", "kyahi"),
    ("pepet", "ꦥꦼꦠꦼꦁ", "peteng"), ("re in one letter", "ꦉꦒꦼꦢ꧀", "reged"), ("keret", "ꦏꦽꦠꦼꦒ꧀", "kreteg"),
    ("digits", "꧑꧒꧓", "123"),
    ("tarung alone", "ꦩꦴ", "ma"), ("ha alone", "ꦲ", "a"), ("a letter that is rare", "ꦏ꦳", "ka"),
    ("mixed", "ꦭx", "lax"), ("Latin", "lampu", "lampu"), ("nothing", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("word", "read"), [case[1:] for case in JAVANESE], ids=[case[0] for case in JAVANESE])
def test_javanese_letters(word: str, read: str) -> None:
    assert latin(word) == read


def test_a_report_in_javanese_letters(areas: AreaBook) -> None:
    text = "ꦮꦢꦸꦭ꧀ ꦩꦼꦢꦺꦴꦤꦺꦴ ꦭꦩ꧀ꦥꦸ ꦩꦠꦶ"
    command = parse(text, areas)
    assert (command.action, command.args["area"]) == (Action.REPORT, "33.75.01.1002")
    assert (command.args["body"], guess_category(command.args["body"])) == ("ꦭꦩ꧀ꦥꦸ ꦩꦠꦶ", "roads")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0xA980, max_codepoint=0xA9DF), max_size=30))
def test_any_run_of_javanese_letters_is_read(text: str) -> None:
    assert not is_javanese(latin(text))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_every_word_stands_where_it_says(text: str) -> None:
    for token in tokens_of(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.word


DRAWN = [("MATIIIII", "MATI"), ("BOLONG2", "BOLONG"), ("BOLONG-BOLONG", "BOLONG"), ("BOLONG-2", "BOLONG"), ("RT2", "RT2"),
         ("SAAT", "SAAT"), ("ALUN-ALUN", "ALUN"), ("JALAN-JALUR", "JALAN-JALUR")]  # fmt: skip


@pytest.mark.parametrize(("word", "short"), DRAWN)
def test_a_drawn_out_or_doubled_word_is_written_once(word: str, short: str) -> None:
    assert shortened(word) == short


CATEGORIES = [
    ("slang", "lmpu jln mti", "roads"), ("a slip", "sampqh banyak", "waste"),
    ("a slip that fits no category", "kutjing", None),
    ("a keyword is no slip of a lamp", "tolong", None), ("one hint is too little", "air", None),
    ("two hints are enough", "jalan gelap", "roads"),
    ("doubled", "bolong2", "roads"), ("drawn out", "banjiiir", "flood"), ("in krama", "toya mlebet griyo", "flood"),
    ("Javanese with an ending", "uwuhe ora dijupuk", "waste"), ("code-mix", "please fix the trotoar", "roads"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "category"), [c[1:] for c in CATEGORIES], ids=[c[0] for c in CATEGORIES])
def test_category(text: str, category: str | None) -> None:
    assert guess_category(text) == category


PLACES = [
    ("number words", "rt dua rw tiga", (2, 3)), ("Javanese number words", "rt loro", (2, None)),
    ("spelled as spoken", "erte 2 erwe 3", (2, 3)),
    ("noughts before", "RT 002 / RW 005", (2, 5)), ("colons", "rt:2,rw:3", (2, 3)),
    ("dots all along", "rt.05.rw.02", (5, 2)),
    ("as an ordinal", "rt ke 2 rw ke-3", (2, 3)), ("both run together", "rtrw 2/3", (2, 3)),
    ("both apart", "rt rw 02 03", (2, 3)),
    ("three digits are none", "rt 123", (None, None)), ("a word that is no number", "rt saya", (None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES])
def test_rt_rw(text: str, place: tuple[int | None, int | None]) -> None:
    assert find_rt_rw(text) == place


AREAS = [
    ("named in full", "lampu mati medono gg 5", "33.75.01.1002"),
    ("an old name", "banjir sampangan", "33.75.02.1004"),
    ("a slip behind a word of place", "lampu mati di podosugeh", "33.75.01.1003"),
    ("a slip elsewhere is a word", "lampu mati podosugeh", ""),
    ("two are named, one behind a word of place", "warga medono, banjir di klego", "33.75.02.1008"),
    ("two are named alike", "medono klego", ""),
    ("an everyday word that is also a name", "banjir soko kali", ""),
    ("the same behind a word of place", "banjir ning soko", "33.75.04.1010"),
    ("a short code is a word", "mobil ban bocor di ban", ""),
    ("a district is no kelurahan", "gelap di utara kota", ""),
    ("everyday words behind a word of place", "lampu mati di jalan", ""),
    ("a word of place at the end", "rumah kami di", ""),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("text", "area"), [case[1:] for case in AREAS], ids=[case[0] for case in AREAS])
def test_area_in_running_text(areas: AreaBook, text: str, area: str) -> None:
    assert find_area(text, areas) == area


EMERGENCIES = [
    ("a slip in a long word", "kebakaraan di pasar", True), ("drawn out", "tenggelammmm", True),
    ("help twice", "tulung tulung", True),
    ("to be done quickly", "tolong cepat diperbaiki", False),
    ("a condition far before", "jangan tunggu sampai ada kecelakaan", False),
    ("it is over", "kebakaran tadi sudah padam", False), ("every week", "tiap minggu ada kecelakaan", False),
    ("quick, at a place", "tolong cepat di klego", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_one"), [c[1:] for c in EMERGENCIES], ids=[c[0] for c in EMERGENCIES])
def test_emergency(areas: AreaBook, text: str, is_one: bool) -> None:
    assert (parse(text, areas).action is Action.EMERGENCY) is is_one


def test_what_is_behind_the_longest_sms_is_kept_but_not_read(areas: AreaBook) -> None:
    text = "lapor " + "x " * READ + "kebakaran di medono"
    command = parse(text, areas)
    assert (command.action, command.args["area"]) == (Action.REPORT, "")
    assert command.args["body"].endswith("kebakaran di medono")
