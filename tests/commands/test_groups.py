"""`residents groups`: who is in a group, by command."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_group_is_filled_listed_flagged_and_emptied(run: Run, rt: Runtime, lurah: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("phone,area,consent_how,consent_when\n081200000301,33.75.01.1006,paper,2026-01-05\n")
    assert run("residents", "import", str(path)).returncode == 0
    groups = ("residents", "groups")
    added = run(*groups, "add", "ketua-rt", "081200000301", "081200000399", "--token", lurah)
    assert (added.returncode, added.stdout.splitlines()[0]) == (1, "added: 1")
    assert "number 2 of those given" in added.stdout
    assert "081200000399" not in added.stdout
    admin = officials.add(rt, "Ani", "admin", "33.75", "+6281200009305").token
    assert run(*groups, "flag", "ketua-rt", "test", "--token", admin).stdout == "ketua-rt: test\n"
    assert run(*groups, "list", KABAR_TOKEN=lurah).stdout.split() == ["ketua-rt", "1", "people", "test"]
    assert run(*groups, "remove", "ketua-rt", "+6281200000301", "--token", lurah).stdout == "removed: 1\n"
    assert "admin's decision" in run(*groups, "flag", "ketua-rt", "real", "--token", lurah).stderr
