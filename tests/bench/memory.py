"""The memory of real workers while they send to few and to many: it must not grow with the blast."""

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.db import statement
from gateway.state import queue
from tests.bench.ledger import Line, plan, tools
from tests.stack import Stack

ROUTE: Final = "africastalking"
WORKERS: Final = ("bulk-1", "bulk-2")
_LEFT = statement("SELECT EXISTS (SELECT FROM chunks WHERE NOT is_done)")


def of_workers(made: Stack, owner: Callable[[str], None]) -> tuple[int, float]:
    """Send to every resident by two workers as they run for real: how many that is, and the most MB one process took."""
    made.plan(latency_ms=50)
    rt, most = tools(made), 0.0
    plan(rt, ROUTE)
    with rt.engine.begin() as conn:
        count = int(conn.execute(statement("SELECT count(*) FROM messages")).scalar_one())
    made.start(*WORKERS)
    queue.wake(rt.redis, "bulk", len(WORKERS))
    is_left = True
    while is_left:
        time.sleep(0.2)
        processes = [pid for name in WORKERS for pid in (made.running[name].pid, *made.children(name))]
        most = max(most, *map(_peak, processes))
        with rt.engine.begin() as conn:
            is_left = bool(conn.execute(_LEFT).scalar_one())
    for name in WORKERS:
        made.end(name)
    rt.close()
    owner("TRUNCATE chunks, messages, attempts")
    return count, most


def compare(few: tuple[int, float], many: tuple[int, float]) -> list[Line]:
    """Both as a line."""
    name = f"peak memory of a worker, {few[0]:,} and {many[0]:,} recipients (target < 150 MB, flat)"
    return [(name, f"{few[1]:,.0f} and {many[1]:,.0f} MB")]


def _peak(pid: int) -> float:
    """The most MB that a process has taken, 0 where it is gone."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0
