"""How far a batch is: counts, reasons, operators and the pace of the last minute, all of one moment."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.db import Connection, statement
from gateway.kernel.operators import PREFIX, operator_of
from gateway.outbox.rules import STATUSES
from gateway.outbox.store.batches import Batch

PACE = timedelta(minutes=1)

# One statement sees one moment, so that failures by reason and by operator sum to the same.
_LOOK = statement("""
    SELECT status, CASE WHEN status IN ('failed', 'skipped') THEN coalesce(reason, 'unknown') ELSE '' END AS reason,
           NULL AS prefix, count(*) AS n, count(*) FILTER (WHERE resent OR resent_from IS NOT NULL) AS again,
           count(*) FILTER (WHERE claimed_at > :since AND status NOT IN ('queued', 'skipped')) AS lately,
           min(claimed_at) FILTER (WHERE claimed_at > :since AND status NOT IN ('queued', 'skipped')) AS first
    FROM messages WHERE month = :month AND batch_id = :batch_id GROUP BY 1, 2
    UNION ALL
    SELECT 'failed', '', left(n.prefix, :signs), count(*), 0, 0, NULL
    FROM messages m JOIN numbers n ON n.id = m.number_id
    WHERE m.month = :month AND m.batch_id = :batch_id AND m.status = 'failed' GROUP BY 3
""")


@dataclass
class Progress:
    """Counts by status; failed by reason and by operator, skipped by reason; `again`: sent once more, an emergency in doubt
    by itself, anything else because a person asked for it; `lately`: sends begun since `first`.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    failures: dict[str, int] = field(default_factory=dict)
    by_operator: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    again: int = 0
    lately: int = 0
    first: datetime | None = None

    @property
    def left(self) -> int:
        """Messages that still wait, or are on their way to a company."""
        return self.counts["queued"] + self.counts["sending"]


def look(conn: Connection, batch: Batch, now: datetime) -> Progress:
    """How far it is now; the pace is that of the minute before."""
    values = {"month": batch.month, "batch_id": batch.id, "since": now - PACE, "signs": PREFIX}
    seen = Progress()
    for status, reason, prefix, n, again, lately, first in conn.execute(_LOOK, values):
        if prefix is not None:
            operator = operator_of(prefix)
            seen.by_operator[operator] = seen.by_operator.get(operator, 0) + n
            continue
        seen.counts[status] += n
        seen.again += again
        seen.lately += lately
        seen.first = min(filter(None, (seen.first, first)), default=None)
        if status == "failed":
            seen.failures[reason] = n
        elif status == "skipped":
            seen.skipped[reason] = n
    return seen
