"""What messages cost, by the price file: a price for each route and beginning of a number, found in SQL."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from config.prices import ANY, Prices
from gateway.db import Connection, statement
from gateway.kernel.calendar import month_of

PRICED = """
    SELECT place.route, place.prefix,
           coalesce((SELECT o.name FROM unnest(CAST(:operator_prefixes AS text[]), CAST(:operator_names AS text[]))
                                   AS o(prefix, name)
                     WHERE starts_with(place.prefix, o.prefix) ORDER BY length(o.prefix) DESC LIMIT 1), 'other') AS operator,
           CASE WHEN place.route = '' THEN 0 ELSE
               (SELECT t.price FROM unnest(CAST(:tariff_providers AS text[]), CAST(:tariff_prefixes AS text[]),
                                           CAST(:tariff_prices AS numeric[])) AS t(provider, prefix, price)
                WHERE t.provider IN (place.route, :any_provider) AND starts_with(place.prefix, t.prefix)
                ORDER BY t.provider = :any_provider, length(t.prefix) DESC LIMIT 1) END AS price
    FROM (SELECT DISTINCT route, prefix FROM grouped) AS place
"""
"""A SELECT for a WITH that has `grouped` with columns route and prefix: operator and price of one part of each pair.

The longest beginning wins, a line of the route's own before one for any provider; where no route leads, nothing is paid.
"""

_SPENT = statement(f"""
    WITH grouped AS (
        SELECT a.route, n.prefix, sum(coalesce(a.parts, 1)) AS parts
        FROM attempts a JOIN numbers n ON n.id = a.number_id
        WHERE a.month >= :month AND a.claimed_at >= :since AND (a.provider_id IS NOT NULL OR a.rank = 0)
        GROUP BY 1, 2),
    priced AS ({PRICED})
    SELECT coalesce(sum(g.parts * p.price), 0) FROM grouped g JOIN priced p USING (route, prefix)
""")


def values_of(prices: Prices) -> dict[str, Any]:
    """The values that PRICED needs."""
    return {
        "operator_prefixes": [prefix for prefix, _ in prices.operators],
        "operator_names": [name for _, name in prices.operators],
        "tariff_providers": [tariff.provider for tariff in prices.tariffs],
        "tariff_prefixes": [tariff.prefix for tariff in prices.tariffs],
        "tariff_prices": [str(tariff.price) for tariff in prices.tariffs],
        "any_provider": ANY,
    }


def spent(conn: Connection, since: datetime, prices: Prices) -> Decimal:
    """What was spent since then, on parts of SMS that were sent or may have been."""
    values = {"since": since, "month": month_of(since), **values_of(prices)}
    return Decimal(conn.execute(_SPENT, values).scalar_one())
