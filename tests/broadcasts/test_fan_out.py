"""The fan-out and what the claim does to it: who is in the total, who is skipped and why, and counts that always sum."""

import threading
from dataclasses import replace

import pytest

from config.settings import Route
from gateway.broadcasts.service import start
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.outbox.store import messages, routes
from tests.broadcasts.town import CITY, Town, at_once
from tests.conftest import Clock


@pytest.fixture
def admin(town: Town) -> Official:
    return town.official(Role.ADMIN)


def _set(town: Town, **settings: object) -> None:
    """Live with other settings from now on."""
    town.rt = replace(town.rt, settings=town.rt.settings.model_copy(update=settings))


def _pass_week(town: Town) -> None:
    town.rt.now.ahead(days=7)  # type: ignore[attr-defined]


def test_one_row_a_person_all_queued_for_their_route(town: Town, admin: Official) -> None:
    people = town.people(5)
    town.people(3, town.other)
    id = town.started(admin)
    assert town.rows(id) == [(person, "queued", None, "simulator", "id") for person in people]
    status = town.status(id)
    assert (status["total"], status["counts"]["queued"], status["state"]) == (5, 5, "sending")
    assert status["started_at"] is not None


def test_pending_people_get_nothing_not_even_an_emergency(town: Town, admin: Official) -> None:
    people = town.people(2)
    town.people(3, how="verbal")
    town.people(1, how="sheet")
    for level in ("routine", "emergency"):
        assert [row[0] for row in town.rows(town.started(admin, level))] == people


STOPS = {
    "routine leaves out who said BERHENTI": ("routine", "notices", False),
    "important leaves out who said BERHENTI": ("important", "notices", False),
    "emergency reaches who said BERHENTI": ("emergency", "notices", True),
    "routine leaves out who said BERHENTI SEMUA": ("routine", "all", False),
    "important leaves out who said BERHENTI SEMUA": ("important", "all", False),
    "emergency leaves out who said BERHENTI SEMUA": ("emergency", "all", False),
}


@pytest.mark.parametrize(("level", "scope", "gets"), STOPS.values(), ids=STOPS)
def test_who_stopped_before_the_start_is_not_in_the_total(
    town: Town, clock: Clock, admin: Official, level: str, scope: str, gets: bool
) -> None:
    people = town.people(4)
    id = town.approved(admin, level)
    town.stop(people[:1], scope)
    clock.ahead(minutes=2)
    assert start.start(town.rt, id)
    assert {row[0] for row in town.rows(id)} == set(people if gets else people[1:])
    assert town.status(id)["skipped"] == {}


@pytest.mark.parametrize(("level", "scope", "gets"), STOPS.values(), ids=STOPS)
def test_who_stops_after_the_fan_out_is_skipped_with_a_reason(
    town: Town, admin: Official, level: str, scope: str, gets: bool
) -> None:
    people = town.people(4)
    id = town.started(admin, level)
    town.stop(people[:1], scope)
    claimed = town.claim()
    assert {row.number_id for row in claimed} == set(people if gets else people[1:])
    status = town.status(id)
    assert status["total"] == sum(status["counts"].values()) == 4
    assert status["skipped"] == ({} if gets else {"stopped": 1})


def test_a_carriers_block_of_the_route_skips_at_the_claim(town: Town, admin: Official) -> None:
    people = town.people(3)
    id = town.started(admin)
    town.stop(people[:1], "route", "simulator")
    town.stop(people[1:2], "route", "twilio")
    assert [row.number_id for row in town.claim()] == people[1:]
    assert town.status(id)["skipped"] == {"stopped": 1}


def test_an_erased_number_is_skipped_and_still_counted(town: Town, admin: Official) -> None:
    people = town.people(3)
    id = town.started(admin)
    with town.rt.engine.begin() as conn:
        numbers.forget(conn, people[0])
    assert len(town.claim()) == 2
    assert town.status(id)["skipped"] == {"erased": 1}


