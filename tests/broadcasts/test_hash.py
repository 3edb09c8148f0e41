"""What an approval is bound to: the hash, what changes it and what does not, and growth between approval and start."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.broadcasts import rules
from gateway.broadcasts.rules import Content
from gateway.broadcasts.service import decide, draft, start
from gateway.kernel.errors import Conflict
from gateway.officials.rules import Role
from tests.broadcasts.town import Town
from tests.conftest import Clock

NOON = datetime(2026, 11, 5, 5, 0, tzinfo=UTC)
BASE: dict[str, Any] = {
    "level": "important",
    "texts": {"id": "Air mati.", "jv": "Banyu mati."},
    "audience": {"areas": ["33.75.01.1006", "33.75.02.1007"], "topics": ["alert"]},
    "send_at": NOON,
    "expires_at": NOON + timedelta(days=1),
    "recipients": 120,
}
CHANGES: dict[str, dict[str, Any]] = {
    "the level": {"level": "routine"},
    "a text": {"texts": {"id": "Air mati!", "jv": "Banyu mati."}},
    "a text left out": {"texts": {"id": "Air mati."}},
    "texts swapped between languages": {"texts": {"id": "Banyu mati.", "jv": "Air mati."}},
    "an area": {"audience": {"areas": ["33.75.01.1006"], "topics": ["alert"]}},
    "a topic": {"audience": {"areas": ["33.75.01.1006", "33.75.02.1007"], "topics": ["health"]}},
    "a list left out": {"audience": {"areas": ["33.75.01.1006", "33.75.02.1007"]}},
    "a list more": {"audience": {**BASE["audience"], "languages": ["jv"]}},
    "the same names in another list": {"audience": {"areas": BASE["audience"]["areas"], "groups": ["alert"]}},
    "send_at": {"send_at": NOON + timedelta(seconds=1)},
    "no send_at": {"send_at": None},
    "expires_at": {"expires_at": NOON + timedelta(days=2)},
    "no expires_at": {"expires_at": None},
    "one person more": {"recipients": 121},
}
SAME: dict[str, dict[str, Any]] = {
    "areas in another order": {"audience": {"areas": ["33.75.02.1007", "33.75.01.1006"], "topics": ["alert"]}},
    "lists in another order": {"audience": {"topics": ["alert"], "areas": BASE["audience"]["areas"]}},
    "an empty list": {"audience": {**BASE["audience"], "groups": []}},
    "texts in another order": {"texts": {"jv": "Banyu mati.", "id": "Air mati."}},
    "the same moment in another zone": {"send_at": NOON.astimezone(timezone(timedelta(hours=7)))},
}


def digest(*, recipients: int, **content: Any) -> str:
    return rules.digest(Content(**content), recipients)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_gives_another_hash(change: dict[str, Any]) -> None:
    assert digest(**{**BASE, **change}) != digest(**BASE)


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_says_the_same_gives_the_same_hash(change: dict[str, Any]) -> None:
    assert digest(**{**BASE, **change}) == digest(**BASE)


_words = some.lists(some.text(max_size=6), max_size=4)


@given(some.dictionaries(some.sampled_from(["areas", "topics", "groups"]), _words), some.randoms())
def test_the_order_of_lists_never_counts(audience: dict[str, list[str]], chance: Any) -> None:
    shuffled = {name: chance.sample(values, len(values)) for name, values in reversed(audience.items())}
    assert digest(**{**BASE, "audience": shuffled}) == digest(**{**BASE, "audience": audience})


def test_the_hash_of_a_draft_is_that_of_its_submission_while_nothing_changed(town: Town) -> None:
    town.people(3)
    admin = town.official(Role.ADMIN)
    local = NOON.astimezone(timezone(timedelta(hours=7)))
    shown = town.write(admin, "important", send_at=local, expires_at=local + timedelta(days=1))
    draft.submit(town.rt, admin, shown["id"])
    assert town.get(shown["id"]).hash == shown["hash"] == town.status(shown["id"])["hash"]


def test_an_approver_who_saw_an_older_hash_is_refused(town: Town) -> None:
    town.people(3)
    admin, approver = town.official(Role.ADMIN), town.official(Role.APPROVER)
    shown = town.write(admin)
    draft.submit(town.rt, admin, shown["id"])
    draft.change(town.rt, admin, shown["id"], {"texts": {"id": "Lain."}})
    draft.submit(town.rt, admin, shown["id"])
    with pytest.raises(Conflict, match="has changed"):
        decide.approve(town.rt, approver, shown["id"], shown["hash"])
    decide.approve(town.rt, approver, shown["id"], town.get(shown["id"]).hash)


def test_a_submission_counts_anew_and_freezes_the_count(town: Town) -> None:
    people = town.people(3)
    admin, approver = town.official(Role.ADMIN), town.official(Role.APPROVER)
    shown = town.write(admin)
    town.people(2)
    draft.submit(town.rt, admin, shown["id"])
    submitted = town.get(shown["id"])
    assert (shown["preview"]["recipients"], submitted.recipients) == (3, 5)
    assert submitted.hash != shown["hash"]
    town.stop(people[:2])
    town.people(4)
    assert decide.approve(town.rt, approver, shown["id"], submitted.hash).hash == submitted.hash


@pytest.mark.parametrize("stopped", [1, 60, 100])
def test_people_stopping_is_not_a_change(town: Town, clock: Clock, stopped: int) -> None:
    people = town.people(100)
    id = town.approved(town.official(Role.ADMIN))
    seen = town.get(id).hash
    town.stop(people[:stopped])
    clock.ahead(minutes=2)
    assert start.start(town.rt, id)
    assert town.get(id).hash == seen
    assert town.status(id)["total"] == 100 - stopped


GROWTH = {
    "10 to 60: many times as many, but 50 only": (10, 60, False),
    "10 to 61: over both": (10, 61, True),
    "510 to 561: 51 more, a tenth exactly": (510, 561, False),
    "510 to 562: over both": (510, 562, True),
    "500 to 550: exactly both": (500, 550, False),
    "500 to 551: over both by one": (500, 551, True),
    "1000 to 1100: a tenth exactly": (1000, 1100, False),
    "1000 to 1101: over both by one": (1000, 1101, True),
    "100000 to 105000: not a tenth": (100_000, 105_000, False),
    "none to 50": (0, 50, False),
    "none to 51": (0, 51, True),
    "fewer": (1000, 10, False),
    "the same": (1000, 1000, False),
}


@pytest.mark.parametrize(("approved", "now", "expected"), GROWTH.values(), ids=GROWTH)
def test_growth_is_too_much_over_a_tenth_and_fifty(approved: int, now: int, expected: bool) -> None:
    assert rules.grew_too_much(approved, now) is expected


@pytest.mark.parametrize("level", ["routine", "emergency"])
def test_an_audience_that_grew_too_much_goes_back_to_be_approved_again(town: Town, clock: Clock, level: str) -> None:
    town.people(100)
    admin, approver = town.official(Role.ADMIN), town.official(Role.APPROVER)
    id = town.approved(admin, level)
    seen = town.get(id).hash
    town.people(51)
    clock.ahead(minutes=2)
    assert not start.start(town.rt, id)
    back = town.get(id)
    assert (back.state, back.recipients, back.approved_by, back.release_at) == ("submitted", 151, None, None)
    assert back.hash != seen
    assert "100 to 151" in str(town.status(id)["note"])
    assert town.status(id)["total"] == town.count_of("SELECT count(*) FROM messages") == 0
    window = timedelta(minutes=30) if level == "emergency" else timedelta(hours=72)
    assert back.approval_ends_at == clock() + window
    with pytest.raises(Conflict, match="has changed"):
        decide.approve(town.rt, approver, id, seen)
    decide.approve(town.rt, approver, id, back.hash)
    clock.ahead(minutes=2)
    assert start.start(town.rt, id)
    assert town.status(id)["total"] == 151


def test_growth_within_bounds_starts_and_everyone_gets_it(town: Town, clock: Clock) -> None:
    town.people(100)
    id = town.approved(town.official(Role.ADMIN))
    town.people(50)
    clock.ahead(minutes=2)
    assert start.start(town.rt, id)
    assert town.status(id)["total"] == 150
