"""The table of who had which messages of a broadcast sent again."""

from datetime import datetime

from gateway.db import Connection, statement

_LAST = statement("""
    SELECT resent FROM broadcast_resends WHERE broadcast_id = :id AND kind = :kind AND at > :since
    ORDER BY number DESC LIMIT 1
""")
_ADD = statement("""
    INSERT INTO broadcast_resends (broadcast_id, number, kind, official_id, resent, at)
    SELECT :id, coalesce(max(number), 0) + 1, :kind, :official_id, :resent, :now
    FROM broadcast_resends WHERE broadcast_id = :id
""")


def since(conn: Connection, broadcast_id: int, kind: str, moment: datetime) -> int | None:
    """How many were sent again by the last order of this kind after `moment`; None where there was none."""
    found: int | None = conn.execute(_LAST, {"id": broadcast_id, "kind": kind, "since": moment}).scalar()
    return found


def add(conn: Connection, broadcast_id: int, kind: str, official_id: int, resent: int, now: datetime) -> None:
    """Keep an order. Its number is the next of the broadcast, whose row the caller holds."""
    values = {"id": broadcast_id, "kind": kind, "official_id": official_id, "resent": resent, "now": now}
    conn.execute(_ADD, values)
