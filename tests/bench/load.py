"""A load generator in one process: many kept connections, each asking again as soon as it is answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import uvloop


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, the median and the 99th percentile in milliseconds, and how many were not answered 200."""

    per_second: float
    median: float
    p99: float
    wrong: int


class _Line(asyncio.Protocol):
    def __init__(self, make: Callable[[int], bytes], line: int, over: float, waits: list[float]) -> None:
        self.wrong = 0
        self.done = asyncio.get_running_loop().create_future()
        self._make, self._line, self._over, self._waits = make, line, over, waits
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._make(self._line))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.lower().find(b"content-length:", 0, head)
        length = int(self._buffer[at + 15 : self._buffer.find(b"\r\n", at)]) if at >= 0 else 0
        if len(self._buffer) < head + 4 + length:
            return
        now = time.perf_counter()
        self._waits.append(now - self._asked)
        self.wrong += not self._buffer.startswith(b"HTTP/1.1 200")
        self._buffer = self._buffer[head + 4 + length :]
        if now < self._over:
            self._ask()
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def post(path: str, body: str) -> bytes:
    """One HTTP/1.1 POST of a form."""
    kind = "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def drive(port: int, make: Callable[[int], bytes], seconds: float, lines: int) -> Load:
    """Ask 127.0.0.1:`port` from `lines` connections; `make(line)` gives each request's bytes."""

    async def run() -> Load:
        waits: list[float] = []
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        open_ones = []
        for line in range(lines):
            _, protocol = await loop.create_connection(
                lambda line=line: _Line(make, line, began + seconds, waits), "127.0.0.1", port
            )
            open_ones.append(protocol)
        await asyncio.gather(*(protocol.done for protocol in open_ones))
        took = time.perf_counter() - began
        waits.sort()
        return Load(
            len(waits) / took,
            1000 * waits[len(waits) // 2],
            1000 * waits[int(len(waits) * 0.99)],
            sum(protocol.wrong for protocol in open_ones),
        )

    return uvloop.run(run())
