"""Drills: LATIHAN on every text, test groups only, no cap, no waking anybody, and never a real broadcast."""

import pytest
from sqlalchemy.exc import DBAPIError

from gateway.broadcasts import sent_store
from gateway.broadcasts.service import decide, draft, trial, view
from gateway.broadcasts.service import start as starting
from gateway.db import statement
from gateway.kernel.errors import Conflict, Invalid
from gateway.officials.rules import Official, Role
from gateway.outbox.store import batches
from gateway.residents.service import groups
from tests.broadcasts.town import Town
from tests.conftest import Clock

TEST = {"groups": ["latihan"]}


@pytest.fixture
def admin(town: Town) -> Official:
    official = town.official(Role.ADMIN)
    groups.flag(town.rt, official, "latihan", is_test=True)
    return official


@pytest.mark.parametrize("level", ["routine", "important", "emergency"])
def test_every_text_begins_with_latihan_wherever_it_is_seen(
    town: Town, clock: Clock, admin: Official, level: str
) -> None:
    people = town.people(2, groups=["latihan"])
    town.people(3, groups=["pkk"])
    texts = {"id": "Rob naik.", "jv": "Rob minggah.", "en": "Water rises."}
    shown = town.write(admin, level, texts=texts, audience=TEST, is_drill=True)
    assert shown["is_drill"] is True
    assert shown["preview"]["recipients"] == 2
    final = shown["preview"]["texts"]
    assert final == {name: f"LATIHAN: {text} Kode {shown['code']}" for name, text in texts.items()}
    trial.send_trial(town.rt, admin, shown["id"])
    assert town.count_of("SELECT count(*) FROM messages WHERE body LIKE 'LATIHAN: %'") == 3
    id = town.started(admin, level, texts=texts, audience=TEST, is_drill=True)
    with town.rt.engine.begin() as conn:
        batch = batches.get(conn, town.get(id).batch_id or 0)
        found = sent_store.find_sent(conn, town.get(id).number)
    assert all(text.startswith("LATIHAN: ") for text in batch.texts.values())
    assert found is not None
    assert found.is_drill
    assert [row[0] for row in town.rows(id)] == people
    assert town.status(id)["is_drill"] is True
    assert view.page(town.rt, admin, None, 1)[0][0]["is_drill"] is True


AUDIENCES = {
    "no groups": ({"areas": ["33.75.01.1006"]}, Invalid),
    "a group that is no test group": ({"groups": ["pkk"]}, Conflict),
    "one of two that is none": ({"groups": ["latihan", "pkk"]}, Conflict),
    "a group that nobody has named": ({"groups": ["kosong"]}, Conflict),
}


@pytest.mark.parametrize(("audience", "fault"), AUDIENCES.values(), ids=AUDIENCES)
def test_a_drill_goes_to_test_groups_only(
    town: Town, admin: Official, audience: dict[str, list[str]], fault: type[Exception]
) -> None:
    with pytest.raises(fault, match="drill"):
        town.write(admin, audience=audience, is_drill=True)
    id = town.write(admin, audience=TEST, is_drill=True)["id"]
    with pytest.raises(fault, match="drill"):
        draft.change(town.rt, admin, id, {"audience": audience})


def test_areas_within_a_test_group_are_fine(town: Town, admin: Official) -> None:
    town.people(1, groups=["latihan"])
    town.people(1, town.other, groups=["latihan"])
    town.people(1)
    audience = {"areas": [town.home], **TEST}
    assert town.write(admin, audience=audience, is_drill=True)["preview"]["recipients"] == 1


def test_a_group_that_is_real_by_now_stops_submit_and_start(town: Town, clock: Clock, admin: Official) -> None:
    town.people(2, groups=["latihan"])
    waiting = town.write(admin, audience=TEST, is_drill=True)["id"]
    id = town.approved(admin, audience=TEST, is_drill=True)
    groups.flag(town.rt, admin, "latihan", is_test=False)
    with pytest.raises(Conflict, match="drill"):
        draft.submit(town.rt, admin, waiting)
    clock.ahead(minutes=5)
    assert not starting.start(town.rt, id)
    assert town.state(id) == "submitted"
    assert "latihan is none any more" in (town.get(id).note or "")
    assert town.count_of("SELECT count(*) FROM messages") == 0


