"""`python -m workers.clock`: does what time asks for, over and over; `DUTIES` says what and how often.

Any number of clocks may run: the one that holds a lock in PostgreSQL acts, the others stand by and take over within a
second of its end. A duty that fails, or a server that is away, holds up nothing else.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Final

import psycopg
from redis import RedisError
from rq import Worker
from rq.registry import clean_registries
from rq.serializers import JSONSerializer
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from config import checkout
from config import logging as lines
from config.settings import Settings, SettingsError
from gateway import db
from gateway.aspirations import deadlines
from gateway.audit import store as audit
from gateway.broadcasts.service import approvals, canaries, funds, notices, poll, presets, repeat, start
from gateway.dialogue import text
from gateway.inbox import service as inbox_service
from gateway.inbox import store as inbox
from gateway.information import quiz_result
from gateway.information import tell as information
from gateway.outbox.service import cost, receive, reroute, sweep
from gateway.privacy import service as privacy
from gateway.rumours import tell
from gateway.runtime import Runtime, build
from gateway.state import connection, queue
from gateway.statistics import digest

log = logging.getLogger("workers.clock")

TICK: Final = 0.5
"""Seconds between two looks at what is due."""
AWAY: Final = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, RedisError)
"""What a server that is away raises: no fault of the code, so its frames tell nothing."""
SAY_AGAIN: Final = 60.0
"""Seconds between two lines about a duty that goes on failing."""
_LOCK: Final = 0x6B61636C
_TRY_LOCK = db.statement("SELECT pg_try_advisory_lock(:key)")
_ALIVE = db.statement("SELECT 1")


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do every so many seconds."""

    name: str
    every: float
    do: Callable[[Runtime], object]


def wake_inbound(rt: Runtime) -> None:
    """Wake those who understand messages, whatever became of the job that should have."""
    with rt.engine.begin() as conn:
        waiting = inbox.count_waiting(conn)
    if waiting:
        queue.wake(rt.redis, "reply")


def seal(rt: Runtime) -> None:
    """Chain the audit rows that are sure to be complete."""
    with rt.engine.begin() as conn:
        audit.seal(conn, rt.now())


def aside(name: str, do: Callable[[Runtime], object]) -> Callable[[Runtime], None]:
    """A duty that asks companies, as a thread of its own: one that hangs must not hold up receipts. One runs at a time."""

    def run(rt: Runtime) -> None:
        try:
            do(rt)
        except Exception as error:
            log.error("failed: %s (%s)", name, type(error).__name__)

    def begin(rt: Runtime) -> None:
        if all(thread.name != name for thread in threading.enumerate()):
            threading.Thread(target=run, args=(rt,), name=name, daemon=True).start()

    return begin


def catch_up(rt: Runtime) -> None:
    """Ask the providers for what our hooks may have missed."""
    if found := inbox_service.catch_up(rt):
        log.info("%d messages had been missed", found)


def drop_old_sessions(rt: Runtime) -> None:
    """Forget USSD sessions after a day."""
    with rt.engine.begin() as conn:
        inbox.drop_old_sessions(conn, rt.now())


def tidy_queues(rt: Runtime) -> None:
    """Clear what killed workers left in RQ's registries. Its workers do so every ten minutes only, and when idle."""
    # RQ lengthens the time-outs of the connection it is given, so it gets one of its own.
    client = connection.connect(rt.settings.redis_url, patience=15)
    try:
        for lane in queue.LANES:
            waiting = queue.queue(client, lane)
            clean_registries(waiting)
            stand_in = Worker(
                [waiting], connection=client, worker_ttl=20, serializer=JSONSerializer, prepare_for_work=False
            )
            waiting.intermediate_queue.cleanup(stand_in, waiting)
    finally:
        client.close()


