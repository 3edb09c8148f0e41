"""Work a lane: the one piece of code that leases, claims, throttles, sends and records.

A row is claimed before the call and recorded after it, in windows: one transaction records the calls that are over and
claims the next rows, so that after a kill at most two windows of this process are in doubt. No transaction is open during
a call. Every route has a pump of its own, so that a provider that hangs holds up nobody else's messages.
"""

import asyncio
import hashlib
import logging
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import uvloop
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.outbox.rules import Claimed
from gateway.outbox.service import cost, doubt
from gateway.outbox.service.post import quiet
from gateway.outbox.service.record import Recorder
from gateway.outbox.store import batches, messages, routes
from gateway.providers.base import Outcome, Outgoing, Provider, Verdict
from gateway.runtime import Runtime
from gateway.state import queue, throttle

log = logging.getLogger(__name__)
_LEASE = timedelta(seconds=45)
_LONGEST_PAUSE = 1.0
_IDLE = 0.05
_PATIENCE = 15.0
_PAUSE = 0.5
_LANDING = 4.0
T = TypeVar("T")


def work(rt: Runtime, lane: str) -> None:
    """Send what waits in `lane` for up to 20 seconds, then leave the rest to the next job, which it wakes itself."""
    uvloop.run(_work(rt, lane))


async def _work(rt: Runtime, lane: str) -> None:
    stopped = asyncio.Event()
    # A worker told to end passes the signal on: no more is claimed, what is in flight is waited for and recorded.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    until = time.monotonic() + queue.WORK_SECONDS
    try:
        await doubt.settle(rt, lane)
        names = await asyncio.to_thread(_routes_waiting, rt, lane)
        pumps = [Pump(rt, lane, name, until, stopped) for name in sorted(names) if name in rt.providers]
        await asyncio.gather(*(pump.run() for pump in pumps))
    finally:
        await asyncio.gather(*(provider.aclose() for provider in rt.providers.values()))
    if not stopped.is_set() and any(pump.has_more for pump in pumps):
        queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)


def _routes_waiting(rt: Runtime, lane: str) -> set[str]:
    now = rt.now()
    is_quiet = quiet_until(now, quiet(rt)) is not None
    with rt.engine.begin() as conn:
        return messages.routes_waiting(conn, lane, now) | batches.routes_waiting(conn, lane, now, is_quiet=is_quiet)


