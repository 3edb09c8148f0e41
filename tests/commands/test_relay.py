"""`relay` by command: a task, its coverage, scripts and the page for a notice board."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.officials import service as officials
from gateway.runtime import Runtime
from tests.information.conftest import Desk

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


@pytest.fixture
def admin(rt: Runtime) -> str:
    return officials.add(rt, "Rini", "admin", "33.75", "+6281200009701").token


def test_the_whole_way(run: Run, rt: Runtime, admin: str, tmp_path: Path) -> None:
    item = Desk(rt).publish()
    asked = run("relay", "ask", item.code, "--rt", "4", "--token", admin)
    assert asked.stdout.splitlines() == [
        f"{item.code}: 0 of 1 kelurahan reported, 0 RT reached",
        "  Bendan Kergon           0 of 4 RT",
    ]
    assert run("relay", "show", item.code, "--token", admin).stdout == asked.stdout
    assert f"{item.code}: Perhatian warga" in run("relay", "scripts", AREA, "--token", admin).stdout
    assert run("relay", "scripts", "33.75.02.1007", "--token", admin).stdout.strip() == "Nothing holds there now."
    page = tmp_path / "papan.html"
    assert run("relay", "bulletin", AREA, "--out", str(page), "--token", admin).stdout == ""
    assert "KABAR Bendan Kergon" in page.read_text(encoding="utf-8")
    assert "KABAR Bendan Kergon" in run("relay", "bulletin", AREA, "--token", admin).stdout
