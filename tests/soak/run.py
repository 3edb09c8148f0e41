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

import psycopg
import redis

from gateway.local import postgres
from gateway.local.embedded import Embedded
from tests.blast import Watch, alarm, blast, register, status_of, taken_by_people
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
ELSEWHERE = "33.75.02.1007"
"""Where the people of the alarm in the middle live."""
_SETTLES_WITHIN = 600.0


@dataclass(frozen=True, slots=True)
class Report:
    """What happened and what came of it. `twice`: recipients whom the companies took more than one message for.

    Of the alarm in the middle, an emergency, `alarm_twice` may be as many as `alarm_again`: those in doubt, sent once more.
    """

    events: Counter[str]
    counts: dict[str, int]
    total: int
    taken: int
    twice: int
    missing: int
    uneven: int
    looks: int
    alarm: dict[str, int]
    alarm_again: int
    alarm_twice: int
    alarm_more: int
    alarm_missing: int

    @property
    def is_sound(self) -> bool:
        """Nobody twice, nobody lost, every recipient accounted for at every moment."""
        settled = not self.counts["queued"] and not self.counts["sending"]
        whole = sum(self.counts.values()) == self.total
        alarmed = self.alarm_twice <= self.alarm_again and not self.alarm_more and not self.alarm_missing
        return settled and whole and alarmed and not (self.twice or self.missing or self.uneven)

    def lines(self) -> list[str]:
        """The table."""
        rows = [(f"event: {name}", n) for name, n in sorted(self.events.items())]
        rows += [(f"status: {name}", n) for name, n in self.counts.items() if n]
        rows += [("recipients", self.total), ("taken by the companies", self.taken), ("taken twice", self.twice)]
        rows += [("neither taken nor shown as unsent or unconfirmed", self.missing)]
        rows += [(f"looks at which counts did not sum ({self.looks} looks)", self.uneven)]
        rows += [(f"emergency, status: {name}", n) for name, n in self.alarm.items() if n]
        rows += [
            ("emergency: in doubt, so sent once more", self.alarm_again),
            ("emergency: taken twice, of those", self.alarm_twice),
            ("emergency: taken more than twice", self.alarm_more),
            ("emergency: neither taken nor shown as unsent or unconfirmed", self.alarm_missing),
        ]
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
    register(made, folder, people // 10, first=people, area=ELSEWHERE)
    watch, alarmed = Watch(made, id, admin), 0
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
        if not alarmed and time.monotonic() > until - seconds / 2:
            alarmed = alarm(made, ELSEWHERE, (admin, second))
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
    seen, warned = _settle(made, id, admin), _settle(made, alarmed, admin)
    watch.end()
    all_taken = taken_by_people(made, 2)
    taken = {number: n for number, n in all_taken.items() if int(number[6:]) < people}
    of_alarm = [n for number, n in all_taken.items() if int(number[6:]) >= people]
    return Report(
        events, dict(seen["counts"]), seen["total"], len(taken), sum(n > 1 for n in taken.values()),
        _missing(seen, len(taken)), len(watch.wrong), watch.looks, dict(warned["counts"]), warned["sent_again"],
        of_alarm.count(2), sum(n > 2 for n in of_alarm), _missing(warned, len(of_alarm)),
    )  # fmt: skip


def _missing(seen: Mapping[str, Any], taken: int) -> int:
    counts = seen["counts"]
    return max(0, seen["total"] - taken - counts["failed"] - counts["skipped"] - counts["unconfirmed"])


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
            raise TimeoutError(f"not settled: {seen['counts']}; {_left(made)}")
        time.sleep(1)


def _left(made: Stack) -> str:
    """What holds the rest up, for whoever has to find out why."""
    with psycopg.connect(postgres.plain(made.environment["DATABASE_URL"])) as conn:
        waiting = conn.execute("""
            SELECT lane, route, status, class, min(not_before), max(not_before), now(), count(*) FROM messages
            WHERE status IN ('queued', 'sending') GROUP BY 1, 2, 3, 4""").fetchall()
        chunks = conn.execute("""
            SELECT c.lane, c.route, b.state, c.is_done, max(c.leased_until), count(*) FROM chunks c
            JOIN batches b ON b.id = c.batch_id GROUP BY 1, 2, 3, 4""").fetchall()
        routes = conn.execute("SELECT * FROM routes").fetchall()
    return f"messages {waiting}; chunks {chunks}; routes {routes}"


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
