"""The city's areas by every name people use, and by none that they do not mean."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from gateway.kernel import areas
from gateway.kernel.areas import Alias, Area, AreaBook

FILES = Path(areas.__file__).parent.parent / "migrations" / "reference"


def read(name: str) -> list[dict[str, str]]:
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


AREAS = [
    Area(row["code"], row["name"], row["level"], row["parent"], row["sms_code_proposed"])  # type: ignore[arg-type]
    for row in read("areas.csv")
]
ALIASES = [Alias(row["alias"], row["code"], row["kind"]) for row in read("area_aliases.csv")]
BOOK = AreaBook(AREAS, ALIASES)
KELURAHAN = [area for area in AREAS if area.level == "kelurahan"]
NAMES = [(area.name, area.code) for area in KELURAHAN] + [
    (alias.alias, alias.code) for alias in ALIASES if alias.kind != "sms_code"
]


def test_the_city_has_four_kecamatan_and_twenty_seven_kelurahan() -> None:
    assert len(KELURAHAN) == 27
    assert [area.name for area in BOOK.children("33.75")] == [
        "Pekalongan Barat", "Pekalongan Timur", "Pekalongan Utara", "Pekalongan Selatan",
    ]  # fmt: skip
    assert sum(len(BOOK.children(area.code)) for area in BOOK.children("33.75")) == 27
    assert BOOK.children("33.75.01.1002") == []
    assert BOOK["33.75.01.1002"].name == "Medono"
    assert "33.75.01.1002" in BOOK
    assert "33.75.01.9999" not in BOOK
    assert len(list(BOOK)) == 33


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_every_official_and_old_name_is_found_also_mid_sentence_and_written_together(name: str, code: str) -> None:
    for written in (name, name.upper(), name.lower(), name.replace(" ", ""), name.replace(" ", "-")):
        found = BOOK.match([*written.split(), "lampu", "mati"])
        assert found == (code, len(written.split())), written
    assert BOOK.mentioned(f"lampu mati di {name}, tolong") == code


@pytest.mark.parametrize(("area"), [area for area in KELURAHAN if area.short], ids=lambda area: area.short)
def test_a_short_code_counts_in_the_location_slot_and_never_in_running_text(area: Area) -> None:
    assert BOOK.match([area.short.lower(), "lampu"]) == (area.code, 1)
    assert BOOK.mentioned(f"saya {area.short.lower()} sudah lapor") is None


@pytest.mark.parametrize(
    ("label", "words", "found"),
    [
        ("the longest name wins", "Krapyak Kidul banjir", ("33.75.03.1002", 2)),
        ("a name alone where the longer one is not said", "Krapyak banjir", ("33.75.03.1002", 1)),
        ("a kecamatan by its full name", "Pekalongan Utara banjir", ("33.75.03", 2)),
        ("a kecamatan by its direction", "Selatan", ("33.75.04", 1)),
        ("signs around a name do not matter", "(Medono), rusak", ("33.75.01.1002", 1)),
        ("a dash between the halves of a name", "Buaran - Kradenan rusak", ("33.75.04.1003", 3)),
        ("a number behind a name is part of the report", "Medono 5 rumah roboh", ("33.75.01.1002", 1)),
        ("a number before a name hides it", "5 Medono", None),
        ("a dash behind a name is left to the report", "Medono - rusak", ("33.75.01.1002", 1)),
        ("one slip", "Medomo rusak", ("33.75.01.1002", 1)),
        ("one slip in a name of two words", "Kandang Panjamg", ("33.75.03.1003", 2)),
        ("two slips in a long name", "Pasirkratnkrmat", ("33.75.01.1008", 1)),
        ("two slips in a short name are too many", "Mdemo", None),
        ("a slip that fits two areas fits none", "Panjang", None),
        ("a word that is no name", "jalan rusak", None),
        ("two short codes together are no name", "med pod", ("33.75.01.1002", 1)),
        ("nothing", "", None),
        ("signs only", "- , .", None),
    ],
)
def test_matches(label: str, words: str, found: tuple[str, int] | None) -> None:
    assert BOOK.match(words.split()) == found, label


@pytest.mark.parametrize(
    ("label", "text", "code"),
    [
        ("everyday words that are also codes", "kan sudah ban bocor pas set kal", None),
        ("a slip in running text is not guessed", "di Medomo", None),
        ("two different areas leave it open", "dari Medono ke Tirto", None),
        ("the same area twice is one", "Medono, ya Medono", "33.75.01.1002"),
        ("an old and a new name of one area", "Bendan (Bendan Kergon)", "33.75.01.1006"),
        ("a kecamatan is no place", "di Pekalongan Utara", None),
        ("a name inside another word", "memedonokan", None),
        ("nothing", "", None),
    ],
)
def test_mentions(label: str, text: str, code: str | None) -> None:
    assert BOOK.mentioned(text) == code, label


@given(st.sampled_from(NAMES), st.data())
def test_a_slip_leads_to_its_area_or_nowhere_unless_another_name_is_as_near(
    name: tuple[str, str], data: st.DataObject
) -> None:
    folded = "".join(letter for letter in name[0].lower() if letter.isalpha())
    at = data.draw(st.integers(0, len(folded) - 1))
    slipped = folded[:at] + data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz")) + folded[at + 1 :]
    found = BOOK.match([slipped])
    near = {
        code
        for known, code in NAMES
        if OSA.distance("".join(letter for letter in known.lower() if letter.isalpha()), slipped) <= 1
    }
    if len(folded) >= 5 and near == {name[1]} and len(slipped) < 10:
        assert found is None or found[0] == name[1]
    if found and slipped != folded and len(slipped) < 10:
        assert found[0] in near or BOOK[found[0]].level == "kecamatan"


@given(st.text(max_size=60))
def test_nothing_that_people_write_raises(text: str) -> None:
    BOOK.match(text.split())
    BOOK.mentioned(text)


@pytest.mark.parametrize(
    ("label", "scope", "code", "covered"),
    [
        ("the area itself", "33.75.01.1002", "33.75.01.1002", True),
        ("a kelurahan of the kecamatan", "33.75.01", "33.75.01.1002", True),
        ("everything in the city", "33.75", "33.75.04.1010", True),
        ("a neighbour", "33.75.01.1002", "33.75.01.1003", False),
        ("what lies above", "33.75.01.1002", "33.75.01", False),
        ("a code that only begins alike", "33.75.01", "33.75.011", False),
    ],
)
def test_covers(label: str, scope: str, code: str, covered: bool) -> None:
    assert areas.covers(scope, code) is covered, label
