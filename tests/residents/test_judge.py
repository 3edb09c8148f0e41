"""What a registration must hold: each column, good and bad, with the reason a person can act on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.kernel.areas import Area, AreaBook
from gateway.residents.rules import Judge, Refusal, Registration, moment, tags

NOW = datetime(2026, 11, 4, 3, tzinfo=UTC)
BOOK = AreaBook(
    [
        Area("33.75", "Kota Pekalongan", "kota", "33"),
        Area("33.75.01", "Pekalongan Barat", "kecamatan", "33.75"),
        Area("33.75.01.1002", "Medono", "kelurahan", "33.75.01", "MED"),
        Area("33.75.01.1006", "Bendan Kergon", "kelurahan", "33.75.01", "BEN"),
    ],
    [],
)
GOOD: dict[str, Any] = {
    "phone": "0812 3456 7890",
    "area": "33.75.01.1002",
    "consent": {"how": "paper", "when": "2026-11-01"},
}


def judge(row: Mapping[str, Any], at: int = 0) -> Registration | Refusal:
    return Judge(BOOK, ("id", "jv", "en"), "ID", NOW).judge(row, at)


def test_the_least_that_is_needed_is_filled_up_with_what_is_usual() -> None:
    assert judge(GOOD) == Registration(
        "+6281234567890", "33.75.01.1002", "id", None, None, None, (), (), "paper", datetime(2026, 11, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("label", "column", "written", "kept"),
    [
        ("a number with its country", "phone", "+62 812-3456-7890", "+6281234567890"),
        ("a number that a spreadsheet took for one", "phone", 81234567890, "+6281234567890"),
        ("an area by its code", "area", "33.75.01.1006", "33.75.01.1006"),
        ("an area by its name", "area", " bendan  kergon ", "33.75.01.1006"),
        ("an area by its short code", "area", "ben", "33.75.01.1006"),
        ("an area with a slip", "area", "Medomo", "33.75.01.1002"),
        ("a language in capitals", "language", "JV", "jv"),
        ("no language", "language", None, "id"),
        ("a name", "name", "  Siti Aminah ", "Siti Aminah"),
        ("no name", "name", "", None),
        ("the longest name", "name", "x" * 80, "x" * 80),
        ("a number of the RT", "rt", "003", "3"),
        ("an RT with its word", "rt", "RT 03", "3"),
        ("an RW as a number", "rw", 12, "12"),
        ("no RW", "rw", "", None),
        ("topics in one cell", "topics", "alert; Services|alert", ("alert", "services")),
        ("topics in a list", "topics", ["health", "events"], ("health", "events")),
        ("no topics", "topics", None, ()),
        ("groups in one cell", "groups", "PKK, posyandu-1", ("pkk", "posyandu-1")),
    ],
)
def test_takes(label: str, column: str, written: object, kept: object) -> None:
    judged = judge({**GOOD, column: written})
    assert isinstance(judged, Registration), label
    assert getattr(judged, "number" if column == "phone" else column) == kept


@pytest.mark.parametrize(
    ("label", "column", "written", "reason"),
    [
        ("no number", "phone", "", "no phone number"),
        ("a short code", "phone", "54600", "no phone number"),
        ("words", "phone", "tidak ada", "no phone number"),
        ("a landline", "phone", "0285 421234", "landline"),
        ("no area", "area", "", "no kelurahan"),
        ("an area elsewhere", "area", "33.26.01.2001", "no kelurahan"),
        ("a kecamatan", "area", "33.75.01", "no kelurahan"),
        ("a kecamatan by name", "area", "Pekalongan Barat", "no kelurahan"),
        ("an area with words behind", "area", "Medono gang 3", "no kelurahan"),
        ("an unknown language", "language", "su", "id, jv, en"),
        ("a name too long", "name", "x" * 81, "80"),
        ("a name with an identity number", "name", "Siti 3375014107900001", "identity or phone"),
        ("a name with a phone number", "name", "Siti 081234567890", "identity or phone"),
        ("an RT of four digits", "rt", "1234", "three digits"),
        ("an RT in words", "rt", "tiga", "three digits"),
        ("an RW with a sign", "rw", "3/4", "three digits"),
        ("an unknown topic", "topics", "alert;cuaca", "cuaca"),
        ("a group with a sign", "groups", "p k k!", "letters, digits"),
        ("a group too long", "groups", "x" * 33, "letters, digits"),
        ("no consent", "consent", None, "how and when"),
        ("consent as a word", "consent", "ya", "how and when"),
        ("consent in an unknown way", "consent", {"how": "telepathy", "when": "2026-11-01"}, "how must be"),
        ("consent without its way", "consent", {"when": "2026-11-01"}, "how must be"),
        ("consent without its day", "consent", {"how": "paper"}, "when must be"),
        ("consent on a day that is none", "consent", {"how": "paper", "when": "2026-02-30"}, "when must be"),
        (
            "consent at a moment without zone",
            "consent",
            {"how": "paper", "when": "2026-11-01T10:00:00"},
            "when must be",
        ),
        ("consent in the future", "consent", {"how": "paper", "when": "2026-11-05"}, "future"),
    ],
)
def test_refuses(label: str, column: str, written: object, reason: str) -> None:
    judged = judge({**GOOD, column: written})
    assert isinstance(judged, Refusal), label
    assert judged.column == column
    assert reason in judged.reason
    assert "3375014107900001" not in judged.reason


def test_a_number_that_stands_twice_is_refused_with_the_row_it_stands_in() -> None:
    of_one_import = Judge(BOOK, ("id",), "ID", NOW)
    assert isinstance(of_one_import.judge({**GOOD, "area": "?"}, 1), Refusal)
    assert isinstance(of_one_import.judge(GOOD, 2), Registration)
    assert of_one_import.judge({**GOOD, "phone": "+6281234567890"}, 3) == Refusal("phone", "stands in row 2 already")


@pytest.mark.parametrize(
    ("label", "written", "understood"),
    [
        ("a day", "2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("a moment in UTC", "2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("a moment in WIB", "2026-11-01T10:00:00+07:00", datetime(2026, 11, 1, 3, tzinfo=UTC)),
        ("a moment without zone", "2026-11-01T10:00:00", None),
        ("another order", "01-11-2026", None),
        ("nothing", "", None),
        ("a year beyond", "99999-11-01", None),
        ("a moment at the edge of time", "0001-01-01T00:00:00+07:00", None),
    ],
)
def test_moments(label: str, written: str, understood: datetime | None) -> None:
    assert moment(written) == understood, label


def test_tags_keep_their_order_and_stand_once() -> None:
    assert tags("b;a,B | c;;") == ("b", "a", "c")
    assert tags([1, "", " x "]) == ("1", "x")
    assert tags(None) == ()
