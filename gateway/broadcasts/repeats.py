"""Repeating broadcasts as data: how often, until when, and when the next one begins by the city's clock."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from gateway.kernel.errors import Invalid

Every = Literal["day", "week", "month"]
EVERY: Final[tuple[Every, ...]] = ("day", "week", "month")
LONGEST: Final = timedelta(days=366)
"""How long one approval may go on speaking for the city."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often, and the last day, in the city's time, on which one may begin."""

    every: Every
    until: date

    @property
    def stored(self) -> dict[str, str]:
        """As it is shown and hashed."""
        return {"every": self.every, "until": self.until.isoformat()}


def moments(first: datetime, repeat: Repeat, zone: ZoneInfo) -> Iterator[datetime]:
    """When each begins, in UTC, the first included: at the same time of day in `zone`.

    In a month that is too short it is the last day, and in the next one the day of `first` again.
    """
    local = first.astimezone(zone)
    for n in range(LONGEST.days + 1):
        day = _day(local.date(), repeat.every, n)
        if day > repeat.until:
            return
        yield datetime.combine(day, local.time(), zone).astimezone(UTC)


def after(first: datetime, repeat: Repeat, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the one after `moment` begins; None where the series is over by then."""
    return next((begins for begins in moments(first, repeat, zone) if begins > moment), None)


def check(repeat: Repeat, level: str, send_at: datetime | None, zone: ZoneInfo) -> None:
    """Raise Invalid for a series that cannot be, naming the field and what to write."""
    if level == "emergency":
        raise Invalid("An emergency does not repeat; draft each one when it is there.")
    if send_at is None:
        raise Invalid("repeat needs send_at, when the first one leaves.")
    if after(send_at, repeat, zone, send_at) is None:
        raise Invalid("repeat.until must leave time for a second one.")
    if repeat.until > (send_at + LONGEST).astimezone(zone).date():
        raise Invalid(f"repeat.until must lie within {LONGEST.days} days of send_at; then it is approved anew.")


def _day(first: date, every: Every, n: int) -> date:
    if every == "day":
        return first + timedelta(days=n)
    if every == "week":
        return first + timedelta(weeks=n)
    year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
