"""The information desk: roles cell by cell, nothing published without all it must have, nothing shown past its time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from gateway.db import statement
from gateway.information import desk, desk_store, store
from gateway.information.desk_store import Draft
from gateway.kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing
from gateway.officials.rules import Official, Role
from tests.desks import BARAT, BENDAN, CITY, MEDONO, PONCOL
from tests.information.conftest import Desk

Act = Callable[[Desk, Official, Draft], object]
ACTS: dict[str, Act] = {
    "list": lambda editors, who, item: desk.page(editors.rt, who, None, 10),
    "look": lambda editors, who, item: desk.look(editors.rt, who, item.code),
    "draft": lambda editors, who, item: editors.draft(who),
    "approve": lambda editors, who, item: desk.approve(editors.rt, who, item.code),
    "reject": lambda editors, who, item: desk.reject(editors.rt, who, item.code),
    "retire": lambda editors, who, item: desk.retire(editors.rt, who, item.code),
    "misses": lambda editors, who, item: desk.misses(editors.rt, who),
}
READ = {"list", "look"}
WRITE = READ | {"draft", "misses"}
MAY = {
    "admin": WRITE | {"approve", "reject", "retire"},
    "approver": WRITE | {"approve", "reject", "retire"},
    "kim": WRITE,
    "lurah": WRITE,
    "emergency": WRITE,
    "office": READ,
    "auditor": set(),
    "dpo": set(),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_every_act(editors: Desk, role: str, act: str) -> None:
    author = editors.official("admin")
    item = editors.draft(author)
    desk.submit(editors.rt, author, item.code)
    who = editors.official(role, BENDAN if role in ("kim", "lurah") else CITY)
    if act in MAY[role]:
        ACTS[act](editors, who, item)
    else:
        with pytest.raises((Forbidden, Missing)) as fault:
            ACTS[act](editors, who, item)
        if act in ("approve", "reject", "retire", "look"):
            assert isinstance(fault.value, Forbidden) is bool(MAY[role])


SCOPE = [
    ("a KIM for its own area", "kim", BENDAN, BENDAN, True),
    ("a KIM for its neighbours", "kim", BENDAN, MEDONO, False),
    ("a KIM for its kecamatan", "kim", BENDAN, BARAT, False),
    ("the city's KIM for the city", "kim", CITY, CITY, True),
    ("a camat for a kelurahan of theirs", "lurah", BARAT, MEDONO, True),
    ("a camat for another's", "lurah", BARAT, PONCOL, False),
]


@pytest.mark.parametrize(("role", "home", "area", "may"), [case[1:] for case in SCOPE], ids=[case[0] for case in SCOPE])
def test_items_are_for_ones_own_area(editors: Desk, role: str, home: str, area: str, may: bool) -> None:
    who = editors.official(role, home)
    if may:
        assert editors.draft(who, area=area).state == "draft"
    else:
        with pytest.raises(Forbidden):
            editors.draft(who, area=area)


def test_the_way_to_print_has_two_people_and_no_short_cut(editors: Desk) -> None:
    author, other = editors.official("admin"), editors.official("approver")
    code = editors.draft(author).code
    with pytest.raises(Conflict, match="draft"):
        desk.approve(editors.rt, other, code)
    desk.submit(editors.rt, author, code)
    with pytest.raises(Conflict, match="your own"):
        desk.approve(editors.rt, author, code)
    with pytest.raises(Conflict, match="not the version"):
        desk.approve(editors.rt, other, code, "0" * 64)
    rejected = desk.reject(editors.rt, other, code, "kurang jelas")
    assert (rejected.state, rejected.note) == ("draft", "kurang jelas")
    item = desk.submit(editors.rt, author, code)
    published = desk.approve(editors.rt, other, code, item.hash)
    assert (published.state, published.approver_id, published.note) == ("published", other.id, None)
    with pytest.raises(Conflict):
        desk.submit(editors.rt, author, code)
    assert desk.retire(editors.rt, author, code).state == "retired"
    acts = [row.act for row in editors.rows("SELECT act FROM audit WHERE subject = :s ORDER BY id", s=f"item:{code}")]
    assert acts == ["draft item", "submit item", "reject item", "submit item", "approve item", "retire item"]


def test_even_the_table_refuses_an_author_who_approves_and_an_item_without_source(editors: Desk) -> None:
    author = editors.official("admin")
    item = editors.draft(author)
    desk.submit(editors.rt, author, item.code)
    with pytest.raises(IntegrityError), editors.rt.engine.begin() as conn:
        desk_store.approve(conn, item.id, author.id, editors.rt.now())
    with pytest.raises(IntegrityError), editors.rt.engine.begin() as conn:
        conn.execute(statement("UPDATE items SET source = ''"))


MISSING: list[tuple[str, dict[str, Any], str]] = [
    ("a topic", {"topic": "weather"}, "topic must be"),
    ("an area", {"area": "33.75.99"}, "no such area"),
    ("a title", {"titles": {"id": ""}}, "at least an Indonesian"),
    ("a text", {"texts": {"id": " "}}, "plain letters"),
    ("a title in each language", {"texts": {"id": "a", "jv": "b"}}, "both a title and a text"),
    ("a language we speak", {"titles": {"id": "a", "fr": "b"}, "texts": {"id": "a", "fr": "b"}}, "no language fr"),
    ("letters that phones show", {"text": "Posyandu 🌊"}, "plain letters"),
    ("a source", {"source": "  "}, "who says so"),
    ("a short title", {"titles": {"id": "a" * 35}}, "one line of 34"),
    ("a text of two SMS", {"texts": {"id": "kata " * 60}}, "306 are the limit"),
    ("a project's topic", {"percent": 60}, "topic development"),
    ("a sane percentage", {"percent": 120, "topic": "development"}, "between 0 and 100"),
    ("an office", {"office": "NASA", "topic": "development"}, "no office"),
]


@pytest.mark.parametrize(("more", "says"), [case[1:] for case in MISSING], ids=[case[0] for case in MISSING])
def test_an_item_that_lacks_something_is_refused_with_what_to_mend(
    editors: Desk, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        editors.draft(editors.official("admin"), **more)


def test_a_time_is_needed_ahead_and_not_for_ever(editors: Desk) -> None:
    admin, now = editors.official("admin"), editors.rt.now()
    for until in (now, now - timedelta(days=1), now + timedelta(days=400)):
        with pytest.raises(Invalid):
            editors.draft(admin, valid_until=until)


def test_what_is_over_is_neither_submitted_nor_approved(editors: Desk, clock: Any) -> None:
    admin = editors.official("admin")
    code, late = editors.draft(admin).code, editors.draft(admin).code
    desk.submit(editors.rt, admin, code)
    clock.ahead(days=8)
    with pytest.raises(Conflict, match="over"):
        desk.approve(editors.rt, editors.official("approver"), code)
    with pytest.raises(Conflict, match="over"):
        desk.submit(editors.rt, admin, late)


def test_an_election_is_an_admin_of_the_city_s_to_approve(editors: Desk) -> None:
    author = editors.official("kim", BENDAN)
    code = editors.draft(author, text="Pilkada: coblos paslon 2").code
    desk.submit(editors.rt, author, code)
    for role, area in (("approver", CITY), ("admin", BARAT)):
        with pytest.raises(Forbidden, match="admin of the city"):
            desk.approve(editors.rt, editors.official(role, area), code)
    desk.approve(editors.rt, editors.official("admin"), code)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(begins=st.integers(-100, 100), lasts=st.integers(1, 100), retired=st.booleans(), at=st.integers(-120, 220))
def test_no_door_shows_what_does_not_hold(editors: Desk, begins: int, lasts: int, retired: bool, at: int) -> None:
    """Through lists, search, board, the item itself and the alert, whenever somebody looks."""
    rt, now = editors.rt, editors.rt.now()
    start, end = now + timedelta(hours=begins), now + timedelta(hours=begins + lasts)
    looked = now + timedelta(hours=at)
    with rt.engine.begin() as conn:
        author, approver = editors.rows("SELECT id FROM officials LIMIT 2") or (None, None)
        store.publish(conn, "N999", "development", BENDAN, {"id": "Drainase"}, {"id": "Drainase gang"}, "DPUPR", author.id,
                      approver.id, start, end, now)  # fmt: skip
        if retired:
            conn.execute(statement("UPDATE items SET state = 'retired'"))
        doors = {
            "find": store.find(conn, "development", BENDAN, "id", looked),
            "own": store.find(conn, "", BENDAN, "id", looked, only_own=True),
            "search": store.search(conn, ["drainase"], "", BENDAN, "id", looked),
            "board": store.board(conn, BENDAN, "id", looked),
            "get": [one] if (one := store.get(conn, "N999", "id", looked)) else [],
        }
        conn.rollback()
    holds = not retired and start <= looked < end
    assert {name: bool(found) for name, found in doors.items()} == dict.fromkeys(doors, holds)


@pytest.fixture(autouse=True)
def two_people(editors: Desk) -> None:
    editors.official("admin")
    editors.official("approver")


def test_a_correction_takes_the_place_of_what_was_wrong(editors: Desk) -> None:
    old = editors.publish()
    admin = editors.official("admin")
    new = editors.draft(admin, old.code, text="Posyandu lansia Minggu jam 8-11")
    assert desk.look(editors.rt, admin, old.code)[0].state == "published", "until it is approved the old one stands"
    desk.submit(editors.rt, admin, new.code)
    with pytest.raises(Conflict, match="already"):
        editors.draft(admin, old.code)
    desk.approve(editors.rt, editors.official("approver"), new.code)
    assert desk.look(editors.rt, admin, old.code)[0].state == "retired"
    assert desk.look(editors.rt, admin, new.code)[0].corrects == old.code
    with pytest.raises(Conflict, match="nobody has read"):
        editors.draft(admin, editors.draft(admin).code)


def test_the_board_has_the_own_projects_first(editors: Desk) -> None:
    more = {"topic": "development", "office": "DPUPR"}
    editors.publish(text="Jembatan", area=CITY, budget=12_500_000_000, **more)
    editors.publish(text="Drainase gang 5", area=BENDAN, percent=60, budget=120_000_000, **more)
    editors.publish(text="Taman Medono", area=MEDONO, percent=10, **more)
    found = desk.board(editors.rt, BENDAN)
    assert [(one.title, one.percent) for one in found] == [("Drainase gang 5", 60), ("Jembatan", None)]
    with pytest.raises(Missing):
        desk.board(editors.rt, "99")


def test_codes_are_public_and_unknown_ones_are_missing(editors: Desk) -> None:
    item = editors.publish()
    assert item.code.startswith("N")
    for code in ("N1", "", "nothing"):
        with pytest.raises(Fault) as fault:
            desk.look(editors.rt, editors.official("admin"), code)
        assert fault.value.status == 404
