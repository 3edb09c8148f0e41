"""`load`: a city's folder by command."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_folder_is_checked_then_loaded(run: Run, rt: Runtime, tmp_path: Path) -> None:
    admin = officials.add(rt, "Ani", "admin", "33.75", "+6281200009601").token
    folder = tmp_path / "day-one"
    folder.mkdir()
    (folder / "kim.csv").write_text("name,areas\nKIM Tirto,33.75.01.1010\n", encoding="utf-8")
    load = ("load", str(folder), "--token", admin)
    assert "kim.csv:2: There is no area 33.75.01.1010" in run(*load).stderr
    (folder / "kim.csv").write_text("name,areas\nKIM Kauman,33.75.02.1004\n", encoding="utf-8")
    checked = run(*load, "--check")
    assert checked.stdout == "kim.csv: 1 new, 0 as they were\nChecked; nothing was changed.\n"
    assert run(*load).stdout == "kim.csv: 1 new, 0 as they were\nLoaded.\n"
    assert run(*load).stdout == "kim.csv: 0 new, 1 as they were\nLoaded.\n"
