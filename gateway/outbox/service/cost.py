"""The day's cost: over the limit routine and important messages rest until midnight; an emergency only raises an alarm."""

from datetime import UTC, datetime
from decimal import Decimal

from gateway.outbox.store import prices
from gateway.runtime import Runtime

_KEPT = 5.0


def is_spent(rt: Runtime) -> bool:
    """Whether `DAILY_COST_LIMIT` is reached today, in the city's day; looked up every five seconds at most."""
    limit = rt.settings.daily_cost_limit
    if limit is None:
        return False
    return rt.remember("cost", _KEPT, lambda: _today(rt)) >= limit


def _today(rt: Runtime) -> Decimal:
    local = rt.now().astimezone(rt.settings.timezone)
    midnight: datetime = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    with rt.engine.begin() as conn:
        return prices.spent(conn, midnight, rt.settings.prices)
