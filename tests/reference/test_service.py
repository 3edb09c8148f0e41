"""Reference data: loaded once, edits kept, deadlines counted over real holidays."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest

from config.settings import Settings
from gateway import runtime
from gateway.local.postgres import plain
from gateway.reference import service, store
from gateway.runtime import Runtime


@pytest.fixture
def own(make_database: Callable[[], str], settings: Settings, rt: Runtime) -> Iterator[Runtime]:
    """Tools over an empty database of the test's own, whose reference data may be edited."""
    moved = settings.model_copy(update={"database_url": make_database()})
    tools = dataclasses.replace(runtime.build(moved), now=rt.now)
    yield tools
    tools.close()


def counts(rt: Runtime) -> dict[str, int]:
    with psycopg.connect(plain(rt.settings.database_url)) as conn:
        return {
            table: int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # type: ignore[index,arg-type]  # noqa: S608
            for table in ("areas", "area_aliases", "offices", "routing", "holidays")
        }


def edit(rt: Runtime, *statements: str) -> None:
    with psycopg.connect(plain(rt.settings.database_url), autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement)  # type: ignore[arg-type]
    rt.forget()


def test_loading_twice_changes_nothing(own: Runtime) -> None:
    service.load(own)
    before = counts(own)
    assert before["areas"] == 33
    assert before["offices"] == 8
    assert before["routing"] == len(store.CATEGORIES)
    service.load(own)
    assert counts(own) == before


def test_loading_again_keeps_what_an_admin_edited_and_struck_out(own: Runtime) -> None:
    service.load(own)
    edit(
        own,
        "UPDATE areas SET name = 'Medono Baru', short = 'MDB' WHERE code = '33.75.01.1002'",
        "UPDATE offices SET name = 'Dinas Baru', closed_at = now() WHERE code = 'DLH'",
        "UPDATE routing SET office = 'BPBD' WHERE category = 'waste'",
        "DELETE FROM holidays WHERE day = '2026-12-24'",
        "INSERT INTO holidays VALUES ('2026-04-01', 'Hari jadi kota', 'city', 'SE wali kota')",
        "DELETE FROM areas WHERE false",
        "INSERT INTO area_aliases VALUES ('Medana', '33.75.01.1002', 'spelling')",
    )
    service.load(own)
    with own.engine.begin() as conn:
        assert service.areas(own)["33.75.01.1002"].name == "Medono Baru"
        assert service.areas(own).match(["mdb"]) == ("33.75.01.1002", 1)
        assert service.areas(own).match(["medana"]) == ("33.75.01.1002", 1)
        assert "DLH" not in store.offices(conn)
        assert ("33.75", "waste", "BPBD") in store.routing(conn)
        assert date(2026, 12, 24) not in store.days_off(conn)
        assert date(2026, 4, 1) in store.days_off(conn)


def test_every_category_has_an_office_for_the_whole_city(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        offices = store.offices(conn)
        routed = {category: office for area, category, office in store.routing(conn) if area == store.CITY}
    assert set(routed) == set(store.CATEGORIES)
    assert set(routed.values()) <= set(offices)
    assert set(offices) == {"DPUPR", "DLH", "DINSOS", "DINKES", "DINDIK", "DISDUKCAPIL", "BPBD", "DINKOMINFO"}


@pytest.mark.parametrize(
    ("label", "start", "days", "due", "provisional"),
    [
        ("over a weekend", date(2026, 11, 6), 3, date(2026, 11, 11), False),
        ("over Idulfitri and its joint leave in 2026", date(2026, 3, 17), 3, date(2026, 3, 27), False),
        ("over Idulfitri and its joint leave in 2027", date(2027, 3, 5), 3, date(2027, 3, 18), False),
        ("into a year whose joint leave is not decreed yet", date(2027, 12, 30), 3, date(2028, 1, 4), True),
        ("in such a year, an estimated feast counts as a working day", date(2028, 2, 25), 2, date(2028, 2, 29), True),
    ],
)
def test_deadlines(rt: Runtime, label: str, start: date, days: int, due: date, provisional: bool) -> None:
    with rt.engine.begin() as conn:
        assert service.due(rt, start, days, conn) == (due, provisional), label


def test_an_edit_by_another_process_shows_once_what_is_remembered_is_dropped(own: Runtime) -> None:
    service.load(own)
    with own.engine.begin() as conn:
        assert service.due(own, date(2026, 11, 9), 1, conn)[0] == date(2026, 11, 10)
        with psycopg.connect(plain(own.settings.database_url), autocommit=True) as other:
            other.execute("INSERT INTO holidays VALUES ('2026-11-10', 'Libur daerah', 'city', 'SE')")
        own.forget()
        assert service.due(own, date(2026, 11, 9), 1, conn)[0] == date(2026, 11, 11)


def test_areas_may_be_read_on_a_connection_that_is_held_anyway(own: Runtime) -> None:
    service.load(own)
    with own.engine.begin() as conn:
        held = own.engine.pool.checkedout()  # type: ignore[attr-defined]
        assert "33.75" in service.areas(own, conn)
        assert own.engine.pool.checkedout() == held  # type: ignore[attr-defined]
