"""Races, run for real on threads, many times: exactly one wins, and the ledger agrees with the state."""

from typing import Any

import pytest

from gateway.broadcasts.rules import Broadcast, State
from gateway.broadcasts.service import decide, draft, start
from gateway.kernel.errors import Conflict
from gateway.officials.rules import Official, Role
from gateway.outbox.service import sweep
from tests.broadcasts.town import Town, at_once
from tests.conftest import Clock

ROUNDS = 15
MESSAGES = "SELECT count(*) FROM messages"
ACTS = "SELECT count(*) FROM audit WHERE act = :act AND subject LIKE :subject"
OPEN_BATCH = """
    SELECT count(*) FROM batches t JOIN broadcasts b ON b.batch_id = t.id WHERE b.id = :id AND t.state = 'open'
"""


@pytest.fixture
def author(town: Town) -> Official:
    town.people(10)
    return town.official(Role.ADMIN)


def _urgent(town: Town, author: Official) -> int:
    # An emergency has neither undo window nor cap, so that every round is like the first.
    return town.approved(author, "emergency")


def test_of_many_starters_one_fans_out(town: Town, author: Official) -> None:
    for at in range(ROUNDS):
        id = _urgent(town, author)
        results = at_once(*[lambda id=id: start.start(town.rt, id)] * 6)
        assert results.count(True) == 1
        assert town.status(id)["total"] == 10
        assert town.count_of(MESSAGES) == 10 * (at + 1)
        assert town.count_of("SELECT count(*) FROM batches") == at + 1


def test_starting_again_does_nothing(town: Town, author: Official) -> None:
    id = town.started(author)
    before = town.get(id)
    assert not start.start(town.rt, id)
    assert town.get(id) == before
    assert town.count_of(MESSAGES) == 10


def test_of_two_approvers_one_approves(town: Town, author: Official) -> None:
    approvers = [town.new_official(Role.APPROVER) for _ in range(4)]
    for _ in range(ROUNDS):
        id = town.submitted(author)
        results = at_once(*(lambda official=official, id=id: decide.approve(town.rt, official, id)
                            for official in approvers))  # fmt: skip
        won = [result for result in results if isinstance(result, Broadcast)]
        assert len(won) == 1
        assert all(isinstance(result, Broadcast | Conflict) for result in results)
        assert town.get(id).approved_by == won[0].approved_by
        assert town.count_of(ACTS, act="approve", subject=f"broadcast:{id}") == 1


def test_approve_against_reject(town: Town, author: Official) -> None:
    one, other = town.new_official(Role.APPROVER), town.new_official(Role.APPROVER)
    for _ in range(ROUNDS):
        id = town.submitted(author)
        approved, rejected = at_once(
            lambda id=id: decide.approve(town.rt, one, id), lambda id=id: decide.reject(town.rt, other, id)
        )
        assert isinstance(approved, Broadcast) is not isinstance(rejected, Broadcast)
        assert town.state(id) == ("approved" if isinstance(approved, Broadcast) else "rejected")


def test_cancel_against_approve(town: Town, clock: Clock, author: Official) -> None:
    """Whichever comes first, nothing leaves."""
    for _ in range(ROUNDS):
        id = town.submitted(author, "emergency")
        approved, cancelled = at_once(
            lambda id=id: decide.approve(town.rt, town.official(Role.APPROVER), id),
            lambda id=id: decide.cancel(town.rt, author, id),
        )
        assert isinstance(cancelled, Broadcast)
        assert isinstance(approved, Broadcast | Conflict)
        assert town.state(id) == "cancelled"
        assert not start.start(town.rt, id)
    assert town.count_of(MESSAGES) == 0


def test_change_against_approve(town: Town, author: Official) -> None:
    """An approval never falls on words the approver has not seen."""
    for _ in range(ROUNDS):
        id = town.submitted(author)
        seen = town.get(id).hash
        approved, _ = at_once(
            lambda id=id, seen=seen: decide.approve(town.rt, town.official(Role.APPROVER), id, seen),
            lambda id=id: draft.change(town.rt, author, id, {"texts": {"id": "Lain."}}),
        )
        assert isinstance(approved, Broadcast | Conflict)
        after = town.get(id)
        assert (after.state, after.approved_by, after.release_at) == ("draft", None, None)
        assert after.hash != seen


def test_change_and_submit_against_approve_with_the_hash_seen(town: Town, author: Official) -> None:
    def rewrite(id: int) -> Any:
        draft.change(town.rt, author, id, {"texts": {"id": "Lain."}})
        return draft.submit(town.rt, author, id)

    for _ in range(ROUNDS):
        id = town.submitted(author)
        seen = town.get(id).hash
        approved, rewritten = at_once(
            lambda id=id, seen=seen: decide.approve(town.rt, town.official(Role.APPROVER), id, seen),
            lambda id=id: rewrite(id),
        )
        assert isinstance(rewritten, Broadcast)
        assert isinstance(approved, Broadcast | Conflict)
        assert (town.state(id), town.get(id).texts) == ("submitted", {"id": "Lain."})


