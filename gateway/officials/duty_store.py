"""The table of the duty roster."""

from collections.abc import Sequence

from gateway.db import Connection, statement
from gateway.officials.duty import Duty

_ALL = statement("""
    SELECT d.official_id, d.place, d.begins, d.ends, d.weekdays, d.first_day, d.last_day
    FROM duties d JOIN officials o ON o.id = d.official_id WHERE o.disabled_at IS NULL ORDER BY d.place, d.id
""")
_ADD = statement("""
    INSERT INTO duties (official_id, place, weekdays, begins, ends, first_day, last_day)
    VALUES (:official_id, :place, :weekdays, :begins, :ends, :first_day, :last_day)
""")
_CLEAR = statement("DELETE FROM duties WHERE official_id = :id")
_CLEAR_ALL = statement("DELETE FROM duties")


def every(conn: Connection) -> list[Duty]:
    """All shifts of active officials, first places first."""
    return [
        Duty(row.official_id, row.place, row.begins, row.ends, tuple(row.weekdays), row.first_day, row.last_day)
        for row in conn.execute(_ALL)
    ]


def add(conn: Connection, duties: Sequence[Duty]) -> None:
    """Write shifts."""
    rows = [
        {"official_id": duty.official_id, "place": duty.place, "weekdays": list(duty.weekdays), "begins": duty.begins,
         "ends": duty.ends, "first_day": duty.first_day, "last_day": duty.last_day}
        for duty in duties
    ]  # fmt: skip
    if rows:
        conn.execute(_ADD, rows)


def clear(conn: Connection, official_id: int | None = None) -> None:
    """Drop the shifts of one official, or all."""
    if official_id is None:
        conn.execute(_CLEAR_ALL)
    else:
        conn.execute(_CLEAR, {"id": official_id})
