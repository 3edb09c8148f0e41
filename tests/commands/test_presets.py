"""`presets` and drills by command: written, approved by another, used, sent by one, reviewed."""

import subprocess
from collections.abc import Callable

import pytest

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


def fields(printed: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in printed.splitlines())


@pytest.fixture
def bpbd(rt: Runtime) -> str:
    return officials.add(rt, "Budi", "emergency", "33.75", "+6281200009401").token


@pytest.fixture
def approver(rt: Runtime) -> str:
    return officials.add(rt, "Endah", "approver", "33.75", "+6281200009402").token


def test_the_whole_way(run: Run, bpbd: str, approver: str) -> None:
    words = [
        "presets",
        "write",
        "rob",
        "--text",
        "ROB {jam} di {tempat}",
        "--slot",
        "jam=11",
        "tempat=20",
        "--area",
        "33.75",
    ]
    made = fields(run(*words, "--token", bpbd).stdout)
    assert (made["state"], made["slots"], made["areas"]) == ("submitted", "jam=11, tempat=20", "33.75")
    assert "your own" in run("presets", "approve", made["id"], "--token", bpbd).stderr
    assert "not the version" in run("presets", "approve", made["id"], "--hash", "0" * 64, "--token", approver).stderr
    approved = run("presets", "approve", made["id"], "--hash", made["hash"], "--token", approver)
    assert fields(approved.stdout)["state"] == "approved"
    assert run("presets", "list", "--token", bpbd).stdout.split() == [made["id"], "approved", "rob"]
    draft = fields(
        run(
            "presets", "use", "rob", "--slot", "jam=14-18", "tempat=Bandengan", "--reason", "rob", "--token", bpbd
        ).stdout
    )
    assert draft["text id"] == f"ROB 14-18 di Bandengan Kode {draft['code']}"
    run("broadcast", "submit", draft["id"], "--token", bpbd)
    assert run("broadcast", "approve", draft["id"], "--token", bpbd).returncode == 0
    assert run("presets", "review", draft["id"], "--token", bpbd).returncode == 1
    assert run("presets", "review", draft["id"], "--token", approver).stdout == f"reviewed: {draft['id']}\n"
    assert fields(run("presets", "retire", made["id"], "--token", approver).stdout)["state"] == "retired"


WRONG = [
    ("a width in words", ["--slot", "jam=lebar"], "whole number"),
    ("a slot without width", ["--slot", "jam"], "NAME=VALUE"),
    ("a slot that stands nowhere", ["--slot", "hari=5"], "does not have the slot"),
]


@pytest.mark.parametrize(("extra", "said"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_preset_that_cannot_be(run: Run, bpbd: str, extra: list[str], said: str) -> None:
    done = run("presets", "write", "x", "--text", "ROB {jam}", "--area", AREA, "--token", bpbd, *extra)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert said in done.stderr


def test_a_preset_that_waits_is_refused(run: Run, bpbd: str, approver: str) -> None:
    made = fields(run("presets", "write", "y", "--text", "ROB", "--area", AREA, "--token", bpbd).stdout)
    assert fields(run("presets", "reject", made["id"], "--token", approver).stdout)["state"] == "rejected"


def test_a_drill_says_so(run: Run, rt: Runtime, bpbd: str) -> None:
    admin = officials.add(rt, "Ani", "admin", "33.75", "+6281200009403").token
    words = [
        "broadcast",
        "draft",
        "--drill",
        "--level",
        "emergency",
        "--reason",
        "latihan",
        "--text",
        "ROB",
        "--token",
        bpbd,
    ]
    assert "needs groups" in run(*words, "--area", AREA).stderr
    assert "an admin flags them" in run(*words, "--group", "latihan").stderr
    run("residents", "groups", "flag", "latihan", "test", "--token", admin)
    draft = fields(run(*words, "--group", "latihan").stdout)
    assert draft["drill"].startswith("yes")
    assert draft["text id"] == f"LATIHAN: ROB Kode {draft['code']}"
    assert fields(run("broadcast", "status", draft["id"], "--token", bpbd).stdout)["drill"] == "yes"
