"""Who got an item by SMS and whether it was of use, and what nobody found."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement

_READ = statement("""
    INSERT INTO item_readers (item_id, number_id, at) SELECT id, :number_id, :now FROM items WHERE code = :code
    ON CONFLICT (item_id, number_id) DO UPDATE SET at = excluded.at
""")
_USEFUL = statement("""
    UPDATE item_readers r SET is_useful = :is_useful FROM items i
    WHERE i.id = r.item_id AND i.code = :code AND r.number_id = :number_id
""")
_OPINIONS = statement("""
    SELECT i.code, count(*) FILTER (WHERE r.is_useful), count(*) FILTER (WHERE NOT r.is_useful), count(*)
    FROM items i JOIN item_readers r ON r.item_id = i.id WHERE i.id = ANY(:ids) GROUP BY i.code
""")
# Whoever is told becomes a reader of the correction, so that a further one reaches them too.
_TAKE = statement("""
    WITH next AS (
        SELECT number_id FROM item_readers WHERE item_id = :old AND told_id IS DISTINCT FROM :new
        ORDER BY number_id LIMIT :most FOR UPDATE),
    marked AS (
        UPDATE item_readers r SET told_id = :new FROM next n WHERE r.item_id = :old AND r.number_id = n.number_id
        RETURNING r.number_id, r.at)
    INSERT INTO item_readers (item_id, number_id, at) SELECT :new, number_id, at FROM marked
    ON CONFLICT (item_id, number_id) DO UPDATE SET at = item_readers.at RETURNING number_id, at
""")
_MISS = statement("""
    INSERT INTO item_misses (cause, words, topic, area, at) VALUES (:cause, :words, :topic, :area, :now)
    ON CONFLICT (cause) DO NOTHING
""")
_MISSES = statement("""
    SELECT words, topic, area, count(*) AS times, max(at) AS last FROM item_misses
    WHERE at > :since AND (area = '' OR area = :area OR starts_with(area, :area || '.'))
    GROUP BY words, topic, area ORDER BY times DESC, last DESC LIMIT :most
""")
_DROP_MISSES = statement("DELETE FROM item_misses WHERE at <= :before")
_FORGET = statement("DELETE FROM item_readers WHERE number_id = :number_id")
_ABOUT = statement("""
    SELECT i.code, r.at, r.is_useful FROM item_readers r JOIN items i ON i.id = r.item_id
    WHERE r.number_id = :number_id ORDER BY r.at
""")


@dataclass(frozen=True, slots=True)
class Miss:
    """What people looked for in vain: words as they were compared, topic and area where they named one."""

    words: str
    topic: str
    area: str
    times: int
    last: datetime


def read(conn: Connection, code: str, number_id: int, now: datetime) -> None:
    """Keep that an item goes to this number by SMS."""
    conn.execute(_READ, {"code": code, "number_id": number_id, "now": now})


def judge(conn: Connection, code: str, number_id: int, *, is_useful: bool) -> None:
    """Keep whether it was of use to them."""
    conn.execute(_USEFUL, {"code": code, "number_id": number_id, "is_useful": is_useful})


def opinions(conn: Connection, item_ids: list[int]) -> dict[str, tuple[int, int, int]]:
    """By code: to how many it was useful, to how many not, and how many got it by SMS."""
    return {code: (yes, no, every) for code, yes, no, every in conn.execute(_OPINIONS, {"ids": item_ids})}


def take(conn: Connection, old: int, new: int, most: int) -> dict[int, datetime]:
    """Mark the next readers of an item as told of its correction, to be told in the same transaction: when they read it."""
    return {row.number_id: row.at for row in conn.execute(_TAKE, {"old": old, "new": new, "most": most})}


def miss(conn: Connection, cause: str, words: str, topic: str, area: str, now: datetime) -> None:
    """Keep what was looked for in vain, once a cause, and not by whom."""
    conn.execute(_MISS, {"cause": cause, "words": words, "topic": topic, "area": area, "now": now})


def misses(conn: Connection, area: str, since: datetime, most: int) -> list[Miss]:
    """What was looked for in vain since then in an area, the most frequent first."""
    return [Miss(*row) for row in conn.execute(_MISSES, {"area": area, "since": since, "most": most})]


def drop_misses(conn: Connection, before: datetime) -> None:
    """Forget old ones."""
    conn.execute(_DROP_MISSES, {"before": before})


def forget(conn: Connection, number_id: int) -> None:
    """Drop what a person got and said of it."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """Which items this person got by SMS, and whether they were of use."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
