"""`kim`: organisations by command."""

import subprocess
from collections.abc import Callable

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_kim_is_founded_renamed_seated_merged_and_shown(run: Run, rt: Runtime) -> None:
    siti = officials.add(rt, "Siti", "kim", "33.75.01.1006", "+6281200009501").id
    first = run("kim", "add", "Kelompok Informasi", "--area", "33.75.01.1006", "--since", "2019-05-01").stdout.split()[
        1
    ]
    second = run("kim", "add", "KIM Medono", "--area", "33.75.01.1002", "--since", "2019-05-01").stdout.split()[1]
    assert run("kim", "rename", first, "KIM Bendan Kergon", "--since", "2024-07-01").stdout == "renamed\n"
    seated = ("kim", "board", first, str(siti))
    assert (
        "chair      2024-07-01..2027-07-01  official"
        in run(*seated, "--seat", "chair", "--since", "2024-07-01", "--until", "2027-07-01").stdout
    )
    listed = run("kim", "list").stdout
    assert "KIM Bendan Kergon  (Bendan Kergon)  board 1" in listed
    assert "   -  Tirto: city" in listed
    assert "Kelompok Informasi  (Bendan Kergon)  board 0" in run("kim", "list", "--on", "2020-01-01").stdout
    assert (
        run("kim", "merge", first, second, "--on", "2026-01-01").stdout
        == f"KIM {second} serves these now too: 33.75.01.1006\n"
    )
    shown = run("kim", "show", first).stdout
    assert f"2019-05-01..2026-01-01  merged into KIM {second}" in shown
    assert "  name  2019-05-01  Kelompok Informasi\n  name  2024-07-01  KIM Bendan Kergon" in shown
    refused = run("kim", "add", "KIM Dua", "--area", "33.75.01.1006")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "have a KIM already" in refused.stderr
