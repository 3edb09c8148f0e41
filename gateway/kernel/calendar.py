"""Time as the city lives it: quiet hours, working days and how a moment is written in WIB."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.kernel.errors import Invalid

_FRIDAY = 4
Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which routine and important messages rest; either may be absent. `zone` is the city's."""

    zone: ZoneInfo
    night: Span | None
    friday: Span | None


def quiet_until(now: datetime, quiet: Quiet) -> datetime | None:
    """The end of the quiet hours that hold at `now` (aware), in the same zone as `now`; None where none hold.

    Spans that meet are followed to the end of the last, so the answer is a moment at which one may really send.
    """
    local, held = now.astimezone(quiet.zone), False
    while (end := _end_of_span(local, quiet)) is not None:
        local, held = end, True
    return local.astimezone(now.tzinfo) if held else None


def _end_of_span(local: datetime, quiet: Quiet) -> datetime | None:
    clock = local.time().replace(tzinfo=None)
    if quiet.night:
        begin, end = quiet.night
        if begin > end and clock >= begin:
            return _at(local.date() + timedelta(days=1), end, quiet.zone)
        if (begin > end and clock < end) or begin <= clock < end:
            return _at(local.date(), end, quiet.zone)
    if quiet.friday and local.weekday() == _FRIDAY and quiet.friday[0] <= clock < quiet.friday[1]:
        return _at(local.date(), quiet.friday[1], quiet.zone)
    return None


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def add_working_days(start: date, days: int, holidays: Container[date]) -> date:
    """The working day `days` working days after `start`: weekends and `holidays` do not count, nor does `start`."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def take_working_days(end: date, days: int, holidays: Container[date]) -> date:
    """The last day from which `days` working days have passed by `end`, itself counted: `add_working_days` of it is no later.

    On a day off nothing more has passed than on the working day before.
    """
    day = end
    while days > 0:
        if day.weekday() < 5 and day not in holidays:
            days -= 1
        day -= timedelta(days=1)
    return day


def month_of(moment: datetime) -> date:
    """The first day of the UTC month that holds `moment` (aware): the partition a row of that moment lives in."""
    return moment.astimezone(UTC).date().replace(day=1)


def parse_day(text: str) -> date:
    """The day written as `2026-12-24`. Raises Invalid for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise Invalid("A day is written as 2026-12-24.") from None


def show_day(day: date) -> str:
    """`13/6`, as the city's texts write days."""
    return f"{day.day}/{day.month}"


def show_moment(moment: datetime, zone: ZoneInfo) -> str:
    """`12/6 10.21` in the city's zone."""
    local = moment.astimezone(zone)
    return f"{local.day}/{local.month} {local.hour:02d}.{local.minute:02d}"
