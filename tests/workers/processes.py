"""What the tests of workers need beside the fixtures: a company that takes its time, and processes to watch."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from gateway.providers.company import SENT, Result, answer_json, read_submission

Eventually = Callable[[Callable[[], object], str], None]


class Company(ThreadingHTTPServer):
    """Takes every message after `delay` seconds, and remembers how often it was asked to send each text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.delay = 0.0
        self.begun: Counter[str] = Counter()
        self.lock = Lock()


class _Call(BaseHTTPRequestHandler):
    server: Company

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
        call = read_submission(form)
        with self.server.lock:
            self.server.begun[call.text] += 1
        time.sleep(self.server.delay)
        results = [Result(number, SENT, f"id-{call.text}-{at}") for at, number in enumerate(call.numbers)]
        body = answer_json(results, call.text).encode()
        with suppress(OSError):
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Running(NamedTuple):
    """A process and where its output goes."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def kill_group(self, number: signal.Signals = signal.SIGKILL) -> None:
        os.killpg(self.process.pid, number)


Start = Callable[..., Running]