def test_over_the_weekly_cap_people_are_skipped(town: Town, admin: Official) -> None:
    early = town.people(2)
    for level in ("routine", "important"):
        town.settle(town.claim_of(town.started(admin, level)))
    late = town.people(1)
    for level in ("important", "routine"):
        id = town.started(admin, level)
        status = town.status(id)
        assert (status["total"], status["skipped"]) == (3, {"cap": 2})
        assert {row[0] for row in town.rows(id) if row[1] == "queued"} == set(late)
        assert {row[0] for row in town.rows(id) if row[2] == "cap"} == set(early)


def test_an_emergency_is_outside_the_cap_both_ways(town: Town, admin: Official) -> None:
    town.people(2)
    for _ in range(3):
        assert town.counts(town.started(admin, "emergency")) == {"queued": 2}
    for _ in range(2):
        assert town.counts(town.started(admin, "routine")) == {"queued": 2}
    assert town.counts(town.started(admin, "emergency")) == {"queued": 2}
    assert town.counts(town.started(admin, "routine")) == {"skipped": 2}


def test_the_week_rolls(town: Town, clock: Clock, admin: Official) -> None:
    town.people(1)
    town.started(admin)
    clock.ahead(days=3)
    town.started(admin)
    clock.ahead(days=3, hours=23)
    assert town.counts(town.started(admin)) == {"skipped": 1}
    clock.ahead(hours=2)
    assert town.counts(town.started(admin)) == {"queued": 1}
    assert town.counts(town.started(admin)) == {"skipped": 1}


def test_the_week_rolls_over_the_end_of_a_month(town: Town, clock: Clock, admin: Official) -> None:
    clock.ahead(days=25)
    town.people(1)
    for _ in range(2):
        assert town.counts(town.started(admin)) == {"queued": 1}
    clock.ahead(days=3)
    assert clock().month == 12
    assert town.counts(town.started(admin)) == {"skipped": 1}


def test_what_was_skipped_or_failed_does_not_count_against_anyone(town: Town, admin: Official) -> None:
    people = town.people(1)
    first = town.started(admin)
    town.settle(town.claim_of(first), rank=2, code="21211")
    second = town.started(admin)
    town.stop(people, "route", "simulator")
    assert town.claim_of(second) == []
    with town.rt.engine.begin() as conn:
        routes.lift(conn, people[0], ("route",))
    for _ in range(2):
        assert town.counts(town.started(admin)) == {"queued": 1}
    assert town.counts(town.started(admin)) == {"skipped": 1}


def test_answers_do_not_count(town: Town, admin: Official) -> None:
    (person,) = town.people(1)
    with town.rt.engine.begin() as conn:
        for at in range(5):
            single = messages.Single(f"cause {at}", person, "Halo", "reply", "reply", "simulator", "id", town.rt.now())
            assert messages.add(conn, single)
    assert town.counts(town.started(admin)) == {"queued": 1}


def test_a_cap_of_zero_is_none(town: Town, admin: Official) -> None:
    town.people(1)
    _set(town, routine_per_week=0)
    for _ in range(4):
        assert town.counts(town.started(admin)) == {"queued": 1}


def test_two_started_at_once_do_not_break_the_cap_together(town: Town, clock: Clock, admin: Official) -> None:
    people = town.people(20)
    for _ in range(5):
        ids = [town.approved(admin) for _ in range(4)]
        clock.ahead(minutes=2)
        while any(town.state(id) == "approved" for id in ids):
            at_once(*(lambda id=id: start.start(town.rt, id) for id in ids))
        written = [row for id in ids for row in town.rows(id)]
        assert len(written) == 4 * len(people)
        for person in people:
            assert sum(row[0] == person and row[1] == "queued" for row in written) == 2
        _pass_week(town)


