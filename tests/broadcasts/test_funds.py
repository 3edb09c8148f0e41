"""Admins are told that money runs out: once for each account that is low and each day that is spent, by night too."""

import dataclasses
from decimal import Decimal

import pytest

from gateway.broadcasts.service import funds
from gateway.db import statement
from gateway.officials.rules import Role
from gateway.outbox.store import routes
from tests.broadcasts.town import BARAT, Town
from tests.conftest import Clock


@pytest.fixture
def poor(town: Town) -> Town:
    """A town with two admins, a lurah, and an account below its reserve."""
    town.people(3)
    for _ in range(2):
        town.new_official(Role.ADMIN)
    town.new_official(Role.ADMIN, BARAT)
    town.new_official(Role.LURAH, town.home)
    settings = town.rt.settings.model_copy(update={"balance_reserve": {"simulator": Decimal(20)}})
    town.rt = dataclasses.replace(town.rt, settings=settings)
    note(town, "USD 14.20", is_low=True)
    return town


def note(town: Town, words: str, *, is_low: bool) -> None:
    with town.rt.engine.begin() as conn:
        routes.note_balance(conn, "simulator", words, town.rt.now(), is_low=is_low)
    town.rt.forget()


def told(town: Town) -> list[str]:
    with town.rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT body FROM messages WHERE cause ~ '^(low|spent):' ORDER BY id"))
        return list(found.scalars())


def test_each_admin_of_the_city_is_told_once_until_it_was_restored(poor: Town, clock: Clock) -> None:
    clock.at(clock.moment.replace(hour=18))  # 01:00 WIB
    assert [funds.tick(poor.rt), funds.tick(poor.rt)] == [2, 0]
    assert len(told(poor)) == 2
    assert all("SALDO simulator tinggal USD 14.20" in body for body in told(poor))
    assert poor.count_of("SELECT count(*) FROM messages WHERE cause LIKE 'low:%' AND not_before IS NOT NULL") == 0
    note(poor, "USD 11.00", is_low=True)
    assert funds.tick(poor.rt) == 0
    note(poor, "USD 99", is_low=False)
    assert funds.tick(poor.rt) == 0
    clock.ahead(hours=3)
    note(poor, "USD 3", is_low=True)
    assert funds.tick(poor.rt) == 2


def test_a_day_that_is_spent_is_told_of_once(town: Town, clock: Clock) -> None:
    town.people(3)
    admin = town.official(Role.ADMIN)
    id = town.started(admin)
    town.settle(town.claim_of(id))
    limited = town.rt.settings.model_copy(update={"daily_cost_limit": Decimal("0.01")})
    town.rt = dataclasses.replace(town.rt, settings=limited)
    assert [funds.tick(town.rt), funds.tick(town.rt)] == [1, 0]
    assert told(town)[0].startswith("BATAS BIAYA ")


def test_officials_see_what_a_broadcast_waits_for(poor: Town) -> None:
    news = poor.started(poor.official(Role.ADMIN))
    alarm = poor.started(poor.official(Role.ADMIN), "emergency", reason="rob")
    assert poor.status(news)["short_of"] == ["balance of simulator"]
    assert poor.status(alarm)["short_of"] == []
    poor.settle(poor.claim_of(news))
    assert poor.status(news)["short_of"] == [], "nothing is left to wait"
