"""Presets: written by one, approved by another, filled within their slots, sent by one person and looked at afterwards."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from gateway.broadcasts.presets import Preset
from gateway.broadcasts.service import decide, draft, presets
from gateway.db import statement
from gateway.kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing
from gateway.kernel.text import measure
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import BARAT, CITY, Town, at_once
from tests.conftest import Clock

TEXTS = {"id": "SIAGA ROB jam {jam} di {tempat}. Darurat 112.", "jv": "SIAGA ROB jam {jam} ing {tempat}."}
SLOTS = {"jam": 11, "tempat": 20}
VALUES = {"jam": "14-18", "tempat": "Bandengan"}


@pytest.fixture
def bpbd(town: Town) -> Official:
    town.people(3)
    town.people(2, town.other)
    return town.official(Role.EMERGENCY)


def write(town: Town, author: Official, **changes: Any) -> Preset:
    given: dict[str, Any] = {"name": "rob", "audience": {"areas": [CITY]}, "texts": TEXTS, "slots": SLOTS}
    return presets.write(town.rt, author, **{**given, **changes})


def approved(town: Town, author: Official, **changes: Any) -> Preset:
    made = write(town, author, **changes)
    return presets.decide(town.rt, town.official(Role.APPROVER), made.id, approves=True, seen=made.hash)


def used(town: Town, official: Official, key: str = "k", **values: str) -> int:
    """The id of a submitted broadcast by preset `rob`."""
    id = int(presets.use(town.rt, official, "rob", values or VALUES, "rob", key)["id"])
    draft.submit(town.rt, official, id)
    return id


WRONG: dict[str, tuple[Mapping[str, Any], str]] = {
    "a name in capitals": ({"name": "ROB"}, "small letters"),
    "nobody": ({"audience": {}}, "at least one list"),
    "an unknown area": ({"audience": {"areas": ["99"]}}, "no area"),
    "no text": ({"texts": {}}, "texts needs"),
    "a slot that one language leaves out": ({"texts": {**TEXTS, "jv": "ROB {jam}"}}, "Text jv does not have the slot {tempat}"),
    "a slot every broadcast knows": ({"slots": {"ussd": 5}}, "cannot name a slot"),
    "a slot without width": ({"slots": {**SLOTS, "jam": 0}}, "between 1 and 100"),
    "too long with its slots at their longest": ({"slots": {"jam": 60, "tempat": 60}}, "one SMS is the limit"),
    "letters that make it two parts": ({"texts": {"id": TEXTS["id"] + "ê" * 40}}, "UCS-2"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_presets_that_cannot_be(town: Town, bpbd: Official, changes: Mapping[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said.replace("{", r"\{").replace("}", r"\}")):
        write(town, bpbd, **changes)
    assert town.count_of("SELECT count(*) FROM presets") == 0


VALUES_WRONG = {
    "one that is missing": ({"jam": "14-18"}, "tempat has no value"),
    "one too many": ({**VALUES, "x": "y"}, "no slot x"),
    "one that is empty": ({**VALUES, "jam": " "}, "one line of plain letters"),
    "one too long": ({**VALUES, "jam": "14.00-18.30 WIB"}, "holds 11 letters"),
    "one with braces": ({**VALUES, "tempat": "{ussd}"}, "without braces"),
    "one of two lines": ({**VALUES, "tempat": "a\nb"}, "one line"),
    "one outside GSM-7": ({**VALUES, "tempat": "ꦧꦤ"}, "plain letters"),
}


@pytest.mark.parametrize(("values", "said"), VALUES_WRONG.values(), ids=VALUES_WRONG)
def test_values_that_do_not_fit(town: Town, bpbd: Official, values: dict[str, str], said: str) -> None:
    approved(town, bpbd)
    with pytest.raises(Invalid, match=said):
        presets.use(town.rt, bpbd, "rob", values, "rob", "k")


def test_the_longest_values_still_fit_one_sms_in_every_language(town: Town, bpbd: Official) -> None:
    approved(town, bpbd)
    shown = presets.use(town.rt, bpbd, "rob", {"jam": "W" * 11, "tempat": "€" * 10}, "rob", "k")["preview"]
    assert [measure(text).segments for text in shown["texts"].values()] == [1, 1]
    assert shown["texts"]["id"].startswith("SIAGA ROB jam WWWWWWWWWWW di €€€€€€€€€€. Darurat 112.")


def test_two_people_are_needed_for_a_preset(town: Town, bpbd: Official) -> None:
    made = write(town, bpbd)
    with pytest.raises(Missing):
        presets.use(town.rt, bpbd, "rob", VALUES, "rob", "k")
    with pytest.raises(Conflict, match="your own"):
        presets.decide(town.rt, bpbd, made.id, approves=True)
    with pytest.raises(Forbidden):
        presets.decide(town.rt, town.official(Role.ADMIN), made.id, approves=True)
    with pytest.raises(Missing):
        presets.decide(town.rt, town.official(Role.KIM, town.home), made.id, approves=True)
    with pytest.raises(Conflict, match="not the version"):
        presets.decide(town.rt, town.official(Role.APPROVER), made.id, approves=True, seen="0" * 64)
    assert presets.decide(town.rt, town.new_official(Role.EMERGENCY), made.id, approves=True).state == "approved"
    with pytest.raises(Conflict, match="nothing to decide"):
        presets.decide(town.rt, town.official(Role.APPROVER), made.id, approves=True)


def test_the_database_itself_refuses_ones_own_approval_and_another_content(town: Town, bpbd: Official) -> None:
    made = write(town, bpbd)
    for sql in ("UPDATE presets SET state = 'approved', approver_id = author_id WHERE id = :id",
                "UPDATE presets SET texts = '{}' WHERE id = :id", "DELETE FROM presets WHERE id = :id"):  # fmt: skip
        with pytest.raises(DBAPIError), town.rt.engine.begin() as conn:
            conn.execute(statement(sql), {"id": made.id})


def test_another_version_takes_over_when_it_is_approved(town: Town, bpbd: Official) -> None:
    first = approved(town, bpbd)
    second = write(town, bpbd, texts={"id": "ROB {jam} {tempat}"})
    third = write(town, bpbd, texts={"id": "Awas rob {jam} {tempat}"})
    assert [(one.id, one.state) for one in presets.every(town.rt, bpbd)] == [
        (first.id, "approved"),
        (third.id, "submitted"),
    ]
    with pytest.raises(Conflict, match="retired"):
        presets.decide(town.rt, town.official(Role.APPROVER), second.id, approves=True)
    waiting = used(town, bpbd)
    presets.decide(town.rt, town.official(Role.APPROVER), third.id, approves=True)
    assert [(one.id, one.state) for one in presets.every(town.rt, bpbd)] == [(third.id, "approved")]
    # What was drafted from a version that is out of use needs a second person.
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, bpbd, waiting)


def test_two_decisions_at_the_same_moment_are_one(town: Town, bpbd: Official) -> None:
    approver, other = town.official(Role.APPROVER), town.new_official(Role.APPROVER)

    def outcomes(id: int) -> list[str]:
        done = at_once(
            lambda: presets.decide(town.rt, approver, id, approves=True),
            lambda: presets.decide(town.rt, other, id, approves=True),
        )
        return sorted(type(one).__name__ for one in done)

    for round in range(5):
        made = write(town, bpbd, texts={"id": f"{round} {{jam}} {{tempat}}"})
        assert outcomes(made.id) == ["Conflict", "Preset"]
        assert town.count_of("SELECT count(*) FROM presets WHERE state = 'approved'") == 1


WAIVERS: dict[str, tuple[Role, str, type[Fault] | None]] = {
    "an emergency officer alone, to the whole city": (Role.EMERGENCY, CITY, None),
    "an approver, whom no preset spares a second person": (Role.APPROVER, CITY, Conflict),
    "an admin, whom no preset spares a second person": (Role.ADMIN, CITY, Conflict),
    "an emergency officer outside the scope": (Role.EMERGENCY, BARAT, Forbidden),
}


@pytest.mark.parametrize(("role", "area", "fault"), WAIVERS.values(), ids=WAIVERS)
def test_who_may_warn_by_a_preset_without_a_second_person(
    town: Town, bpbd: Official, role: Role, area: str, fault: type[Fault] | None
) -> None:
    approved(town, bpbd)
    author = town.new_official(role, area)
    if fault is Forbidden:
        with pytest.raises(Forbidden):
            used(town, author)
        return
    id = used(town, author)
    if fault:
        with pytest.raises(fault, match="second person"):
            decide.approve(town.rt, author, id)
    else:
        assert decide.approve(town.rt, author, id).state == "approved"
    assert town.count_of("SELECT count(*) FROM broadcast_reviews") == (0 if fault else 1)


CHANGES: dict[str, Mapping[str, Any]] = {
    "its text": {"texts": {"id": "Lain."}},
    "its audience": {"audience": {"areas": [CITY], "languages": ["id"]}},
    "nothing at all": {},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_by_hand_needs_a_second_person(town: Town, bpbd: Official, changes: Mapping[str, Any]) -> None:
    approved(town, bpbd)
    id = used(town, bpbd)
    draft.change(town.rt, bpbd, id, changes)
    draft.submit(town.rt, bpbd, id)
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, bpbd, id)


def test_where_a_second_person_approved_nothing_is_left_to_review(town: Town, bpbd: Official) -> None:
    approved(town, bpbd)
    decide.approve(town.rt, town.official(Role.APPROVER), used(town, bpbd))
    assert town.count_of("SELECT count(*) FROM broadcast_reviews") == 0


def test_a_retired_preset_cannot_be_used(town: Town, bpbd: Official) -> None:
    made = approved(town, bpbd)
    with pytest.raises(Forbidden):
        presets.retire(town.rt, town.new_official(Role.EMERGENCY), made.id)
    assert presets.retire(town.rt, bpbd, made.id).state == "retired"
    with pytest.raises(Missing):
        presets.use(town.rt, bpbd, "rob", VALUES, "rob", "k")


def test_a_review_that_is_late_is_told_once_and_ends_the_freedom_until_it_is_done(
    town: Town, clock: Clock, bpbd: Official, caplog: pytest.LogCaptureFixture
) -> None:
    approved(town, bpbd)
    id = used(town, bpbd)
    decide.approve(town.rt, bpbd, id)
    second = used(town, bpbd, "k2")
    decide.approve(town.rt, bpbd, second)
    presets.review(town.rt, town.official(Role.APPROVER), second)
    town.official(Role.ADMIN)
    clock.ahead(hours=23, minutes=59)
    presets.alarm_reviews(town.rt)
    assert town.count_of("SELECT count(*) FROM audit WHERE act = 'review overdue'") == 0
    clock.ahead(minutes=1)
    with caplog.at_level(logging.ERROR):
        presets.alarm_reviews(town.rt)
        presets.alarm_reviews(town.rt)
    assert len(caplog.records) == 1
    assert town.count_of("SELECT count(*) FROM audit WHERE act = 'review overdue'") == 1
    with town.rt.engine.begin() as conn:
        said = list(conn.execute(statement("SELECT body FROM messages WHERE cause LIKE 'review:%'")).scalars())
    code = town.status(id)["code"]
    assert len(said) == 1
    assert said[0].startswith(f"{code} dikirim darurat tanpa persetujuan ke-2")
    third = used(town, bpbd, "k3")
    with pytest.raises(Conflict, match="second person"):
        decide.approve(town.rt, bpbd, third)
    with pytest.raises(Conflict, match="your own"):
        presets.review(town.rt, bpbd, id)
    with pytest.raises(Forbidden):
        presets.review(town.rt, town.official(Role.ADMIN), id)
    presets.review(town.rt, town.official(Role.APPROVER), id, "benar")
    assert decide.approve(town.rt, bpbd, third).state == "approved"
