"""A load generator in one process: many kept connections, each asking again as soon as it is answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import psutil
import uvloop


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, the median and the 99th percentile in milliseconds, how many were not answered 200, and the
    milliseconds of CPU that the server spent on one, which other work on the machine disturbs least.
    """

    per_second: float
    median: float
    p99: float
    wrong: int
    cpu: float = 0.0


class _Line(asyncio.Protocol):
    def __init__(
        self, make: Callable[[int], bytes], line: int, over: float, waits: list[float], every: float, first: float
    ) -> None:
        self.wrong = 0
        self.done = asyncio.get_running_loop().create_future()
        self._make, self._line, self._over, self._waits = make, line, over, waits
        self._every, self._due = every, first
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._go_on()

    def _go_on(self) -> None:
        """Ask now, or when it is this line's turn; one that is late asks at once, and has waited since its turn."""
        if not self._every:
            self._ask(time.perf_counter())
            return
        due, self._due = self._due, self._due + self._every
        asyncio.get_running_loop().call_later(max(0, due - time.perf_counter()), self._ask, due)

    def _ask(self, asked: float) -> None:
        self._asked = asked
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
            self._go_on()
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


def spent(pid: int) -> float:
    """Seconds of CPU that a process and its children have used."""
    seconds = 0.0
    for process in (server := psutil.Process(pid), *server.children(recursive=True)):
        used = process.cpu_times()
        seconds += used.user + used.system
    return seconds


def drive(
    port: int, make: Callable[[int], bytes], seconds: float, lines: int, server: int = 0, rate: float = 0
) -> Load:
    """Ask 127.0.0.1:`port` from `lines` connections, `rate` times a second (0: as often as it answers).

    `make(line)` gives each request's bytes; `server` is the process that answers.
    """

    async def run() -> Load:
        waits: list[float] = []
        began = time.perf_counter()
        every = lines / rate if rate else 0.0
        loop = asyncio.get_running_loop()
        open_ones = []
        for line in range(lines):
            _, protocol = await loop.create_connection(
                lambda line=line: _Line(make, line, began + seconds, waits, every, began + line * every / lines),
                "127.0.0.1",
                port,
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

    before = spent(server) if server else 0
    load = uvloop.run(run())
    used = spent(server) - before if server else 0
    return replace(load, cpu=1000 * used / (load.per_second * seconds))
