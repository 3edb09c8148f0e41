"""Corrections: to exactly those who got what was wrong, with the approval it needed, whatever the week has brought them."""

import dataclasses
from typing import Any

import pytest

from gateway.broadcasts.service import correct as correcting
from gateway.broadcasts.service import decide, draft, start
from gateway.kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing
from gateway.numbers import store as numbers
from gateway.officials.rules import Role
from tests.broadcasts.town import BARAT, CITY, Town
from tests.conftest import Clock


def corrected(town: Town, id: int, text: str = "Air mati BESOK, bukan hari ini.", **more: Any) -> dict[str, Any]:
    author = more.pop("author", town.official(Role.ADMIN))
    return correcting.correct(town.rt, author, id, {"id": text}, more.pop("key", f"ralat {id}"), **more)


def finished(town: Town, level: str = "routine", **more: Any) -> tuple[int, dict[str, list[int]]]:
    """A broadcast that is over: by status, the numbers in each."""
    id = town.started(town.official(Role.ADMIN), level, **more)
    rows = town.claim_of(id)
    groups = {"sent": rows[:3], "failed": rows[3:5], "delivered": rows[5:8], "unconfirmed": rows[8:10]}
    for name, rank in (("sent", 1), ("failed", 2), ("delivered", 3)):
        town.settle(groups[name], rank)
    town.count_of(
        "WITH done AS (UPDATE messages SET status = 'unconfirmed' WHERE status = 'sending' RETURNING 1) SELECT count(*) FROM done"
    )
    town.clock_ticks()
    assert town.state(id) == "finished"
    return id, {name: sorted(row.number_id for row in rows) for name, rows in groups.items()}


def sent_to(town: Town, id: int) -> list[int]:
    return [number for number, status, *_ in town.rows(id) if status != "skipped"]


def test_it_goes_to_whom_the_original_reached_and_to_nobody_else(town: Town) -> None:
    town.people(10)
    id, by = finished(town)
    town.people(5)  # moved in since
    gone = by["delivered"][0]
    town.stop([gone])
    made = corrected(town, id)
    assert made["preview"]["recipients"] == 7
    assert made["preview"]["texts"]["id"].startswith(f"RALAT B{town.get(id).number}: Air mati BESOK")
    draft.submit(town.rt, town.official(Role.ADMIN), made["id"])
    decide.approve(town.rt, town.official(Role.ADMIN), made["id"])
    town.rt.now.ahead(minutes=3)  # type: ignore[attr-defined]
    assert start.start(town.rt, made["id"])
    assert sent_to(town, made["id"]) == sorted({*by["sent"], *by["delivered"], *by["unconfirmed"]} - {gone})


def test_it_is_outside_the_cap_both_ways(town: Town, clock: Clock) -> None:
    town.people(10)
    author = town.official(Role.ADMIN)
    first = finished(town)[0]
    town.settle(town.claim_of(town.started(author)))
    clock.ahead(hours=3)
    for key in ("one", "two"):
        made = corrected(town, first, key=key)
        draft.submit(town.rt, author, made["id"])
        decide.approve(town.rt, author, made["id"])
        clock.ahead(minutes=3)
        assert start.start(town.rt, made["id"])
        assert len(sent_to(town, made["id"])) == 8, "the week's two are used up, and a correction goes all the same"
        town.settle(town.claim_of(made["id"]))
    clock.ahead(days=7, hours=-1)
    # Of the week from now back only the corrections are left, and they do not count.
    assert len(sent_to(town, town.started(author))) == 10


def test_an_emergencys_correction_goes_at_its_level(town: Town) -> None:
    town.people(10)
    id, _ = finished(town, "emergency")
    made = corrected(town, id)
    assert (town.get(made["id"]).level, town.get(made["id"]).reason) == ("emergency", "rob")


