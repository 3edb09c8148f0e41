"""Pure rules of the ledger: keys, routes, waits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Route
from gateway.outbox import rules
from gateway.outbox.rules import Class
from gateway.providers.base import Outcome, Verdict

ROUTES = (Route("+6281155", ("b",)), Route("+62811", ("a", "b")), Route("", ("c",)))


@given(
    st.dates(date(2020, 1, 1), date(2099, 12, 31)).map(lambda day: day.replace(day=1)),
    st.integers(0, 10**18 - 1),
    st.integers(0, 9999),
)
def test_a_key_is_read_back_as_it_was_written(month, id, attempt):
    assert rules.parse_key(f"{month:%Y%m}-{id}-{attempt}") == (month, id, attempt)


@pytest.mark.parametrize(
    ("label", "prefix", "paused", "avoid", "expected"),
    [
        ("longest prefix wins", "+6281155", set(), set(), "b"),
        ("the first provider of a list", "+6281100", set(), set(), "a"),
        ("the next where the first is paused", "+6281100", {"a"}, set(), "b"),
        ("another than the one in doubt", "+6281100", set(), {"a"}, "b"),
        ("the one in doubt where there is no other", "+6281155", set(), {"b"}, "b"),
        ("all paused: the first keeps it", "+6281100", {"a", "b"}, set(), "a"),
        ("everyone else", "+6285700", set(), set(), "c"),
    ],
)
def test_choosing_a_route(label, prefix, paused, avoid, expected):
    assert rules.choose_route(ROUTES, prefix, paused, avoid) == expected, label


def test_a_number_that_no_route_covers_has_none():
    assert rules.choose_route(ROUTES[:2], "+6285700") == rules.NO_ROUTE


def test_waits_double_up_to_two_minutes_and_obey_the_provider():
    waits = [rules.wait_before_retry(Outcome("k", Verdict.NOT_SENT), n).total_seconds() for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == 120
    told = Outcome("k", Verdict.NOT_SENT, retry_after=42.0)
    assert rules.wait_before_retry(told, 9).total_seconds() == 42


def test_an_emergency_is_decided_on_sooner():
    assert rules.doubt_after(Class.EMERGENCY, 600) == 90
    assert rules.doubt_after(Class.EMERGENCY, 30) == 30
    assert rules.doubt_after(Class.ROUTINE, 600) == 600
