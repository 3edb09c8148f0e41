"""Record what became of calls: settle, put back, pause the route, or leave in doubt."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.outbox import rules
from gateway.outbox.rules import Claimed
from gateway.outbox.store import batches, messages, routes
from gateway.outbox.store.messages import Settled
from gateway.providers.base import Outcome, Verdict
from gateway.runtime import Runtime

log = logging.getLogger(__name__)
_SUSPECT_REST = timedelta(seconds=30)
_RANK = {Verdict.ACCEPTED: 1, Verdict.REFUSED: 2, Verdict.UNKNOWN: 0}


class Recorder:
    """Collects outcomes of one route as calls end, and writes them in the next transaction of its pump."""

    def __init__(self, rt: Runtime, route: str) -> None:
        self._rt, self._route = rt, route
        self._lock = threading.Lock()
        self._over: list[tuple[Claimed, Outcome]] = []
        self._written: list[tuple[Claimed, Outcome]] = []
        self._may_be_suspect = True
        self._has_paused = False

    def add(self, row: Claimed, outcome: Outcome) -> None:
        """Keep an outcome for the next `write`."""
        with self._lock:
            self._over.append((row, outcome))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around the transaction of a `write`: what it wrote is kept until the commit, and written again after a failure."""
        try:
            yield
        except BaseException:
            with self._lock:
                self._over = self._written + self._over
            raise
        finally:
            self._written = []

    def write(self, conn: Connection, now: datetime) -> None:
        """Write every outcome kept so far in the caller's transaction."""
        with self._lock:
            self._written, self._over = self._over, []
        over = list(self._written)
        self._has_paused = False
        if not over:
            return
        # Rows are locked in the order of their ids, as receipts lock them.
        over.sort(key=lambda pair: (pair[0].month, pair[0].id))
        settled = [_settled(row, outcome) for row, outcome in over if outcome.verdict in _RANK]
        messages.settle(conn, now, settled)
        back = [
            (row, *self._put_back(conn, now, row, outcome)) for row, outcome in over if outcome.verdict not in _RANK
        ]
        messages.requeue(conn, back)
        batches.reopen_for(conn, [(row.batch_id, row.route, row.id, until) for row, until, _ in back if row.batch_id])
        for row, outcome in over:
            if outcome.opted_out:
                routes.suppress(conn, row.number_id, "route", "carrier", now, self._route)
        if any(outcome.verdict is Verdict.ACCEPTED for _, outcome in over):
            self._heal(conn, now)

    def _put_back(
        self, conn: Connection, now: datetime, row: Claimed, outcome: Outcome
    ) -> tuple[datetime | None, str | None]:
        """When the row may be tried again, or why it may not."""
        if outcome.verdict is Verdict.NOT_SENT:
            return now + rules.wait_before_retry(outcome, row.attempt), None
        reason = rules.reason_of(outcome)
        self._may_be_suspect = True
        if outcome.at_once or routes.suspect(conn, self._route, row.number_id) >= rules.SUSPECTS:
            # Many of one window say the same: the first pauses, and is told of.
            if not self._has_paused and routes.pause(conn, self._route, reason, now):
                log.error("route %s is paused: %s; its messages wait or leave by another", self._route, reason)
                audit.record(conn, now, "worker", "pause route", f"route:{self._route}", reason=reason)
            self._has_paused = True
            return None, None
        return now + _SUSPECT_REST, reason if row.attempt >= rules.TRIES else None

    def _heal(self, conn: Connection, now: datetime) -> None:
        if self._may_be_suspect:
            self._may_be_suspect = False
            if routes.clear(conn, self._route):
                audit.record(conn, now, "worker", "resume route", f"route:{self._route}")


def _settled(row: Claimed, outcome: Outcome) -> Settled:
    return Settled(
        month=row.month,
        message_id=row.id,
        attempt=row.attempt,
        number_id=row.number_id,
        route=row.route,
        rank=_RANK[outcome.verdict],
        provider_id=outcome.provider_id,
        code=rules.reason_of(outcome) if outcome.verdict is not Verdict.ACCEPTED else outcome.code,
        words=outcome.text,
        parts=outcome.parts,
        cost=outcome.cost,
        claimed_at=row.claimed_at,
    )
