"""The Twilio path beside Kannel, where it is installed: both keep every message on disk, and both have 500 in flight."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from gateway.db import statement
from tests.bench.ledger import PROCESSES, Line, fork, plan, send_all, tools
from tests.stack import CHECKOUT, Stack, free_port, until

IN_FLIGHT: Final = 500
_PROGRAMS: Final = ("bearerbox", "mtbatch")
_CONFIG: Final = """
group = core
admin-port = {admin}
admin-password = bench
admin-allow-ip = 127.0.0.1
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1
log-level = 4
store-type = spool
store-location = {spool}

group = smsc
smsc = http
smsc-id = company
system-type = generic
send-url = "http://127.0.0.1:{company}/send?to=%p&text=%b"
status-success-regex = "OK"
port = {incoming}
connect-allow-ip = 127.0.0.1
max-pending-submits = {in_flight}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
"""


@dataclass(frozen=True, slots=True)
class _Run:
    """Messages a second, and the milliseconds of CPU that one cost."""

    per_second: float
    cpu: float


def beside(made: Stack, count: int, owner: Callable[[str], None], folder: Path) -> list[Line]:
    """Send to everyone by our ledger and by Kannel's spool in turn, and give the median pair."""
    if missing := [name for name in _PROGRAMS if not shutil.which(name)]:
        return [("the Twilio path beside Kannel", f"not measured, {' and '.join(missing)} not installed")]
    with _company() as port, _kannel(folder, port) as (box, boxes):
        runs = sorted(
            ((_ours(made, port, owner), _theirs(box, boxes, port, count, folder)) for _ in range(3)),
            key=lambda pair: pair[0].per_second / pair[1].per_second,
        )
    ours, theirs = runs[1]
    name = f"twilio path / durable Kannel, 50 ms, {IN_FLIGHT} in flight"
    each = f"{ours.per_second:,.0f}/s / {theirs.per_second:,.0f}/s"
    cpu = f"{ours.cpu:.2f} / {theirs.cpu:.2f} CPU-ms a message"
    return [(f"{name} (target >= 1.0)", f"{ours.per_second / theirs.per_second:.2f} ({each}; {cpu})")]


def _ours(made: Stack, port: int, owner: Callable[[str], None]) -> _Run:
    company = {"TWILIO_BASE_URL": f"http://127.0.0.1:{port}", "TWILIO_CONCURRENCY": str(IN_FLIGHT // PROCESSES)}
    rt = tools(made)
    with rt.engine.connect() as conn:
        backend = int(conn.execute(statement("SELECT pg_backend_pid()")).scalar_one())
    # What a backend used is counted among its server's dead children once it is gone.
    server = psutil.Process(backend).parent()
    assert server is not None
    before, own, began = _cpu(server), _children(), time.perf_counter()
    # Planned within the time, as Kannel is given its people within it.
    plan(rt, "twilio")
    fork(lambda _: send_all(made, company))
    took = time.perf_counter() - began
    used = _cpu(server) - before + _children() - own
    with rt.engine.connect() as conn:
        sent = int(conn.execute(statement("SELECT count(*) FROM messages WHERE status = 'sent'")).scalar_one())
    rt.close()
    owner("TRUNCATE chunks, messages, attempts")
    return _Run(sent / took, 1000 * used / sent)


def _children() -> float:
    """Seconds of CPU of this process's children that are gone."""
    times = os.times()
    return times.children_user + times.children_system


def _theirs(box: int, boxes: int, port: int, count: int, folder: Path) -> _Run:
    people, text = folder / "kannel.people", folder / "kannel.text"
    people.write_text("".join(f"62811{at:08d}\n" for at in range(count)))
    text.write_text("Air naik. Kode B1")
    server = psutil.Process(box)
    first, before, own, began = _taken(port), _cpu(server), _children(), time.perf_counter()
    words = ["mtbatch", "-v", "4", "-b", "127.0.0.1", "-p", str(boxes), "-f", "54600", str(text), str(people)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while _taken(port) - first < count:
        if time.perf_counter() - began > 300:
            raise TimeoutError(f"Kannel sent {_taken(port) - first} of {count}")
        time.sleep(0.02)
    took = time.perf_counter() - began
    return _Run(count / took, 1000 * (_cpu(server) - before + _children() - own) / count)


def _taken(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=10) as answer:
        return int(answer.read())


def _cpu(process: psutil.Process) -> float:
    """Seconds that a process, its children and those of them that are gone have used."""
    seconds = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            seconds += times.user + times.system
    own = process.cpu_times()
    return seconds + own.children_user + own.children_system


@contextlib.contextmanager
def _company() -> Iterator[int]:
    port = free_port()
    with _running([sys.executable, "-m", "tests.bench.quick", str(port)]):
        until(30, lambda: _is_up(lambda: _taken(port) == 0), "the company answers")
        yield port


@contextlib.contextmanager
def _kannel(folder: Path, company: int) -> Iterator[tuple[int, int]]:
    """Its process and the port that takes batches."""
    spool, config, boxes = folder / "kannel.spool", folder / "kannel.conf", free_port()
    spool.mkdir()
    config.write_text(
        _CONFIG.format(
            admin=free_port(), boxes=boxes, spool=spool, company=company, incoming=free_port(),
            in_flight=IN_FLIGHT, sendsms=free_port(),
        )
    )  # fmt: skip
    with _running(["bearerbox", "-v", "4", str(config)]) as box:
        until(
            30,
            lambda: any(one.laddr.port == boxes for one in psutil.Process(box).net_connections("tcp")),
            "Kannel listens",
        )
        yield box, boxes


@contextlib.contextmanager
def _running(words: list[str]) -> Iterator[int]:
    process = subprocess.Popen(
        words, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_up(holds: Callable[[], bool]) -> bool:
    with contextlib.suppress(OSError):
        return holds()
    return False
