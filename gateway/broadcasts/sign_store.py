"""The table of signatures under texts that speak of an election."""

from datetime import datetime

from gateway.db import Connection, statement

_ADD = statement("""
    INSERT INTO broadcast_signatures (broadcast_id, texts_hash, official_id, at)
    VALUES (:broadcast_id, :texts_hash, :official_id, :now) ON CONFLICT DO NOTHING
""")
_IS_SIGNED = statement("""
    SELECT EXISTS (SELECT 1 FROM broadcast_signatures WHERE broadcast_id = :broadcast_id AND texts_hash = :texts_hash)
""")


def add(conn: Connection, broadcast_id: int, texts_hash: str, official_id: int, now: datetime) -> bool:
    """Keep a signature; False where these texts have one already."""
    values = {"broadcast_id": broadcast_id, "texts_hash": texts_hash, "official_id": official_id, "now": now}
    return bool(conn.execute(_ADD, values).rowcount)


def is_signed(conn: Connection, broadcast_id: int, texts_hash: str) -> bool:
    """Whether these texts of the broadcast were signed."""
    return bool(conn.execute(_IS_SIGNED, {"broadcast_id": broadcast_id, "texts_hash": texts_hash}).scalar_one())
