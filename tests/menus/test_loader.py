"""A book with faults is refused with all of them, each with file and line."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from menus.lexicon import read_lexicon
from menus.loader import PACKAGE, load, load_lexicon
from menus.reading import BookError, Fault

FLOW = """\
slots:
  known: {kept: true}
  words: {width: 40}
  text: {long: true}
  choices: {width: 10}
  label: {width: 30}
  bare: {}
  kind: {names: kind}
screens:
  home:
    text: home.text
    options:
      1: {label: home.write, go: write}
      2: {label: home.list, go: list}
  write:
    text: write.text
    take:
      slot: words
      do:
        action: file_aspiration
        args: {words: "{words}"}
        go: {ok: done, else: sorry}
  list:
    text: list.text
    rows: {need: items, empty: list.empty, go: one}
  one:
    text: one.text
    long: true
    fetch: {need: item, args: {code: "{words}"}, go: {else: sorry}}
  done: {text: done.text, ends: true}
  bye: {text: bye.text, ends: true}
  give_up: {text: bye.text, ends: true}
  sorry: {text: bye.text, ends: true}
messages:
  sms.hello: {}
  notice.wrong: {}
"""
INDONESIAN = """\
language: id
name: Bahasa Indonesia
texts:
  nav: {back: 0 Kembali, home: 00 Menu, next: 9 Lanjut}
  notice: {wrong: "Balas {choices}.", lost: Hilang., changed: Berubah.}
  list: {row: "{label}", text: Daftar, empty: Kosong}
  kind: {complaint: Laporan}
  home:
    text: Menu
    write: Tulis
    list: Daftar
  write: {text: Tulislah}
  one: {text: "{text}"}
  done: {text: "Selesai {words}"}
  bye: {text: Sampai jumpa}
  sms:
    hello: "Halo {kind}"
"""
ENGLISH = """\
language: en
name: English
fallback: [kind.complaint]
texts:
  nav: {back: 0 Back, home: 00 Menu, next: 9 Next}
  notice: {wrong: "Reply {choices}.", lost: Lost., changed: Changed.}
  list: {row: "{label}", text: List, empty: Empty}
  home:
    text: Menu
    write: Write
    list: List
  write: {text: Write}
  one: {text: "{text}"}
  done: {text: "Done {words}"}
  bye: {text: Goodbye}
  sms:
    hello: "Hello {kind}"
