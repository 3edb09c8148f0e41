"""Importing a file: every row is reported, a second time changes nothing, and no file breaks it."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.kernel.errors import Invalid
from gateway.residents.service.register import Result, import_csv
from gateway.runtime import Runtime
from gateway.state import queue

Ask = Callable[..., list[tuple[Any, ...]]]
MEDONO = "33.75.01.1002"
COLUMNS = ("phone", "area", "language", "name", "rt", "rw", "topics", "groups", "consent_how", "consent_when")


def write(path: Path, rows: list[Mapping[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, delimiter=delimiter)
        out.writeheader()
        out.writerows(rows)
    return path


def row(at: int, **more: str) -> dict[str, str]:
    phone = f"0812{at:08d}"
    return {"phone": phone, "area": MEDONO, "consent_how": "paper", "consent_when": "2026-11-01", **more}


BAD = {
    3: ("phone", {"phone": "tidak ada"}),
    4: ("phone", {"phone": "0285421234"}),
    777: ("area", {"area": "Batang"}),
    5000: ("consent", {"consent_how": ""}),
    5001: ("consent", {"consent_when": "kemarin"}),
    9999: ("rt", {"rt": "tiga"}),
    12345: ("topics", {"topics": "cuaca"}),
    15000: ("language", {"language": "xx"}),
    19999: ("phone", {"phone": "0812" + f"{1:08d}"}),
    20000: ("name", {"name": "x" * 81}),
}


def test_twenty_thousand_rows_are_taken_and_every_bad_one_is_named_by_row_and_column(
    rt: Runtime, tmp_path: Path, ask: Ask
) -> None:
    path = write(tmp_path / "list.csv", [row(at, **BAD[at][1] if at in BAD else {}) for at in range(1, 20_001)])
    told: list[int] = []
    first = list(import_csv(rt, path, progress=told.append))
    assert told == [5000] * 4
    assert [result.row for result in first] == list(range(1, 20_001))
    refused = {result.row: result.column for result in first if result.result == "refused"}
    assert refused == {at: column for at, (column, _) in BAD.items()}
    assert {result.result for result in first} == {"created", "refused"}
    assert all(result.reason.startswith(result.column) for result in first if result.result == "refused")
    kept = 20_000 - len(BAD)
    counts = "SELECT (SELECT count(*) FROM residents), (SELECT count(*) FROM consents), (SELECT count(*) FROM numbers)"
    assert ask(counts) == [(kept, kept, kept)]
    second = list(import_csv(rt, path))
    assert {result.row for result in second if result.result == "updated"} == set(range(1, 20_001)) - set(BAD)
    assert ask(counts) == [(kept, kept, kept)]


def test_an_import_wakes_those_who_ask(rt: Runtime, tmp_path: Path) -> None:
    list(import_csv(rt, write(tmp_path / "list.csv", [row(1, consent_how="verbal")])))
    assert len(queue.queue(rt.redis, "reply").jobs) == 1


def test_a_list_of_a_spreadsheet_here_has_semicolons_and_a_mark_of_order(rt: Runtime, tmp_path: Path, ask: Ask) -> None:
    path = write(tmp_path / "list.csv", [row(1, topics="alert|health")], delimiter=";")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [result.result for result in import_csv(rt, path)] == ["created"]
    assert ask("SELECT topics FROM residents") == [(["alert", "health"],)]


@pytest.mark.parametrize(
    ("label", "content", "sentence"),
    [
        ("no columns that are needed", b"nomor,nama\n1,2\n", "phone, area, consent_how, consent_when"),
        ("one column missing", b"phone,area,consent_how\n", "consent_when"),
        ("nothing at all", b"", "phone"),
        ("another encoding", b"phone,area,consent_how,consent_when,name\n1,2,3,4,\xff\xfe\n", "UTF-8"),
        ("a field without end", b'phone,area,consent_how,consent_when\n"' + b"x" * 200_000, "CSV"),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    rt: Runtime, tmp_path: Path, label: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=sentence):
        list(import_csv(rt, path))


def test_a_file_that_breaks_off_keeps_the_blocks_before_and_may_be_imported_again(
    rt: Runtime, tmp_path: Path, ask: Ask
) -> None:
    path = write(tmp_path / "list.csv", [row(at) for at in range(1, 6001)])
    whole = path.read_bytes()
    path.write_bytes(whole + b"\xff,\n")
    seen: list[Result] = []
    with pytest.raises(Invalid):
        seen.extend(import_csv(rt, path))
    (before,) = ask("SELECT count(*) FROM residents")
    path.write_bytes(whole)
    assert len(list(import_csv(rt, path))) == 6000
    assert ask("SELECT count(*) FROM residents") == [(6000,)]
    assert before[0] in (0, 5000)


def test_a_short_or_long_row_is_judged_by_what_it_has(rt: Runtime, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "phone,area,consent_how,consent_when\n081200000001\n081200000002,Medono,paper,2026-11-01,more,still more\n\n"
    )
    assert [(result.result, result.column) for result in import_csv(rt, path)] == [("refused", "area"), ("created", "")]


def test_the_demo_people_carry_their_flag(rt: Runtime, tmp_path: Path, ask: Ask) -> None:
    list(import_csv(rt, write(tmp_path / "list.csv", [row(1)]), is_demo=True, by="demo"))
    assert ask("SELECT r.is_demo, n.is_demo FROM residents r JOIN numbers n ON n.id = r.number_id") == [(True, True)]
