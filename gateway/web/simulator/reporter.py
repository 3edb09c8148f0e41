"""Posts the simulated company's delivery reports back to the gateway, one thread a process, over HTTP like any company.

Reports that wait are lost when the process ends, as a company's may be; what was sent then stays `sent`.
"""

import contextlib
import http.client
import logging
import threading
import time
from collections.abc import Sequence
from queue import Full, Queue
from typing import Final
from urllib.parse import quote, urlencode

from gateway.providers.company import Report

AFTER: Final = 0.3
"""Seconds from taking a message to its first report, so that the answer to the call is usually there first."""
MOST: Final = 100_000
TRIES: Final = 20
_PAUSE: Final = 1.0
_TIMEOUT: Final = 10.0
_HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded"}

log = logging.getLogger(__name__)


class Reporter:
    """A bounded queue and the thread that empties it; the thread starts with the first report."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._path = f"/hooks/simulator/report?token={quote(token)}"
        self._waiting: Queue[tuple[float, Report]] = Queue(MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def post(self, reports: Sequence[Report]) -> None:
        """Post these later, in their order; those that find the queue full are dropped."""
        if not reports:
            return
        due = time.monotonic() + AFTER
        try:
            for report in reports:
                self._waiting.put_nowait((due, report))
        except Full:
            log.warning("the simulator drops delivery reports: %d wait already", MOST)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simulated reports", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
        while True:
            due, report = self._waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            body = urlencode(report.form)
            for _ in range(TRIES):
                if self._is_taken(connection, body):
                    break
                time.sleep(_PAUSE)
            else:
                log.warning("the simulator gives a delivery report up: the gateway did not take it")

    def _is_taken(self, connection: http.client.HTTPConnection, body: str) -> bool:
        try:
            connection.request("POST", self._path, body, _HEADERS)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            with contextlib.suppress(OSError):
                connection.close()
            return False
        return response.status < 500
