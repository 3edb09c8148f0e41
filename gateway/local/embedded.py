"""Embedded PostgreSQL and Valkey as children of this process, for tests and for commands that run without `make up`."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gateway.local import places, postgres, valkey
from gateway.local.places import LocalError

STOP_WITHIN: Final = 30.0

# Durability that a data folder of minutes does not need; everything else is as in `make up`.
THROWAWAY: Final[Mapping[str, str]] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


@contextmanager
def locked(data: Path, name: str = "up.lock", wait: bool = False) -> Iterator[int]:
    """Holds a lock file in the data folder, giving its descriptor; LocalError at once when another process holds it."""
    places.claim(data, places.Account("", os.getuid(), os.getgid()), 0o711 if os.getuid() == 0 else 0o700)
    descriptor = os.open(data / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise LocalError(
                f"Another run uses {data}: stop it first, or set GATEWAY_DATA_DIR to a folder of its own."
            ) from None
        yield descriptor
    finally:
        os.close(descriptor)


class Embedded:
    """The servers of one data folder, started one by one and stopped together; a context manager.

    Its processes end with this one, also after SIGKILL. Start from the main thread: the kernel ties a child to the
    thread that made it.
    """

    def __init__(self, data: Path, say: Callable[[str], None] = print) -> None:
        self._data = data
        self._lock = locked(data)
        self._lock.__enter__()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.place = places.prepare(data, say)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise

    def start_postgres(self, changes: Mapping[str, str] | None = None) -> str:
        """Starts PostgreSQL with `changes` to its settings; its address once it answers. LocalError otherwise."""
        log = self._data / postgres.LOG_NAME
        postgres.retire_leftover(self.place)
        postgres.initialise(self.place, log)
        server = self._start("postgres", postgres.command(self.place, changes), log)
        postgres.wait_ready(self.place, log, lambda: server.poll() is None)
        return postgres.url(self.place)

    def start_valkey(self) -> str:
        """Starts Valkey; its address once it answers. LocalError otherwise."""
        log = self._data / valkey.LOG_NAME
        valkey.retire_leftover(self.place)
        server = self._start("valkey", valkey.command(self.place), log)
        valkey.wait_ready(self.place, log, lambda: server.poll() is None)
        return valkey.url(self.place)

    def restart_postgres(self, changes: Mapping[str, str] | None = None) -> None:
        """Stops PostgreSQL by its fast shutdown, which cuts every connection, and starts it again with its data."""
        self._end("postgres", signal.SIGINT)
        self.start_postgres(changes)

    def restart_valkey(self) -> None:
        """Stops Valkey and starts it again with what its file holds."""
        self._end("valkey", signal.SIGTERM)
        self.start_valkey()

    def pid(self, name: str) -> int:
        """Process number of `postgres` or `valkey`."""
        return self._running[name].pid

    def stop(self) -> None:
        """Stops what runs, PostgreSQL by its fast shutdown, and gives the data folder free."""
        for name, ending in (("postgres", signal.SIGINT), ("valkey", signal.SIGTERM)):
            self._end(name, ending)
        self._lock.__exit__(None, None, None)

    def _end(self, name: str, ending: signal.Signals) -> None:
        if server := self._running.pop(name, None):
            server.send_signal(ending)
            try:
                server.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, name: str, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=postgres.environment(),
                start_new_session=True,
            )
        self._running[name] = server
        return server
