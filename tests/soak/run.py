"""A broadcast while everything that can break does: what became of every recipient, as a table."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from gateway.local.embedded import Embedded
from tests.blast import Watch, blast, status_of, taken_by_people
from tests.stack import Stack, ask

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "calm": {},
    "slow": {"latency_ms": 400},
    "refuse some": {"faults": {"refuse": 0.02}},
    "429 now and then": {"faults": {"http_429": 0.1}},
    "5xx now and then": {"faults": {"http_5xx": 0.02}, "lost_taken": 0.5},
    "drop connections": {"wire": {"fin": 0.01, "rst": 0.01}, "lost_taken": 0.5},
    "stall after accepting": {"wire": {"stall": 0.005}, "lost_taken": 1.0},
    "cut answers": {"wire": {"cut_headers": 0.01, "cut_body": 0.01}, "lost_taken": 1.0},
}
RECEIPTS: Mapping[str, Any] = {"receipts": True, "receipt_delay_ms": 300}
SHUFFLED: Mapping[str, Any] = {"duplicate_receipts": 0.1, "reorder_receipts": 0.2, "drop_receipts": 0.02}
_SETTLES_WITHIN = 240.0


@dataclass(frozen=True, slots=True)
class Report:
    """What happened and what came of it. `twice`: recipients whom the companies took more than one message for."""

    events: Counter[str]
    counts: dict[str, int]
    total: int
    taken: int
    twice: int
    missing: int
    uneven: int
    looks: int

    @property
    def is_sound(self) -> bool:
        """Nobody twice, nobody lost, every recipient accounted for at every moment."""
        settled = not self.counts["queued"] and not self.counts["sending"]
        whole = sum(self.counts.values()) == self.total
        return settled and whole and not self.twice and not self.missing and not self.uneven

    def lines(self) -> list[str]:
        """The table."""
        rows = [(f"event: {name}", n) for name, n in sorted(self.events.items())]
        rows += [(f"status: {name}", n) for name, n in self.counts.items() if n]
        rows += [("recipients", self.total), ("taken by the companies", self.taken), ("taken twice", self.twice)]
        rows += [("neither taken nor shown as unsent or unconfirmed", self.missing)]
        rows += [(f"looks at which counts did not sum ({self.looks} looks)", self.uneven)]
        return [f"{name:<60} {n:>8,}" for name, n in rows]


def soak(
    made: Stack,
    servers: Embedded,
    redis_url: str,
    folder: Path,
    people: int,
    seconds: float,
    say: Callable[[str], None],
) -> Report:
    """Broadcast to `people` and break things for `seconds`; then calm, until every row is settled."""
    dice = random.Random(people)
    events: Counter[str] = Counter()
    made.plan(**RECEIPTS)
    id, admin, second = blast(made, folder, people)
    watch = Watch(made, id, admin)
    status, answer = ask(f"{made.base}/api/v1/broadcasts/{id}/approve", {}, second)
    if status != 200:
        raise ValueError(answer)
    acts: list[tuple[str, Callable[[], None]]] = [
        ("kill a bulk worker", lambda: _kill_worker(made, dice.choice(["bulk-1", "bulk-2"]))),
        ("kill a job", lambda: _kill_jobs(made, dice.choice(["bulk-1", "bulk-2"]))),
        ("kill the clock", lambda: made.kill("clock")),
        ("kill the web", lambda: _kill_web(made)),
        ("flush Redis", lambda: _flush(redis_url)),
        ("restart Redis", lambda: servers.restart_valkey()),
        ("restart PostgreSQL", lambda: servers.restart_postgres()),
    ]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(dice.uniform(0.5, 2.5))
        fault = dice.choice(list(FAULTS))
        plan = {**RECEIPTS, **FAULTS[fault], "seed": dice.randrange(10**6)}
        plan["faults"] = {**plan.get("faults", {}), **SHUFFLED}
        made.plan(**plan)
        events[f"companies: {fault}"] += 1
        name, act = dice.choice(acts)
        act()
        events[name] += 1
    made.plan(**RECEIPTS)
    say("calm: waiting until every row is settled")
    seen = _settle(made, id, admin)
    watch.end()
    taken = taken_by_people(made)
    counts = dict(seen["counts"])
    shown_unsent = counts["failed"] + counts["skipped"] + counts["unconfirmed"]
    missing = max(0, seen["total"] - len(taken) - shown_unsent)
    twice = sum(n > 1 for n in taken.values())
    return Report(events, counts, seen["total"], len(taken), twice, missing, len(watch.wrong), watch.looks)


def _settle(made: Stack, id: int, token: str) -> dict[str, Any]:
    deadline = time.monotonic() + _SETTLES_WITHIN
    while True:
        try:
            seen = status_of(made, id, token)
        except (OSError, AssertionError):
            seen = {"counts": {"queued": 1, "sending": 1}}
        if not seen["counts"]["queued"] and not seen["counts"]["sending"]:
            return seen
        if time.monotonic() > deadline:
            raise TimeoutError(f"not settled: {seen['counts']}")
        time.sleep(1)


def _kill_jobs(made: Stack, name: str) -> None:
    for pid in made.children(name):
        os.kill(pid, signal.SIGKILL)


def _kill_worker(made: Stack, name: str) -> None:
    _kill_jobs(made, name)
    made.kill(name)


def _kill_web(made: Stack) -> None:
    for pid in made.children("web"):
        os.kill(pid, signal.SIGKILL)
    made.kill("web")


def _flush(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
