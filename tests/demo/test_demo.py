"""The demo city: complete, made-up, loaded once, with sign-ins that no other installation shares."""

import stat
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import phonenumbers
import pytest
import yaml
from redis import Redis

from config.settings import Settings
from gateway.db import statement
from gateway.demo import load as demo
from gateway.demo import people, signins
from gateway.demo.load import CITY
from gateway.kernel.text import measure
from gateway.officials import service as officials
from gateway.officials.rules import Role
from gateway.reference import service as reference
from gateway.reference.store import CATEGORIES, OFFICES
from gateway.residents.rules import TOPICS
from gateway.runtime import Runtime, build

WRITTEN = yaml.safe_load(CITY.read_text(encoding="utf-8"))
TABLES = ("residents", "officials", "items", "aspirations", "numbers")


@pytest.fixture
def make_city(
    make_database: Callable[[], str], settings: Settings, redis_client: Redis
) -> Iterator[Callable[[Path], Runtime]]:
    """Tools over a fresh database with the reference data, and a data folder."""
    made: list[Runtime] = []

    def make(folder: Path) -> Runtime:
        changed = {"database_url": make_database(), "gateway_data_dir": folder}
        made.append(build(settings.model_copy(update=changed), process="test", pool=5))
        reference.load(made[-1])
        return made[-1]

    yield make
    for rt in made:
        rt.close()


@pytest.fixture
def city(make_city: Callable[[Path], Runtime], tmp_path: Path) -> Runtime:
    """A city with its demo loaded."""
    rt = make_city(tmp_path / "first")
    demo.load(rt)
    return rt


def _count(rt: Runtime) -> dict[str, tuple[int, int]]:
    """Rows of each table, and how many of them are not the demo's."""
    with rt.engine.begin() as conn:
        found = {}
        for table in TABLES:
            sql = f"SELECT count(*), count(*) FILTER (WHERE NOT is_demo) FROM {table}"  # noqa: S608  (of TABLES)
            found[table] = tuple(conn.execute(statement(sql)).one())
    return found


def test_everything_is_there_and_flagged(city: Runtime) -> None:
    assert _count(city) == {
        "residents": (500, 0),
        "officials": (10, 0),
        "items": (12, 0),
        "aspirations": (5, 0),
        "numbers": (510, 0),
    }
    with city.engine.begin() as conn:
        areas = conn.execute(statement("SELECT area, count(*) FROM residents GROUP BY 1")).all()
        states = conn.execute(statement("SELECT DISTINCT state FROM residents")).scalars().all()
        tickets = conn.execute(statement("SELECT state FROM aspirations")).scalars().all()
        heads = conn.execute(
            statement("SELECT count(DISTINCT area) FROM residents WHERE 'ketua_rt' = ANY(groups)")
        ).scalar()
        spoken = set(conn.execute(statement("SELECT DISTINCT language FROM residents")).scalars())
        held = conn.execute(statement("SELECT count(*) FROM messages")).scalar()
    assert len(areas) == 27
    assert min(n for _, n in areas) >= 18
    assert states == ["active"]
    assert len(set(tickets)) == 5
    assert heads == 27
    assert spoken == {"id", "jv"}
    assert held == 0, "nobody is written to by a load"


def test_a_second_load_changes_nothing(city: Runtime) -> None:
    before = _count(city)
    with city.engine.begin() as conn:
        conn.execute(statement("UPDATE residents SET language = 'en' WHERE name IS NOT NULL"))
    first = signins.read(city.settings.gateway_data_dir)
    again = demo.load(city)
    assert {one.key: one for one in again} == first
    assert _count(city) == before
    with city.engine.begin() as conn:
        spoken = conn.execute(statement("SELECT DISTINCT language FROM residents")).scalars().all()
    assert spoken == ["en"], "what people have changed stays"


def test_its_officials_sign_in(city: Runtime) -> None:
    found = demo.load(city)
    assert {one.role for one in found} == set(Role)
    assert {(one.role, one.area) for one in found} >= {
        ("kim", people.HOME),
        ("lurah", people.HOME),
        ("lurah", "33.75.01"),
    }
    for one in found:
        official = officials.sign_in(city, one.token)
        assert official is not None
        assert (official.id, official.name, official.area) == (one.id, one.name, one.area)
        for shown in (one.token, one.pin, f"id: {one.id}"):
            assert shown in demo.show(one)
    file = city.settings.gateway_data_dir / signins.NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_installations_share_their_people_and_no_credential(
    city: Runtime, make_city: Callable[[Path], Runtime], tmp_path: Path
) -> None:
    other = make_city(tmp_path / "second")
    ours, theirs = demo.load(city), demo.load(other)
    assert [(one.key, one.name, one.number) for one in ours] == [(one.key, one.name, one.number) for one in theirs]
    assert not {one.token for one in ours} & {one.token for one in theirs}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file.unlink(), id="the file is gone"),
        pytest.param(lambda file: file.write_text("{"), id="the file is cut off"),
        pytest.param(
            lambda file: file.write_text(file.read_text().replace("kabar_", "kabar_x")), id="tokens do not fit"
        ),
    ],
)
def test_lost_tokens_are_made_anew(city: Runtime, spoil: Callable[[Path], object]) -> None:
    before = demo.load(city)
    spoil(city.settings.gateway_data_dir / signins.NAME)
    after = demo.load(city)
    assert [one.id for one in after] == [one.id for one in before], "the accounts are the same"
    assert all(officials.sign_in(city, one.token) for one in after)
    assert not any(officials.sign_in(city, one.token) for one in before)


def test_an_official_that_was_disabled_stays_so(city: Runtime) -> None:
    gone = demo.load(city)[0]
    officials.disable(city, gone.id)
    assert gone.key not in {one.key for one in demo.load(city)}
    assert _count(city)["officials"] == (10, 0)


def test_every_number_is_well_formed_and_made_up(city: Runtime) -> None:
    numbers = [row["phone"] for row in people.residents(reference.areas(city), city.now())]
    numbers += [person.number for person in people.OFFICIALS]
    assert len(set(numbers)) == len(numbers) == 510
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, None)) for number in numbers)
    assert all(number[6:10] == "0000" for number in numbers)
    assert Counter(number[3:6] for number in numbers).keys() == set(people.PREFIXES)


@pytest.mark.parametrize("item", WRITTEN["items"], ids=lambda item: item["code"])
def test_an_item_fits_its_screens(item: dict[str, object]) -> None:
    titles, texts = item["titles"], item["texts"]
    assert isinstance(titles, dict)
    assert isinstance(texts, dict)
    assert item["topic"] in TOPICS
    assert titles.keys() == texts.keys()
    assert "id" in titles
    assert len(str(item["source"])) <= 14
    for title in titles.values():
        assert measure(title).units <= 34
    for text in texts.values():
        assert (measure(text).encoding, measure(text).segments) == ("GSM-7", 1)


@pytest.mark.parametrize("ticket", WRITTEN["tickets"], ids=lambda ticket: ticket["words"][:30])
def test_a_ticket_uses_known_codes(ticket: dict[str, str]) -> None:
    assert ticket["category"] in CATEGORIES
    assert ticket.get("office", "DPUPR") in OFFICES
