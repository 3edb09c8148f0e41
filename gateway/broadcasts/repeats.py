"""Repeating broadcasts as data: how often, until when, and when the next one is due on the city's clock."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EVERY: Final = ("day", "week", "month")
LONGEST: Final = timedelta(days=366)
"""How long one approval may go on speaking for the city."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often, one of EVERY, and the last day, in the city's time, on which one may begin."""

    every: str
    until: date


def moments(first: datetime, repeat: Repeat, zone: ZoneInfo) -> Iterator[datetime]:
    """When each begins, in UTC, the first included: at the same time of day in `zone`, whatever its clocks are put to.

    A month that is too short has it on its last day, and the next one on the day of `first` again.
    """
    local = first.astimezone(zone)
    for n in range(LONGEST.days + 1):
        day = _day(local.date(), repeat.every, n)
        if day > repeat.until:
            return
        yield datetime.combine(day, local.timetz().replace(tzinfo=zone)).astimezone(UTC)


def after(first: datetime, repeat: Repeat, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """The first one that begins later than `moment`; None where the series is over by then."""
    return next((begins for begins in moments(first, repeat, zone) if begins > moment), None)


def _day(first: date, every: str, n: int) -> date:
    if every == "day":
        return first + timedelta(days=n)
    if every == "week":
        return first + timedelta(weeks=n)
    months = first.year * 12 + first.month - 1 + n
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
