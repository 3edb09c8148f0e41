"""Whom a batch was sent to, one by one, in the order of the numbers' ids: a part at a time, however many there are."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.outbox.store.batches import Batch


@dataclass(frozen=True, slots=True)
class Recipient:
    """One message. `tries`: attempts begun; `parts` of the last one; the cipher is None once the person is erased."""

    number_id: int
    status: str
    reason: str | None
    language: str
    route: str
    tries: int
    at: datetime | None
    prefix: str
    cipher: bytes | None
    key_no: int
    parts: int | None


# Cut first and joined after, along the unique index of batch and number: a part costs the same wherever it begins.
_PAGE = statement("""
    SELECT m.number_id, m.status, m.reason, m.language, m.route, m.attempt, m.claimed_at, n.prefix, n.cipher, n.key_no,
           a.parts
    FROM (SELECT month, id, number_id, status, reason, language, route, attempt, claimed_at FROM messages
          WHERE month = :month AND batch_id = :batch_id AND number_id > :after
            AND (CAST(:status AS text) IS NULL OR status = :status)
          ORDER BY number_id LIMIT :most) AS m
    JOIN numbers n ON n.id = m.number_id
    LEFT JOIN attempts a ON a.month = m.month AND a.message_id = m.id AND a.number = m.attempt
    ORDER BY m.number_id
""")


def page(conn: Connection, batch: Batch, after: int, most: int, status: str | None = None) -> list[Recipient]:
    """Up to `most` recipients whose number's id is above `after`; with a `status`, those alone whose message has it."""
    values = {"month": batch.month, "batch_id": batch.id, "after": after, "most": most, "status": status}
    return [Recipient(*row) for row in conn.execute(_PAGE, values)]
