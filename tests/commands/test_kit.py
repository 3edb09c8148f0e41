"""`kit`: sheets by command."""

import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_sheets_are_written_where_they_may_be(run: Run, tmp_path: Path) -> None:
    assert run("kit", str(tmp_path / "kit")).stdout.splitlines()[:2] == ["fridge.id.html", "meeting.id.html"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused = run("kit", str(tmp_path / "file"))
    assert (refused.returncode, refused.stderr) == (1, "file cannot be written (FileExistsError).\n")
