"""The SQL of what follows a report: who supports it, when it was hurried, how it was rated, and which are alike."""

from datetime import datetime, timedelta

from gateway.aspirations.rules import SETTLED
from gateway.db import Connection, statement

_SUPPORT = statement("""
    INSERT INTO aspiration_supporters (aspiration_id, number_id, at) VALUES (:id, :number_id, :now)
    ON CONFLICT DO NOTHING RETURNING aspiration_id
""")
_SUPPORTS = statement("SELECT 1 FROM aspiration_supporters WHERE aspiration_id = :id AND number_id = :number_id")
_SUPPORTERS = statement("SELECT count(*) FROM aspiration_supporters WHERE aspiration_id = :id")
_HURRY = statement("""
    UPDATE aspirations SET hurried_at = :now
    WHERE id = :id AND (hurried_at IS NULL OR hurried_at <= :before) RETURNING id
""")
_RATE = statement("UPDATE aspirations SET rating = :rating WHERE id = :id")
# What its reporter has called the same as another leads to that other one.
_ALIKE = statement("""
    SELECT id, ticket, body, coalesce(office, '') AS office FROM aspirations a
    WHERE area = :area AND category = :category AND kind = :kind AND created_at > :after AND NOT is_confidential
      AND number_id IS DISTINCT FROM :number_id AND state <> ALL(:settled) AND body <> ''
      AND NOT EXISTS (SELECT 1 FROM aspiration_events e WHERE e.aspiration_id = a.id AND e.verb = 'same')
    ORDER BY id DESC LIMIT :most
""")
_SAME = statement("""
    SELECT body FROM aspiration_events WHERE aspiration_id = :id AND verb = 'same' AND body <> '' ORDER BY id DESC LIMIT 1
""")


def support(conn: Connection, aspiration_id: int, number_id: int, now: datetime) -> bool:
    """Add a supporter; False where they support it already."""
    return conn.execute(_SUPPORT, {"id": aspiration_id, "number_id": number_id, "now": now}).one_or_none() is not None


def is_supporter(conn: Connection, aspiration_id: int, number_id: int) -> bool:
    """Whether this number supports the ticket."""
    return conn.execute(_SUPPORTS, {"id": aspiration_id, "number_id": number_id}).one_or_none() is not None


def called_same(conn: Connection, aspiration_id: int) -> str:
    """The ticket, as it is shown, that the reporter has called the same as this one; empty for none."""
    return conn.execute(_SAME, {"id": aspiration_id}).scalar() or ""


def count_supporters(conn: Connection, aspiration_id: int) -> int:
    """How many support the ticket besides its reporter."""
    return int(conn.execute(_SUPPORTERS, {"id": aspiration_id}).scalar_one())


def hurry(conn: Connection, aspiration_id: int, now: datetime, again: timedelta) -> bool:
    """Flag the ticket as hurried; False where it was within `again`."""
    values = {"id": aspiration_id, "now": now, "before": now - again}
    return conn.execute(_HURRY, values).one_or_none() is not None


def rate(conn: Connection, aspiration_id: int, rating: int) -> None:
    """Keep the resident's latest rating, 1 (very pleased) to 4."""
    conn.execute(_RATE, {"id": aspiration_id, "rating": rating})


def alike(
    conn: Connection, number_id: int, kind: str, category: str, area: str, after: datetime, most: int = 200
) -> list[tuple[int, str, str, str]]:
    """Others' open reports of the same kind, category and area: id, ticket, words, office; the newest first."""
    values = {"number_id": number_id, "kind": kind, "category": category, "area": area, "after": after, "most": most}
    return [tuple(row) for row in conn.execute(_ALIKE, {**values, "settled": list(SETTLED)})]
