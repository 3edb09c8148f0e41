"""`doctor` and every start on a described company: what the file says, what it leaves open, every fault of it at once."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import yaml

from config.settings import CHECKOUT
from gateway.runtime import Runtime
from gateway.state import queue
from tests.commands.conftest import Run
from tests.standin.server import serve

EXAMPLE, JALUR = CHECKOUT / "config" / "aggregator.example.yaml", CHECKOUT / "tests" / "standin" / "jalur.yaml"
GIVEN = {
    "SMS_ROUTES": "*=aggregator",
    "AGGREGATOR_DESCRIPTION": str(EXAMPLE),
    "AGGREGATOR_API_KEY": "secret-of-company",
    "AGGREGATOR_HOOK_TOKEN": "secret-of-hook",
    "AGGREGATOR_USERNAME": "kota",
    "AGGREGATOR_SENDER": "KOTA",
    "AGGREGATOR_BASE_URL": "http://127.0.0.1:9",
}
BROKEN = "company: X\nsend: {method: GET, url: 'http://x.example/a', query: {passkey: hunter2}, answer: {}}\n"
WORDS = (
    "send.url: http sends the key and every text in the clear",
    "send.query.passkey: a secret written out",
    "send: {text} stands nowhere",
    "send: names neither number nor message",
    "send.answer: no rule says accepted",
)


@pytest.fixture
def company() -> Iterator[str]:
    """The stand-in's address, served from a thread."""
    ready, over, found = Event(), Event(), []

    async def play() -> None:
        async with serve(0, at_token="t", twilio_token="a") as (_, base):
            found.append(base)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = Thread(target=asyncio.run, args=(play(),))
    thread.start()
    assert ready.wait(10)
    yield found[0]
    over.set()
    thread.join()


SAYS = [
    (EXAMPLE, ("ok    provider aggregator: sends to Pesan Nusa by GET, at most 1 a call; its hooks: report by query, sms by query",
               "note  provider aggregator: no way to ask for a message: a cut-off one stays in doubt until its report",
               "ok    provider aggregator: has credentials, is a route out", "ok    provider aggregator: sends as KOTA",
               "ok    provider aggregator: balance Rp 125.000")),
    (JALUR, ("ok    provider aggregator: sends to Jalur Data by POST, at most 500 a call; its hooks: report by json, sms by json",
             "ok    provider aggregator: balance IDR 98000")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "lines"), SAYS, ids=["plain text", "JSON"])
def test_a_described_company_is_examined(
    run: Run, rt: Runtime, company: str, path: Path, lines: tuple[str, ...]
) -> None:
    for process in ("urgent:1", "reply:2", "bulk:3", "clock:4"):
        queue.beat(rt.redis, process)
    done = run("doctor", **GIVEN | {"AGGREGATOR_DESCRIPTION": str(path), "AGGREGATOR_BASE_URL": company})
    assert done.returncode == 0, done.stdout
    for line in lines:
        assert line in done.stdout.splitlines()
    assert "secret" not in done.stdout


def test_what_a_description_leaves_open_is_noted(run: Run, rt: Runtime, tmp_path: Path) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text())
    bare = {"company": "Bare", "foreign": True, "unencrypted": True, "send": tree["send"]}
    (tmp_path / "bare.yaml").write_text(yaml.safe_dump(bare))
    said = run("doctor", **GIVEN | {"AGGREGATOR_DESCRIPTION": str(tmp_path / "bare.yaml")}).stdout
    for words in (
        "no delivery reports",
        "no inbound SMS",
        "no way to ask for a message",
        "no balance",
        "the key and every text travel in the clear",
        "foreign provider: sign-off needed",
    ):
        assert f"note  provider aggregator: {words}" in said


AMISS = [
    ("a file that is not there", {"AGGREGATOR_DESCRIPTION": "/nowhere/x.yaml"}, "x.yaml:1: cannot be read"),
    ("a name that the file uses", {"AGGREGATOR_USERNAME": ""}, "AGGREGATOR_USERNAME: write it too"),
    ("a company that cannot be reached", {}, "balance cannot be asked (NeverSent)"),
]


@pytest.mark.parametrize(("label", "changes", "words"), AMISS, ids=[case[0] for case in AMISS])
def test_what_is_amiss_fails(run: Run, rt: Runtime, label: str, changes: dict[str, str], words: str) -> None:
    done = run("doctor", **GIVEN | changes)
    assert done.returncode == 1
    assert words in "".join(line for line in done.stdout.splitlines() if line.startswith("FAIL  provider aggregator: "))


def test_a_company_that_is_not_set_up_is_no_fault(run: Run, rt: Runtime) -> None:
    words = "not set up, without AGGREGATOR_DESCRIPTION, AGGREGATOR_API_KEY, AGGREGATOR_HOOK_TOKEN"
    assert f"note  provider aggregator: {words}" in run("doctor").stdout


def test_every_fault_of_a_description_is_a_finding(run: Run, rt: Runtime, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(BROKEN)
    done = run("doctor", **GIVEN | {"AGGREGATOR_DESCRIPTION": str(tmp_path / "ours.yaml")})
    for words in WORDS:
        assert f"FAIL  provider aggregator: AGGREGATOR_DESCRIPTION: ours.yaml:2: {words}" in done.stdout
    assert "hunter2" not in done.stdout


STARTS = [["gateway.web"], ["workers", "bulk"], ["workers.clock"], ["gateway", "migrate"]]


@pytest.mark.parametrize("words", STARTS, ids=" ".join)
def test_a_broken_description_stops_every_start_with_one_message(
    environ: dict[str, str], rt: Runtime, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "ours.yaml").write_text(BROKEN)
    given = environ | GIVEN | {"AGGREGATOR_DESCRIPTION": str(tmp_path / "ours.yaml")}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=CHECKOUT, env=given, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == len(WORDS)
    for said in WORDS:
        assert f"AGGREGATOR_DESCRIPTION: ours.yaml:2: {said}" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
