"""Pure rules of the ledger: lanes, classes, ranks, routes, back-off, and the id that rides in a receipt."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from config.settings import Route
from gateway.providers.base import Outcome, Status, Verdict


class Lane(StrEnum):
    """Which queue and process a message leaves by."""

    URGENT = "urgent"
    REPLY = "reply"
    BULK = "bulk"


class Class(StrEnum):
    """Why a message is sent, which decides what may hold or skip it."""

    EMERGENCY = "emergency"
    IMPORTANT = "important"
    ROUTINE = "routine"
    REPLY = "reply"


LANE_OF = {Class.EMERGENCY: Lane.URGENT, Class.IMPORTANT: Lane.BULK, Class.ROUTINE: Lane.BULK, Class.REPLY: Lane.REPLY}
RESTING = (Class.IMPORTANT, Class.ROUTINE)
"""Classes that quiet hours and the weekly cap bind, and that BERHENTI stops."""

RANK = {Status.UNKNOWN: 0, Status.SENT: 1, Status.FAILED: 2, Status.DELIVERED: 3}
"""A status only rises within an attempt. `delivered` beats `failed`: a phone that was off may come back."""

STATUSES = ("queued", "sending", "unconfirmed", "sent", "delivered", "failed", "skipped")
"""Of a message; counts of these always sum to a batch's total."""

EMERGENCY_DOUBT = 90
SUSPECTS = 20
"""Different numbers in a row that a route must refuse for reasons of its own before it is held unusable."""
TRIES = 3
"""Refusals on the route's account after which a number, not the route, is held to be the matter."""
PROBE_AFTER = timedelta(minutes=5)
NO_ROUTE = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send: its place in the ledger and what the call needs."""

    month: date
    id: int
    attempt: int
    number_id: int
    batch_id: int | None
    route: str
    language: str
    body: str | None
    reply_from: str | None
    wants_answer: bool
    expires_at: datetime | None
    claimed_at: datetime
    cipher: bytes
    key_no: int

    @property
    def key(self) -> str:
        """`202611-4711-1`: month, message, attempt. It rides in Twilio's StatusCallback URL."""
        return f"{self.month.year}{self.month.month:02d}-{self.id}-{self.attempt}"


_KEY = re.compile(r"(\d{4})(0[1-9]|1[0-2])-(\d{1,18})-(\d{1,4})", re.ASCII)


def parse_key(key: str | None) -> tuple[date, int, int] | None:
    """Month, message id and attempt number of a key, or None where it is not one of ours."""
    match = _KEY.fullmatch(key or "")
    if not match:
        return None
    year, month, id, attempt = (int(part) for part in match.groups())
    return (date(year, month, 1), id, attempt) if year and attempt < 32_768 else None


def choose_route(
    routes: Sequence[Route], prefix: str, paused: Collection[str] = (), avoid: Collection[str] = ()
) -> str:
    """The route for a number with this prefix: longest prefix wins, then its first provider that is not paused.

    Where all are paused the first of the list keeps the message until it heals. `avoid` names providers to pass over
    where there is another. Empty where no route covers the number.
    """
    for route in routes:
        if prefix.startswith(route.prefix):
            usable = [name for name in route.providers if name not in paused]
            preferred = [name for name in usable if name not in avoid]
            return (preferred or usable or list(route.providers))[0]
    return NO_ROUTE


def doubt_after(message_class: Class, setting: int) -> int:
    """Seconds after which a send that was cut off is decided on."""
    return min(EMERGENCY_DOUBT, setting) if message_class is Class.EMERGENCY else setting


def wait_before_retry(outcome: Outcome, attempt: int) -> timedelta:
    """How long a message that was provably not sent rests: what the provider asked for, else a doubling pause."""
    if outcome.retry_after is not None:
        return timedelta(seconds=min(max(outcome.retry_after, 1), 3600))
    return timedelta(seconds=min(2 ** min(attempt, 8), 120))


def is_settled(outcome: Outcome) -> bool:
    """Whether the outcome decides the message: accepted, or refused for good."""
    return outcome.verdict in (Verdict.ACCEPTED, Verdict.REFUSED)


def reason_of(outcome: Outcome) -> str:
    """A short reason for counts: the provider's code, or its words where it gave no code."""
    return (outcome.code or outcome.text or outcome.verdict.value)[:80]
