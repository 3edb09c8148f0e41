"""`lapor`: out to a file and in from one, by the token of who does it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
HEAD = "nomor_lapor,tanggal,klasifikasi,kelurahan,status,isi"


@pytest.fixture(scope="module")
def hired() -> dict[str, str]:
    return {}


@pytest.fixture
def admin(rt: Runtime, hired: dict[str, str]) -> str:
    """The token of an admin of the city."""
    if not hired:
        hired["admin"] = officials.add(rt, "Agus", "admin", "33.75", "+6281200009003").token
    return hired["admin"]


def test_a_file_comes_in_and_goes_out(run: Run, admin: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        f"{HEAD}\n90001,2026-11-02,Pengaduan,Medono,Proses,Lampu mati\n90002,x,Pengaduan,Medono,Proses,Lampu mati\n"
    )
    ended = run("lapor", "import", str(tmp_path / "in.csv"), "--token", admin)
    assert (ended.returncode, ended.stdout.splitlines()) == (
        0,
        ["row 2: tanggal must be a day written as 2026-11-24", "2 rows: 1 created, 0 linked, 0 unchanged, 1 refused"],
    )
    again = run("lapor", "import", str(tmp_path / "in.csv"), "--report", str(tmp_path / "faults.csv"), "--token", admin)
    assert again.stdout.splitlines()[-1] == "2 rows: 0 created, 0 linked, 1 unchanged, 1 refused"
    assert (tmp_path / "faults.csv").read_text().splitlines() == [
        "row,column,reason", "2,tanggal,tanggal must be a day written as 2026-11-24",
    ]  # fmt: skip
    for name in ("out.csv", "out.json"):
        assert run("lapor", "export", str(tmp_path / name), "--since", "2026-01-01", "--token", admin).returncode == 0
    assert (tmp_path / "out.csv").read_text().splitlines()[1].split(",")[1:2] == ["90001"]
    assert [one["nomor_lapor"] for one in json.loads((tmp_path / "out.json").read_text())["items"]] == ["90001"]


def test_what_cannot_be_done_ends_with_one_line(run: Run, admin: str, tmp_path: Path) -> None:
    for words, said in (
        (("import", str(tmp_path / "none.csv"), "--token", admin), "cannot be opened"),
        (("export", str(tmp_path / "no" / "x.csv"), "--token", admin), "cannot be written"),
        (("export", str(tmp_path / "x.csv")), "Who acts?"),
    ):
        ended = run("lapor", *words)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
        assert said in ended.stderr
