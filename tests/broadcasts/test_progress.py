"""How far a broadcast is: counts that sum, the pace of the last minute, when it will be over, what failed where."""

from datetime import datetime, timedelta

from gateway.broadcasts.service import decide
from gateway.officials.rules import Role


def under_way(town, people=60):
    town.people(people)
    return town.started(town.official(Role.ADMIN), audience={"areas": [town.home]})


def test_before_it_starts_there_is_no_pace_and_no_end(town):
    town.people(2)
    seen = town.status(town.approved(town.official(Role.ADMIN)))
    assert (seen["total"], seen["rate"], seen["estimated_end"], seen["by_operator"]) == (0, 0.0, None, {})


def test_the_pace_of_the_last_minute_tells_the_end(town, clock):
    id = under_way(town)
    first = town.claim(10)
    clock.ahead(seconds=10)
    town.settle(first)
    town.settle(town.claim(10))
    seen = town.status(id)
    assert seen["rate"] == 2.0, "twenty within ten seconds"
    assert seen["estimated_end"] == (clock.moment + timedelta(seconds=20)).isoformat(timespec="seconds")
    assert sum(seen["counts"].values()) == seen["total"] == 60


def test_only_the_last_minute_counts(town, clock):
    id = under_way(town)
    town.settle(town.claim(30))
    clock.ahead(minutes=5)
    town.settle(town.claim(6))
    clock.ahead(seconds=3)
    seen = town.status(id)
    assert seen["rate"] == 2.0
    assert datetime.fromisoformat(seen["estimated_end"]) == clock.moment + timedelta(seconds=12)
    clock.ahead(minutes=2)
    seen = town.status(id)
    assert (seen["rate"], seen["estimated_end"]) == (0.0, None), "nothing leaves, so nobody knows"


def test_what_is_paused_or_over_has_no_end_to_come(town, clock):
    id = under_way(town)
    town.settle(town.claim(10))
    decide.pause(town.rt, town.official(Role.ADMIN), id)
    seen = town.status(id)
    assert (seen["rate"] > 0, seen["estimated_end"]) == (True, None)
    decide.resume(town.rt, town.official(Role.ADMIN), id)
    town.settle(town.claim())
    assert town.status(id)["estimated_end"] is None


def test_failures_stand_by_reason_and_by_operator_and_both_sum(town, clock):
    town.people(3, prefix="+62811")
    town.people(2, prefix="+62856")
    town.people(1, prefix="+62834")
    town.people(4, prefix="+62895")
    id = town.started(town.official(Role.ADMIN), audience={"areas": [town.home]})
    rows = town.claim()
    by_route = sorted(rows, key=lambda row: row.number_id)
    town.settle(by_route[:4], rank=2, code="30003")
    town.settle(by_route[4:6], rank=2, code="30005")
    town.settle(by_route[6:])
    seen = town.status(id)
    assert seen["failures"] == {"30003": 4, "30005": 2}
    assert seen["by_operator"] == {"Telkomsel": 3, "Indosat": 2, "other": 1}
    assert sum(seen["by_operator"].values()) == sum(seen["failures"].values()) == seen["counts"]["failed"]
