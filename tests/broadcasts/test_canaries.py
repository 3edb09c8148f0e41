"""The city's own phones: every broadcast goes there first, counts there for nothing, and is missed aloud."""

from datetime import timedelta

import pytest

from gateway.broadcasts.service import canaries, start
from gateway.db import statement
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.officials.rules import Role
from tests.broadcasts.town import CITY, Town
from tests.conftest import Clock

TELKOMSEL, INDOSAT = "+6281100000001", "+6281500000002"


@pytest.fixture
def watched(town: Town) -> Town:
    """A town of five with two test phones."""
    town.people(5)
    for number, place in ((TELKOMSEL, "Telkomsel"), (INDOSAT, "Indosat")):
        assert canaries.add(town.rt, town.official(Role.ADMIN), number, place)
    return town


def told(town: Town) -> list[str]:
    """What admins and authors were told of phones that got nothing."""
    with town.rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT body FROM messages WHERE cause LIKE 'canary:%' ORDER BY id"))
        return list(found.scalars())


def canary_of(town: Town, id: int) -> list[tuple[str, str]]:
    return [(one["place"], one["status"]) for one in town.status(id)["canaries"]]


def test_every_broadcast_goes_to_the_phones_first_and_counts_there_for_nothing(watched: Town, clock: Clock) -> None:
    id = watched.started(watched.official(Role.ADMIN))
    assert canary_of(watched, id) == [("Indosat", "queued"), ("Telkomsel", "queued")]
    assert watched.status(id)["total"] == 5
    claimed = watched.claim()
    batch_id = watched.get(id).batch_id
    assert [row.batch_id == batch_id for row in claimed] == [False] * 2 + [True] * 5
    watched.settle(claimed, rank=3)
    assert canary_of(watched, id) == [("Indosat", "delivered"), ("Telkomsel", "delivered")]
    assert watched.counts(id) == {"delivered": 5}
    clock.ahead(minutes=11)
    assert canaries.tick(watched.rt) == 0
    assert told(watched) == []


def test_a_phone_that_gets_nothing_is_told_of_once(watched: Town, clock: Clock) -> None:
    author = watched.official(Role.LURAH, "33.75.01.1006")
    id = watched.started(author)
    claimed = watched.claim()
    batch_id = watched.get(id).batch_id
    phones = [row for row in claimed if row.batch_id != batch_id]
    watched.settle([row for row in claimed if row.batch_id == batch_id], rank=3)
    watched.settle(phones[:1], rank=3)
    watched.settle(phones[1:], rank=1)
    assert canaries.tick(watched.rt) == 0, "they have ten minutes"
    clock.ahead(minutes=11)
    assert canaries.tick(watched.rt) == 1
    assert canaries.tick(watched.rt) == 0
    missing = next(place for place, status in canary_of(watched, id) if status == "sent")
    code = watched.status(id)["code"]
    assert len(told(watched)) == 2, "its author and the admin of the city"
    assert all(text.startswith(f"{code}: HP uji {missing} belum menerima") for text in told(watched))
    assert watched.count_of("SELECT count(*) FROM audit WHERE act = 'canary missing'") == 1


def test_a_phone_that_stopped_is_missed_and_one_that_came_later_is_not(watched: Town, clock: Clock) -> None:
    with watched.rt.engine.begin() as conn:
        (stopped,) = conn.execute(statement("SELECT number_id FROM canaries WHERE place = 'Indosat'")).scalars()
    watched.stop([stopped])
    id = watched.started(watched.official(Role.ADMIN))
    clock.ahead(minutes=1)
    assert canaries.add(watched.rt, watched.official(Role.ADMIN), "+6281900000003", "XL")
    assert canary_of(watched, id) == [("Indosat", "stopped"), ("Telkomsel", "queued")]


def test_a_town_without_phones_sends_none(town: Town) -> None:
    town.people(2)
    id = town.started(town.official(Role.ADMIN))
    assert canary_of(town, id) == []
    assert town.count_of("SELECT count(*) FROM batches") == 1


def test_an_emergency_at_night_reaches_the_phones_too(watched: Town, clock: Clock) -> None:
    clock.at(Clock.START + timedelta(hours=12))
    id = watched.approved(watched.official(Role.ADMIN), "emergency")
    watched.clock_ticks()
    assert start.start(watched.rt, id)
    assert len(watched.claim()) == 7


def test_only_an_admin_of_the_city_keeps_them(watched: Town) -> None:
    admin = watched.official(Role.ADMIN)
    for role, area in ((Role.APPROVER, CITY), (Role.LURAH, "33.75.01.1006"), (Role.ADMIN, "33.75.01")):
        with pytest.raises(Forbidden):
            canaries.add(watched.rt, watched.official(role, area), TELKOMSEL, "Tri")
        with pytest.raises(Forbidden):
            canaries.every(watched.rt, watched.official(role, area))
    with pytest.raises(Invalid, match="no phone number"):
        canaries.add(watched.rt, admin, "KABAR", "Tri")
    with pytest.raises(Invalid, match="20 letters"):
        canaries.add(watched.rt, admin, "+6289500000009", "x" * 21)
    assert not canaries.add(watched.rt, admin, "0811 0000 0001", "again")
    shown = canaries.every(watched.rt, admin)
    assert [(one.place, one.prefix) for one in shown] == [("Indosat", "+6281500"), ("Telkomsel", "+6281100")]
    canaries.remove(watched.rt, admin, shown[0].id)
    with pytest.raises(Missing):
        canaries.remove(watched.rt, admin, shown[0].id)
    for at in range(canaries.MOST - 1):
        canaries.add(watched.rt, admin, f"+62813{at:08d}", "Uji")
    with pytest.raises(Conflict, match="12 already"):
        canaries.add(watched.rt, admin, "+6289500000009", "Tri")
