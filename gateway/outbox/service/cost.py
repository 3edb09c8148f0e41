"""Money: over the day's limit, or below an account's reserve, routine and important messages rest; an emergency goes on."""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from gateway.audit import store as audit
from gateway.outbox.store import prices, routes
from gateway.providers.balance import BALANCES, read_amount
from gateway.runtime import Runtime

LONGEST: Final = 30
"""Letters of what a company says is left, as SMS name it."""

log = logging.getLogger(__name__)
_KEPT = 5.0


def rests(rt: Runtime, route: str) -> bool:
    """Whether news must wait on this route; looked up every five seconds at most."""
    return is_spent(rt) or route in low(rt)


def shortages(rt: Runtime) -> list[str]:
    """What makes news wait, as officials read it: `daily limit`, `balance of twilio`."""
    return ["daily limit"] * is_spent(rt) + [f"balance of {name}" for name in low(rt)]


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


def low(rt: Runtime) -> dict[str, routes.Account]:
    """Routes whose account is below its `BALANCE_RESERVE`, by name; a reserve that was taken back holds nothing up."""
    if not rt.settings.balance_reserve:
        return {}
    found = rt.remember("accounts", _KEPT, lambda: _accounts(rt))
    return {name: one for name, one in found.items() if one.low_since and name in rt.settings.balance_reserve}


def _accounts(rt: Runtime) -> dict[str, routes.Account]:
    with rt.engine.begin() as conn:
        return routes.accounts(conn)


def ask_balances(rt: Runtime) -> None:
    """Ask each company that has a reserve what is left, and keep its answer. May take seconds.

    A company that does not answer, or in words without an amount, changes nothing: what was low stays so, and nobody's
    news stop because of a company's web site.
    """
    for name, reserve in rt.settings.balance_reserve.items():
        try:
            words = BALANCES[name](rt.settings)
        except Exception as error:  # the SDKs raise of many kinds
            log.warning("%s does not say what is left (%s)", name, type(error).__name__)
            continue
        amount = read_amount(words or "")
        if amount is None:
            log.warning("%s says nothing that reads as an amount", name)
        is_low = None if amount is None else amount < reserve
        with rt.engine.begin() as conn:
            was_low = (known := routes.accounts(conn).get(name)) is not None and known.low_since is not None
            routes.note_balance(conn, name, (words or "")[:LONGEST], rt.now(), is_low=is_low)
            if is_low is not None and is_low != was_low:
                audit.record(conn, rt.now(), "clock", "balance low" if is_low else "balance restored", f"route:{name}")
