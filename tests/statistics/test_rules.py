"""Months, and what is hidden: no hidden count may be worked out from those that are shown."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aspirations import lapor_rules
from gateway.aspirations.rules import KINDS, State
from gateway.kernel.errors import Invalid
from gateway.kernel.hiding import SMALLEST
from gateway.statistics import rules
from gateway.statistics.rules import Month

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)
CITY = "c"
PARENTS = {CITY: ""} | {f"c.{k}": CITY for k in range(3)} | {f"c.{k}.{v}": f"c.{k}" for k in range(3) for v in range(4)}
PARTS = {code: [one for one, parent in PARENTS.items() if parent == code] for code in PARENTS}
LEAVES = [code for code in PARENTS if not PARTS[code]]

few = st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(0, 60))
at_leaves = st.fixed_dictionaries(dict.fromkeys(LEAVES, few))
elsewhere = st.fixed_dictionaries({code: st.one_of(st.just(0), st.integers(0, 8)) for code in PARENTS if PARTS[code]})


def add_up(leaves: dict[str, int], rest: dict[str, int]) -> dict[str, int]:
    counts = dict(leaves)
    for code in sorted(rest, key=len, reverse=True):
        counts[code] = rest[code] + sum(counts[part] for part in PARTS[code])
    return counts


def ranges(shown: dict[str, int], rest: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What each count can be, for somebody who also knows all that names no part: bounds of a tree of sums are exact."""
    most = 10**6
    found = {code: (shown[code], shown[code]) if code in shown else (0, most) for code in PARENTS}
    for _ in range(8):
        for code, own in rest.items():
            low = own + sum(found[part][0] for part in PARTS[code])
            high = own + sum(found[part][1] for part in PARTS[code])
            found[code] = (max(found[code][0], low), min(found[code][1], high))
            for part in PARTS[code]:
                others = [found[one] for one in PARTS[code] if one != part]
                least = found[code][0] - own - sum(high for _, high in others)
                greatest = found[code][1] - own - sum(low for low, _ in others)
                found[part] = (max(found[part][0], least), min(found[part][1], greatest))
    return found


@given(at_leaves, elsewhere)
def test_nothing_hidden_can_be_worked_out_from_what_is_shown(leaves: dict[str, int], rest: dict[str, int]) -> None:
    counts = add_up(leaves, rest)
    hidden = rules.hide(PARENTS, counts)
    shown = {code: n for code, n in counts.items() if code not in hidden}
    assert all(n >= SMALLEST for n in shown.values())
    possible = ranges(shown, rest)
    for code in hidden:
        low, high = possible[code]
        assert low <= counts[code] <= high
        assert high - low >= SMALLEST, f"{code} is known to lie from {low} to {high}"


@given(at_leaves, elsewhere)
def test_a_few_who_named_no_part_are_not_told_from_the_rest(leaves: dict[str, int], rest: dict[str, int]) -> None:
    counts = add_up(leaves, rest)
    hidden = rules.hide(PARENTS, counts)
    for code, own in rest.items():
        if 0 < own < SMALLEST and code not in hidden:
            assert len([part for part in PARTS[code] if part in hidden]) > 1


def test_a_town_with_many_reports_hides_only_what_it_must() -> None:
    counts = add_up(dict.fromkeys(LEAVES, 20), {code: 0 for code in PARENTS if PARTS[code]})
    assert rules.hide(PARENTS, counts) == set()
    counts["c.0.0"], counts["c.0"], counts[CITY] = 2, 62, 222
    assert rules.hide(PARENTS, counts) == {"c.0.0", "c.0.1"}


def test_nothing_at_all_is_hidden_like_a_few() -> None:
    assert rules.hide(PARENTS, {}) == set(PARENTS)


@given(st.dictionaries(st.tuples(st.sampled_from(KINDS), st.sampled_from(list(State))), st.integers(0, 12)))
def test_a_cell_of_the_table_for_lapor_is_not_told_from_the_public_total(counts: dict[tuple[str, str], int]) -> None:
    cells = rules.show_lapor(counts)
    hidden = [kind for kind, _, n in cells if n is None]
    shown = [n for _, _, n in cells if n is not None]
    assert all(n >= SMALLEST for n in shown)
    left = sum(counts.values()) - sum(shown)
    assert len(hidden) > 1
    assert left >= SMALLEST or not shown


_offices = st.sampled_from([f"OPD{n}" for n in range(8)] + [rules.ELSEWHERE])


@given(st.dictionaries(_offices, st.integers(0, 15)))
def test_what_is_hidden_of_offices_is_not_told_from_the_citys_total(counts: dict[str, int]) -> None:
    codes = [f"OPD{n}" for n in range(8)]
    hidden = rules.hide_offices(codes, dict.fromkeys(rules.OFFICE_MEASURES, counts))["denied"]
    assert {code for code in [*codes, rules.ELSEWHERE] if counts.get(code, 0) < SMALLEST} <= hidden
    left = sum(counts.get(code, 0) for code in hidden)
    assert not hidden or len(hidden) > 1
    assert left >= SMALLEST or not hidden or len(hidden) == len(codes) + 1


def test_every_state_and_kind_has_a_word_of_lapor() -> None:
    assert set(lapor_rules.STATES) == set(State)
    assert set(lapor_rules.KINDS) == set(KINDS)


def test_counts_of_rumours_under_five_are_hidden() -> None:
    shown = rules.show_rumours({"asked": 5, "judged": 4})
    assert shown == {"asked": 5, "judged": None, "first_word_on_time": None, "first_word_late": None}


def test_a_month_is_read_only_when_it_is_over() -> None:
    assert str(rules.read_month("", NOW, ZONE)) == "2026-10"
    assert rules.read_month("2026-01", NOW, ZONE) == Month(2026, 1)
    for wrong in ("2026-11", "2027-01", "2026-13", "2026-1", "1026-10", "9999-12", "x", "٢٠٢٦-01"):
        with pytest.raises(Invalid):
            rules.read_month(wrong, NOW, ZONE)


def test_months_follow_the_citys_clock() -> None:
    end = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    assert str(rules.last_month(end, ZONE)) == "2026-10"
    begins, ends = Month(2025, 12).bounds(ZONE)
    assert (begins.isoformat(), ends.isoformat()) == ("2025-12-01T00:00:00+07:00", "2026-01-01T00:00:00+07:00")
    assert Month(2026, 1).before == Month(2025, 12)
