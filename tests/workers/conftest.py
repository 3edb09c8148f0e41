"""A fresh database, real worker and clock processes over it, and a company that takes its time."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from redis import Redis

from config.settings import CHECKOUT, Settings
from gateway.db import statement
from gateway.local import postgres
from gateway.numbers import store as numbers
from gateway.outbox.service import post
from gateway.reference import service as reference
from gateway.runtime import Runtime, build
from tests.workers.processes import Company, Eventually, Running, Start

PATIENCE = 60.0
"""Seconds until something that should happen counts as not happening; no test depends on how long it took."""


@pytest.fixture
def company() -> Iterator[Company]:
    """The simulated company, at the port that the processes' settings name as their own."""
    server = Company()
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def module_database(make_database: Callable[[], str]) -> str:
    """One database for the tests of a file, emptied by each."""
    return make_database()


@pytest.fixture
def environ(
    module_database: str, redis_url: str, redis_client: Redis, company: Company, tmp_path: Path
) -> dict[str, str]:
    """The environment of the processes: a database and a Redis without what other tests left, no quiet hours."""
    with psycopg.connect(postgres.plain(module_database)) as owner:
        owner.execute("TRUNCATE messages, attempts, chunks, receipts, inbound, audit, audit_seals")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_MODE": "development",
        "GATEWAY_DATA_DIR": str(tmp_path),
        "DATABASE_URL": module_database,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "a secret key for tests, long enough",
        "DATA_KEY": "a data key for tests, also long enough",
        "SIMULATOR_HOOK_TOKEN": "simulator-token-of-tests",
        "PORT": str(company.server_address[1]),
        "QUIET_HOURS": "",
        "QUIET_FRIDAY": "",
        "UNDO_WINDOW": "0",
    }


@pytest.fixture
def rt(environ: dict[str, str]) -> Iterator[Runtime]:
    """Tools over the same servers, with the reference data in place."""
    tools = build(Settings.load(environ), process="test", pool=5)
    reference.load(tools)
    yield tools
    tools.close()


@pytest.fixture
def start(environ: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m MODULE …` in a process group of its own; whatever still runs at the end is killed."""
    running: list[Running] = []

    def begin(*words: str, **settings: str) -> Running:
        output = tmp_path / f"{len(running)}.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=CHECKOUT,
                env=environ | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running.append(Running(process, output))
        return running[-1]

    yield begin
    for one in running:
        with suppress(ProcessLookupError):
            one.kill_group()
        one.process.wait()


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a look gives something true; fails with the sentence otherwise."""

    def wait(look: Callable[[], object], sentence: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not look():
            assert time.monotonic() < deadline, f"not true after {PATIENCE:.0f} s: {sentence}"
            time.sleep(0.05)

    return wait


@pytest.fixture
def post_many(rt: Runtime) -> Callable[[int], None]:
    """Queues that many replies, each with a text of its own, and so in a call of its own."""

    def fill(count: int) -> None:
        people = [f"+62812000{at:05d}" for at in range(count)]
        with rt.engine.begin() as conn:
            ids = numbers.ensure_many(conn, rt.vault, people)
            for at, number in enumerate(people):
                post.post(rt, conn, ids[number], number[:8], f"reply {at}", f"test:{at}", language="id",
                          received_at=rt.now())  # fmt: skip
        post.wake_replies(rt)

    return fill


@pytest.fixture
def statuses(rt: Runtime) -> Callable[[], Counter[str]]:
    """How many messages there are in each status."""

    def count() -> Counter[str]:
        with rt.engine.begin() as conn:
            found = conn.execute(statement("SELECT status, count(*) AS n FROM messages GROUP BY 1"))
            return Counter({row.status: row.n for row in found})

    return count