# In this order within one tick: receipts before what counts them, finishing before what shows it.
DUTIES: Final = (
    Duty("apply receipts", 0.5, receive.apply),
    Duty("finish batches", 2, sweep.finish),
    Duty("start, expire and finish broadcasts", 1, start.tick),
    Duty("go on with series", 5, repeat.tick),
    Duty("miss what test phones did not get", 5, canaries.tick),
    Duty("tell of overdue reviews", 60, presets.alarm_reviews),
    Duty("tell of money that runs out", 30, funds.tick),
    Duty("ask for approval", 2, approvals.tick),
    Duty("tell authors what became of it", 2, notices.tick),
    Duty("close polls and tell their results", 5, poll.tick),
    Duty("close quizzes and tell their results", 5, quiz_result.tick),
    Duty("move what waits for a paused route", 2, reroute.tick),
    Duty("tell who asked about rumours", 2, tell.tick),
    Duty("tell who read what was put right", 5, information.tick),
    Duty("wake lanes that have work", 1, sweep.wake_lanes),
    Duty("wake for messages that wait", 1, wake_inbound),
    Duty("match late receipts", 5, sweep.match_receipts),
    Duty("seal the audit trail", 10, seal),
    Duty("tidy queues", 15, tidy_queues),
    Duty("write the week to whoever serves an area", 60, digest.tick),
    Duty("expire questions and drafts", 60, text.expire),
    Duty("alarm officials of emergencies", 15, deadlines.alarm),
    Duty("see to tickets' deadlines", 300, deadlines.tick),
    Duty("erase who asked for it", 60, privacy.erase_due),
    Duty("drop old sessions", 600, drop_old_sessions),
    Duty("catch up with what hooks missed", 600, aside("catch up", catch_up)),
    Duty("ask what is left on accounts", 300, aside("ask balances", cost.ask_balances)),
    Duty("forget old searches", 3600, information.tidy),
    Duty("open the months to come", 3600, sweep.open_months),
)


class Lead:
    """The lock that lets one clock act: PostgreSQL drops it with the connection that took it."""

    def __init__(self, settings: Settings) -> None:
        self._engine = db.connect(settings.database_url, pool=1, process="clock lead")
        self._conn: db.Connection | None = None

    def is_held(self) -> bool:
        """Whether this clock may act now; tries to become the one. False where PostgreSQL is away."""
        try:
            if self._conn is not None:
                self._conn.execute(_ALIVE)
                return True
            # No transaction may stay open: the audit trail's horizon would stand still.
            conn = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if conn.execute(_TRY_LOCK, {"key": _LOCK}).scalar():
                self._conn = conn
                log.info("this clock acts")
                return True
            conn.close()
        except (SQLAlchemyError, psycopg.Error):
            if self._conn is not None:
                log.warning("the lock is lost with its connection")
            self.drop()
        return False

    def drop(self) -> None:
        """Let another clock act. The connection is closed for good: the lock must not wait in a pool."""
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.invalidate()
            conn.close()
        self._engine.dispose()


class Clock:
    """Does each duty when it is due, on a monotonic clock, and none twice to make up for lost time."""

    def __init__(self, rt: Runtime, duties: tuple[Duty, ...] = DUTIES) -> None:
        self._rt, self._duties = rt, duties
        self._due = dict.fromkeys(duties, 0.0)
        self._said: dict[str, float] = {}
        self.is_ending = False

    def run(self, lead: Lead) -> None:
        """Tick until `is_ending`; ends after the present duty."""
        while not self.is_ending:
            began = time.monotonic()
            self.guard("beat", self._beat)
            if lead.is_held():
                self.tick(began)
            time.sleep(max(0.0, began + TICK - time.monotonic()))

    def tick(self, now: float) -> None:
        """Do what is due at the monotonic moment `now`, in the order of the table."""
        for duty in self._duties:
            if self.is_ending:
                return
            if self._due[duty] <= now:
                # A hundredth early counts as due, or a duty of every tick would wait for the next.
                self._due[duty] = now + duty.every - 0.01
                self.guard(duty.name, duty.do)

    def guard(self, name: str, do: Callable[[Runtime], object]) -> None:
        """Do it; a failure is logged, at first and then once a minute, and is nobody else's."""
        try:
            do(self._rt)
        except Exception as error:
            now = time.monotonic()
            if now - self._said.get(name, -SAY_AGAIN) >= SAY_AGAIN:
                self._said[name] = now
                trace = None if isinstance(error, AWAY) else error
                log.error("duty failed: %s (%s)", name, type(error).__name__, exc_info=trace)
        else:
            if self._said.pop(name, None) is not None:
                log.info("duty works again: %s", name)

    def _beat(self, rt: Runtime) -> None:
        queue.beat(rt.redis, f"clock:{os.getpid()}")


def main(arguments: list[str]) -> int:
    """Runs until SIGTERM or SIGINT; 0 then, 1 where the settings are wrong."""
    argparse.ArgumentParser(prog="python -m workers.clock", description=__doc__).parse_args(arguments)
    checkout.check()
    lines.configure("clock")
    try:
        settings = Settings.load()
        rt = build(settings, process="clock", pool=2)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    clock, lead = Clock(rt), Lead(settings)

    def end(number: int, frame: FrameType | None) -> None:
        clock.is_ending = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        clock.run(lead)
    finally:
        lead.drop()
        rt.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
