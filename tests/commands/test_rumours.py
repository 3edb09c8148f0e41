"""`rumours` by command: a claim judged by one, approved by another, corrected, matched, read aloud."""

import subprocess
from collections.abc import Callable

import pytest

from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.rumours import service
from gateway.rumours.rules import show_claim
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def admin(rt: Runtime) -> str:
    return officials.add(rt, "Rini", "admin", "33.75", "+6281200009501").token


def asked(rt: Runtime, words: str) -> str:
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, "+6281200009502")
        return show_claim(service.ask(rt, conn, number.id, words, "", "sms").number)


def test_the_whole_way(run: Run, rt: Runtime, kim: str, admin: str) -> None:
    code, other = asked(rt, "rob 3 meter malam ini"), asked(rt, "nanti malam rob 3 meter")
    assert code in run("rumours", "list", "--token", kim).stdout
    assert f"alike: {code}" in run("rumours", "show", other, "--token", kim).stdout
    assert "not that" not in run("rumours", "match", other, code, "--token", kim).stderr
    verdict = ["--text", "rob kira-kira 40 cm", "--source", "BMKG: siaran", "BPBD", "--token"]
    made = run("rumours", "verdict", code, "salah", *verdict, kim)
    assert "waiting: SALAH: rob 3 meter malam ini. rob kira-kira 40 cm (BMKG: siaran; BPBD)" in made.stdout
    assert "your own" in run("rumours", "approve", code, "--token", kim).stderr
    assert "version 1: SALAH" in run("rumours", "approve", code, "--token", admin).stdout
    run("rumours", "correct", code, "menyesatkan", *verdict, kim)
    rejected = run("rumours", "reject", code, "--note", "tetap", "--token", admin)
    assert "waiting:" not in rejected.stdout
    assert run("rumours", "script", code, "--token", kim).stdout.startswith("Perhatian warga. SALAH.")
    assert run("rumours", "part", code, code, "--token", kim).returncode == 1
