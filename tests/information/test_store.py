"""Items: only what is published and holds now is read, for the area and in the language asked for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.db import Connection
from gateway.information import service, store
from gateway.officials import service as officials
from gateway.runtime import Runtime

MEDONO, TIRTO, BARAT, CITY = "33.75.01.1002", "33.75.01.1009", "33.75.01", "33.75"


@pytest.fixture
def people(rt: Runtime) -> tuple[int, int]:
    """An author and an approver."""
    author = officials.add(rt, "Sri", "admin", CITY, "081234567890")
    approver = officials.add(rt, "Budi", "approver", CITY, "081234567891")
    return author.id, approver.id


def publish(
    conn: Connection, rt: Runtime, people: tuple[int, int], code: str, topic: str, area: str, begin: float = -1,
    end: float = 24,
) -> None:  # fmt: skip
    def at(hours: float) -> datetime:
        return rt.now() + timedelta(hours=hours)

    titles, texts = {"id": f"Judul {code}", "jv": f"Irah {code}"}, {"id": f"Isi {code}"}
    store.publish(conn, code, topic, area, titles, texts, "DPUPR", *people, at(begin), at(end), rt.now())


@pytest.fixture
def items(rt: Runtime, people: tuple[int, int]) -> None:
    """Items of three areas, past, present and to come."""
    with rt.engine.begin() as conn:
        publish(conn, rt, people, "I1", "services", CITY, begin=-3)
        publish(conn, rt, people, "I2", "services", BARAT, begin=-2)
        publish(conn, rt, people, "I3", "services", MEDONO, begin=-1)
        publish(conn, rt, people, "I4", "alert", TIRTO, begin=-5)
        publish(conn, rt, people, "I5", "services", CITY, begin=-9, end=0)
        publish(conn, rt, people, "I6", "services", CITY, begin=1)
        publish(conn, rt, people, "I7", "health", CITY, begin=0)


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(
    ("label", "topic", "area", "codes"),
    [
        ("a kelurahan sees its own, its kecamatan's and the city's, newest first", "services", MEDONO,
         ["I3", "I2", "I1"]),
        ("a neighbour does not see them", "services", TIRTO, ["I2", "I1"]),
        ("another kecamatan sees the city's alone", "services", "33.75.02.1004", ["I1"]),
        ("nobody's area sees the city's alone", "services", "", ["I1"]),
        ("a kecamatan does not see its kelurahan's", "services", BARAT, ["I2", "I1"]),
        ("without a topic only what concerns the kelurahan alone", "", MEDONO, ["I3"]),
        ("from the moment it begins", "health", CITY, ["I7"]),
        ("an unknown topic", "weather", MEDONO, []),
    ],
)  # fmt: skip
def test_finds(rt: Runtime, label: str, topic: str, area: str, codes: list[str]) -> None:
    with rt.engine.begin() as conn:
        assert [item.code for item in service.find(rt, conn, topic, area, "id")] == codes, label


@pytest.mark.usefixtures("items")
def test_alerts_come_before_what_is_newer(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        found = [item.code for item in store.find(conn, "", TIRTO, "id", rt.now())]
        assert found == ["I4", "I7", "I2", "I1"]
        assert len(store.find(conn, "", TIRTO, "id", rt.now(), most=2)) == 2


@pytest.mark.usefixtures("items")
def test_the_alert_of_an_area_is_its_title_in_the_language(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        assert service.alert(rt, conn, TIRTO, "jv") == "Irah I4"
        assert service.alert(rt, conn, MEDONO, "jv") == ""


@pytest.mark.usefixtures("items")
def test_one_item_in_a_language_it_lacks_falls_back_to_indonesian(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        item = service.get(rt, conn, "I1", "jv")
        assert item
        assert (item.title, item.text, item.source) == ("Irah I1", "Isi I1", "DPUPR")
        assert [service.get(rt, conn, code, "id") for code in ("I5", "I6", "nothing")] == [None] * 3


def test_publishing_twice_changes_nothing_and_nobody_approves_their_own(rt: Runtime, people: tuple[int, int]) -> None:
    with rt.engine.begin() as conn:
        publish(conn, rt, people, "I1", "services", CITY)
        publish(conn, rt, people, "I1", "health", MEDONO)
    with rt.engine.begin() as conn:
        item = service.get(rt, conn, "I1", "id")
    assert item
    assert item.topic == "services"
    with pytest.raises(IntegrityError), rt.engine.begin() as conn:
        publish(conn, rt, (people[0], people[0]), "I2", "services", CITY)
