"""A city's folder: whole or not at all, every fault with its file and line, and nothing new the second time."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from config.settings import CHECKOUT
from gateway.broadcasts import canary_store, preset_store
from gateway.dayone import service
from gateway.db import statement
from gateway.kernel.errors import Forbidden, Invalid
from gateway.kim import service as kim
from gateway.numbers import store as numbers
from gateway.officials import duty_store
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.residents import group_store
from gateway.runtime import Runtime

BENDAN, CITY = "33.75.01.1006", "33.75"
RESIDENT = "+6281233330001"

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def admin(rt: Runtime) -> Official:
    """An admin of the city."""
    found = officials.sign_in(rt, officials.add(rt, "Ani", "admin", CITY, "+6281233330009").token)
    assert found
    return found


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder."""

    def act(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return act


@pytest.fixture
def files(rt: Runtime, admin: Official) -> dict[str, str]:
    """Files of a city with one resident, which fit."""
    resident(rt)
    return {
        "prices.yaml": (CHECKOUT / "config" / "prices.yaml").read_text(encoding="utf-8"),
        "roster.csv": f"official,place,days,from,to\n{admin.id},1,mon-fri,08:00,20:00\n",
        "kim.csv": f"name,areas,since\nKIM Bendan Kergon,{BENDAN},2019-05-01\n",
        "boards.csv": f"kim,official,seat,since,until\nKIM Bendan Kergon,{admin.id},chair,2024-07-01,2027-07-01\n",
        "groups.csv": f"group,phone,test\nlatihan,{RESIDENT},yes\n",
        "presets.yaml": (CHECKOUT / "config" / "day-one" / "presets.yaml").read_text(encoding="utf-8"),
        "canaries.csv": "phone,place\n+6281100000071,Telkomsel\n",
        "README.md": "not read",
    }


def resident(rt: Runtime) -> None:
    """Registers RESIDENT in Bendan Kergon."""
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, RESIDENT)
        conn.execute(statement("""
            INSERT INTO residents (number_id, area, state, created_at, changed_at) VALUES (:id, :area, 'active', :now, :now)
        """), {"id": number.id, "area": BENDAN, "now": rt.now()})  # fmt: skip


def standing(rt: Runtime) -> dict[str, int]:
    """How many there are of everything that a folder loads."""
    with rt.engine.begin() as conn:
        return {
            "roster": len(duty_store.every(conn)),
            "kim": len(kim.every(rt, conn)),
            "seats": sum(len(one.seats) for one in kim.every(rt, conn)),
            "groups": sum(one.people for one in group_store.every(conn, CITY)),
            "tests": sum(one.is_test for one in group_store.every(conn, CITY)),
            "presets": len(preset_store.every(conn)),
            "canaries": canary_store.count(conn),
        }


def test_a_folder_is_loaded_once_and_again_without_effect(
    rt: Runtime, admin: Official, write: Write, files: dict[str, str]
) -> None:
    folder = write(files)
    first = service.load(rt, admin, folder)
    assert "kim.csv: 1 new, 0 as they were" in first
    assert standing(rt) == dict.fromkeys(("roster", "kim", "seats", "groups", "tests", "presets", "canaries"), 1)
    assert "kim.csv: 0 new, 1 as they were" in service.load(rt, admin, folder)
    assert all(" 0 new," in line for line in service.load(rt, admin, folder) if " new," in line)
    assert standing(rt) == dict.fromkeys(("roster", "kim", "seats", "groups", "tests", "presets", "canaries"), 1)


def test_a_check_changes_nothing(rt: Runtime, admin: Official, write: Write, files: dict[str, str]) -> None:
    assert "kim.csv: 1 new, 0 as they were" in service.load(rt, admin, write(files), check=True)
    assert set(standing(rt).values()) == {0}


def test_every_fault_is_told_at_once_with_file_and_line_and_nothing_holds(
    rt: Runtime, admin: Official, write: Write, files: dict[str, str]
) -> None:
    folder = write(files | {
        "prices.yaml": "currency: IDR\noperators: {}\nprices:\n  - {provider: nobody, to: any, price: 1}\n",
        "roster.csv": "official,place\n999999,1\n0,12\n",
        "kim.csv": f"name,areas,since\nKIM A,{BENDAN},2019-05-01\nKIM B,{BENDAN},2019-05-01\nKIM C,33.75.99,x\nKIM D\n",
        "boards.csv": f"kim,official,seat,since\nKIM A,{admin.id},king,2024-01-01\nKIM Z,1,chair,2024-01-01\nKIM A,1,chair,soon\n",
        "groups.csv": f"group,phone\nrtrw,{RESIDENT}\nrtrw,+6281299990000\nRT RW!,{RESIDENT}\n",
        "presets.yaml": "presets:\n  - name: rob\n    texts: {id: 'ROB {jam}'}\n    slots: {jam: 500}\n    areas: ['33.75']\n"
                        "  - name: x\n    colour: red\n",
        "canaries.csv": "phone,place\nnobody,Telkomsel\n",
        "kims.csv": "",
    })  # fmt: skip
    with pytest.raises(Invalid) as caught:
        service.load(rt, admin, folder)
    places = {line.split(": ")[0] for line in str(caught.value).splitlines()}
    assert places >= {"prices.yaml:4", "roster.csv:2", "roster.csv:3", "kim.csv:3", "kim.csv:4", "kim.csv:5", "boards.csv:2",
                      "boards.csv:3", "boards.csv:4", "groups.csv:3", "groups.csv:4", "presets.yaml:7", "canaries.csv:2",
                      "kims.csv:1"}  # fmt: skip
    assert set(standing(rt).values()) == {0}


def test_columns_that_are_missing_or_too_many_are_named(rt: Runtime, admin: Official, write: Write) -> None:
    folder = write(
        {"kim.csv": "name,area\nKIM A,33.75\n", "canaries.csv": "phone\n+62811\n", "roster.csv": "official\n"}
    )
    with pytest.raises(Invalid) as caught:
        service.load(rt, admin, folder)
    assert str(caught.value).splitlines() == [
        "canaries.csv:1: the column place is missing; the columns are phone, place",
        "kim.csv:1: there is no column area; the columns are name, areas, since",
        "roster.csv:1: holds no shift and would empty the roster; take the file away instead",
    ]


def test_the_example_folder_can_be_loaded(rt: Runtime, admin: Official) -> None:
    service.load(rt, admin, CHECKOUT / "config" / "day-one")
    assert standing(rt)["kim"] == standing(rt)["presets"] == 1


def test_only_an_admin_of_the_city_loads_a_folder_that_is_one(rt: Runtime, admin: Official, tmp_path: Path) -> None:
    lurah = officials.sign_in(rt, officials.add(rt, "Hadi", "lurah", BENDAN, "+6281233330008").token)
    assert lurah
    with pytest.raises(Forbidden):
        service.load(rt, lurah, tmp_path)
    with pytest.raises(Invalid, match="no folder"):
        service.load(rt, admin, tmp_path / "none")
    assert service.load(rt, admin, tmp_path) == []
