"""Idempotency keys: the same key and body give the same answer, once, for seven days, to one official."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.broadcasts.rules import Content
from gateway.broadcasts.service import draft
from gateway.kernel.errors import Conflict, Forbidden, Invalid
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import Town, at_once
from tests.conftest import Clock

BROADCASTS = "SELECT count(*) FROM broadcasts"
BODY = Content("routine", {"id": "Air mati.", "jv": "Banyu mati."}, {"areas": ["33.75.01.1006"]})


@pytest.fixture
def admin(town: Town) -> Official:
    town.people(3)
    return town.official(Role.ADMIN)


def test_the_same_key_and_body_give_the_same_answer_and_one_broadcast(town: Town, admin: Official) -> None:
    first = draft.draft(town.rt, admin, BODY, "k")
    town.people(5)
    assert draft.draft(town.rt, admin, BODY, "k") == first
    assert town.count_of(BROADCASTS) == 1


def test_twenty_at_the_same_moment_make_one_broadcast(town: Town, admin: Official) -> None:
    for at in range(5):
        answers = at_once(*[lambda at=at: draft.draft(town.rt, admin, BODY, f"k{at}")] * 20)
        assert all(answer == answers[0] for answer in answers)
        assert town.count_of(BROADCASTS) == at + 1


def test_of_two_bodies_at_the_same_moment_one_is_refused(town: Town, admin: Official) -> None:
    other = replace(BODY, texts={"id": "Lain."})
    for at in range(10):
        answers = at_once(
            lambda at=at: draft.draft(town.rt, admin, BODY, f"k{at}"),
            lambda at=at: draft.draft(town.rt, admin, other, f"k{at}"),
        )
        assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
        assert town.count_of(BROADCASTS) == at + 1


OTHERS = {
    "another level": replace(BODY, level="important"),
    "another text": replace(BODY, texts={"id": "Air mati!", "jv": "Banyu mati."}),
    "a language less": replace(BODY, texts={"id": "Air mati."}),
    "another audience": replace(BODY, audience={"areas": ["33.75.02.1007"]}),
    "a reason": replace(BODY, reason="rob"),
    "a moment": replace(BODY, expires_at=Clock.START + timedelta(days=1)),
    "a body that is wrong in itself": replace(BODY, level="urgent"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_the_same_key_with_another_body_is_refused(town: Town, admin: Official, other: Content) -> None:
    first = draft.draft(town.rt, admin, BODY, "k")
    with pytest.raises(Conflict, match="Idempotency-Key"):
        draft.draft(town.rt, admin, other, "k")
    assert draft.draft(town.rt, admin, BODY, "k") == first
    assert town.count_of(BROADCASTS) == 1


def test_keys_are_each_officials_own(town: Town, admin: Official) -> None:
    first = draft.draft(town.rt, admin, BODY, "k")
    other = draft.draft(town.rt, town.new_official(Role.ADMIN), BODY, "k")
    assert other["id"] != first["id"]
    assert other["code"] != first["code"]


def test_a_key_is_kept_for_seven_days(town: Town, clock: Clock, admin: Official) -> None:
    first = draft.draft(town.rt, admin, BODY, "k")
    clock.ahead(days=7)
    assert draft.draft(town.rt, admin, BODY, "k") == first
    clock.ahead(seconds=1)
    again = draft.draft(town.rt, admin, BODY, "k")
    assert again["id"] != first["id"]
    assert town.count_of("SELECT count(*) FROM broadcast_keys") == 1


def test_an_answer_stays_the_same_after_its_own_moments_have_passed(town: Town, clock: Clock, admin: Official) -> None:
    body = replace(BODY, send_at=clock() + timedelta(hours=1), expires_at=clock() + timedelta(hours=2))
    first = draft.draft(town.rt, admin, body, "k")
    clock.ahead(days=1)
    assert draft.draft(town.rt, admin, body, "k") == first
    with pytest.raises(Invalid):
        draft.draft(town.rt, admin, body, "another")


def test_an_answer_stays_the_same_after_the_broadcast_went_on(town: Town, admin: Official) -> None:
    first = draft.draft(town.rt, admin, BODY, "k")
    draft.change(town.rt, admin, first["id"], {"texts": {"id": "Lain."}})
    draft.submit(town.rt, admin, first["id"])
    assert draft.draft(town.rt, admin, BODY, "k") == first


def test_a_refused_draft_does_not_use_its_key_up(town: Town, admin: Official) -> None:
    kim = town.official(Role.KIM, town.other)
    with pytest.raises(Forbidden):
        draft.draft(town.rt, kim, BODY, "k")
    with pytest.raises(Invalid):
        draft.draft(town.rt, kim, replace(BODY, texts={}), "k")
    assert town.count_of("SELECT count(*) FROM broadcast_keys") == 0
    assert draft.draft(town.rt, kim, replace(BODY, audience={"areas": [town.other]}), "k")["state"] == "draft"
