"""What a preview counts in the database: people by area, language, operator and route, and what they had lately."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.prices import Prices
from config.settings import Route
from gateway.db import Connection, statement
from gateway.outbox.store.batches import Fragment
from gateway.outbox.store.fanout import OVER_CAP, cap_values, route_case
from gateway.outbox.store.prices import PRICED, values_of


@dataclass(frozen=True, slots=True)
class Share:
    """People of an audience who have area, language, route and operator alike, and what one part costs to each.

    `area` is empty where a person has none, `route` where none leads to the number, `operator` "other" where none is known.
    """

    area: str
    language: str
    route: str
    operator: str
    price: Decimal
    people: int


@dataclass(frozen=True, slots=True)
class Recent:
    """A broadcast that went out a short while ago: its running number, texts as written, and its batch."""

    number: int
    texts: dict[str, str]
    batch_id: int
    started_at: datetime


_WITHOUT_STOPPED = """
    NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.number_id = a.number_id AND s.scope = ANY(CAST(:scopes AS text[])))
"""
_RECENT = statement("""
    SELECT number, texts, batch_id, started_at FROM broadcasts
    WHERE started_at > :since AND batch_id IS NOT NULL AND id <> :but ORDER BY started_at DESC
""")


def survey(
    conn: Connection,
    audience: Fragment,
    scopes: Sequence[str],
    routes: Sequence[Route],
    paused: Collection[str],
    prices: Prices,
    *,
    avoids_blocked: bool,
) -> list[Share]:
    """The people a rule names now, without those who stopped, in as many rows as there are kinds of them.

    `audience` has number_id, language and area. Routes are chosen as the fan-out chooses them.
    """
    route_sql, route_values = route_case(routes, paused, avoids_blocked=avoids_blocked)
    sql = f"""
        WITH grouped AS (
            SELECT coalesce(a.area, '') AS area, a.language, {route_sql} AS route, n.prefix, count(*) AS people
            FROM ({audience.sql}) AS a JOIN numbers n ON n.id = a.number_id
            WHERE {_WITHOUT_STOPPED}
            GROUP BY 1, 2, 3, 4),
        priced AS ({PRICED})
        SELECT g.area, g.language, g.route, p.operator, p.price, sum(g.people) AS people
        FROM grouped g JOIN priced p USING (route, prefix)
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    """
    values = {**audience.values, **route_values, **values_of(prices), "scopes": list(scopes)}
    found = conn.execute(statement(sql), values)
    return [
        Share(row.area, row.language, row.route, row.operator, Decimal(row.price), int(row.people)) for row in found
    ]


def count_over_cap(conn: Connection, audience: Fragment, scopes: Sequence[str], now: datetime, cap: int) -> int:
    """How many of these people have had as many messages within seven days as the cap allows."""
    sql = f"""
        SELECT count(*) FROM ({audience.sql}) AS a JOIN ({OVER_CAP}) AS over USING (number_id)
        WHERE {_WITHOUT_STOPPED}
    """
    values: Mapping[str, Any] = {**audience.values, **cap_values(now, cap), "scopes": list(scopes)}
    return int(conn.execute(statement(sql), values).scalar_one())


def recent(conn: Connection, since: datetime, but: int) -> list[Recent]:
    """Broadcasts that began after `since`, but the one with the id `but`; the latest first."""
    return [Recent(*row) for row in conn.execute(_RECENT, {"since": since, "but": but})]


def count_overlap(conn: Connection, audience: Fragment, scopes: Sequence[str], batch_id: int) -> int:
    """How many of these people are in the batch already, and were not skipped there."""
    sql = f"""
        SELECT count(*) FROM ({audience.sql}) AS a
        JOIN messages m ON m.number_id = a.number_id AND m.batch_id = :batch_id
             AND m.month = (SELECT month FROM batches WHERE id = :batch_id)
        WHERE m.status <> 'skipped' AND {_WITHOUT_STOPPED}
    """
    values = {**audience.values, "scopes": list(scopes), "batch_id": batch_id}
    return int(conn.execute(statement(sql), values).scalar_one())
