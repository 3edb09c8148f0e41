"""A USSD hop of the real application beside a bare Flask route with one pipelined Redis trip, on the same server."""

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from gateway.web.__main__ import THREADS
from tests.bench.load import Load, drive, post
from tests.stack import CHECKOUT, Stack, free_port

SECONDS, LINES, RATE = 4.0, 32, 300
_SERVE = (
    "from granian import Granian; from tests.bench.bare import app;"
    "Granian('tests.bench.bare', address='127.0.0.1', port={port}, interface='wsgi', workers={workers},"
    " blocking_threads={threads}, backlog=2048, websockets=False, log_enabled=False)"
    ".serve(target_loader=app, wrap_loader=False)"
)

HOPS, READY = 40, 4000


def serve_bare(made: Stack) -> tuple[subprocess.Popen[bytes], int]:
    """The bare routes on granian with as many processes and threads as the application has."""
    port = free_port()
    code = _SERVE.format(port=port, workers=made.environment["WEB_CONCURRENCY"], threads=THREADS)
    server = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, env=made.environment, start_new_session=True)
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/hello", b"", timeout=2).close()
            return server, port
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the bare server does not answer")


def _walk(path: str, session: str, number: str) -> Iterator[bytes]:
    """A registered resident goes to the list of topics and back home, and dials anew after forty hops."""
    for round in itertools.count():
        body = {"sessionId": f"{session}-{round}", "phoneNumber": number, "serviceCode": "*546#"}
        inputs = ["1" if at % 2 else "0" for at in range(1, HOPS)]
        for at in range(HOPS):
            yield post(path, urlencode({**body, "text": "*".join(inputs[:at])}))


@dataclass(frozen=True, slots=True)
class Pair:
    """A bare hop and a hop of the application under one load."""

    bare: Load
    real: Load

    @property
    def ratio(self) -> float:
        """How much of the bare hops the application reaches in the same time."""
        return self.real.per_second / self.bare.per_second


class Walkers:
    """Thirty-two residents who walk the menu, and as many lines that ask the bare route."""

    def __init__(self, made: Stack, port: int) -> None:
        self._made, self._port, run = made, port, str(time.time_ns())
        path = f"/hooks/africastalking/ussd?token={made.environment['AFRICASTALKING_HOOK_TOKEN']}"
        self._walks = [_walk(path, f"{run}-{line}", f"+62812{2 * line:08d}") for line in range(LINES)]
        self._bares = [
            post("/hop", urlencode({"sessionId": f"{run}-{line}", "text": "1*2*3"})) for line in range(LINES)
        ]

    def measure(self, bare: int, server: int, seconds: float = SECONDS, rate: float = 0) -> Pair:
        """Both in turn; `bare` and `server` are the processes whose CPU is counted, `rate` hops a second (0: as many as
        are answered).
        """
        # Made beforehand: the load shares the machine's cores, and a hop's form takes longer to write than a bare one's.
        ready = [list(itertools.islice(walk, READY))[::-1] for walk in self._walks]
        one = drive(self._port, lambda line: self._bares[line], seconds, LINES, bare, rate)
        two = drive(self._made.port, lambda line: ready[line].pop(), seconds, LINES, server, rate)
        return Pair(one, two)


def hops(made: Stack) -> list[tuple[str, str]]:
    """Measure bare and real hops in turn, as many as are answered and 300 a second, and give the median pairs."""
    server, port = serve_bare(made)
    try:
        walkers = Walkers(made, port)
        pids = server.pid, made.running["web"].pid
        hello = drive(port, lambda _: post("/hello", ""), SECONDS / 2, LINES)
        # A process meets its first callers slowly: what it builds once would count as the cost of a hop.
        walkers.measure(*pids)
        full = sorted((walkers.measure(*pids) for _ in range(5)), key=lambda pair: pair.ratio)[2]
        calm = [walkers.measure(*pids, rate=RATE) for _ in range(3)]
        slow = sorted(pair.real.p99 / pair.bare.p99 for pair in calm)[1]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    pair = next(pair for pair in calm if pair.real.p99 / pair.bare.p99 == slow)
    return [
        ("bare Flask hello", f"{hello.per_second:,.0f}/s"),
        ("bare hop, one pipelined Redis trip", f"{full.bare.per_second:,.0f}/s, {full.bare.cpu:.2f} CPU-ms"),
        (
            "hop of the application",
            f"{full.real.per_second:,.0f}/s, {full.real.cpu:.2f} CPU-ms, not 200: {full.real.wrong}",
        ),
        ("hop / bare hop in the same time (target >= 0.8)", f"{full.ratio:.2f}"),
        ("hop / bare hop by the server's CPU", f"{full.bare.cpu / full.real.cpu:.2f}"),
        (f"p99 at {RATE}/s, bare and real", f"{pair.bare.p99:.1f} and {pair.real.p99:.1f} ms"),
        ("p99 of the hop / of the bare hop (target <= 2)", f"{slow:.2f}"),
    ]
