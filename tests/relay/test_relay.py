"""Relay tasks: who is asked, who may ask, what a KIM answers from any phone, and how far it got."""

import pytest

from gateway.db import statement
from gateway.kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing
from gateway.kernel.text import measure
from gateway.officials.rules import Role
from gateway.relay import service
from gateway.rumours.rules import show_claim
from gateway.runtime import Runtime
from tests.desks import BARAT, BENDAN, CITY, MEDONO, PONCOL
from tests.dialogue.officer import Officer
from tests.information.conftest import Desk
from tests.rumours.conftest import Desk as Hoax

_BROADCAST = statement("""
    INSERT INTO broadcasts (number, state, level, texts, audience, author_id, recipients, hash, started_at, created_at,
                            changed_at)
    VALUES (27, :state, 'important', '{"id": "Rob jam 14-18."}', '{"areas": ["33.75.01.1002/RW03"]}', :author, 1, '', :at,
            now(), now())
""")


def tasks_of(rt: Runtime, official: Officer) -> list[str]:
    sql = "SELECT body FROM messages WHERE number_id = :id AND cause LIKE 'relay:%' ORDER BY id"
    return [row.body for row in Desk(rt).rows(sql, id=official.official.number_id)]


MAY_ASK = {"admin", "approver", "emergency", "lurah"}
MAY_REPORT = {"kim", "lurah"}


@pytest.mark.parametrize("role", Role)
def test_every_role_and_every_act(rt: Runtime, editors: Desk, role: str) -> None:
    item = editors.publish()
    who = editors.official(role, BENDAN if role in ("kim", "lurah") else CITY)
    if role in MAY_ASK:
        service.ask(rt, who, item.code)
    else:
        with pytest.raises(Forbidden):
            service.ask(rt, who, item.code)
        service.ask(rt, editors.official("admin"), item.code)
    if role in MAY_ASK | MAY_REPORT:
        assert service.coverage(rt, who, item.code)["asked"] == 1
    else:
        with pytest.raises(Missing):
            service.coverage(rt, who, item.code)
    if role in MAY_REPORT:
        assert service.report(rt, who, item.code, 3).reached == 3
    else:
        with pytest.raises((Missing, Forbidden)):
            service.report(rt, who, item.code, 3)


def test_the_kim_of_each_kelurahan_is_asked_and_where_there_is_none_its_lurah(rt: Runtime, editors: Desk) -> None:
    kim, lurah = Officer(rt, "kim", BENDAN), Officer(rt, "lurah", BENDAN)
    alone, far, chair = Officer(rt, "lurah", MEDONO), Officer(rt, "kim", PONCOL), Officer(rt, "kim", CITY)
    item = editors.publish(area=BARAT)
    service.ask(rt, editors.official("admin"), item.code, wanted=4)
    assert [len(tasks_of(rt, one)) for one in (kim, lurah, alone, far, chair)] == [1, 0, 1, 0, 0]
    assert tasks_of(rt, kim)[0].startswith(f"TUGAS SIAR {item.code}, Bendan Kergon: bacakan")
    assert measure(tasks_of(rt, kim)[0]).segments <= 2
    with pytest.raises(Conflict, match="already"):
        service.ask(rt, editors.official("admin"), item.code)
    assert service.coverage(rt, editors.official("admin"), item.code)["asked"] == 7, "the kelurahan of Pekalongan Barat"


def test_a_count_by_sms_and_the_coverage(rt: Runtime, editors: Desk) -> None:
    kim, second, far = Officer(rt, "kim", BENDAN), Officer(rt, "kim", BENDAN), Officer(rt, "kim", PONCOL)
    item = editors.publish(area=BARAT)
    service.ask(rt, editors.official("admin"), item.code)
    assert kim.does(f"SIAR {item.code} 2") == f"{item.code}: 2 RT tercatat utk Bendan Kergon. Terima kasih."
    kim.does(f"siar {item.code} 3 RT")
    second.does(f"SIAR {item.code} 1")
    assert "bukan tugas siar" in far.says(f"SIAR {item.code} 9")
    found = service.coverage(rt, editors.official("admin"), item.code)
    assert (found["reported"], found["reached"]) == (1, 3), "two of one board do not count twice"
    assert service.coverage(rt, editors.official("lurah", BENDAN), item.code)["asked"] == 1


def test_the_words_by_sms(rt: Runtime, editors: Desk) -> None:
    kim = Officer(rt, "kim", BENDAN)
    item = editors.publish()
    assert "bukan tugas siar" in kim.says(f"SIAR {item.code}")
    service.ask(rt, editors.official("admin"), item.code)
    assert kim.says(f"SIAR {item.code}") == f"Naskah {item.code}: Posyandu lansia Sabtu jam 8-11"
    assert kim.says("SIAR").startswith("Tulis: SIAR kode jumlah RT")


def test_a_claim_is_read_with_its_label_first_and_never_before_it_is_judged(
    rt: Runtime, editors: Desk, hoax: Hoax
) -> None:
    claim, admin = hoax.ask(1, "rob 3 meter malam ini"), editors.official("admin")
    code = show_claim(claim.number)
    with pytest.raises(Missing):
        service.ask(rt, admin, code)
    kim = Officer(rt, "kim", BENDAN)
    hoax.publish(claim)
    service.ask(rt, admin, code, [BENDAN])
    (task,) = tasks_of(rt, kim)
    assert task.index("SALAH (hoax)") < task.index("rob 3 meter")


def test_what_is_wrong_is_said(rt: Runtime, editors: Desk) -> None:
    item, lurah = editors.publish(area=CITY), editors.official("lurah", BENDAN)
    for areas, wanted, fault in (([PONCOL], None, Forbidden), (["99"], None, Invalid), ([], 100, Invalid)):
        with pytest.raises(fault):
            service.ask(rt, lurah, item.code, areas, wanted)
    assert [task.area for task in service.ask(rt, lurah, item.code)] == [BENDAN], (
        "a lurah asks in the own kelurahan alone"
    )
    with pytest.raises(Fault) as missing:
        service.ask(rt, lurah, "B99")
    assert missing.value.status == 404


def test_an_item_that_is_over_is_not_read(rt: Runtime, editors: Desk, clock: object) -> None:
    item, admin = editors.publish(), editors.official("admin")
    clock.ahead(days=8)  # type: ignore[attr-defined]
    with pytest.raises(Missing):
        service.ask(rt, admin, item.code)


@pytest.mark.parametrize(
    ("state", "may"), [("sending", True), ("finished", True), ("paused", False), ("cancelled", False), ("draft", False)]
)
def test_a_broadcast_is_read_aloud_while_it_goes_or_went_out(rt: Runtime, editors: Desk, state: str, may: bool) -> None:
    admin = editors.official("admin")
    with rt.engine.begin() as conn:
        conn.execute(_BROADCAST, {"state": state, "author": admin.id, "at": None if state == "draft" else rt.now()})
    if may:
        (task,) = service.ask(rt, admin, "b 27")
        assert (task.code, task.area, task.script) == ("B27", MEDONO, "Rob jam 14-18.")
    else:
        with pytest.raises(Missing):
            service.ask(rt, admin, "B27")
