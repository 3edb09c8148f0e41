"""`tickets` and `holidays`: each act by the token of who does it, and no number in what is printed."""

import subprocess
from collections.abc import Callable

import pytest

from gateway.aspirations import service
from gateway.aspirations.rules import Filing
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


@pytest.fixture
def ticket(rt: Runtime) -> str:
    """A report from Bendan Kergon, new in each test."""
    with rt.engine.begin() as conn:
        number_id = numbers.ensure(conn, rt.vault, "+6281234567890").id
        cause = f"t:{rt.below(10**12)}"
        filing = Filing("complaint", "roads", AREA, cause, is_confidential=True, channel="sms", cause=cause)
        return show_ticket(service.file(rt, conn, number_id, filing)[0].ticket)


@pytest.fixture(scope="module")
def hired() -> dict[str, str]:
    return {}


@pytest.fixture
def admin(rt: Runtime, hired: dict[str, str]) -> str:
    """The token of an admin of the city."""
    if "admin" not in hired:
        hired["admin"] = officials.add(rt, "Agus", "admin", "33.75", "+6281200009003").token
    return hired["admin"]


@pytest.fixture
def dewi(rt: Runtime, hired: dict[str, str]) -> str:
    """The token of an officer of DPUPR."""
    if "office" not in hired:
        hired["office"] = officials.add(rt, "Dewi", "office", "33.75", "+6281200009004", "DPUPR").token
    return hired["office"]


def test_a_life_on_the_command_line(run: Run, ticket: str, admin: str, dewi: str) -> None:
    listed = run("tickets", "list", "--token", admin)
    assert listed.returncode == 0, listed.stderr
    assert ticket in listed.stdout
    assert run("tickets", "verify", ticket, KABAR_TOKEN=admin).stdout.splitlines()[1] == "state: verifying"
    assert "state: forwarded" in run("tickets", "forward", ticket, "DPUPR", "--token", admin).stdout
    assert "state: answered" in run("tickets", "resolve", ticket, "Lampu diganti", "--token", dewi).stdout
    shown = run("tickets", "show", ticket, "--token", dewi)
    assert "resolve  Lampu diganti." in shown.stdout
    assert "confidential: True" in shown.stdout
    for tail in ("1234567890", "4567890"):
        assert tail not in listed.stdout + shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("take",), "may not take"),
        (("reopen", "x"), "It is received"),
        (("forward", "DINASX"), "It is received"),
    ],
)
def test_what_is_refused_says_so_in_one_line(
    run: Run, ticket: str, admin: str, words: tuple[str, ...], said: str
) -> None:
    ended = run("tickets", words[0], ticket, *words[1:], "--token", admin)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert said in ended.stderr


def test_nobody_acts_without_a_token(run: Run, ticket: str) -> None:
    assert "Who acts?" in run("tickets", "verify", ticket).stderr
    assert "no active official" in run("tickets", "list", "--token", "x").stderr


def test_days_off(run: Run, rt: Runtime, admin: str) -> None:
    listed = run("holidays", "list", "2026")
    assert "2026-12-25  national" in listed.stdout
    assert "python-holidays" in listed.stdout
    assert "provisional" not in listed.stdout
    assert "provisional: the joint leave of 2031 is not on record" in run("holidays", "list", "2031").stdout
    assert run("holidays", "list").returncode == 0
    assert run("holidays", "add", "2031-04-01", "Hari jadi", "--token", admin).stdout == "2031-04-01  city  Hari jadi\n"
    assert "(official:" in run("holidays", "list", "2031").stdout
    assert "A day is written as" in run("holidays", "add", "besok", "x", "--token", admin).stderr
    assert run("holidays", "remove", "2031-04-01", "--token", admin).returncode == 0
    assert "no day off" in run("holidays", "remove", "2031-04-01", "--token", admin).stderr
