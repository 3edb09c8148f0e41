"""Operator commands as people run them, over a database of this test's own with the reference data and two officials."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from config.settings import CHECKOUT, Settings
from gateway.__main__ import execute
from gateway.officials import service as officials
from gateway.reference import service as reference
from gateway.runtime import Runtime, build

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


@pytest.fixture(scope="module")
def module_database(make_database: Callable[[], str]) -> str:
    """One database for the tests of a file; each uses numbers of its own."""
    return make_database()


@pytest.fixture
def environ(module_database: str, redis_url: str, redis_client: Redis, tmp_path: Path) -> dict[str, str]:
    """The environment of the commands."""
    return {
        "PATH": os.environ["PATH"],
        "GATEWAY_MODE": "development",
        "GATEWAY_DATA_DIR": str(tmp_path),
        "DATABASE_URL": module_database,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "a secret key for tests, long enough",
        "DATA_KEY": "a data key for tests, also long enough",
        "SIMULATOR_HOOK_TOKEN": "simulator-token-of-tests",
    }


@pytest.fixture
def rt(environ: dict[str, str]) -> Iterator[Runtime]:
    """Tools over the same servers, with the reference data in place."""
    tools = build(Settings.load(environ), process="test", pool=5)
    reference.load(tools)
    yield tools
    tools.close()


@pytest.fixture
def run(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, which spares a second each, and gives what a process would have."""

    def begin(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        with monkeypatch.context() as patch:
            for name in os.environ:
                patch.delenv(name)
            for name, value in (environ | settings).items():
                patch.setenv(name, value)
            try:
                status = execute(list(words), os.environ)
            except SystemExit as ended:
                status = int(ended.code or 0)
        return subprocess.CompletedProcess(words, status, *capfd.readouterr())

    return begin


@pytest.fixture
def run_process(environ: dict[str, str]) -> Run:
    """Runs `python -m gateway …` to its end, as people do."""

    def begin(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gateway", *words],
            cwd=CHECKOUT,
            env=environ | settings,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return begin


@pytest.fixture
def kim(rt: Runtime) -> str:
    """The token of a KIM member of Bendan Kergon."""
    return officials.add(rt, "Siti", "kim", AREA, "+6281200009001").token


@pytest.fixture
def lurah(rt: Runtime) -> str:
    """The token of the lurah of Bendan Kergon."""
    return officials.add(rt, "Hadi", "lurah", AREA, "+6281200009002").token
