"""Orders by SMS about what was planned: election texts wait for a signature, presets spare the second person, drills say so."""

import pytest

from gateway.broadcasts.service import approvals, presets, sign
from gateway.broadcasts.service import start as starting
from gateway.officials.rules import Role
from gateway.residents.service import groups
from tests.broadcasts.town import CITY, Town
from tests.conftest import Clock
from tests.dialogue.officer import HOME, Officer, newest, rows, said

DRILL = {"groups": ["latihan"]}


def test_an_election_drafted_by_phone_waits_for_a_signature(town: Town) -> None:
    town.people(2)
    kim = Officer(town.rt, "kim", HOME)
    preview = kim.says("BLAST BENDAN KERGON Coblos di TPS 3 jam 7-13.")
    row = newest(town.rt)
    code = f"B{row.number}"
    assert preview.endswith(said("unsigned_yet", code))
    assert kim.says(f"YA {code} {kim.code_in(preview)}") == said("unsigned", code)
    assert town.state(row.id) == "draft"
    assert rows(town.rt, "SELECT 1 FROM audit WHERE act = 'submit'") == []
    sign.sign(town.rt, town.official(Role.ADMIN), row.id)
    again = kim.says(f"YA {code}")
    assert said("unsigned_yet", code) not in again
    assert "menunggu persetujuan ke-2" in kim.says(f"YA {code} {kim.code_in(again)}")
    assert town.state(row.id) == "submitted"


def test_a_correction_by_phone_that_names_an_election_waits_too(town: Town) -> None:
    town.people(2)
    admin = Officer(town.rt, "admin")
    id = town.started(admin.official)
    town.settle(town.claim_of(id), 3)
    town.clock_ticks()
    preview = admin.says(f"RALAT B{town.get(id).number} Pilkada hari Rabu, bukan Kamis.")
    row = newest(town.rt)
    assert preview.endswith(said("unsigned_yet", f"B{row.number}"))
    assert admin.says(f"YA B{row.number} {admin.code_in(preview)}") == said("unsigned", f"B{row.number}")
    assert town.state(row.id) == "draft"


@pytest.fixture
def drill(town: Town) -> tuple[Officer, int, str]:
    """An admin's drilled emergency to the city's test group, as a draft: its author, id and code."""
    town.people(3, groups=["latihan"])
    admin = Officer(town.rt, "admin", "33.75.01")
    groups.flag(town.rt, admin.official, "latihan", is_test=True)
    audience = {"areas": ["33.75.01"], **DRILL}
    made = town.write(admin.official, "emergency", texts={"id": "Rob naik."}, audience=audience, is_drill=True)
    return admin, int(made["id"]), str(made["code"])


def test_a_drill_says_so_to_whoever_submits_and_approves_it(town: Town, drill: tuple[Officer, int, str]) -> None:
    admin, _, code = drill
    approver = Officer(town.rt, "approver")
    preview = admin.says(f"YA {code}")
    assert "'LATIHAN: " in preview
    # Three people of one kecamatan: nobody else is needed, and not even an emergency's drill begins at once.
    assert "mulai dikirim" in admin.says(f"YA {code} {admin.code_in(preview)}")
    wide = f"B{town.get(town.submitted(town.official(Role.ADMIN), audience=DRILL, is_drill=True)).number}"
    assert f"'LATIHAN: Air mati sampai sore. Kode {wide}'" in approver.says(f"SETUJU {wide}")


def test_a_drill_whose_group_is_real_by_now_is_refused_in_words(town: Town, drill: tuple[Officer, int, str]) -> None:
    admin, id, code = drill
    preview = admin.says(f"YA {code}")
    groups.flag(town.rt, admin.official, "latihan", is_test=False)
    assert admin.says(f"YA {code} {admin.code_in(preview)}") == said("drill", code)
    assert town.state(id) == "draft"


def test_a_correction_of_a_drill_is_a_drill(town: Town, clock: Clock) -> None:
    people = town.people(3, groups=["latihan"])
    joko = Officer(town.rt, "emergency")
    groups.flag(town.rt, town.official(Role.ADMIN), "latihan", is_test=True)
    id = town.started(joko.official, "emergency", texts={"id": "Rob."}, audience=DRILL, is_drill=True)
    town.settle(town.claim_of(id), 3)
    town.clock_ticks()
    # The group's flag has done its work: a correction goes to those who got the drill and to nobody else.
    groups.flag(town.rt, town.official(Role.ADMIN), "latihan", is_test=False)
    code = f"B{town.get(id).number}"
    preview = joko.says(f"RALAT {code} Tidak ada rob.")
    row = newest(town.rt)
    assert row.is_drill
    assert f"'LATIHAN: RALAT {code}" in preview
    joko.says(f"YA B{row.number} {joko.code_in(preview)}")
    assert town.state(row.id) == "submitted", "it is to the whole city"
    Officer(town.rt, "approver").orders("SETUJU", f"B{row.number}")
    clock.ahead(minutes=5)
    assert starting.start(town.rt, row.id)
    assert [number for number, *_ in town.rows(row.id)] == people
    assert rows(town.rt, "SELECT texts FROM batches ORDER BY id DESC LIMIT 1")[0].texts == {
        "id": f"LATIHAN: RALAT {code}: Tidak ada rob. Kode B{row.number}"
    }


def test_nobody_is_woken_to_approve_a_drill(town: Town, clock: Clock) -> None:
    town.people(3, groups=["latihan"])
    joko = Officer(town.rt, "emergency")
    Officer(town.rt, "approver")
    groups.flag(town.rt, town.official(Role.ADMIN), "latihan", is_test=True)
    clock.ahead(hours=12)
    drilled = town.submitted(joko.official, "emergency", audience=DRILL, is_drill=True)
    real = town.submitted(joko.official, "emergency", audience={"areas": [CITY]})
    assert approvals.ask(town.rt, drilled) == []
    assert len(approvals.ask(town.rt, real)) == 1
    clock.ahead(hours=12)
    assert approvals.ask(town.rt, drilled), "it lives until somebody is awake"
    assert town.state(drilled) == "submitted"


