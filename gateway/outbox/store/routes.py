"""The health of routes and who may not be written to: pauses with their reason, what is left to pay with, suppressions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.db import Connection, statement
from gateway.outbox.rules import PROBE_AFTER, SUSPECTS


@dataclass(frozen=True, slots=True)
class Pause:
    """A route that sends nothing. After `retry_at` one message at a time tries whether it is usable again."""

    name: str
    reason: str
    paused_at: datetime
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """What a route's company said is left, in its own words, and since when that is less than the reserve."""

    name: str
    balance: str
    asked_at: datetime
    low_since: datetime | None


_PAUSED = statement("SELECT name, reason, paused_at, retry_at FROM routes WHERE paused_at IS NOT NULL")
_PAUSE = statement("""
    INSERT INTO routes (name, paused_at, retry_at, reason) VALUES (:name, :now, :retry_at, :reason)
    ON CONFLICT (name) DO UPDATE SET paused_at = coalesce(routes.paused_at, excluded.paused_at),
        retry_at = excluded.retry_at, reason = excluded.reason
    RETURNING paused_at = :now AS is_new
""")
_CLEAR = statement("""
    UPDATE routes SET paused_at = NULL, retry_at = NULL, reason = '', suspects = '{}'
    WHERE name = :name AND (paused_at IS NOT NULL OR suspects <> '{}') RETURNING 1
""")
_PROBE = statement("UPDATE routes SET retry_at = :retry_at WHERE name = :name AND retry_at <= :now RETURNING 1")
_SUSPECT = statement("""
    INSERT INTO routes (name, suspects) VALUES (:name, ARRAY[CAST(:number_id AS bigint)])
    ON CONFLICT (name) DO UPDATE SET suspects =
        CASE WHEN CAST(:number_id AS bigint) = ANY(routes.suspects) OR cardinality(routes.suspects) >= :most THEN routes.suspects
             ELSE routes.suspects || CAST(:number_id AS bigint) END
    RETURNING cardinality(suspects)
""")
# Words without a readable amount change nothing but themselves.
_NOTE = statement("""
    INSERT INTO routes (name, balance, balance_at, low_since)
    VALUES (:name, :balance, :now, CASE WHEN :is_low THEN CAST(:now AS timestamptz) END)
    ON CONFLICT (name) DO UPDATE SET balance = excluded.balance, balance_at = excluded.balance_at,
        low_since = CASE WHEN CAST(:is_low AS boolean) IS NULL OR :is_low
                         THEN coalesce(routes.low_since, excluded.low_since) END
""")
_ACCOUNTS = statement("""
    SELECT name, balance, balance_at, low_since FROM routes WHERE balance_at IS NOT NULL ORDER BY name
""")
_SUPPRESS = statement("""
    INSERT INTO suppressions (number_id, scope, route, reason, created_at)
    VALUES (:number_id, :scope, :route, :reason, :now) ON CONFLICT DO NOTHING
""")
_LIFT = statement("""
    DELETE FROM suppressions WHERE number_id = :number_id AND scope = ANY(:scopes) AND (:route = '' OR route = :route)
""")
_HELD = statement("SELECT scope, route FROM suppressions WHERE number_id = :number_id ORDER BY scope, route")


def paused(conn: Connection) -> dict[str, Pause]:
    """Paused routes by name."""
    return {row.name: Pause(*row) for row in conn.execute(_PAUSED)}


def pause(conn: Connection, name: str, reason: str, now: datetime, rest: timedelta = PROBE_AFTER) -> bool:
    """Pause a route; its messages are kept. True where it was not paused before."""
    values = {"name": name, "reason": reason[:200], "now": now, "retry_at": now + rest}
    return bool(conn.execute(_PAUSE, values).scalar_one())


def clear(conn: Connection, name: str) -> bool:
    """Hold a route usable again, after a send went through or a person said so."""
    return conn.execute(_CLEAR, {"name": name}).one_or_none() is not None


def claim_probe(conn: Connection, name: str, now: datetime) -> bool:
    """Take the right to try a paused route with one message; False where another worker has it."""
    values = {"name": name, "now": now, "retry_at": now + PROBE_AFTER}
    return conn.execute(_PROBE, values).one_or_none() is not None


def suspect(conn: Connection, name: str, number_id: int) -> int:
    """Note that the route refused this number for reasons of its own; how many different ones in a row by now."""
    return int(conn.execute(_SUSPECT, {"name": name, "number_id": number_id, "most": SUSPECTS}).scalar_one())


def note_balance(conn: Connection, name: str, balance: str, now: datetime, *, is_low: bool | None) -> None:
    """Keep what a company said; is_low: whether that is less than the reserve, None where nobody can tell."""
    conn.execute(_NOTE, {"name": name, "balance": balance, "now": now, "is_low": is_low})


def accounts(conn: Connection) -> dict[str, Account]:
    """Routes whose company has said what is left, by name."""
    return {row.name: Account(*row) for row in conn.execute(_ACCOUNTS)}


def suppress(conn: Connection, number_id: int, scope: str, reason: str, now: datetime, route: str = "") -> bool:
    """Write nothing of this scope to the number any more; True where that is new."""
    values = {"number_id": number_id, "scope": scope, "route": route, "reason": reason, "now": now}
    return bool(conn.execute(_SUPPRESS, values).rowcount)


def lift(conn: Connection, number_id: int, scopes: tuple[str, ...] = ("notices", "all"), route: str = "") -> bool:
    """Allow it again: only the person's own DAFTAR or menu, or a carrier's START for its route, calls this."""
    values = {"number_id": number_id, "scopes": list(scopes), "route": route}
    return bool(conn.execute(_LIFT, values).rowcount)


def suppressed(conn: Connection, number_id: int) -> list[tuple[str, str]]:
    """Scope and route of what the number may not be sent."""
    return [(row.scope, row.route) for row in conn.execute(_HELD, {"number_id": number_id})]