class Pump:
    """Sends what one lane has for one route."""

    def __init__(self, rt: Runtime, lane: str, route: str, until: float, stopped: asyncio.Event) -> None:
        self.has_more = False
        self._rt, self._lane, self._route, self._until, self._stopped = rt, lane, route, until, stopped
        self._provider: Provider = rt.providers[route]
        # Rows in flight at most. A reply is a call of its own; rows of a batch share one.
        self._window = self._provider.concurrency * (1 if lane == "reply" else self._provider.batch)
        self._slots = asyncio.Semaphore(self._provider.concurrency)
        self._recorder = Recorder(rt, route)
        self._chunk: batches.Chunk | None = None
        self._renew_at = rt.now()
        self._next_id = 0
        self._texts: dict[int, dict[str, str]] = {}
        self._sent = _Tally()
        self._moved = asyncio.Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._flying = 0
        self._has_alarmed = False

    async def run(self) -> None:
        """Claim and send until nothing waits, time is up, the route rests, or the worker is told to end."""
        try:
            while not self._stopped.is_set() and time.monotonic() < self._until:
                # Up to a window waits for its turn behind the one in flight, so that the line never runs dry.
                if self._flying > self._window:
                    await self._wait()
                    continue
                rows, pause = await self._patiently(self._turn, 2 * self._window - self._flying)
                for call in self._calls_of(rows):
                    self._flying += len(call)
                    task = asyncio.create_task(self._send(call))
                    self._calls.add(task)
                    task.add_done_callback(self._calls.discard)
                if not rows:
                    if pause is not None and pause <= _LONGEST_PAUSE:
                        await asyncio.sleep(max(pause, _IDLE))
                    elif self._flying:
                        await self._wait()
                    else:
                        self.has_more = pause is not None
                        break
            else:
                self.has_more = True
        finally:
            await self._land()
            await self._patiently(self._finish)

    async def _wait(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    async def _land(self) -> None:
        """Wait for what is in flight; a worker told to end does so for seconds only, and leaves the rest in doubt."""
        stopped = asyncio.create_task(self._stopped.wait())
        while self._calls and not stopped.done():
            await asyncio.wait({stopped, *self._calls}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if self._calls:
            _, late = await asyncio.wait(set(self._calls), timeout=_LANDING)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _patiently(self, step: Callable[..., T], *args: object) -> T:
        """Run a step on PostgreSQL in a thread; a restart of the server is waited out, since outcomes wait in memory."""
        give_up = max(self._until, time.monotonic()) + _PATIENCE
        while True:
            try:
                return await asyncio.to_thread(step, *args)
            except (OperationalError, PoolTimeout):
                if time.monotonic() > give_up:
                    raise
                log.warning("postgresql is away: route %s waits", self._route)
                await asyncio.sleep(_PAUSE)

    def _turn(self, most: int) -> tuple[list[Claimed], float | None]:
        """One transaction: record what is over, claim what comes next. Gives rows, and a pause where none may go now.

        A pause of None says that nothing waits.
        """
        rt, now = self._rt, self._rt.now()
        if self._lane != "reply" and cost.rests(rt, self._route):
            if self._lane == "bulk":
                most = 0
            elif not self._has_alarmed:
                self._has_alarmed = True
                log.error("route %s is short of money; the emergency goes on", self._route)
        rate, is_bulk = self._provider.per_second, self._lane == "bulk"
        granted, wait = throttle.take(rt.redis, self._route, rate, most, is_bulk=is_bulk) if most else (0, None)
        rows: list[Claimed] = []
        looked_at = 0
        try:
            with self._recorder.writing(), rt.engine.begin() as conn:
                self._recorder.write(conn, now)
                pause = routes.paused(conn).get(self._route)
                if pause:
                    is_due = now >= pause.retry_at and not self._flying
                    granted = min(granted, 1) if is_due and routes.claim_probe(conn, self._route, now) else 0
                if granted:
                    rows, looked_at = self._claim(conn, now, granted)
        finally:
            throttle.give_back(rt.redis, self._route, rate, granted - len(rows))
        if pause:
            return rows, None
        if not granted:
            return [], wait
        # Rows that were looked at and skipped are progress: there may be more behind them.
        return rows, (0.0 if looked_at and not rows else None)

    def _claim(self, conn: Connection, now: datetime, most: int) -> tuple[list[Claimed], int]:
        takes_demo = self._provider.sends_to_demo
        if self._lane == "reply":
            return messages.claim_singles(conn, self._lane, self._route, now, most, takes_demo=takes_demo)
        rows: list[Claimed] = []
        looked_at = 0
        while looked_at < most and self._hold_chunk(conn, now):
            assert self._chunk is not None
            last = min(self._next_id + most - looked_at - 1, self._chunk.last_id)
            more, seen = messages.claim_run(conn, self._chunk, self._next_id, last, now, takes_demo=takes_demo)
            rows += more
            looked_at += seen
            self._next_id = last + 1
            if self._next_id > self._chunk.last_id:
                self._release(conn, now)
        return rows, looked_at

    def _hold_chunk(self, conn: Connection, now: datetime) -> bool:
        """Have a chunk leased. A batch that was paused or cancelled, or must rest now, gives no rows and is let go."""
        is_quiet = quiet_until(now, quiet(self._rt)) is not None
        if self._chunk and (is_quiet or now > self._renew_at):
            if not batches.renew(conn, self._chunk, now + _LEASE, is_quiet=is_quiet):
                self._release(conn, now)
            self._renew_at = now + _LEASE / 4
        if self._chunk is None:
            self._chunk = batches.lease(conn, self._lane, self._route, now, now + _LEASE, is_quiet=is_quiet)
            self._renew_at = now + _LEASE / 4
            self._next_id = self._chunk.first_id if self._chunk else 0
        if self._chunk and self._chunk.batch_id not in self._texts:
            self._texts = {self._chunk.batch_id: batches.get(conn, self._chunk.batch_id).texts, **self._texts}
        return self._chunk is not None

    def _release(self, conn: Connection, now: datetime) -> None:
        if self._chunk:
            batches.release(conn, self._chunk, now)
            self._chunk = None

    def _finish(self) -> None:
        now = self._rt.now()
        with self._recorder.writing(), self._rt.engine.begin() as conn:
            self._recorder.write(conn, now)
            self._release(conn, now)
            if self._sent.count:
                audit.record(
                    conn,
                    now,
                    "worker",
                    "send",
                    f"lane:{self._lane}",
                    route=self._route,
                    count=self._sent.count,
                    digest=self._sent.digest(),
                )

    def _calls_of(self, rows: list[Claimed]) -> Iterator[list[tuple[Claimed, Outgoing]]]:
        """Rows as calls: those of one text and sender together, as many as the provider takes at once."""
        groups: dict[tuple[object, ...], list[tuple[Claimed, Outgoing]]] = {}
        now = self._rt.now()
        for row in rows:
            text = self._text(row)
            validity = max(1, int((row.expires_at - now).total_seconds())) if row.expires_at else None
            outgoing = Outgoing(
                key=row.key,
                to=self._rt.vault.open(row.cipher, row.key_no),
                text=text,
                reply_from=row.reply_from,
                wants_answer=row.wants_answer,
                urgent=self._lane == "urgent",
                validity=validity,
            )
            groups.setdefault((text, row.reply_from, row.wants_answer, validity), []).append((row, outgoing))
        size = self._provider.batch
        for group in groups.values():
            for start in range(0, len(group), size):
                yield group[start : start + size]

    def _text(self, row: Claimed) -> str:
        text = row.body
        if text is None:
            texts = self._texts[row.batch_id or 0]
            text = texts[row.language] if row.language in texts else next(iter(texts.values()))
        if row.wants_answer and not self._provider.answerable and not row.reply_from:
            text = self._rt.say("sms.answer_to", {}, row.language) + text
        return text

    async def _send(self, call: list[tuple[Claimed, Outgoing]]) -> None:
        # Until the adapter is called nothing can have left, and a worker told to end gives such rows back at once.
        verdict, text = Verdict.NOT_SENT, "the worker ended before its turn"
        outcomes: dict[str, Outcome] = {}
        try:
            async with self._slots:
                if not self._stopped.is_set():
                    verdict, text = Verdict.UNKNOWN, "no outcome"
                    outcomes = {one.key: one for one in await self._provider.send([out for _, out in call])}
        except asyncio.CancelledError:
            log.warning("the worker ends: a call of %d by %s was %s", len(call), self._route, verdict.value)
        except Exception:  # an adapter's own fault proves nothing about what the company has received
            log.exception("the adapter of %s failed on a call of %d", self._route, len(call))
        for row, out in call:
            outcome = outcomes.get(out.key) or Outcome(out.key, verdict, text=text, retry_after=0)
            self._recorder.add(row, outcome)
            if outcome.verdict is Verdict.ACCEPTED:
                self._sent.add(row)
        self._flying -= len(call)
        self._moved.set()


class _Tally:
    """Count and digest of what one job sent, for the audit trail: one row a job, not one a message."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def add(self, row: Claimed) -> None:
        self.count += 1
        self._digest.update(row.key.encode())

    def digest(self) -> str:
        return self._digest.hexdigest()