def test_cancel_against_start(town: Town, author: Official) -> None:
    """Both orders happen over the rounds or not; after either no row may be sent."""
    for _ in range(ROUNDS):
        id = _urgent(town, author)
        started, cancelled = at_once(
            lambda id=id: start.start(town.rt, id), lambda id=id: decide.cancel(town.rt, author, id)
        )
        assert isinstance(cancelled, Broadcast)
        assert town.state(id) == "cancelled"
        assert town.counts(id) == ({"skipped": 10} if started else {})
        assert town.claim() == []


def test_change_against_start(town: Town, author: Official) -> None:
    for _ in range(ROUNDS):
        id = _urgent(town, author)
        started, changed = at_once(
            lambda id=id: start.start(town.rt, id),
            lambda id=id: draft.change(town.rt, author, id, {"texts": {"id": "Lain."}}),
        )
        assert started is isinstance(changed, Conflict)
        assert (town.state(id), town.status(id)["total"]) == (("sending", 10) if started else ("draft", 0))


def test_cancel_against_claims(town: Town, clock: Clock, author: Official) -> None:
    """A row is claimed or skipped, never both and never neither; after the cancel has returned none is claimed."""
    town.people(190)
    for _ in range(5):
        id = town.started(author, "emergency")
        one, other, cancelled = at_once(
            lambda: [row for _ in range(20) for row in town.claim(most=7)],
            lambda: [row for _ in range(20) for row in town.claim(most=7)],
            lambda id=id: decide.cancel(town.rt, author, id),
        )
        assert isinstance(cancelled, Broadcast)
        claimed = [row.id for row in one + other]
        assert len(claimed) == len(set(claimed))
        counts = town.status(id)["counts"]
        assert (counts["queued"], counts["sending"]) == (0, len(claimed))
        assert counts["skipped"] == 200 - len(claimed)
        assert town.claim() == []
        town.settle(one + other)


def test_pause_against_finish(town: Town, author: Official) -> None:
    for _ in range(ROUNDS):
        id = town.started(author, "emergency")
        town.settle(town.claim())
        paused, _ = at_once(lambda id=id: decide.pause(town.rt, author, id), lambda: sweep.finish(town.rt))
        assert isinstance(paused, Broadcast | Conflict)
        assert town.state(id) == ("paused" if isinstance(paused, Broadcast) else "sending")
        for _ in range(2):
            town.clock_ticks()
        # A pause that won had nothing to hold, and the end comes all the same.
        assert (town.state(id), town.counts(id)) == ("finished", {"sent": 10})


def test_cancel_against_finish(town: Town, author: Official) -> None:
    for _ in range(ROUNDS):
        id = town.started(author, "emergency")
        town.settle(town.claim())
        cancelled, _ = at_once(lambda id=id: decide.cancel(town.rt, author, id), lambda: town.clock_ticks())
        town.clock_ticks()
        won = isinstance(cancelled, Broadcast)
        assert town.state(id) == ("cancelled" if won else "finished")
        assert town.counts(id) == {"sent": 10}
        assert town.status(id)["finished_at"] is not None


def test_pause_against_resume_and_cancel_agree_with_the_batch(town: Town, author: Official) -> None:
    id = town.started(author, "emergency")
    for _ in range(ROUNDS):
        at_once(lambda: decide.pause(town.rt, author, id), lambda: decide.resume(town.rt, author, id))
        state = town.state(id)
        batch = town.count_of(OPEN_BATCH, id=id)
        assert (state == "sending") is (batch == 1)
    at_once(*[lambda: decide.cancel(town.rt, author, id)] * 3, lambda: decide.pause(town.rt, author, id))
    assert (town.state(id), town.counts(id)) == ("cancelled", {"skipped": 10})


def test_two_clocks_at_once_expire_and_finish_once(town: Town, clock: Clock, author: Official) -> None:
    ids = [town.started(author, "emergency") for _ in range(5)]
    late = [town.submitted(author) for _ in range(5)]
    town.settle(town.claim())
    clock.ahead(hours=72)
    for _ in range(3):
        at_once(*[town.clock_ticks] * 3)
    assert {town.state(id) for id in ids} == {"finished"}
    assert {town.state(id) for id in late} == {"expired"}
    for act in ("finish", "expire"):
        assert town.count_of(ACTS, act=act, subject="broadcast:%") == 5


def test_submissions_at_once_are_one(town: Town, author: Official) -> None:
    id = int(town.write(author)["id"])
    results = at_once(*[lambda: draft.submit(town.rt, author, id)] * 4)
    assert sum(isinstance(result, Broadcast) for result in results) == 1
    assert town.get(id).state is State.SUBMITTED
