"""Take receipts and carriers' opt-outs: written down before the hook answers, applied in batches by the clock."""

from gateway.numbers import store as numbers
from gateway.outbox import rules
from gateway.outbox.store import receipts, routes
from gateway.outbox.store.receipts import Arrived
from gateway.providers.base import OptOut, Receipt
from gateway.runtime import Runtime


def take(rt: Runtime, route: str, receipt: Receipt) -> None:
    """Write one receipt down. Raises sqlalchemy's OperationalError where PostgreSQL is down: no 200 may be given then."""
    with rt.engine.begin() as conn:
        number = numbers.find(conn, rt.vault, receipt.number) if receipt.number else None
        receipts.add(
            conn,
            rt.now(),
            Arrived(
                route=route,
                provider_id=receipt.provider_id,
                key=rules.parse_key(receipt.key),
                # A number we never wrote to matches nothing, and must not match as if none had been named.
                number_id=number.id if number else (0 if receipt.number else None),
                rank=rules.RANK[receipt.status],
                code=receipt.code,
                words=receipt.text,
                opted_out=receipt.opted_out,
            ),
        )


def opt_out(rt: Runtime, route: str, event: OptOut) -> None:
    """A carrier has blocked us for this number: nothing leaves by that route any more."""
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, event.number)
        routes.suppress(conn, number.id, "route", "carrier", rt.now(), route)


def apply(rt: Runtime, rounds: int = 10) -> int:
    """Apply what has come in, in batches of 2,000, and say how many receipts were used."""
    used = 0
    for _ in range(rounds):
        with rt.engine.begin() as conn:
            looked_at, fitted, _ = receipts.apply(conn, rt.now())
        used += fitted
        if looked_at < 2000:
            break
    return used
