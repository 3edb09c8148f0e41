"""`statistics`: figures by command."""

import subprocess
from collections.abc import Callable

from gateway.reference.store import OFFICES
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_figures_are_shown_as_a_table_as_csv_and_for_lapor(run: Run, rt: Runtime) -> None:
    table = run("statistics", "--month", "2026-01", "--area", "33.75.01.1006").stdout.splitlines()
    assert table[0].startswith("2026-01 ")
    assert table[2].split() == ["Bendan", "Kergon", *["-"] * 9]
    assert table[3].startswith("Rumours of the city: asked -, judged -,")
    csv = run("statistics", "--csv", "--month", "2026-01").stdout.splitlines()
    assert len(csv) == 1 + 32
    offices = run("statistics", "--offices", "--month", "2026-01").stdout.splitlines()
    assert offices[1].split()[:3] == ["held", "on", "time"]
    assert [line.split()[0] for line in offices[2:-1]] == [*sorted(OFFICES), "KIM,"]
    csv = run("statistics", "--offices", "--csv", "--month", "2026-01").stdout.splitlines()
    assert len(csv) == 1 + len(OFFICES) + 1
    lapor = run("statistics", "--lapor", "--month", "2026-01").stdout.splitlines()
    assert lapor[:2] == ["bulan,klasifikasi,status,jumlah", "2026-01,Pengaduan,Belum Terverifikasi,"]


def test_a_wrong_month_or_area_ends_with_one_line(run: Run, rt: Runtime) -> None:
    assert "month must be written as" in run("statistics", "--month", "jan").stderr
    assert "area must be the code" in run("statistics", "--area", "12").stderr
