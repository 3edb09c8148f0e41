"""Keep the ledger's house: wake lanes that have work, finish batches, match late receipts, open the months to come."""

from datetime import timedelta

from gateway.db import statement
from gateway.kernel.calendar import quiet_until
from gateway.outbox.service import doubt
from gateway.outbox.service.post import quiet
from gateway.outbox.store import batches, messages, receipts
from gateway.runtime import Runtime
from gateway.state import queue

_OPEN_MONTHS = statement("SELECT open_months(CAST(:upto AS date))")


def wake_lanes(rt: Runtime) -> set[str]:
    """Wake every lane for which SQL has work, whatever became of the jobs that should have done it."""
    now = rt.now()
    is_quiet = quiet_until(now, quiet(rt)) is not None
    waiting = set()
    for lane in queue.LANES:
        with rt.engine.begin() as conn:
            has_work = messages.routes_waiting(conn, lane, now) or batches.routes_waiting(
                conn, lane, now, is_quiet=is_quiet
            )
        if has_work or doubt.has_doubts(rt, lane):
            waiting.add(lane)
            queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)
    return waiting


def finish(rt: Runtime) -> list[int]:
    """Finish batches that have nothing on its way any more; reopen chunks that were left too early."""
    with rt.engine.begin() as conn:
        batches.reopen(conn)
        return batches.finish(conn, rt.now())


def match_receipts(rt: Runtime) -> int:
    """Look again at receipts that came before their send was recorded, and drop those over 48 hours old."""
    now = rt.now()
    with rt.engine.begin() as conn:
        matched = receipts.retry(conn)
        receipts.drop_old(conn, now)
    return matched + doubt.prove(rt, now)


def open_months(rt: Runtime) -> None:
    """See to it that the next three months have their partitions."""
    with rt.engine.begin() as conn:
        conn.execute(_OPEN_MONTHS, {"upto": (rt.now() + timedelta(days=93)).date()})
