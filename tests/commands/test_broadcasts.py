"""`broadcast`: a round from draft to its end, each act by the token of who does it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.broadcasts.service import start
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"
HEAD = "phone,area,consent_how,consent_when\n"


@pytest.fixture
def people(run: Run, rt: Runtime, tmp_path: Path) -> int:
    """Three residents of Bendan Kergon."""
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "".join(f"08120000000{at},{AREA},paper,2026-01-05\n" for at in range(3)))
    assert run("residents", "import", str(path)).returncode == 0
    return 3


def _fields(printed: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in printed.splitlines())


def test_a_round(run: Run, rt: Runtime, people: int, kim: str, lurah: str) -> None:
    written = run("broadcast", "draft", "--level", "routine", "--text", "Posyandu Sabtu jam 8.", "--text-jv",
                  "Posyandu Setu jam 8.", "--area", AREA, KABAR_TOKEN=kim)  # fmt: skip
    assert written.returncode == 0, written.stderr
    draft = _fields(written.stdout)
    assert draft["state"] == "draft"
    assert draft["recipients"] == str(people)
    assert draft["text id"] == f"Posyandu Sabtu jam 8. Kode {draft['code']}"
    assert draft["text jv"].startswith("Posyandu Setu")
    assert re.fullmatch("[0-9a-f]{64}", draft["hash"])
    assert draft["by area"] == f"{people} {AREA}"
    assert draft["by operator"] == f"{people} Telkomsel"
    assert draft["cost"] == f"{300 * people} IDR"
    id = draft["id"]
    assert _fields(run("broadcast", "test", id, "--token", kim).stdout)["sent"] == "id, jv"

    assert _fields(run("broadcast", "submit", id, "--token", kim).stdout)["state"] == "submitted"
    own = run("broadcast", "approve", id, "--token", kim)
    assert (own.returncode, len(own.stderr.splitlines())) == (1, 1)
    assert "second person" in own.stderr
    other = run("broadcast", "approve", id, "--token", lurah, "--hash", "0" * 64)
    assert "changed since you saw it" in other.stderr
    approved = run("broadcast", "approve", id, "--token", lurah, "--hash", draft["hash"])
    assert _fields(approved.stdout)["state"] == "approved"
    assert f"{draft['code']}" in run("broadcast", "list", "--token", lurah).stdout

    early = run("broadcast", "pause", id, "--token", kim)
    assert "it cannot be asked to pause now" in early.stderr
    assert _fields(run("broadcast", "cancel", id, "--token", kim).stdout)["state"] == "cancelled"
    watched = run("broadcast", "status", id, "--watch", "--token", kim)
    assert watched.stdout.startswith("cancelled: nothing yet\n"), "watching ends with the broadcast"


def test_an_emergency_is_held_goes_on_and_is_counted(run: Run, rt: Runtime, people: int) -> None:
    added = run("officials", "add", "Endah", "--role", "approver", "--area", "33.75", "--phone", "+6281200009003")
    token = _fields(added.stdout)["token"]
    words = ["broadcast", "draft", "--level", "emergency", "--text", "ROB", "--area", AREA, "--token", token]
    assert "needs a reason" in run(*words).stderr
    id = _fields(run(*words, "--reason", "rob").stdout)["id"]
    run("broadcast", "submit", id, "--token", token)
    assert run("broadcast", "approve", id, "--token", token).returncode == 0, "its own, as it is for few"
    start.start(rt, int(id))
    assert _fields(run("broadcast", "pause", id, "--token", token).stdout)["state"] == "paused"
    shown = _fields(run("broadcast", "resume", id, "--token", token).stdout)
    assert (shown["state"], shown["total"], shown["counts"]) == ("sending", str(people), f"{people} queued")
    shown = _fields(run("broadcast", "cancel", id, "--token", token).stdout)
    assert shown["skipped"] == f"{people} cancelled"


def test_an_election_waits_for_an_admin(run: Run, rt: Runtime, people: int, kim: str) -> None:
    added = run("officials", "add", "Ani", "--role", "admin", "--area", "33.75", "--phone", "+6281200009004")
    words = ["broadcast", "draft", "--level", "routine", "--text", "Coblos di TPS 3", "--area", AREA, "--token", kim]
    draft = _fields(run(*words).stdout)
    assert f"broadcast sign {draft['id']}" in draft["next"]
    assert "sign it first" in run("broadcast", "submit", draft["id"], "--token", kim).stderr
    assert run("broadcast", "sign", draft["id"], "--token", _fields(added.stdout)["token"]).returncode == 0
    assert _fields(run("broadcast", "submit", draft["id"], "--token", kim).stdout)["state"] == "submitted"


def test_what_has_left_is_corrected_and_nothing_else(run: Run, rt: Runtime, people: int) -> None:
    added = run("officials", "add", "Wahyu", "--role", "emergency", "--area", "33.75", "--phone", "081200000095").stdout
    token = _fields(added.partition("card:")[0])["token"]
    words = ["broadcast", "draft", "--level", "emergency", "--text", "Rob.", "--area", AREA, "--token", token]
    id = _fields(run(*words, "--reason", "rob").stdout)["id"]
    refused = run("broadcast", "correct", id, "--text", "Tidak ada rob.", "--token", token)
    assert refused.returncode == 1
    assert "Nothing of it has left" in refused.stderr
    for act in ("submit", "approve"):
        run("broadcast", act, id, "--token", token)
    start.start(rt, int(id))
    run("broadcast", "cancel", id, "--token", token)
    shown = _fields(
        run("broadcast", "correct", id, "--text", "Tidak ada rob.", "--token", token).stdout.partition("warning")[0]
    )
    assert (shown["state"], shown["recipients"]) == ("draft", "0"), "it was cancelled before anybody got it"
    assert shown["text id"].startswith("RALAT B")


def test_a_refusal_carries_its_reason(run: Run, rt: Runtime, people: int, kim: str, lurah: str) -> None:
    words = ["broadcast", "draft", "--level", "routine", "--text", "Rapat", "--area", AREA, "--token", kim]
    id = _fields(run(*words).stdout)["id"]
    run("broadcast", "submit", id, "--token", kim)
    run("broadcast", "reject", id, "--token", lurah, "--note", "tanggalnya salah")
    shown = _fields(run("broadcast", "status", id, "--token", kim).stdout)
    assert (shown["state"], shown["note"]) == ("rejected", "tanggalnya salah")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        pytest.param(["--area", "33.75"], "does not cover", id="the whole city, by a KIM member of one kelurahan"),
        pytest.param([], "at least one list", id="nobody"),
        pytest.param(["--area", AREA, "--topic", "gossip"], "no topic gossip", id="a topic that is none"),
        pytest.param(["--area", AREA, "--send-at", "tomorrow"], "must be a moment", id="a moment that is none"),
        pytest.param(
            ["--area", AREA, "--send-at", "2026-12-01T09:00"], "with its zone", id="a moment without its zone"
        ),
        pytest.param(
            ["--area", AREA, "--expires-at", "2020-01-01T09:00+07:00"], "after now", id="over before it began"
        ),
    ],
)
def test_what_cannot_be_drafted(run: Run, rt: Runtime, kim: str, extra: list[str], said: str) -> None:
    done = run("broadcast", "draft", "--level", "routine", "--text", "Rapat", "--token", kim, *extra)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
