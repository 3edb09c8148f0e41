"""The table of answers to polls, and which polls are open, for one number or for the clock."""

from dataclasses import dataclass
from datetime import datetime

from gateway.broadcasts.polls import Poll
from gateway.db import Connection, statement
from gateway.outbox.store.batches import Fragment

# Whoever answers has got it, whatever the reports say; only what never left asked nobody.
_ASKED = statement("""
    SELECT b.id, b.number, b.question, m.claimed_at, a.choice
    FROM broadcasts b
    JOIN batches t ON t.id = b.batch_id
    JOIN messages m ON m.month = t.month AND m.batch_id = t.id AND m.number_id = :number_id
    LEFT JOIN poll_answers a ON a.broadcast_id = b.id AND a.number_id = :number_id
    WHERE b.question IS NOT NULL AND CAST(b.question ->> 'closes_at' AS timestamptz) > :since AND m.attempt > 0
    ORDER BY b.id DESC
""")
# The broadcast's row is held against whoever closes the poll at this moment: no answer comes between count and close.
_ANSWER = statement("""
    INSERT INTO poll_answers (broadcast_id, number_id, choice, language, at)
    SELECT id, :number_id, :choice, :language, :now FROM broadcasts
    WHERE id = :id AND question IS NOT NULL AND results_at IS NULL
      AND CAST(question ->> 'closes_at' AS timestamptz) > :now
    FOR SHARE
    ON CONFLICT DO NOTHING RETURNING choice
""")
_COUNT = statement("SELECT choice, count(*) AS n FROM poll_answers WHERE broadcast_id = :id GROUP BY 1")
_CLOSED = statement("""
    SELECT id FROM broadcasts
    WHERE question IS NOT NULL AND results_at IS NULL AND batch_id IS NOT NULL
      AND CAST(question ->> 'closes_at' AS timestamptz) <= :now
    ORDER BY id
""")
_RESULTS_AT = statement("SELECT results_at FROM broadcasts WHERE id = :id")
_CLOSE = statement("UPDATE broadcasts SET results_at = :now WHERE id = :id AND results_at IS NULL RETURNING id")
_ABOUT = statement("SELECT broadcast_id, choice, at FROM poll_answers WHERE number_id = :number_id ORDER BY at")


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll that reached a number, and how it was answered, if it was."""

    broadcast_id: int
    number: int
    poll: Poll
    at: datetime
    choice: str | None


def asked(conn: Connection, number_id: int, since: datetime) -> list[Asked]:
    """The polls that this number was sent and that close, or closed, after `since`; the newest first."""
    found = conn.execute(_ASKED, {"number_id": number_id, "since": since})
    return [Asked(row.id, row.number, Poll.of(row.question), row.claimed_at, row.choice) for row in found]  # type: ignore[arg-type]


def answer(conn: Connection, broadcast_id: int, number_id: int, choice: str, language: str, now: datetime) -> bool:
    """Record an answer; False where the number has given one, or the poll is closed."""
    values = {"id": broadcast_id, "number_id": number_id, "choice": choice, "language": language, "now": now}
    return conn.execute(_ANSWER, values).one_or_none() is not None


def count(conn: Connection, broadcast_id: int) -> dict[str, int]:
    """Answers by digit."""
    return {row.choice: row.n for row in conn.execute(_COUNT, {"id": broadcast_id})}


def closed(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts whose poll is over and whose result nobody has been sent."""
    return list(conn.execute(_CLOSED, {"now": now}).scalars())


def results_at(conn: Connection, broadcast_id: int) -> datetime | None:
    """When the result was sent to those who answered."""
    found: datetime | None = conn.execute(_RESULTS_AT, {"id": broadcast_id}).scalar()
    return found


def close(conn: Connection, broadcast_id: int, now: datetime) -> bool:
    """Take no more answers; False where that was done before."""
    return conn.execute(_CLOSE, {"id": broadcast_id, "now": now}).one_or_none() is not None


def answerers(broadcast_id: int) -> Fragment:
    """The SELECT of numbers that answered, each in the language it was spoken to."""
    sql = "SELECT number_id, language FROM poll_answers WHERE broadcast_id = :poll"
    return Fragment(sql, {"poll": broadcast_id})


def forget(conn: Connection, number_id: int) -> None:
    """Nothing: an answer counts on, under an id that leads to nobody once the number's row is blanked."""


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What this person answered, and when."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
