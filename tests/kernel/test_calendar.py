"""Working days and quiet hours, around every edge that the city knows."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.kernel import calendar
from gateway.kernel.calendar import Quiet, add_working_days, quiet_until

WIB = ZoneInfo("Asia/Jakarta")
QUIET = Quiet(WIB, (time(20), time(8)), (time(11, 30), time(13)))
DAYS_OFF = frozenset(holidays.country_holidays("ID", years=[2026, 2027], categories=("public", "government")))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(1, 30), st.frozensets(DAYS, max_size=40))
def test_a_deadline_is_never_a_day_off_and_counts_exactly_its_working_days(
    start: date, days: int, off: frozenset[date]
) -> None:
    end = add_working_days(start, days, off)
    assert end.weekday() < 5
    assert end not in off
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(day.weekday() < 5 and day not in off for day in between) == days


@given(DAYS, st.integers(0, 30), st.frozensets(DAYS, max_size=20), DAYS)
def test_one_holiday_more_never_makes_a_deadline_earlier(
    start: date, days: int, off: frozenset[date], more: date
) -> None:
    assert add_working_days(start, days, off | {more}) >= add_working_days(start, days, off)


@pytest.mark.parametrize(
    ("label", "start", "days", "end"),
    [
        ("over a weekend", date(2026, 11, 6), 3, date(2026, 11, 11)),
        ("from a Saturday", date(2026, 11, 7), 1, date(2026, 11, 9)),
        ("over Nyepi, Idulfitri and its joint leave in 2026", date(2026, 3, 17), 3, date(2026, 3, 27)),
        ("over Idulfitri and its joint leave in 2027", date(2027, 3, 5), 3, date(2027, 3, 18)),
        ("no days at all is the day itself", date(2026, 11, 8), 0, date(2026, 11, 8)),
    ],
)
def test_deadlines_of_the_city(label: str, start: date, days: int, end: date) -> None:
    assert add_working_days(start, days, DAYS_OFF) == end, label


def wib(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=WIB)


@pytest.mark.parametrize(
    ("label", "quiet", "now", "until"),
    [
        ("just before the night", QUIET, wib(4, 19, 59, 59), None),
        ("as the night begins", QUIET, wib(4, 20), wib(5, 8)),
        ("at midnight", QUIET, wib(5, 0), wib(5, 8)),
        ("just before the morning", QUIET, wib(5, 7, 59, 59), wib(5, 8)),
        ("as the morning begins", QUIET, wib(5, 8), None),
        ("on a Friday before prayer", QUIET, wib(6, 11, 29, 59), None),
        ("as Friday's prayer begins", QUIET, wib(6, 11, 30), wib(6, 13)),
        ("during Friday's prayer", QUIET, wib(6, 12, 59, 59), wib(6, 13)),
        ("after Friday's prayer", QUIET, wib(6, 13), None),
        ("at the same hour on a Thursday", QUIET, wib(5, 12), None),
        ("on the last night of the month", QUIET, wib(30, 21), datetime(2026, 12, 1, 8, tzinfo=WIB)),
        ("without a night", Quiet(WIB, None, QUIET.friday), wib(4, 23), None),
        ("without Friday's rest", Quiet(WIB, QUIET.night, None), wib(6, 12), None),
        ("without any", Quiet(WIB, None, None), wib(6, 12), None),
        ("spans that meet are followed to the end of the last", Quiet(WIB, (time(20), time(11, 30)), QUIET.friday),
         wib(5, 21), wib(6, 13)),
        ("spans that overlap too", Quiet(WIB, (time(20), time(12)), QUIET.friday), wib(6, 11), wib(6, 13)),
        ("a night within one day", Quiet(WIB, (time(1), time(5)), None), wib(4, 2), wib(4, 5)),
        ("outside a night within one day", Quiet(WIB, (time(1), time(5)), None), wib(4, 6), None),
    ],
)  # fmt: skip
def test_quiet_hours(label: str, quiet: Quiet, now: datetime, until: datetime | None) -> None:
    assert quiet_until(now, quiet) == until, label
    answer = quiet_until(now.astimezone(UTC), quiet)
    assert answer == until
    assert answer is None or answer.tzinfo is UTC


@given(st.integers(0, 2 * 366 * 24 * 60))
def test_the_end_of_quiet_hours_is_a_moment_to_send(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = quiet_until(now, QUIET)
    if until is not None:
        assert until > now
        assert quiet_until(until, QUIET) is None


def test_a_month_is_the_one_in_utc_whatever_zone_the_moment_is_written_in() -> None:
    assert calendar.month_of(datetime(2026, 11, 30, 23, tzinfo=UTC)) == date(2026, 11, 1)
    assert calendar.month_of(datetime(2026, 12, 1, 6, tzinfo=timezone(timedelta(hours=7)))) == date(2026, 11, 1)


def test_days_and_moments_are_written_as_the_city_writes_them() -> None:
    assert calendar.show_day(date(2026, 6, 13)) == "13/6"
    assert calendar.show_moment(datetime(2026, 6, 12, 3, 21, tzinfo=UTC), WIB) == "12/6 10.21"
