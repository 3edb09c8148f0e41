"""`broadcast result` and `broadcast resend`."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.broadcasts.service import start
from gateway.db import statement
from gateway.officials import service as officials
from gateway.runtime import Runtime
from tests.commands.test_broadcasts import AREA, _fields, people  # noqa: F401  # a fixture

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def token(rt: Runtime) -> str:
    return officials.add(rt, "Endah", "approver", "33.75", "+6281200009013").token


@pytest.fixture
def failed(run: Run, rt: Runtime, people: int, token: str) -> str:  # noqa: F811
    """The id of a finished emergency that reached nobody."""
    words = ["broadcast", "draft", "--level", "emergency", "--text", "ROB", "--area", AREA, "--reason", "rob"]
    id = _fields(run(*words, "--token", token).stdout)["id"]
    for act in ("submit", "approve"):
        run("broadcast", act, id, "--token", token)
    start.start(rt, int(id))
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE messages SET status = 'failed', reason = 'DeliveryFailure', attempt = 1"))
        conn.execute(statement("UPDATE batches SET state = 'finished', finished_at = created_at"))
    start.tick(rt)
    return id


def test_the_result_as_a_file_and_sent_again(run: Run, rt: Runtime, failed: str, token: str, tmp_path: Path) -> None:
    path = tmp_path / "result.csv"
    done = run("broadcast", "result", failed, "--csv", str(path), "--token", token)
    assert (done.returncode, done.stdout) == (0, f"{path}: 3 rows\n")
    assert len(path.read_text().splitlines()) == 4
    shown = run("broadcast", "status", failed, "--token", token).stdout
    assert "by_operator: 3 Telkomsel" in shown
    assert run("broadcast", "resend", failed, "--token", token).stdout == "resent: 0\n"
    assert run("broadcast", "resend", failed, "--failed", "--token", token).stdout == "resent: 3\n"
    assert _fields(run("broadcast", "status", failed, "--token", token).stdout)["state"] == "sending"


def test_a_file_that_cannot_be_written_is_one_clear_line(run: Run, failed: str, token: str, tmp_path: Path) -> None:
    done = run("broadcast", "result", failed, "--csv", str(tmp_path / "no" / "x.csv"), "--token", token)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_question_is_drafted_and_looked_at(run: Run, rt: Runtime, people: int, token: str) -> None:  # noqa: F811
    closes = f"{rt.now() + timedelta(days=1):%Y-%m-%dT%H:%M}+00:00"
    words = ["broadcast", "draft", "--level", "routine", "--text", "Pilih? 1 saluran 2 lampu", "--area", AREA]
    asks = ["--answer", "saluran", "--answer", "lampu", "--closes-at", closes, "--token", token]
    id = _fields(run(*words, *asks).stdout.partition("warning")[0])["id"]
    shown = run("broadcast", "poll", id, "--token", token).stdout
    assert "(open)" in shown
    assert "answers: under 5" in shown
    refused = run(*words, "--answer", "saluran", "--token", token)
    assert "needs its answers" in refused.stderr
    silent = _fields(run(*words, "--token", token).stdout.partition("warning")[0])["id"]
    assert "asks nothing" in run("broadcast", "poll", silent, "--token", token).stderr
