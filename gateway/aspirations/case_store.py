"""The SQL of casework: a ticket held and moved on, whom its news goes to, its people when it is merged, and the lists of desks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gateway.aspirations.rules import Course, State
from gateway.aspirations.store import COLUMNS, Aspiration, read_row
from gateway.db import Connection, statement

# In the order of ids, so that two merges of the same tickets wait for one another instead of for ever.
_LOCK = statement(f"SELECT {COLUMNS} FROM aspirations WHERE ticket = ANY(:tickets) ORDER BY id FOR UPDATE")
_BY_IDS = statement(f"SELECT {COLUMNS} FROM aspirations WHERE id = ANY(:ids) ORDER BY id")
_ADVANCE = statement("""
    UPDATE aspirations SET state = :state, office = :office, held_by = :held_by, merged_into = :merged_into,
        clock = :clock, clock_from = :start, clock_days = :days, due = :due, is_due_provisional = :is_provisional,
        reminded = :reminded, waits_until = :waits_until, changed_at = :changed_at, escalated_at = :escalated_at
    WHERE id = :id
""")
_WAIT = statement("UPDATE aspirations SET waits_until = :until WHERE id = :id AND waits_until < :until")
_FOLLOWERS = statement("""
    SELECT aspiration_id, number_id FROM aspiration_supporters WHERE aspiration_id = ANY(:ids) ORDER BY number_id
""")
# Whoever reported the ticket that others are merged into stays its reporter.
_MERGE = statement("""
    INSERT INTO aspiration_supporters (aspiration_id, number_id, at)
    SELECT into_.id, people.number_id, :now
    FROM aspirations into_, (SELECT number_id FROM aspirations WHERE id = :id
                             UNION SELECT number_id FROM aspiration_supporters WHERE aspiration_id = :id) AS people
    WHERE into_.id = :into AND people.number_id IS DISTINCT FROM into_.number_id AND people.number_id IS NOT NULL
    ON CONFLICT DO NOTHING
""")
_NEWS = statement("""
    SELECT body FROM aspiration_events
    WHERE aspiration_id = :id AND starts_with(by, 'official:') AND body <> ''
      AND verb IN ('ask', 'reply', 'resolve', 'archive', 'decline', 'reopen')
    ORDER BY id DESC LIMIT 1