def test_no_statement_turns_a_drill_into_a_real_broadcast_or_back(town: Town, admin: Official) -> None:
    town.people(1, groups=["latihan"])
    drill, real = town.started(admin, audience=TEST, is_drill=True), town.started(admin)
    for id in (drill, real):
        with pytest.raises(DBAPIError, match="a drill stays a drill"), town.rt.engine.begin() as conn:
            conn.execute(statement("UPDATE broadcasts SET is_drill = NOT is_drill WHERE id = :id"), {"id": id})
    with pytest.raises(DBAPIError, match="check"), town.rt.engine.begin() as conn:
        conn.execute(
            statement('UPDATE broadcasts SET audience = \'{"areas": ["33.75"]}\' WHERE id = :id'), {"id": drill}
        )
    draft_of_it = town.write(admin, audience=TEST, is_drill=True)["id"]
    assert draft.change(town.rt, admin, draft_of_it, {"texts": {"id": "Lain."}})["is_drill"] is True


def test_the_hash_of_a_drill_is_another(town: Town, admin: Official) -> None:
    town.people(1, groups=["latihan"])
    drill, real = (town.write(admin, audience=TEST, is_drill=is_drill)["hash"] for is_drill in (True, False))
    assert drill != real


def test_drills_neither_count_towards_the_cap_nor_are_held_back_by_it(town: Town, admin: Official) -> None:
    town.people(2, groups=["latihan"])
    for text in ("Satu.", "Dua.", "Tiga."):
        id = town.started(admin, texts={"id": text}, audience=TEST, is_drill=True)
        assert town.counts(id) == {"queued": 2}
    for text in ("Empat.", "Lima."):
        assert town.counts(town.started(admin, texts={"id": text})) == {"queued": 2}
    assert town.counts(town.started(admin, texts={"id": "Enam."})) == {"skipped": 2}
    id = town.started(admin, texts={"id": "Tujuh."}, audience=TEST, is_drill=True)
    assert town.counts(id) == {"queued": 2}


def test_a_drilled_emergency_wakes_nobody_and_leaves_those_who_stopped_in_peace(
    town: Town, clock: Clock, admin: Official
) -> None:
    people = town.people(3, groups=["latihan"])
    town.stop(people[:1])
    clock.ahead(hours=11)
    shown = town.write(admin, "emergency", audience=TEST, is_drill=True)
    assert shown["preview"]["recipients"] == 2
    assert "held_until" in shown["preview"]
    draft.submit(town.rt, admin, shown["id"])
    decide.approve(town.rt, town.official(Role.APPROVER), shown["id"])
    clock.ahead(minutes=5)
    assert not starting.start(town.rt, shown["id"])
    assert town.status(shown["id"])["held_until"] is not None
    clock.ahead(hours=12)
    assert starting.start(town.rt, shown["id"])
    assert [row[0] for row in town.rows(shown["id"])] == people[1:]


STOPS: dict[str, tuple[str, str, bool, bool]] = {
    "BERHENTI SEMUA before a real emergency is claimed": ("all", "emergency", False, True),
    "BERHENTI before a real emergency is claimed": ("notices", "emergency", False, False),
    "BERHENTI SEMUA before a drilled emergency is claimed": ("all", "emergency", True, True),
    "BERHENTI before a drilled emergency is claimed": ("notices", "emergency", True, True),
    "BERHENTI before a routine message is claimed": ("notices", "routine", False, True),
    "BERHENTI before a drilled routine message is claimed": ("notices", "routine", True, True),
}


@pytest.mark.parametrize(("scope", "level", "is_drill", "keeps"), STOPS.values(), ids=STOPS)
def test_a_stop_counts_until_the_message_is_claimed(
    town: Town, admin: Official, scope: str, level: str, is_drill: bool, keeps: bool
) -> None:
    gone, *others = town.people(3, groups=["latihan"])
    id = town.started(admin, level, audience=TEST, is_drill=is_drill)
    town.stop([gone], scope)
    assert sorted(row.number_id for row in town.claim_of(id)) == (others if keeps else [gone, *others])
    assert town.counts(id) == ({"sending": 2, "skipped": 1} if keeps else {"sending": 3})
    assert town.status(id)["skipped"] == ({"stopped": 1} if keeps else {})


def test_a_drilled_emergency_goes_by_the_urgent_lane_and_rests_at_night(
    town: Town, clock: Clock, admin: Official
) -> None:
    town.people(2, groups=["latihan"])
    id = town.started(admin, "emergency", audience=TEST, is_drill=True)
    assert town.count_of("SELECT count(*) FROM messages WHERE lane = 'urgent' AND class = 'important'") == 2
    clock.ahead(hours=12)
    assert town.claim_of(id) == []
    clock.ahead(hours=12)
    assert len(town.claim_of(id)) == 2