def test_a_preset_is_sent_by_phone_alone_and_nobody_is_asked(town: Town) -> None:
    town.people(3)
    joko, rini = Officer(town.rt, "emergency"), Officer(town.rt, "approver")
    made = presets.write(town.rt, joko.official, "rob", {"areas": [CITY]}, {"id": "ROB jam {jam}."}, {"jam": 5})
    presets.decide(town.rt, rini.official, made.id, approves=True)
    used = presets.use(town.rt, joko.official, "rob", {"jam": "14-18"}, "rob", "k")
    preview = joko.says(f"YA {used['code']}")
    assert "dikirim sekarang" in joko.says(f"YA {used['code']} {joko.code_in(preview)}")
    assert town.state(used["id"]) == "approved"
    assert rows(town.rt, "SELECT broadcast_id FROM broadcast_reviews")[0].broadcast_id == used["id"]
    assert rini.received == []
    # What is written by hand to the same people waits for a second person.
    preview = joko.says("BLAST SIAGA KOTA rob # ROB jam 14-18.")
    code = f"B{newest(town.rt).number}"
    assert "menunggu persetujuan ke-2" in joko.says(f"YA {code} {joko.code_in(preview)}")


PRESET = {"id": "SIAGA ROB {jam} di {tempat}.", "jv": "ROB ing {tempat} {jam}."}


@pytest.fixture
def joko(town: Town) -> Officer:
    """Somebody of BPBD, with the preset `rob` approved."""
    town.people(3)
    joko = Officer(town.rt, "emergency")
    made = presets.write(town.rt, joko.official, "rob", {"areas": [CITY]}, PRESET, {"tempat": 20, "jam": 11})
    presets.decide(town.rt, town.official(Role.APPROVER), made.id, approves=True)
    return joko


def test_a_preset_is_filled_and_sent_by_two_sms(town: Town, joko: Officer) -> None:
    preview = joko.says("SIAGA Rob 14-18, Bandengan # BMKG")
    row = newest(town.rt)
    assert (row.texts, row.level, row.reason) == (
        {"id": "SIAGA ROB 14-18 di Bandengan.", "jv": "ROB ing Bandengan 14-18."},
        "emergency",
        "BMKG",
    )
    assert "dikirim sekarang" in joko.says(f"YA B{row.number} {joko.code_in(preview)}")
    assert town.state(row.id) == "approved"


def test_the_same_words_twice_are_one_draft(town: Town, joko: Officer) -> None:
    assert joko.says("SIAGA rob 14-18, Bandengan") == joko.says("SIAGA rob 14-18, Bandengan")
    assert len(rows(town.rt, "SELECT 1 FROM broadcasts")) == 1
    assert newest(town.rt).reason == "rob"


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("SIAGA", "Templat siaga mana? rob. Tulis: SIAGA templat isian, isian"),
        ("SIAGA banjir 14-18", "Templat siaga mana? rob. Tulis: SIAGA templat isian, isian"),
        ("SIAGA rob", "(maks huruf): jam (11), tempat (20). Tulis dgn koma: SIAGA rob isian, isian"),
        ("SIAGA rob 14-18", "jam (11), tempat (20)"),
        ("SIAGA rob 14-18, Bandengan, Degayu", "jam (11), tempat (20)"),
        ("SIAGA rob jam dua sampai jam enam, Bandengan", "jam (11), tempat (20)"),
        ("SIAGA rob , Bandengan", "jam (11), tempat (20)"),
    ],
)
def test_what_lacks_is_asked_for_and_nothing_is_drafted(town: Town, joko: Officer, order: str, answer: str) -> None:
    assert answer in joko.says(order)
    assert rows(town.rt, "SELECT 1 FROM broadcasts") == []


def test_only_who_may_use_presets_does(town: Town, joko: Officer) -> None:
    assert joko.says("SIAGA rob 14-18, Bandengan")
    kim = Officer(town.rt, "kim", HOME)
    assert kim.says("SIAGA rob 14-18, Bandengan") == "Peran Anda tidak boleh membuat kabar SIAGA."
    assert len(rows(town.rt, "SELECT 1 FROM broadcasts")) == 1
    bpbd = Officer(town.rt, "emergency", "33.75.01")
    assert bpbd.says("SIAGA rob 14-18, Bandengan") == "Wilayah itu di luar tugas Anda."


def test_before_any_preset_is_approved_the_way_without_one_is_told(town: Town) -> None:
    assert "BLAST SIAGA wilayah alasan # isi" in Officer(town.rt, "emergency").says("SIAGA rob 14-18")


def test_a_resident_who_writes_siaga_orders_nothing(town: Town, joko: Officer) -> None:
    joko.says("SIAGA rob 14-18, Bandengan", sender="+6281299990001")
    assert rows(town.rt, "SELECT 1 FROM broadcasts") == []


def test_the_code_of_a_drill_is_ours_and_said_to_be_a_drill(town: Town) -> None:
    town.people(1, groups=["latihan"])
    groups.flag(town.rt, town.official(Role.ADMIN), "latihan", is_test=True)
    id = town.started(town.official(Role.ADMIN), texts={"id": "Rob naik."}, audience=DRILL, is_drill=True)
    answer = Officer(town.rt, "office", office="DPUPR").says(f"ASLI B{town.get(id).number}")
    assert answer.startswith("ASLI")
    assert "LATIHAN: Rob naik." in answer