def test_it_needs_the_approval_that_its_original_needed(town: Town) -> None:
    town.people(10)
    town.rt = dataclasses.replace(town.rt, settings=town.rt.settings.model_copy(update={"second_approver_over": 9}))
    id, _ = finished(town)
    made = corrected(town, id)
    assert made["preview"]["recipients"] == 8, "few enough by itself"
    draft.submit(town.rt, town.official(Role.ADMIN), made["id"])
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, town.official(Role.ADMIN), made["id"])
    decide.approve(town.rt, town.official(Role.APPROVER), made["id"])


@pytest.mark.parametrize(
    ("label", "state", "fault", "reason"),
    [
        ("a draft has reached nobody", "draft", Conflict, "state"),
        ("nor what waits for approval", "submitted", Conflict, "state"),
        ("one under way would go on with what is wrong", "sending", Conflict, "sending"),
    ],
)
def test_what_cannot_be_corrected(town: Town, label: str, state: str, fault: type[Fault], reason: str) -> None:
    town.people(10)
    author = town.official(Role.ADMIN)
    make = {"draft": lambda: int(town.write(author)["id"]), "submitted": lambda: town.submitted(author)}
    id = make.get(state, lambda: town.started(author))()
    with pytest.raises(fault) as raised:
        corrected(town, id)
    assert raised.value.reason == reason, label


def test_a_paused_and_a_cancelled_one_can_be(town: Town) -> None:
    town.people(10)
    author = town.official(Role.ADMIN)
    id = town.started(author)
    town.settle(town.claim(4))
    decide.pause(town.rt, author, id)
    assert corrected(town, id, key="while paused")["preview"]["recipients"] == 4
    decide.cancel(town.rt, author, id)
    assert corrected(town, id, key="once cancelled")["preview"]["recipients"] == 4


def test_what_was_under_way_when_it_was_paused_is_corrected_too(town: Town) -> None:
    town.people(10)
    author = town.official(Role.ADMIN)
    id = town.started(author)
    town.claim(4)
    decide.pause(town.rt, author, id)
    assert corrected(town, id)["preview"]["recipients"] == 4


def test_a_paused_one_goes_on_only_once_its_correction_is_given_up(town: Town) -> None:
    town.people(10)
    author = town.official(Role.ADMIN)
    id = town.started(author)
    town.settle(town.claim(4))
    decide.pause(town.rt, author, id)
    made = corrected(town, id)
    with pytest.raises(Conflict) as raised:
        decide.resume(town.rt, author, id)
    assert raised.value.reason == "corrected"
    assert town.state(id) == "paused"
    decide.cancel(town.rt, author, made["id"])
    assert decide.resume(town.rt, author, id).state == "sending"


def test_who_may_correct(town: Town) -> None:
    town.people(10)
    id, _ = finished(town)
    with pytest.raises(Missing):
        corrected(town, id, author=town.official(Role.OFFICE))
    with pytest.raises(Forbidden):
        corrected(town, id, author=town.official(Role.KIM, town.home))
    lurah = town.official(Role.LURAH, BARAT)
    with pytest.raises(Forbidden):
        corrected(town, id, author=lurah)
    assert corrected(town, id, author=town.official(Role.APPROVER))["state"] == "draft"


def test_the_same_key_is_the_same_draft_and_only_its_texts_change(town: Town) -> None:
    town.people(10)
    id, _ = finished(town)
    made, again = corrected(town, id), corrected(town, id)
    assert made == again
    author = town.official(Role.ADMIN)
    with pytest.raises(Invalid, match="those who got its original"):
        draft.change(town.rt, author, made["id"], {"audience": {"areas": [CITY]}})
    changed = draft.change(town.rt, author, made["id"], {"texts": {"id": "Air mati lusa."}})
    assert changed["preview"]["recipients"] == 8


def test_someone_erased_since_gets_none(town: Town) -> None:
    town.people(10)
    id, by = finished(town)
    with town.rt.engine.begin() as conn:
        numbers.forget(conn, by["sent"][0])
    assert corrected(town, id)["preview"]["recipients"] == 7
