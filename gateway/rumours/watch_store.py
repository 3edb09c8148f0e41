"""What time asks of rumours, as statements: who is to be told, which claims are due, which spread."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.rumours.store import Rumour

_COLUMNS = ", ".join(f"r.{name}" for name in Rumour.__slots__)
_TELLING = statement(f"""
    SELECT {_COLUMNS} FROM rumours r WHERE is_telling ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
""")
_TAKE = statement("""
    WITH next AS (
        SELECT number_id, told FROM rumour_askers WHERE rumour_id = :id AND told < :version
        ORDER BY told, number_id LIMIT :most FOR UPDATE)
    UPDATE rumour_askers a SET told = :version FROM next n
    WHERE a.rumour_id = :id AND a.number_id = n.number_id RETURNING a.number_id, a.at, n.told
""")
_TOLD = statement("UPDATE rumours SET is_telling = false WHERE id = :id")
# A claim that somebody holds is left to the next tick, so that the clock never waits for two desks that wait for it.
_HELD_BY_NOBODY = "FOR NO KEY UPDATE SKIP LOCKED"
_FIRST_WORD = statement(f"""
    UPDATE rumours SET first_word_at = :now, is_telling = true
    WHERE id IN (SELECT id FROM rumours WHERE state = 'open' AND first_word_at IS NULL AND due_at <= :now {_HELD_BY_NOBODY})
""")
_WARN = statement(f"""
    UPDATE rumours r SET warned_at = :now
    WHERE id IN (SELECT id FROM rumours WHERE state = 'open' AND warned_at IS NULL AND due_at <= :until {_HELD_BY_NOBODY})
    RETURNING {_COLUMNS}
""")
_ALARM = statement(f"""
    UPDATE rumours r SET alarmed_at = :now
    WHERE id IN (SELECT id FROM rumours WHERE is_spreading AND alarmed_at IS NULL {_HELD_BY_NOBODY}) RETURNING {_COLUMNS}
""")


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody to be told: when they asked last, and the version they were told before (0 or less: none)."""

    number_id: int
    at: datetime
    told: int


def next_telling(conn: Connection) -> Rumour | None:
    """A claim whose askers are not all told yet, held; None where there is none, or another clock is at it."""
    row = conn.execute(_TELLING).first()
    return Rumour(*row) if row else None


def take(conn: Connection, rumour: Rumour, most: int) -> list[Asker]:
    """Mark the next of its askers as told and give them, to be told in the same transaction."""
    found = conn.execute(_TAKE, {"id": rumour.id, "version": rumour.version, "most": most})
    return [Asker(*row) for row in found]


def told(conn: Connection, rumour_id: int) -> None:
    """Everyone was told; the caller holds the claim."""
    conn.execute(_TOLD, {"id": rumour_id})


def give_first_word(conn: Connection, now: datetime) -> int:
    """Have those told that it is still being checked whose claims are due; how many claims that are."""
    return int(conn.execute(_FIRST_WORD, {"now": now}).rowcount)


def warn(conn: Connection, now: datetime, until: datetime) -> list[Rumour]:
    """Claims that are due by `until`, each once."""
    return [Rumour(*row) for row in conn.execute(_WARN, {"now": now, "until": until})]


def alarm(conn: Connection, now: datetime) -> list[Rumour]:
    """Claims that spread, each once."""
    return [Rumour(*row) for row in conn.execute(_ALARM, {"now": now})]
