"""Groups of residents: who is in one stands in their rows, what is known of the group itself in a table of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Group:
    """A group, how many residents of some area are in it, and whether drills may be sent to it."""

    name: str
    people: int
    is_test: bool


_IN_AREA = "(r.area = :area OR starts_with(r.area, :area || '.'))"
_EVERY = statement(f"""
    SELECT name, coalesce(c.people, 0) AS people, coalesce(g.is_test, false) AS is_test
    FROM (SELECT member.name, count(*) AS people FROM residents r CROSS JOIN unnest(r.groups) AS member(name)
          WHERE {_IN_AREA} GROUP BY 1) AS c
    FULL JOIN resident_groups g USING (name) ORDER BY name
""")
_ADD = statement(f"""
    UPDATE residents r SET groups = array_append(r.groups, :name), changed_at = :now
    WHERE r.number_id = ANY(CAST(:ids AS bigint[])) AND {_IN_AREA} AND NOT (:name = ANY(r.groups))
""")
_REMOVE = statement(f"""
    UPDATE residents r SET groups = array_remove(r.groups, :name), changed_at = :now
    WHERE r.number_id = ANY(CAST(:ids AS bigint[])) AND {_IN_AREA} AND :name = ANY(r.groups)
""")
_KNOWN = statement(
    f"SELECT r.number_id FROM residents r WHERE r.number_id = ANY(CAST(:ids AS bigint[])) AND {_IN_AREA}"
)
_FLAG = statement("""
    INSERT INTO resident_groups (name, is_test, changed_at) VALUES (:name, :is_test, :now)
    ON CONFLICT (name) DO UPDATE SET is_test = excluded.is_test, changed_at = excluded.changed_at
""")
_NOT_TESTS = statement("""
    SELECT name FROM unnest(CAST(:names AS text[])) AS given(name)
    WHERE NOT EXISTS (SELECT 1 FROM resident_groups g WHERE g.name = given.name AND g.is_test) ORDER BY name
""")


def every(conn: Connection, area: str) -> list[Group]:
    """All groups, with the residents of this area (a Kemendagri code and what lies below it) counted."""
    return [Group(*row) for row in conn.execute(_EVERY, {"area": area})]


def add(conn: Connection, name: str, ids: Sequence[int], area: str, now: datetime) -> int:
    """Put residents of this area, by number id, into a group; how many were not in it."""
    return conn.execute(_ADD, {"name": name, "ids": list(ids), "area": area, "now": now}).rowcount


def remove(conn: Connection, name: str, ids: Sequence[int], area: str, now: datetime) -> int:
    """Take residents of this area out of a group; how many were in it."""
    return conn.execute(_REMOVE, {"name": name, "ids": list(ids), "area": area, "now": now}).rowcount


def known(conn: Connection, ids: Sequence[int], area: str) -> set[int]:
    """Which of these number ids are residents of this area."""
    return set(conn.execute(_KNOWN, {"ids": list(ids), "area": area}).scalars())


def flag(conn: Connection, name: str, now: datetime, *, is_test: bool) -> None:
    """Say whether drills may be sent to a group."""
    conn.execute(_FLAG, {"name": name, "is_test": is_test, "now": now})


def not_tests(conn: Connection, names: Sequence[str]) -> list[str]:
    """To which of these groups no drill may be sent."""
    return list(conn.execute(_NOT_TESTS, {"names": list(names)}).scalars())