def test_demo_people_are_skipped_on_every_route_but_the_simulators(town: Town, admin: Official) -> None:
    _set(town, sms_routes=(Route("+62813", ("africastalking",)), Route("", ("simulator",))))
    town.people(1, is_demo=True)
    town.people(1)
    shown = town.people(2, is_demo=True, prefix="+62813")
    real = town.people(3, prefix="+62813")
    id = town.started(admin)
    rows = {row[0]: row[1:4] for row in town.rows(id)}
    assert all(rows[person] == ("skipped", "demo", "africastalking") for person in shown)
    assert all(rows[person] == ("queued", None, "africastalking") for person in real)
    assert len(town.claim()) == 2
    assert len(town.claim(route="africastalking")) == 3
    assert town.status(id)["skipped"] == {"demo": 2}


def test_numbers_without_a_route_are_skipped(town: Town, admin: Official) -> None:
    _set(town, sms_routes=(Route("+62813", ("simulator",)),))
    town.people(2)
    town.people(3, prefix="+62813")
    id = town.started(admin)
    assert town.counts(id) == {"queued": 3, "skipped": 2}
    assert town.status(id)["skipped"] == {"no route": 2}
    assert len(town.claim()) == 3


def test_the_longest_prefix_wins_and_a_paused_provider_is_passed_over(
    town: Town, clock: Clock, admin: Official
) -> None:
    _set(town, sms_routes=(Route("+62813", ("africastalking", "simulator")), Route("", ("simulator",))))
    town.people(1)
    town.people(2, prefix="+62813")
    assert sorted(row[3] for row in town.rows(town.started(admin))) == ["africastalking"] * 2 + ["simulator"]
    with town.rt.engine.begin() as conn:
        routes.pause(conn, "africastalking", "401", clock())
    assert {row[3] for row in town.rows(town.started(admin))} == {"simulator"}


def test_an_audience_of_nobody_starts_and_finishes(town: Town, admin: Official) -> None:
    id = town.started(admin, audience={"areas": [town.home], "groups": ["kosong"]})
    town.clock_ticks()
    status = town.status(id)
    assert (status["state"], status["total"], sum(status["counts"].values())) == ("finished", 0, 0)


def test_counts_sum_to_the_total_at_every_moment(town: Town, clock: Clock, admin: Official) -> None:
    """Readers look without pause while the fan-out, claims, sends, failures and stops go on."""
    people = town.people(3000)
    id = town.approved(admin)
    clock.ahead(minutes=2)
    town.official(Role.AUDITOR)
    totals: tuple[list[int], list[int]] = ([], [])
    wrong: list[object] = []
    over = threading.Event()

    def look(totals: list[int]) -> None:
        while not over.is_set():
            status = town.status(id)
            totals.append(status["total"])
            if sum(status["counts"].values()) != status["total"]:
                wrong.append(status)

    def send(rank: int) -> None:
        while rows := town.claim(most=200):
            town.settle(rows, rank, "21211" if rank == 2 else "")

    readers = [threading.Thread(target=look, args=(seen,)) for seen in totals]
    for reader in readers:
        reader.start()
    try:
        assert start.start(town.rt, id)
        town.stop(people[:50])
        at_once(lambda: send(1), lambda: send(2), lambda: send(3))
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    for seen in totals:
        assert set(seen) <= {0, 3000}
        assert seen == sorted(seen)
    counts = town.counts(id)
    assert counts["skipped"] == 50
    assert sum(counts.values()) == 3000
    assert not {"queued", "sending"} & counts.keys()


def test_a_restart_in_the_middle_of_the_fan_out_leaves_nothing_half_done(
    town: Town, clock: Clock, admin: Official
) -> None:
    """A start that fails before its commit leaves the broadcast approved and the ledger empty; the next one starts it."""
    town.people(5)
    id = town.approved(admin, audience={"areas": [CITY]})
    clock.ahead(minutes=2)
    broken = replace(town.rt, settings=town.rt.settings.model_copy(update={"sms_routes": (Route("", ()),)}))
    with pytest.raises(IndexError):
        start.start(broken, id)
    assert town.state(id) == "approved"
    assert town.count_of("SELECT count(*) FROM messages") == town.count_of("SELECT count(*) FROM batches") == 0
    assert start.start(town.rt, id)
    assert town.status(id)["total"] == 5
