"""A command that fails says why in one line on standard error, and ends with another status than 0."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from gateway.local import postgres
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
NOWHERE = "postgresql://nobody@/kabar?host=/nonexistent"


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        pytest.param(["areas"], {"DATABASE_URL": NOWHERE}, "PostgreSQL does not answer", id="PostgreSQL is away"),
        pytest.param(["areas"], {"DATABASE_URL": ""}, "run `make up` first", id="nothing was ever started"),
        pytest.param(["areas"], {"BULK_WORKERS": "many"}, "BULK_WORKERS", id="a setting is wrong"),
        pytest.param(["officials", "add", "A", "--role", "kim", "--area", "33.75.9", "--phone", "+6281200000001"], {},
                     "no area 33.75.9", id="an area that is none"),
        pytest.param(["officials", "add", "A", "--role", "office", "--area", "33.75", "--phone", "+6281200000001"], {},
                     "--office", id="an officer without an agency"),
        pytest.param(["officials", "add", "A", "--role", "kim", "--area", "33.75", "--phone", "+6281200000001",
                      "--office", "DPUPR"], {}, "--office", id="an agency for another role"),
        pytest.param(["officials", "add", "A", "--role", "office", "--area", "33.75", "--phone", "+6281200000001",
                      "--office", "NASA"], {}, "no office NASA", id="an agency that is none"),
        pytest.param(["officials", "add", "A", "--role", "kim", "--area", "33.75", "--phone", "0285421"], {},
                     "no mobile number", id="a landline"),
        pytest.param(["officials", "token", "4711"], {}, "no active official 4711", id="a token for nobody"),
        pytest.param(["officials", "card", "4711"], {}, "official 4711", id="a card for nobody"),
        pytest.param(["officials", "disable", "4711"], {}, "no active official 4711", id="nobody to disable"),
        pytest.param(["broadcast", "list"], {}, "KABAR_TOKEN", id="nobody acts"),
        pytest.param(["broadcast", "list", "--token", "kabar_wrong"], {}, "no active official", id="an unknown token"),
        pytest.param(["routes", "resume", "twilio"], {}, "No route twilio is paused", id="a route that is not paused"),
        pytest.param(["residents", "import", "/nonexistent.csv"], {}, "cannot be opened", id="a file that is not there"),
    ],
)  # fmt: skip
def test_one_clear_line(run: Run, rt: Runtime, words: list[str], settings: dict[str, str], said: str) -> None:
    done = run(*words, **settings)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_process_ends_with_one_line_too(run_process: Run, rt: Runtime) -> None:
    done = run_process("areas", DATABASE_URL=NOWHERE)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "PostgreSQL does not answer" in done.stderr
    assert "Bendan Kergon" in run_process("areas").stdout


def test_a_wrong_option_shows_how_it_is_written(run: Run) -> None:
    done = run("officials", "add", "A", "--role", "king", "--area", "33.75", "--phone", "1")
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "king" in done.stderr


def test_settings_that_are_wrong_are_all_named(run: Run) -> None:
    done = run("areas", BULK_WORKERS="many", PORT="zero")
    assert done.returncode == 1
    assert "BULK_WORKERS" in done.stderr
    assert "PORT" in done.stderr


def test_a_database_without_tables(run: Run, postgres_url: str, tmp_path: Path) -> None:
    name = f"kabar_empty_{tmp_path.name.replace('-', '_')}"
    with psycopg.connect(postgres.plain(postgres_url), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = postgres_url.replace("/kabar?", f"/{name}?")
    before = run("areas", DATABASE_URL=url)
    assert before.returncode == 1
    assert "run `python -m gateway migrate` first" in before.stderr

    made = run("migrate", DATABASE_URL=url, GATEWAY_DEMO="off")
    assert (made.returncode, made.stderr) == (0, "")
    assert "Bendan Kergon" in run("areas", DATABASE_URL=url).stdout
    assert "DPUPR" in run("offices", DATABASE_URL=url).stdout
    assert run("officials", "list", DATABASE_URL=url).stdout == "", "no demo where it is off"
    assert run("migrate", DATABASE_URL=url, GATEWAY_DEMO="off").returncode == 0, "a second time changes nothing"

    assert run("migrate", "base", DATABASE_URL=url).returncode == 0
    assert run("areas", DATABASE_URL=url).returncode == 1
