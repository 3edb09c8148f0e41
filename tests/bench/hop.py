"""A USSD hop of the real application beside a bare Flask route with one pipelined Redis trip, on the same server."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlencode

from tests.bench.load import drive, post
from tests.stack import CHECKOUT, Stack, free_port

SECONDS, LINES, THREADS = 5.0, 32, 32
_SERVE = (
    "from granian import Granian; from tests.bench.bare import app;"
    "Granian('tests.bench.bare', address='127.0.0.1', port={port}, interface='wsgi', workers={workers},"
    " blocking_threads={threads}, backlog=2048, websockets=False, log_enabled=False)"
    ".serve(target_loader=app, wrap_loader=False)"
)


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


def hops(made: Stack) -> list[tuple[str, str]]:
    """Measure hello, bare hop and real hop in turn, three times, and give the medians of the ratios."""
    server, port = serve_bare(made)
    token = made.environment["AFRICASTALKING_HOOK_TOKEN"]
    texts, rounds = [""] * LINES, [0] * LINES
    path = f"/hooks/africastalking/ussd?token={token}"
    run = str(time.time_ns())

    def real(line: int) -> bytes:
        # A registered resident walks to the list of topics and back home; a session begins again after forty hops.
        before = texts[line]
        count = before.count("*") + 1 if before else 0
        if count >= 40 or not rounds[line]:
            rounds[line] += 1
            texts[line] = ""
        else:
            texts[line] = (before + "*" if before else "") + ("0" if count % 2 else "1")
        number = f"+62812{2 * line:08d}"
        body = {"sessionId": f"{run}-{line}-{rounds[line]}", "phoneNumber": number, "serviceCode": "*546#"}
        return post(path, urlencode({**body, "text": texts[line]}))

    def bare(line: int) -> bytes:
        return post("/hop", urlencode({"sessionId": f"{run}-{line}", "text": "1*2*3"}))

    try:
        found = []
        for _ in range(3):
            hello = drive(port, lambda _: post("/hello", ""), SECONDS / 2, LINES)
            one = drive(port, bare, SECONDS, LINES)
            two = drive(made.port, real, SECONDS, LINES)
            found.append((hello, one, two))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    found.sort(key=lambda three: three[2].per_second / three[1].per_second)
    hello, one, two = found[1]
    return [
        ("bare Flask hello", f"{hello.per_second:,.0f}/s"),
        ("bare hop, one pipelined Redis trip", f"{one.per_second:,.0f}/s, p99 {one.p99:.1f} ms"),
        ("hop of the application", f"{two.per_second:,.0f}/s, p99 {two.p99:.1f} ms, not 200: {two.wrong}"),
        ("hop / bare hop (target >= 0.8)", f"{two.per_second / one.per_second:.2f}"),
    ]
