"""The tables of KIM organisations: their lives, names, areas and boards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from gateway.db import Connection, rows, statement
from gateway.kim.rules import Organisation, Seat, Span

_TURN = statement("SELECT pg_advisory_xact_lock(6016)")
_ADD = statement("INSERT INTO kim (since, created_at) VALUES (:since, :now) RETURNING id")
_NAME = statement("""
    INSERT INTO kim_names (kim_id, since, name) VALUES (:id, :since, :name)
    ON CONFLICT (kim_id, since) DO UPDATE SET name = excluded.name
""")
_AREAS = statement("""
    INSERT INTO kim_areas (kim_id, area, since) SELECT :id, area, :since FROM unnest(CAST(:areas AS text[])) AS area
""")
_SERVED = statement("""
    SELECT area, kim_id FROM kim_areas
    WHERE area = ANY(:areas) AND (until IS NULL OR until > :since) ORDER BY area, since
""")
_END_AREAS = statement("""
    UPDATE kim_areas SET until = :on WHERE kim_id = :id AND (until IS NULL OR until > :on) RETURNING area
""")
_END_SEATS = statement("UPDATE kim_seats SET until = :on WHERE kim_id = :id AND (until IS NULL OR until > :on)")
_END = statement("UPDATE kim SET until = :on, merged_into = :into WHERE id = :id")
_LAST_SINCE = statement("""
    SELECT max(since) FROM (
        SELECT since FROM kim WHERE id = ANY(:ids) UNION ALL SELECT since FROM kim_names WHERE kim_id = :id
        UNION ALL SELECT since FROM kim_areas WHERE kim_id = :id UNION ALL SELECT since FROM kim_seats WHERE kim_id = :id
    ) AS dated
""")
_SEAT = statement("""
    INSERT INTO kim_seats (kim_id, official_id, seat, since, until) VALUES (:id, :official_id, :seat, :since, :until)
""")
_LEAVE = statement("""
    UPDATE kim_seats SET until = greatest(since, CAST(:on AS date))
    WHERE kim_id = :id AND official_id = :official_id AND (until IS NULL OR until > :on)
""")
_ALL = statement("SELECT id, since, until, merged_into FROM kim ORDER BY id")
_ALL_NAMES = statement("SELECT kim_id, since, name FROM kim_names ORDER BY kim_id, since")
_ALL_AREAS = statement("SELECT kim_id, area, since, until FROM kim_areas ORDER BY kim_id, area, since")
_ALL_SEATS = statement("""
    SELECT s.kim_id, s.official_id, o.name, s.seat, s.since, s.until
    FROM kim_seats s JOIN officials o ON o.id = s.official_id ORDER BY s.kim_id, s.since, s.id
""")


def take_turn(conn: Connection) -> None:
    """Let changes take turns, so that no two find the same area free."""
    conn.execute(_TURN)


def add(conn: Connection, name: str, areas: Iterable[str], since: date, now: datetime) -> int:
    """Write a KIM and give its id."""
    id = int(conn.execute(_ADD, {"since": since, "now": now}).scalar_one())
    rename(conn, id, name, since)
    serve(conn, id, areas, since)
    return id


def rename(conn: Connection, id: int, name: str, since: date) -> None:
    """Give it a name from a day on."""
    conn.execute(_NAME, {"id": id, "name": name, "since": since})


def serve(conn: Connection, id: int, areas: Iterable[str], since: date) -> None:
    """Let it serve areas from a day on."""
    conn.execute(_AREAS, {"id": id, "areas": list(areas), "since": since})


def served(conn: Connection, areas: Iterable[str], since: date) -> dict[str, int]:
    """Which of these areas have a KIM at a day or later, and which."""
    found = conn.execute(_SERVED, {"areas": list(areas), "since": since})
    return {row.area: row.kim_id for row in found}


def end(conn: Connection, id: int, into: int, on: date) -> list[str]:
    """End a KIM at a day with its board, merged into another; the areas that it served until then."""
    conn.execute(_END_SEATS, {"id": id, "on": on})
    areas = sorted(set(conn.execute(_END_AREAS, {"id": id, "on": on}).scalars()))
    conn.execute(_END, {"id": id, "into": into, "on": on})
    return areas


def newest_day(conn: Connection, id: int, into: int) -> date:
    """The last day on which anything of the first begins, or the second does."""
    return conn.execute(_LAST_SINCE, {"id": id, "ids": [id, into]}).scalar_one()  # type: ignore[no-any-return]


def seat(conn: Connection, id: int, official_id: int, name: str, term: Span) -> None:
    """Give an official a place on its board for a term."""
    conn.execute(_SEAT, {"id": id, "official_id": official_id, "seat": name, "since": term.since, "until": term.until})


def leave(conn: Connection, id: int, official_id: int, on: date) -> bool:
    """End every term of an official on its board; False where there was none to end."""
    return bool(conn.execute(_LEAVE, {"id": id, "official_id": official_id, "on": on}).rowcount)


def every(conn: Connection) -> list[Organisation]:
    """All that ever were, with everything dated about them: a city has a few dozen."""
    names: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    areas: defaultdict[int, list[tuple[str, Span]]] = defaultdict(list)
    seats: defaultdict[int, list[Seat]] = defaultdict(list)
    for id, since, name in rows(conn, _ALL_NAMES):
        names[id].append((since, name))
    for id, area, since, until in rows(conn, _ALL_AREAS):
        areas[id].append((area, Span(since, until)))
    for id, official_id, official, place, since, until in rows(conn, _ALL_SEATS):
        seats[id].append(Seat(official_id, official, place, Span(since, until)))
    found: Sequence[tuple[int, date, date | None, int | None]] = [tuple(row) for row in rows(conn, _ALL)]
    return [
        Organisation(id, Span(since, until), into, names[id], areas[id], seats[id]) for id, since, until, into in found
    ]