""")
_PLACE = "coalesce(a.area,'33.75')"
_AT_DESK = "a.state IN ('received', 'verifying', 'reopened')"
_AT_OFFICE = "a.office = :office AND a.state IN ('forwarded', 'in_progress', 'reopened')"
_IN_HAND = "held_by = :official_id AND state IN ('local', 'in_progress', 'reopened')"
_LATE = "a.due < :today"
# What is counted over many areas is not put in order, so that counting ends once there are enough.
_COUNTED = {
    "fresh": f"""SELECT id FROM aspirations a WHERE {_PLACE} = ANY(:places) AND {_AT_DESK}
                 UNION ALL SELECT id FROM aspirations a WHERE {_IN_HAND} AND state <> 'reopened'""",
    "late": f"SELECT id FROM aspirations a WHERE {_PLACE} = ANY(:places) AND {_LATE}",
}


def _in_places(condition: str, by: str, columns: str, most: int, end: str = "") -> str:
    """Part by part of the official's area, each along its index: no list grows with the tickets elsewhere.

    Written so that only an index that begins with the place gives the order: for a place without tickets PostgreSQL would
    otherwise walk through all of them. The limit stands in the text, since under a bound one it plans for a tenth of all.
    """
    outer = ", ".join(f"{column}{end}" for column in by.split())
    inner = f"{_PLACE}{end}, {outer}"
    return f"""
        SELECT found.* FROM unnest(CAST(:places AS text[])) AS p(place)
        CROSS JOIN LATERAL (SELECT {columns} FROM aspirations a
                            WHERE {_PLACE} >= p.place AND {_PLACE} <= p.place AND {condition}
                            ORDER BY {inner} LIMIT {int(most)}) AS found
        ORDER BY {outer} LIMIT {int(most)}
    """


def _listed(which: str, of_office: bool, most: int) -> str:
    """The SELECT of ids that are `fresh` or `late`, in order."""
    limit = f"LIMIT {int(most)}"
    match which, of_office:
        case "fresh", False:
            return f"""
                SELECT id FROM ({_in_places(_AT_DESK, "id", "id", most)}) AS desk
                UNION (SELECT id FROM aspirations a WHERE {_IN_HAND} ORDER BY id {limit}) ORDER BY id {limit}
            """
        case "late", False:
            return f"SELECT id FROM ({_in_places(_LATE, 'due id', 'id, due', most)}) AS late ORDER BY due, id"
        case "fresh", True:
            where = f"{_AT_OFFICE} AND {_PLACE} = ANY(:places)"
            return f"SELECT id FROM aspirations a WHERE {where} ORDER BY id {limit}"
        case _:
            where = f"{_AT_OFFICE} AND {_LATE} AND {_PLACE} = ANY(:places)"
            return f"SELECT id FROM aspirations a WHERE {where} ORDER BY due, id {limit}"


def lock(conn: Connection, *tickets: str) -> dict[str, Aspiration]:
    """Hold tickets to the end of the transaction, by their seven digits; those that are not there are left out."""
    rows = [read_row(row) for row in conn.execute(_LOCK, {"tickets": list(tickets)})]
    return {one.ticket: one for one in rows}


def by_ids(conn: Connection, ids: Iterable[int]) -> list[Aspiration]:
    """Several tickets, the oldest first."""
    return [read_row(row) for row in conn.execute(_BY_IDS, {"ids": list(ids)})]


def advance(
    conn: Connection,
    one: Aspiration,
    state: State,
    course: Course,
    changed_at: datetime,
    *,
    office: str | None,
    held_by: int | None,
    merged_into: int | None,
    escalated_at: datetime | None,
) -> None:
    """Write where a ticket that is held stands from now on."""
    values = {"id": one.id, "state": state, "office": office, "held_by": held_by, "merged_into": merged_into}
    values |= {name: getattr(course, name) for name in
               ("clock", "start", "days", "due", "is_provisional", "reminded", "waits_until")}  # fmt: skip
    conn.execute(_ADVANCE, {**values, "changed_at": changed_at, "escalated_at": escalated_at})


def wait(conn: Connection, aspiration_id: int, until: datetime) -> None:
    """Wait longer for the resident, who has just been heard."""
    conn.execute(_WAIT, {"id": aspiration_id, "until": until})


def followers(conn: Connection, ids: Iterable[int]) -> dict[int, list[int]]:
    """Number ids of the people behind tickets besides their reporters, by ticket."""
    found: dict[int, list[int]] = {}
    for aspiration_id, number_id in conn.execute(_FOLLOWERS, {"ids": list(ids)}):
        found.setdefault(aspiration_id, []).append(number_id)
    return found


def merge_people(conn: Connection, aspiration_id: int, into: int, now: datetime) -> None:
    """Make the reporter of a ticket and everyone behind it follow another."""
    conn.execute(_MERGE, {"id": aspiration_id, "into": into, "now": now})


def news(conn: Connection, aspiration_id: int) -> str:
    """What officials last wrote to the ticket's people; empty for nothing yet."""
    return conn.execute(_NEWS, {"id": aspiration_id}).scalar() or ""


def page(conn: Connection, places: Sequence[str], office: str | None, before: int, most: int) -> list[Aspiration]:
    """Tickets of these areas (and of one office, where one is named) with ids below `before`, newest first."""
    if office:
        sql = f"""
            SELECT {COLUMNS} FROM aspirations a WHERE office = :office AND {_PLACE} = ANY(:places) AND id < :before
            ORDER BY id DESC LIMIT {int(most)}
        """
    else:
        sql = _in_places("id < :before", "id", COLUMNS, most, " DESC")
    values = {"places": list(places), "office": office, "before": before}
    return [read_row(row) for row in conn.execute(statement(sql), values)]


def waiting(conn: Connection, which: str, places: Sequence[str], office: str | None, official_id: int, today: date,
            most: int) -> list[Aspiration]:  # fmt: skip
    """Tickets that are `fresh` (to be handled) or `late`, oldest first."""
    query = statement(_listed(which, office is not None, most))
    ids = list(conn.execute(query, _scope(places, office, official_id, today)).scalars())
    found = {one.id: one for one in by_ids(conn, ids)}
    return [found[id] for id in ids]


def count(conn: Connection, which: str, places: Sequence[str], office: str | None, official_id: int, today: date,
          most: int) -> int:  # fmt: skip
    """How many there are that `waiting` would list, `most` at most: nobody waits for the rest to be counted."""
    listed = _listed(which, True, most) if office else f"{_COUNTED[which]} LIMIT {int(most)}"
    query = statement(f"SELECT count(*) FROM ({listed}) AS counted")
    return int(conn.execute(query, _scope(places, office, official_id, today)).scalar_one())


def _scope(places: Sequence[str], office: str | None, official_id: int, today: date) -> dict[str, Any]:
    return {"places": list(places), "office": office, "official_id": official_id, "today": today}
