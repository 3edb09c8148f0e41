"""The jobs: each makes its tools after the fork, takes its wake's mark away, acts, and gives everything back."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from config.settings import Settings
from gateway.broadcasts.service.start import start
from gateway.dialogue.text import understand_waiting
from gateway.outbox.service.work import work
from gateway.runtime import Runtime, build, wire
from gateway.state import queue

UNDERSTAND_SECONDS: Final = 5.0
"""How long messages are read before the answers to them are sent; the clock wakes the lane for the others."""

ending: Final = threading.Event()
"""Set once this process is told to end: no new work is begun. Sending has its own handler, which stops claiming."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once: a worker reads them before it forks. Raises SettingsError."""
    loaded = Settings.load()
    wire(loaded)
    return loaded


def work_urgent(slot: int) -> None:
    """Send what waits in the lane of emergencies."""
    with tools("urgent", slot) as rt:
        work(rt, "urgent")


def work_reply(slot: int) -> None:
    """Understand what came in by SMS, then send the answers."""
    with tools("reply", slot) as rt:
        until = time.monotonic() + UNDERSTAND_SECONDS
        understand_waiting(rt, lambda: not ending.is_set() and time.monotonic() < until)
        if not ending.is_set():
            work(rt, "reply")


def work_bulk(slot: int) -> None:
    """Send what waits in the lane of broadcasts and notices."""
    with tools("bulk", slot) as rt:
        work(rt, "bulk")


def start_broadcast(id: int) -> None:
    """Fan an approved broadcast out; running it again does nothing."""
    with tools() as rt:
        start(rt, id)


@contextmanager
def tools(lane: str = "", slot: int = 0) -> Iterator[Runtime]:
    """The tools of one job. Where it is a lane's, its mark goes first: whoever wakes the lane from then on is heard."""
    rt = build(settings(), process=f"worker {lane}".strip())
    try:
        if lane:
            queue.is_awake(rt.redis, lane, slot)
        yield rt
    finally:
        rt.close()
