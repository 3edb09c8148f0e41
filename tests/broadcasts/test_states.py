"""Every state and every verb: what the contract's line allows happens, all else is refused and changes nothing."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from gateway.audit import store as audit
from gateway.broadcasts import rules, store
from gateway.broadcasts.rules import State, Verb
from gateway.broadcasts.service import decide, draft, resend, start, view
from gateway.kernel.errors import Conflict
from gateway.officials.rules import Official, Role
from gateway.runtime import Runtime
from tests.broadcasts.town import Town
from tests.conftest import Clock

HOME = "33.75.01.1006"


def _finish(town: Town, id: int) -> None:
    town.settle(town.claim())
    town.clock_ticks()


def _reach(town: Town, state: State) -> int:
    """The id of a broadcast brought to `state` by the verbs that lead there."""
    kim, approver = town.official(Role.KIM, HOME), town.official(Role.APPROVER)
    match state:
        case State.DRAFT:
            return int(town.write(kim)["id"])
        case State.SUBMITTED:
            return town.submitted(kim)
        case State.APPROVED:
            return town.approved(kim)
        case State.SENDING | State.PAUSED | State.FINISHED:
            id = town.started(kim)
            if state is State.PAUSED:
                decide.pause(town.rt, kim, id)
            elif state is State.FINISHED:
                _fail(town)
            return id
        case State.REJECTED:
            id = town.submitted(kim)
            decide.reject(town.rt, approver, id)
            return id
        case State.EXPIRED:
            id = town.submitted(kim)
            town.rt.now.ahead(hours=72)  # type: ignore[attr-defined]
            start.tick(town.rt)
            return id
        case State.CANCELLED:
            id = int(town.write(kim)["id"])
            decide.cancel(town.rt, kim, id)
            return id


def _fail(town: Town) -> None:
    """Bring what is under way to its end with every message failed on the way, so that all of them may be sent again."""
    town.settle(town.claim(), rank=2, code="DeliveryFailure")
    town.clock_ticks()


Act = Callable[[Runtime, Official, int], Any]
ACTS: dict[str, tuple[Role, Act]] = {
    "change": (Role.KIM, lambda rt, official, id: draft.change(rt, official, id, {"texts": {"id": "Lain."}})),
    "submit": (Role.KIM, draft.submit),
    "approve": (Role.APPROVER, decide.approve),
    "reject": (Role.APPROVER, decide.reject),
    "pause": (Role.APPROVER, decide.pause),
    "resume": (Role.APPROVER, decide.resume),
    "cancel": (Role.APPROVER, decide.cancel),
    "resend": (Role.APPROVER, lambda rt, official, id: resend.resend(rt, official, id, failed=True)),
}
FOLLOWS = {
    "draft": {"change": "draft", "submit": "submitted", "cancel": "cancelled"},
    "submitted": {"change": "draft", "approve": "approved", "reject": "rejected", "cancel": "cancelled"},
    "approved": {"change": "draft", "cancel": "cancelled", "start": "sending"},
    "sending": {"pause": "paused", "cancel": "cancelled"},
    "paused": {"resume": "sending", "cancel": "cancelled"},
    "finished": {"resend": "sending"},
    "rejected": {"change": "draft"},
    "expired": {},
    "cancelled": {},
}


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        pytest.param(state, verb, id=f"what is {state} is asked to {verb}")
        for state, verb in product(FOLLOWS, [*ACTS, "start"])
    ],
)
def test_every_verb_in_every_state(town: Town, clock: Clock, state: str, verb: str) -> None:
    town.people(3)
    id = _reach(town, State(state))
    before = town.get(id)
    assert before.state == state
    expected = FOLLOWS[state].get(verb)
    if verb == "start":
        clock.ahead(minutes=5)
        assert start.start(town.rt, id) is (expected is not None)
    else:
        role, act = ACTS[verb]
        official = town.official(role, HOME if role is Role.KIM else "33.75")
        if expected:
            act(town.rt, official, id)
        else:
            with pytest.raises(Conflict, match=f"It is {state}"):
                act(town.rt, official, id)
    after = town.get(id)
    assert after.state == (expected or state)
    if not expected:
        assert after == before


def test_the_table_of_transitions_is_the_contracts_line() -> None:
    ours = {(state.value, verb.value): follows.value for (state, verb), follows in rules.TRANSITIONS.items()}
    of_the_clock = {("submitted", "expire"), ("approved", "expire"), ("approved", "return"), ("sending", "finish")}
    listed = {(state, verb): follows for state, verbs in FOLLOWS.items() for verb, follows in verbs.items()}
    assert {pair: follows for pair, follows in ours.items() if pair not in of_the_clock} == listed
    assert {verb.value for verb in Verb} == {verb for _, verb in ours}


def test_drafting_submitting_and_approving_send_nothing(town: Town, clock: Clock) -> None:
    town.people(3)
    id = town.approved(town.official(Role.KIM, HOME))
    town.clock_ticks()
    assert town.count_of("SELECT count(*) FROM batches") == town.count_of("SELECT count(*) FROM messages") == 0
    assert town.status(id)["total"] == 0
    assert sum(town.status(id)["counts"].values()) == 0


@pytest.mark.parametrize("state", ["submitted", "approved", "rejected"])
def test_a_change_returns_to_draft_and_voids_what_was_approved(town: Town, clock: Clock, state: str) -> None:
    town.people(3)
    id = _reach(town, State(state))
    before = town.get(id)
    answer = draft.change(town.rt, town.official(Role.KIM, HOME), id, {"texts": {"id": "Air mati sampai malam."}})
    after = town.get(id)
    assert (answer["state"], answer["hash"]) == ("draft", after.hash)
    assert answer["code"] == f"B{before.number}"
    assert after.hash != before.hash
    assert (after.approved_by, after.release_at, after.submitted_at, after.approval_ends_at, after.note) == (None,) * 5
    clock.ahead(minutes=5)
    assert not start.start(town.rt, id)


def test_what_a_change_leaves_out_stays(town: Town) -> None:
    town.people(3)
    kim = town.official(Role.KIM, HOME)
    id = int(town.write(kim, texts={"id": "Satu.", "jv": "Siji."}, reason="kerja bakti")["id"])
    draft.change(town.rt, kim, id, {"texts": {"id": "Dua."}})
    changed = town.get(id)
    assert changed.texts == {"id": "Dua."}
    assert (changed.level, changed.audience, changed.reason) == ("routine", {"areas": [HOME]}, "kerja bakti")


def test_codes_are_never_given_twice(town: Town) -> None:
    kim = town.official(Role.KIM, HOME)
    codes = [town.write(kim)["code"] for _ in range(5)]
    with pytest.raises(Conflict):
        town.write(kim, texts={"id": "Lain."}, key="key 1")
    codes += [town.write(kim)["code"] for _ in range(5)]
    assert len(set(codes)) == 10
    assert all(code[0] == "B" and code[1:].isdigit() for code in codes)


def test_every_act_is_in_the_audit_trail_with_codes_and_counts_alone(town: Town, clock: Clock) -> None:
    town.people(3)
    kim = town.official(Role.KIM, HOME)
    id = town.started(kim, texts={"id": "Rahasia sekali."})
    decide.pause(town.rt, kim, id)
    decide.resume(town.rt, kim, id)
    _finish(town, id)
    with town.rt.engine.begin() as conn:
        trail = audit.of(conn, f"broadcast:{id}")
    acts = [(row["actor"], row["act"]) for row in trail]
    approver = town.official(Role.APPROVER)
    assert acts == [
        (kim.actor, "draft"), (kim.actor, "submit"), (approver.actor, "approve"), ("clock", "start"),
        (kim.actor, "pause"), (kim.actor, "resume"), ("clock", "finish"),
    ]  # fmt: skip
    assert "Rahasia" not in repr(trail)


def test_a_list_shows_what_one_may_see_newest_first_in_parts(town: Town) -> None:
    here, there = town.official(Role.KIM, HOME), town.official(Role.KIM, town.other)
    mine = [int(town.write(here)["id"]) for _ in range(5)]
    other = int(town.write(there, audience={"areas": [town.other]})["id"])
    first, following = view.page(town.rt, here, None, 3)
    rest, end = view.page(town.rt, here, following, 3)
    assert [one["id"] for one in first + rest] == mine[::-1]
    assert end is None
    assert [one["id"] for one in view.page(town.rt, there, None, 9)[0]] == [other]
    assert len(view.page(town.rt, town.official(Role.AUDITOR), None, 9)[0]) == 6


def test_a_list_finds_what_one_may_see_behind_much_that_one_may_not(town: Town) -> None:
    here, there = town.official(Role.KIM, HOME), town.official(Role.KIM, town.other)
    first = int(town.write(here)["id"])
    for _ in range(101):
        town.write(there, audience={"areas": [town.other]})
    assert [one["id"] for one in view.page(town.rt, here, None, 5)[0]] == [first]


def test_only_known_fields_are_updated(town: Town) -> None:
    with town.rt.engine.begin() as conn, pytest.raises(ValueError, match="author_id"):
        store.update(conn, 1, town.rt.now(), author_id=1)
