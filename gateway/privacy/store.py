"""The table of erasures, and the keyed hashes that are left of erased numbers."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement

_ASK = statement("""
    INSERT INTO erasures (number_id, cause, asked_at) VALUES (:number_id, :cause, :now)
    ON CONFLICT (number_id) WHERE done_at IS NULL DO NOTHING RETURNING id
""")
# The SMS that confirms it must have left and be settled, or have had a day: a blanked number cannot be written to.
_DUE = statement("""
    SELECT e.id, e.number_id, e.asked_at FROM erasures e
    WHERE e.done_at IS NULL AND (e.asked_at <= :patience OR NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.number_id = e.number_id AND m.batch_id IS NULL AND m.cause = e.cause
          AND m.status NOT IN ('delivered', 'failed', 'skipped')))
    ORDER BY e.id LIMIT :most
""")
_HOLD = statement("SELECT 1 FROM erasures WHERE id = :id AND done_at IS NULL FOR UPDATE SKIP LOCKED")
_DONE = statement("UPDATE erasures SET done_at = :now, outcome = :outcome WHERE id = :id")
_KEEP_HASH = statement("""
    INSERT INTO erased_hashes (hash, at) SELECT lookup, :now FROM numbers WHERE id = :number_id AND lookup IS NOT NULL
    ON CONFLICT DO NOTHING
""")
_ABOUT = statement("SELECT asked_at, done_at FROM erasures WHERE number_id = :number_id ORDER BY id")


@dataclass(frozen=True, slots=True)
class Erasure:
    """A number that is to be erased."""

    id: int
    number_id: int
    asked_at: datetime


def ask(conn: Connection, number_id: int, cause: str, now: datetime) -> bool:
    """Mark a number to be erased once the message of `cause` is settled; False where it is marked already."""
    return conn.execute(_ASK, {"number_id": number_id, "cause": cause, "now": now}).one_or_none() is not None


def due(conn: Connection, patience: datetime, most: int = 100) -> list[Erasure]:
    """Numbers whose confirming message is settled, or was asked for before `patience`."""
    return [Erasure(*row) for row in conn.execute(_DUE, {"patience": patience, "most": most})]


def hold(conn: Connection, erasure_id: int) -> bool:
    """Lock an erasure that is not done yet; False where another clock has it."""
    return conn.execute(_HOLD, {"id": erasure_id}).one_or_none() is not None


def done(conn: Connection, erasure_id: int, outcome: str, now: datetime) -> None:
    """`erased`, or `came back` where the person registered again in the meantime."""
    conn.execute(_DONE, {"id": erasure_id, "outcome": outcome, "now": now})


def keep_hash(conn: Connection, number_id: int, now: datetime) -> None:
    """Keep the number's keyed hash, so that no list registers it again."""
    conn.execute(_KEEP_HASH, {"number_id": number_id, "now": now})


def forget(conn: Connection, number_id: int) -> None:
    """Nothing: the row proves that and when we erased, under an id that leads to nobody."""


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """When this person asked to be erased."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
