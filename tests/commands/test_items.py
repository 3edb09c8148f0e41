"""`items` by command: from a draft to the board, and what nobody found."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


@pytest.fixture
def approver(rt: Runtime) -> str:
    return officials.add(rt, "Endah", "approver", "33.75", "+6281200009601").token


def test_the_whole_way(run: Run, kim: str, approver: str) -> None:
    words = [
        "--topic",
        "development",
        "--area",
        AREA,
        "--title",
        "Drainase",
        "--text",
        "Drainase gang 5",
        "--source",
        "DPUPR",
    ]
    made = run("items", "draft", *words, "--until", "2030-01-01T00:00+07:00", "--token", kim)
    assert "days at most" in made.stderr
    until = ["--until", in_a_month(), "--percent", "60", "--budget", "120000000", "--token"]
    made = run("items", "draft", *words, *until, kim)
    fields = dict(line.split(": ", 1) for line in made.stdout.splitlines() if ": " in line)
    assert fields["state"] == "draft"
    assert "project: Anggaran Rp120 jt. Selesai 60%." in made.stdout
    code = fields["code"]
    assert "state: submitted" in run("items", "submit", code, "--token", kim).stdout
    assert "your own" in run("items", "approve", code, "--token", kim).stderr
    assert "note: cek" in run("items", "reject", code, "--note", "cek", "--token", approver).stdout
    run("items", "submit", code, "--token", kim)
    assert "state: published" in run("items", "approve", code, "--token", approver).stdout
    assert code in run("items", "list", "--token", kim).stdout
    assert "title id: Drainase" in run("items", "show", code, "--token", kim).stdout
    assert f"{code}  Drainase Anggaran Rp120 jt. Selesai 60%." in run("items", "board", AREA, "--token", kim).stdout
    assert run("items", "misses", "--token", kim).stdout.strip() == "Everyone found what they looked for."
    assert "state: retired" in run("items", "retire", code, "--token", kim).stdout
    assert run("items", "board", AREA, "--token", kim).stdout.strip() == "No project is on this board."


def in_a_month() -> str:
    """A month from now; the commands run by the real clock."""
    return (datetime.now(UTC) + timedelta(days=30)).isoformat()


def test_a_quiz_is_written_shown_and_looked_at(run: Run, rt: Runtime) -> None:
    author, approver = (officials.add(rt, name, role, "33.75", number).token for name, role, number in (
        ("Tri", "admin", "+6281200009071"), ("Umi", "approver", "+6281200009072")))  # fmt: skip
    words = (
        "--topic",
        "services",
        "--area",
        "33.75",
        "--title",
        "Kuis",
        "--source",
        "KIM",
        "--until",
        "2030-01-01T00:00+07:00",
    )
    text = ("--text", "Anda? 1 klik 2 tanya CEK", "--answer", "klik", "--answer", "tanya CEK", "--right", "2")
    refused = run("items", "draft", *words, *text, "--token", author)
    assert "days at most" in refused.stderr
    until = (rt.now() + timedelta(days=7)).isoformat()
    made = run("items", "draft", *words[:-1], until, *text, "--fact", "Bansos tanpa link.", "--token", author)
    assert "quiz: 1 klik, 2 tanya CEK; right: 2" in made.stdout, made.stderr
    assert "fact id: Bansos tanpa link." in made.stdout
    code = made.stdout.splitlines()[0].removeprefix("code: ")
    run("items", "submit", code, "--token", author)
    assert "state: published" in run("items", "approve", code, "--token", approver).stdout
    shown = run("items", "quiz", code, "--token", author).stdout.splitlines()
    assert shown == ["1 klik", "2 tanya CEK (right)", "It is not over yet."]
