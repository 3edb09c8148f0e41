"""`residents import`: what is taken, and a report for what is not."""

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.db import statement
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
HEAD = "phone,area,language,consent_how,consent_when\n"
ROWS = (
    HEAD
    + "0812 0000 0001,Bendan Kergon,id,paper,2026-01-05\n"
    + "08123,Medono,id,paper,2026-01-05\n"
    + "+6281200000002,33.75.01.1002,jv,verbal,2026-01-05\n"
    + "081200000003,Atlantis,id,paper,2026-01-05\n"
    + "081200000001,Medono,id,paper,2026-01-05\n"
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(ROWS)
    return path


def test_refused_rows_are_listed_and_the_others_taken(run: Run, rt: Runtime, sheet: Path) -> None:
    done = run("residents", "import", str(sheet))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split(" is ")[0] for line in lines[:2]] == ["row 2: phone", "row 4: area"]
    assert lines[2] == "row 5: phone stands in row 1 already"
    assert lines[3] == "5 rows: 1 created, 0 updated, 1 pending, 3 refused"
    assert done.stderr == "5 of about 5 rows\n", "progress in plain lines where no terminal is"
    assert "0812" not in done.stdout.replace("write it as 0812…", "")

    again = run("residents", "import", str(sheet))
    assert "5 rows: 0 created, 1 updated, 1 pending, 3 refused" in again.stdout, "a second import changes nothing"


def test_refused_rows_go_to_a_report(run: Run, rt: Runtime, sheet: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    sheet.write_text(ROWS.replace("0000 000", "0001 000").replace("00000", "00010"))
    done = run("residents", "import", str(sheet), "--report", str(report), "--by", "kelurahan")
    assert done.stdout == "5 rows: 1 created, 0 updated, 1 pending, 3 refused\n"
    with report.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["column"]) for row in rows] == [("2", "phone"), ("4", "area"), ("5", "phone")]
    assert all(row["reason"] for row in rows)
    with rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT count(*) FROM consents WHERE by = 'kelurahan'")).scalar_one()
    assert found == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"phone,area\n", "no column consent_how, consent_when", id="columns are missing"),
        pytest.param(b"", "no column phone", id="it is empty"),
        pytest.param(HEAD.encode() + b"\xff\xfe\n", "cannot be read as CSV in UTF-8", id="it is no text"),
    ],
)
def test_a_file_that_cannot_be_read(run: Run, rt: Runtime, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = run("residents", "import", str(path))
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
