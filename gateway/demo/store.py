"""What only the demo asks of the tables: whether it is there, and which accounts are its own."""

from gateway.db import Connection, statement

# Two loads at once take turns; the lock ends with the transaction.
_LOCK = statement("SELECT pg_advisory_xact_lock(6010)")
_COUNT = statement("SELECT count(*) FROM residents WHERE is_demo")
_OFFICIALS = statement("SELECT number_id, id, disabled_at IS NULL FROM officials WHERE is_demo")


def lock(conn: Connection) -> None:
    """Hold the demo's lock until the transaction ends."""
    conn.execute(_LOCK)


def count_residents(conn: Connection) -> int:
    """How many residents of the demo there are."""
    return int(conn.execute(_COUNT).scalar_one())


def officials(conn: Connection) -> dict[int, tuple[int, bool]]:
    """Accounts of the demo by number id: their id, and whether they are active."""
    return {number_id: (id, is_active) for number_id, id, is_active in conn.execute(_OFFICIALS)}
