"""The table of information items; only what is published and holds now is ever read for residents."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Item:
    """An item in one language. `area` is where it holds; the city's own concern everyone. office, budget, percent: of a
    project; corrects: the code of the item it took the place of."""

    code: str
    topic: str
    area: str
    title: str
    text: str
    source: str
    published: datetime
    until: datetime
    office: str | None = None
    budget: int | None = None
    percent: int | None = None
    corrects: str | None = None


_IN_LANGUAGE = "coalesce({0} ->> :language, {0} ->> 'id')"
_COLUMNS = f"""
    i.code, i.topic, i.area, {_IN_LANGUAGE.format("i.titles")} AS title, {_IN_LANGUAGE.format("i.texts")} AS text,
    i.source, i.valid_from AS published, i.valid_until AS until, i.office, i.budget, i.percent,
    (SELECT c.code FROM items c WHERE c.id = i.corrects_id) AS corrects
"""
# A quiz is asked for by KUIS, and stands in no list.
_LISTED = "i.quiz IS NULL"
_HOLDS = "i.state = 'published' AND i.valid_from <= :now AND i.valid_until > :now"
# An item for a kecamatan or the city concerns everyone below it; without an area only the city's own are shown.
_LIST = statement(f"""
    SELECT {_COLUMNS} FROM items i
    WHERE {_HOLDS} AND {_LISTED} AND (:topic = '' OR i.topic = :topic)
      AND (i.area = :area OR starts_with(:area, i.area || '.') OR (:area = '' AND i.area = '33.75'))
      AND NOT (:only_own AND i.area <> :area)
    ORDER BY (i.topic = 'alert') DESC, i.valid_from DESC, i.id DESC LIMIT :most
""")
# All words first, then the most of them; each as the beginning of a word, since Indonesian words grow at their ends.
_SEARCH = statement(f"""
    SELECT {_COLUMNS} FROM items i
    WHERE {_HOLDS} AND {_LISTED} AND i.words @@ to_tsquery('simple', :any) AND (:topic = '' OR i.topic = :topic)
      AND (i.area = :area OR starts_with(:area, i.area || '.') OR (:area = '' AND i.area = '33.75'))
    ORDER BY (i.words @@ to_tsquery('simple', :every)) DESC, ts_rank(i.words, to_tsquery('simple', :any)) DESC,
             i.valid_from DESC, i.id DESC LIMIT :most
""")
_BOARD = statement(f"""
    SELECT {_COLUMNS} FROM items i
    WHERE {_HOLDS} AND {_LISTED} AND i.topic = 'development' AND (i.area = :area OR starts_with(:area, i.area || '.'))
    ORDER BY length(i.area) DESC, i.percent DESC NULLS LAST, i.id DESC LIMIT :most
""")
_HAS_ALERT = statement(f"SELECT EXISTS (SELECT FROM items i WHERE {_HOLDS} AND i.topic = 'alert')")
_GET = statement(f"SELECT {_COLUMNS} FROM items i WHERE {_HOLDS} AND i.code = :code")
_TRACED = _COLUMNS.replace("i.valid_until AS until", "coalesce(i.retired_at, i.valid_until) AS until")
_TRACE = statement(f"SELECT {_TRACED} FROM items i WHERE i.state IN ('published', 'retired') AND i.code = :code")
_ADD = statement("""
    INSERT INTO items (code, state, topic, area, titles, texts, source, author_id, approver_id, valid_from, valid_until,
                       is_demo, created_at)
    VALUES (:code, 'published', :topic, :area, CAST(:titles AS jsonb), CAST(:texts AS jsonb), :source, :author_id,
            :approver_id, :valid_from, :valid_until, :is_demo, :now)
    ON CONFLICT (code) DO NOTHING
""")


def find(
    conn: Connection, topic: str, area: str, language: str, now: datetime, *, only_own: bool = False, most: int = 40
) -> list[Item]:
    """Items that hold now, alerts first, then the newest. Empty `topic` is any, empty `area` the city's own alone."""
    values = {"topic": topic, "area": area, "language": language, "now": now, "only_own": only_own, "most": most}
    return [Item(*row) for row in conn.execute(_LIST, values)]


def has_alert(conn: Connection, now: datetime) -> bool:
    """Whether an alert holds anywhere in the city."""
    return bool(conn.execute(_HAS_ALERT, {"now": now}).scalar_one())


def search(
    conn: Connection, words: Sequence[str], topic: str, area: str, language: str, now: datetime, *, most: int = 20
) -> list[Item]:
    """Items that hold now and have any of these words (plain letters and digits), those with all of them first."""
    begun = [f"{word}:*" for word in words]
    values = {"any": " | ".join(begun), "every": " & ".join(begun), "topic": topic, "area": area}
    return [Item(*row) for row in conn.execute(_SEARCH, {**values, "language": language, "now": now, "most": most})]


def board(conn: Connection, area: str, language: str, now: datetime, *, most: int = 40) -> list[Item]:
    """The projects of an area and of what it lies in, its own first."""
    values = {"area": area, "language": language, "now": now, "most": most}
    return [Item(*row) for row in conn.execute(_BOARD, values)]


def get(conn: Connection, code: str, language: str, now: datetime) -> Item | None:
    """One item that holds now."""
    row = conn.execute(_GET, {"code": code, "language": language, "now": now}).one_or_none()
    return Item(*row) if row else None


def trace(conn: Connection, code: str, language: str) -> Item | None:
    """An item that was ever published, whether or not it still holds: to tell whether a code is ours."""
    row = conn.execute(_TRACE, {"code": code, "language": language}).one_or_none()
    return Item(*row) if row else None


def publish(
    conn: Connection,
    code: str,
    topic: str,
    area: str,
    titles: Mapping[str, str],
    texts: Mapping[str, str],
    source: str,
    author_id: int,
    approver_id: int,
    valid_from: datetime,
    valid_until: datetime,
    now: datetime,
    *,
    is_demo: bool = False,
) -> None:
    """Write a published item. The table refuses one without a second person's approval."""
    values = {"code": code, "topic": topic, "area": area, "source": source, "author_id": author_id}
    values |= {"approver_id": approver_id, "valid_from": valid_from, "valid_until": valid_until, "now": now}
    values |= {"titles": json.dumps(dict(titles)), "texts": json.dumps(dict(texts)), "is_demo": is_demo}
    conn.execute(_ADD, values)
