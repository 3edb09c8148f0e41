"""The end of a broadcast: finished once nothing is queued or sending, cancelled, paused with nothing left, receipts after."""

import pytest

from gateway.broadcasts.service import decide
from gateway.kernel.errors import Conflict
from gateway.officials.rules import Official, Role
from gateway.outbox.service import sweep
from gateway.outbox.store import messages, receipts
from gateway.outbox.store.receipts import Arrived
from tests.broadcasts.town import Town
from tests.conftest import Clock


@pytest.fixture
def admin(town: Town) -> Official:
    town.people(4)
    return town.official(Role.ADMIN)


def _receipt(town: Town, provider_id: str, rank: int, code: str = "") -> None:
    with town.rt.engine.begin() as conn:
        receipts.add(conn, town.rt.now(), Arrived("simulator", provider_id, None, None, rank, code, "", False))
        receipts.apply(conn, town.rt.now())


def test_it_is_finished_only_when_nothing_is_queued_or_sending(town: Town, clock: Clock, admin: Official) -> None:
    id = town.started(admin)
    steps = [(0, "sending"), (1, "sending"), (3, "sending")]
    claimed = []
    for most, state in steps:
        if most:
            claimed += town.claim(most=most)
        clock.ahead(seconds=1)
        town.clock_ticks()
        assert (town.state(id), town.status(id)["finished_at"]) == (state, None)
    town.settle(claimed[:3])
    town.clock_ticks()
    assert town.state(id) == "sending"
    assert town.counts(id) == {"sending": 1, "sent": 3}
    town.settle(claimed[3:], rank=2, code="21211")
    ended = clock.ahead(seconds=1)
    town.clock_ticks()
    status = town.status(id)
    assert (status["state"], status["finished_at"]) == ("finished", ended.isoformat())
    assert (town.counts(id), status["failures"]) == ({"sent": 3, "failed": 1}, {"21211": 1})
    assert status["per_second"] > 0


def test_a_message_in_doubt_keeps_it_open_until_it_is_decided(town: Town, admin: Official) -> None:
    id = town.started(admin)
    claimed = town.claim()
    town.settle(claimed[1:])
    town.clock_ticks()
    assert town.state(id) == "sending"
    with town.rt.engine.begin() as conn:
        assert messages.decide(conn, claimed[0], "unconfirmed", None, route="simulator", resend=False)
    town.clock_ticks()
    assert (town.state(id), town.counts(id)) == ("finished", {"unconfirmed": 1, "sent": 3})


def test_receipts_change_counts_after_the_end_and_nothing_else(town: Town, clock: Clock, admin: Official) -> None:
    id = town.started(admin)
    claimed = town.claim()
    town.settle(claimed)
    town.clock_ticks()
    before = town.status(id)
    clock.ahead(hours=1)
    _receipt(town, f"id-{claimed[0].key}", 3)
    _receipt(town, f"id-{claimed[1].key}", 2, "30005")
    _receipt(town, f"id-{claimed[1].key}", 1)
    town.clock_ticks()
    after = town.status(id)
    assert town.counts(id) == {"sent": 2, "delivered": 1, "failed": 1}
    assert after["failures"] == {"30005": 1}
    for name in ("state", "total", "hash", "started_at", "finished_at", "per_second"):
        assert after[name] == before[name]
    _receipt(town, f"id-{claimed[1].key}", 3)
    assert town.counts(id) == {"sent": 2, "delivered": 2}


def test_a_pause_lets_no_more_be_claimed_and_a_resume_goes_on(town: Town, admin: Official) -> None:
    id = town.started(admin)
    town.settle(town.claim(most=1))
    decide.pause(town.rt, admin, id)
    assert town.claim() == []
    town.clock_ticks()
    assert (town.state(id), town.counts(id)) == ("paused", {"sent": 1, "queued": 3})
    decide.resume(town.rt, admin, id)
    assert len(town.claim()) == 3


def test_what_was_paused_with_nothing_left_to_send_finishes_by_itself(town: Town, admin: Official) -> None:
    id = town.started(admin)
    claimed = town.claim()
    decide.pause(town.rt, admin, id)
    town.clock_ticks()
    assert town.state(id) == "paused"
    town.settle(claimed)
    town.clock_ticks()
    town.clock_ticks()
    assert (town.state(id), town.counts(id)) == ("finished", {"sent": 4})


def test_a_cancel_skips_what_was_not_claimed_and_waits_for_what_was(town: Town, clock: Clock, admin: Official) -> None:
    id = town.started(admin)
    claimed = town.claim(most=1)
    decide.cancel(town.rt, admin, id)
    assert town.claim() == []
    town.clock_ticks()
    assert (town.counts(id), town.status(id)["finished_at"]) == ({"sending": 1, "skipped": 3}, None)
    assert town.status(id)["skipped"] == {"cancelled": 3}
    town.settle(claimed)
    ended = clock.ahead(seconds=1)
    town.clock_ticks()
    status = town.status(id)
    assert (status["state"], status["finished_at"]) == ("cancelled", ended.isoformat())
    assert town.counts(id) == {"sent": 1, "skipped": 3}


def test_what_comes_back_unsent_after_a_cancel_is_skipped_too(town: Town, admin: Official) -> None:
    id = town.started(admin)
    claimed = town.claim(most=1)
    decide.cancel(town.rt, admin, id)
    with town.rt.engine.begin() as conn:
        messages.requeue(conn, [(claimed[0], None, None)])
    town.clock_ticks()
    town.clock_ticks()
    assert town.claim() == []
    assert town.counts(id) == {"skipped": 4}
    assert town.status(id)["finished_at"] is not None


def test_a_cancel_while_paused_skips_the_rest(town: Town, admin: Official) -> None:
    id = town.started(admin)
    decide.pause(town.rt, admin, id)
    decide.cancel(town.rt, admin, id)
    town.clock_ticks()
    assert (town.state(id), town.counts(id)) == ("cancelled", {"skipped": 4})
    assert town.status(id)["finished_at"] is not None


def test_what_has_left_whole_can_be_neither_paused_nor_cancelled(town: Town, admin: Official) -> None:
    """Between the batch's end and the clock's next look the broadcast still says `sending`."""
    id = town.started(admin)
    town.settle(town.claim())
    sweep.finish(town.rt)
    assert town.state(id) == "sending"
    for act in (decide.pause, decide.cancel):
        with pytest.raises(Conflict, match="left already"):
            act(town.rt, admin, id)
    town.clock_ticks()
    assert town.state(id) == "finished"
