"""The list of people who asked to be telephoned."""

from datetime import datetime

from gateway.db import Connection, statement

_ASK = statement("""
    INSERT INTO call_backs (number_id, asked_at) VALUES (:number_id, :now)
    ON CONFLICT (number_id) WHERE done_at IS NULL DO NOTHING RETURNING id
""")
_FORGET = statement("DELETE FROM call_backs WHERE number_id = :number_id")
_ABOUT = statement("SELECT asked_at, done_at FROM call_backs WHERE number_id = :number_id ORDER BY id")


def ask(conn: Connection, number_id: int, now: datetime) -> bool:
    """Put a number on the list; False where it waits there already."""
    return conn.execute(_ASK, {"number_id": number_id, "now": now}).one_or_none() is not None


def forget(conn: Connection, number_id: int) -> None:
    """Take a person off the list."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """When this person asked to be telephoned."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