"""


def write(folder: Path, flow: str = FLOW, indonesian: str = INDONESIAN, english: str = ENGLISH) -> Path:
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "lang").mkdir(exist_ok=True)
    (folder / "flows" / "main.yaml").write_text(flow, "utf-8")
    (folder / "lang" / "id.yaml").write_text(indonesian, "utf-8")
    (folder / "lang" / "en.yaml").write_text(english, "utf-8")
    (folder / "keywords.yaml").write_text((PACKAGE / "keywords.yaml").read_text("utf-8"), "utf-8")
    return folder


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(BookError) as caught:
        load(folder)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return caught.value.faults


def test_a_small_book_loads(tmp_path: Path) -> None:
    book = load(write(tmp_path))
    assert set(book.screens) == {"home", "write", "list", "one", "done", "bye", "give_up", "sorry"}
    assert book.languages == ("en", "id")
    assert {name: len(lines) for name, lines in book.unreviewed.items()} == {"en": 17}


def test_the_fingerprint_follows_the_flows_alone(tmp_path: Path) -> None:
    first = load(write(tmp_path)).fingerprint
    assert load(write(tmp_path, indonesian=INDONESIAN.replace("Menu\n", "Menu!\n"))).fingerprint == first
    assert load(write(tmp_path, flow=FLOW + "# changed\n")).fingerprint != first


F, J, E = "flows/main.yaml", "lang/id.yaml", "lang/en.yaml"

# Label, file that is changed, text replaced, by what, the fault's file, a piece of its line's text, a piece of its words.
# The line is found by that text, or is 1.
FAULTS = [
    ("a target that is no screen", F, "go: write}", "go: wriet}", F, "1: {label", "leads to wriet, which is no screen"),
    ("an outcome's target", F, "ok: done", "ok: dnoe", F, "go: {ok", "leads to dnoe"),
    ("a fetch's target", F, "go: {else: sorry}}", "go: {else: srory}}", F, "fetch:", "leads to srory"),
    ("a stand-in for what was found", F, "fetch: {need: item, args: {code: \"{words}\"}, go: {else: sorry}}",
     "fetch: {need: item, go: {else: sorry}, then: [{when: words, go: srory}]}", F, "fetch:", "leads to srory"),
    ("a condition on what was found", F, "fetch: {need: item, args: {code: \"{words}\"}, go: {else: sorry}}",
     "fetch: {need: item, go: {else: sorry}, then: [{when: wrods, go: sorry}]}", F, "fetch:", "names wrods, which is no slot"),
    ("a line's text that is none", F, "rows: {need: items,", "rows: {need: items, label: list.wor,", F, "rows:",
     "says list.wor, which is no text"),
    ("a condition on a line's text", F, "rows: {need: items,", "rows: {need: items, label: {key: list.row, when: wrods},",
     F, "rows:", "names wrods, which is no slot"),
    ("an effect with one outcome alone", F, "go: {ok: done, else: sorry}", "go: {else: sorry}", F, "do:",
     "needs an outcome that is not else"),
    ("a secret that stays", F, "      do:\n        action: file_aspiration\n        args: {words: \"{words}\"}\n"
     "        go: {ok: done, else: sorry}\n", "      secret: true\n      go: done\n", F, "take:",
     "what is secret must go to an effect"),
    ("a text that is none", F, "label: home.write", "label: home.wirte",
     F, "1: {label", "says home.wirte, which is no text"),
    ("a screen's text", F, "text: write.text", "text: write.txet", F, "text: write.txet", "says write.txet"),
    ("the text of an empty list", F, "list.empty", "list.epmty", F, "rows:", "says list.epmty"),
    ("an action that is none", F, "action: file_aspiration", "action: fly", F, "action: fly", "Input should be"),
    ("a need that is none", F, "need: items", "need: itmes", F, "rows:", "Input should be"),
    ("an argument's slot", F, 'words: "{words}"', 'words: "{wrods}"',
     F, "args: {words", "names wrods, which is no slot"),
    ("a fetch's slot", F, 'code: "{words}"', 'code: "{wrods}"', F, "fetch:", "names wrods, which is no slot"),
    ("a taken slot", F, "slot: words", "slot: wrods", F, "slot: wrods", "names wrods, which is no slot"),
    ("a set slot", F, "go: write}", "set: {wrods: x}, go: write}", F, "1: {label", "names wrods, which is no slot"),
    ("a slot to set from", F, "go: write}", 'set: {words: "{wrods}"}, go: write}', F, "1: {label", "names wrods"),
    ("a slot that an ok sets", F, "go: {ok: done", "done: {wrods: x}\n        go: {ok: done",
     F, "done: {wrods", "names wrods"),
    ("a list's slot", F, "need: items,", 'need: items, args: {a: "{wrods}"},', F, "rows:", "names wrods"),
    ("a condition's slot", F, "go: write}", "when: wrods, go: write}", F, "1: {label", "names wrods, which is no slot"),
    ("a stand-in's slot", F, "text: write.text", "text: write.text\n    instead: [{when: wrods, go: home}]",
     F, "instead:", "names wrods"),
    ("a text's condition", F, "text: write.text", "text: [{key: write.text, when: wrods}]",
     F, "text: [{key", "names wrods"),
    ("a language that is none", F, "go: write}", "language: xx, go: write}",
     F, "1: {label", "speaks xx, which is no language"),
    ("a field that is none", F, "  write:\n", "  write:\n    colour: red\n",
     F, "colour: red", "Extra inputs are not permitted"),
    ("a way to two places", F, "slot: words", "slot: words\n      go: home", F, "take:", "needs either go or do"),
    ("a way to nowhere", F, "home.write, go: write}", "home.write}", F, "1: {label", "needs either go or do"),
    ("an effect without else", F, "go: {ok: done, else: sorry}", "go: {ok: done}", F, "do:", "needs an outcome else"),
    ("a fetch without else", F, "go: {else: sorry}}", "go: {gone: sorry}}",
     F, "fetch:", "a fetch needs an outcome else"),
    ("rows and a fetch at once",
     F, "    long: true\n", "    long: true\n    rows: {need: items, empty: list.empty, go: home}\n",
     F, "one:", "has both rows and fetch"),
    ("9 as a choice", F, "2: {label: home.list", "9: {label: home.list", F, "9: {label", "String should match pattern"),
    ("0 as a choice", F, "2: {label: home.list", "0: {label: home.list", F, "0: {label", "String should match pattern"),
    ("the same choice twice", F, "2: {label: home.list", "1: {label: home.list",
     F, "1: {label: home.list", "1 stands twice"),
    ("an end with choices", F, "done: {text: done.text, ends: true}",
     "done: {text: done.text, ends: true, options: {1: {label: home.list, go: home}}}", F, "done: {text", "nobody can choose"),
    ("a screen nobody reaches", F, "messages:", "  lost: {text: bye.text, ends: true}\nmessages:",
     F, "lost: {text", "is unreachable"),
    ("a dead end",
     F, "go: list}\n  write", "go: list}\n      3: {label: home.list, go: loop}\n  loop:\n    text: home.text\n    options:\n"
     "      1: {label: home.list, go: loop}\n  write", F, "loop:", "is a dead end"),
    ("a screen that stands in for itself",
     F, "text: write.text", "text: write.text\n    instead: [{when: known, go: write}]",
     F, "instead:", "stands in for itself"),
    ("a stand-in that is no screen", F, "text: write.text", "text: write.text\n    instead: [{when: known, go: wriet}]",
     F, "instead:", "leads to wriet"),
    ("a screen the engine needs", F, "  give_up: {text: bye.text, ends: true}\n", "",
     J, "", "the engine needs a screen give_up"),
    ("a text the engine needs", J, "changed: Berubah.", "chanegd: Berubah.",
     J, "", "the engine needs a text notice.changed"),
    ("a way back that is not 0", E, "back: 0 Back", "back: Back", E, "nav:", "must begin with `0 `"),
    ("a text missing in a language", E, "  bye: {text: Goodbye}\n", "", E, "", "bye.text is missing"),
    ("a text only in a language", E, "  bye: {text: Goodbye}", "  bye: {text: Goodbye, two: More}",
     E, "bye:", "bye.two is not a text of"),
    ("a fallback that is no text", E, "[kind.complaint]", "[kind.complaint, kind.other]",
     E, "", "kind.other is listed but is no text"),
    ("a fallback that is translated", E, "[kind.complaint]", "[kind.complaint, bye.text]",
     E, "bye:", "translated and listed under fallback"),
    ("a slot in a text that is none", E, "Done {words}", "Done {wrods}", E, "done:", "fills wrods, which is no slot"),
    ("a slot that cannot be shown", J, "Selesai {words}", "Selesai {bare}",
     J, "done:", "shows bare, a slot without width"),
    ("a slot only one language fills", E, "text: Goodbye", 'text: "Goodbye {words}"',
     E, "bye:", "fills slots that lang/id.yaml does not"),
    ("a stray brace", J, "Sampai jumpa", '"Sampai { jumpa"', J, "bye:", "has a brace that is no slot"),
    ("a letter outside GSM-7", J, "Sampai jumpa", "Sampai jumpa …", J, "bye:", "letters outside GSM-7"),
    ("a text that is no text", J, "Sampai jumpa", "[a, b]", J, "bye:", "bye.text is not a text"),
    ("an empty text", J, "text: Sampai jumpa", 'text: ""', J, "bye:", "bye.text is not a text"),
    ("a text nobody says", J, "Sampai jumpa}", "Sampai jumpa, two: Lagi}", J, "bye:", "bye.two is said by nobody"),
    ("a message that is no text", F, "sms.hello: {}", "sms.hello: {}\n  sms.hi: {}",
     F, "sms.hi:", "message sms.hi is no text"),
    ("a screen too long in one language", E, "text: Write}", f"text: {'Write ' * 30}}}",
     E, "write:", "screen write takes up to"),
    ("a screen too long at its longest slot", J, "Selesai {words}", f"{'x' * 117}{{words}}",
     J, "done:", "screen done takes up to 157"),
    ("a message too long", J, "Halo {kind}", f"{'x' * 154}{{kind}}", J, "hello:", "sms.hello takes up to 161"),
    ("text without limit on a short screen", F, "    long: true\n", "",
     J, "one:", "a slot without limit, but screen one is not long"),
    ("a slot like none", F, "bare: {}", "bare: {like: wrods, width: 3}", F, "bare:", "is like wrods, which is no slot"),
    ("a slot named by nothing", F, "bare: {}", "bare: {names: colour}",
     F, "bare:", "is named by colour.*, where no text is"),
    ("the wrong language in a file", E, "language: en", "language: fr", E, "language: fr", "belongs into lang/fr.yaml"),
    ("YAML that is none", F, "screens:", "screens: [", F, "", "not YAML"),
    ("a file without a field", E, "name: English\n", "", E, "", "Field required"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "old", "new", "file", "place", "words"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS]
)
def test_fault(tmp_path: Path, changed: str, old: str, new: str, file: str, place: str, words: str) -> None:
    write(tmp_path)
    path = tmp_path / changed
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")
    found = [fault for fault in faults_of(tmp_path) if fault.file == file and words in fault.text]
    assert found, [str(fault) for fault in faults_of(tmp_path)]
    if place:
        lines = (tmp_path / file).read_text("utf-8").split("\n")
        assert any(place in lines[fault.line - 1] for fault in found), [str(fault) for fault in found]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    flow = FLOW.replace("go: write}", "go: wriet}").replace("label: home.list", "label: home.lsit")
    found = faults_of(write(tmp_path, flow=flow, english=ENGLISH.replace("text: Goodbye", 'text: "{wrods}"')))
    assert {fault.file for fault in found} == {F, E, J}
    assert len(found) >= 5


def test_a_screen_in_two_files(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "flows" / "other.yaml").write_text(
        "screens:\n  bye: {text: bye.text, ends: true}\nslots:\n  words: {}\n", "utf-8"
    )
    assert [str(fault) for fault in faults_of(tmp_path)] == [
        "flows/other.yaml:2: screen bye stands also in flows/main.yaml",
        "flows/other.yaml:4: slot words stands in two files",
    ]


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "flows" / "other.yaml").write_bytes(b"screens: {}\n# \xff")
    assert Fault("flows/other.yaml", 1, "not YAML: not readable as UTF-8") in faults_of(tmp_path)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "flows" / "other.yaml").write_text("", "utf-8")
    assert load(tmp_path).screens


def test_indonesian_may_not_be_missing(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "lang" / "id.yaml").unlink()
    assert faults_of(tmp_path)[0].text == "the language every other falls back to is missing"


def keywords(change: Callable[[str], str], folder: Path) -> list[Fault]:
    text = change((PACKAGE / "keywords.yaml").read_text("utf-8"))
    (folder / "keywords.yaml").write_text(text, "utf-8")
    faults: list[Fault] = []
    read_lexicon(folder, faults)
    return faults


KEYWORD_FAULTS = [
    (
        "a word under two keywords",
        "words: [BAHASA, BASA, BHS]",
        "words: [BAHASA, BASA, info]",
        "keyword INFO stands twice",
    ),
    (
        "a word twice under one",
        "words: [BAHASA, BASA, BHS]",
        "words: [BAHASA, BASA, BASA]",
        "keyword BASA stands twice",
    ),
    ("a topic word twice", "events: [KEGIATAN", "events: [ROB, KEGIATAN", "topic ROB stands twice"),
    ("a language word twice", "en: [ENGLISH", "en: [JAWA, ENGLISH", "language JAWA stands twice"),
    ("an answer twice", "partly: [SEBAGIAN", "partly: [YA, SEBAGIAN", "answer YA stands twice"),
    ("a category word twice", "weak: [BANTUAN, CAIR", "weak: [BANTUAN, BLT, CAIR", "category word BLT stands twice"),
    ("an action that is none", "action: help", "action: hlep", "Input should be"),
    ("a shape that is none", "shape: move", "shape: mvoe", "Input should be"),
]


@pytest.mark.parametrize(("old", "new", "words"), [c[1:] for c in KEYWORD_FAULTS], ids=[c[0] for c in KEYWORD_FAULTS])
def test_keyword_fault(tmp_path: Path, old: str, new: str, words: str) -> None:
    found = keywords(lambda text: text.replace(old, new, 1), tmp_path)
    assert [words in fault.text for fault in found] == [True]
    assert new in (tmp_path / "keywords.yaml").read_text("utf-8").split("\n")[found[0].line - 1]


def test_keywords_may_not_be_missing(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "keywords.yaml").unlink()
    assert faults_of(tmp_path) == (Fault("keywords.yaml", 1, "is missing"),)


def test_keywords_alone_are_refused_too(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"keywords.yaml:1: is missing"):
        load_lexicon(tmp_path)


def test_the_book_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load().fingerprint = "x"  # type: ignore[misc]
