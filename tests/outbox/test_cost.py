"""Money that runs out holds news back, and never an alarm: the day's limit by the price file, and a company's account."""

from decimal import Decimal

import pytest

from gateway.audit import store as audit
from gateway.outbox.rules import Class
from gateway.outbox.service import cost
from gateway.outbox.service.work import work
from gateway.outbox.store import prices
from tests.outbox.conftest import AFRICASTALKING, TWILIO, number, plan_batch, reply, routed, statuses

FILE = "currency: IDR\noperators: {}\nprices:\n  - {provider: any, to: any, price: 300}\n"


def test_news_rest_once_the_day_has_cost_its_limit_and_go_on_the_next_day(rt, standin, city, clock, tmp_path):
    (tmp_path / "prices.yaml").write_text(FILE)
    limited = routed(rt, standin.base, DAILY_COST_LIMIT="600", PRICES=str(tmp_path / "prices.yaml"))
    plan_batch(limited, [number(0), number(1)])
    work(limited, "bulk")
    assert statuses(limited) == {("sent", ""): 2}
    limited.forget()
    plan_batch(limited, [number(2)])
    work(limited, "bulk")
    assert statuses(limited) == {("sent", ""): 2, ("queued", ""): 1}
    plan_batch(limited, [number(3)], Class.EMERGENCY)
    work(limited, "urgent")
    assert statuses(limited) == {("sent", ""): 3, ("queued", ""): 1}
    clock.ahead(hours=24)
    limited.forget()
    work(limited, "bulk")
    assert statuses(limited) == {("sent", ""): 4}


def test_each_part_costs_what_its_provider_and_operator_take(rt, standin, city, clock, tmp_path):
    lines = "  - {provider: twilio, to: any, price: 6400}\n  - {provider: africastalking, to: '+62812', price: 410.5}\n"
    (tmp_path / "prices.yaml").write_text(FILE + lines)
    routed_rt = routed(rt, standin.base, PRICES=str(tmp_path / "prices.yaml"))
    plan_batch(routed_rt, [number(0), number(1), number(0, TWILIO), "+6289500000001"])
    work(routed_rt, "bulk")
    assert statuses(routed_rt) == {("sent", ""): 4}
    midnight = clock().replace(hour=0)
    with routed_rt.engine.begin() as conn:
        spent = prices.spent(conn, midnight, routed_rt.settings.prices)
    assert spent == 2 * Decimal("410.5") + 6400 + 300


RESERVES = {"BALANCE_RESERVE": "africastalking=500;twilio=20"}


def ask(rt, standin, balance, **plan):
    """The clock asks while the companies say that this much is left."""
    standin.plan(balance=balance, **plan)
    cost.ask_balances(rt)
    rt.forget()


def test_news_rest_below_the_reserve_of_their_route_and_go_on_once_it_is_topped_up(rt, standin, city):
    kept = routed(rt, standin.base, **RESERVES)
    ask(kept, standin, "120.00")
    assert cost.shortages(kept) == ["balance of africastalking"]
    plan_batch(kept, [number(0), number(0, TWILIO)])
    work(kept, "bulk")
    assert statuses(kept) == {("sent", ""): 1, ("queued", ""): 1}, "the other company still has money"
    plan_batch(kept, [number(1)], Class.EMERGENCY)
    work(kept, "urgent")
    reply(kept, number(2))
    work(kept, "reply")
    assert statuses(kept) == {("sent", ""): 3, ("queued", ""): 1}
    ask(kept, standin, "5000")
    assert cost.shortages(kept) == []
    work(kept, "bulk")
    assert statuses(kept) == {("sent", ""): 4}
    with kept.engine.begin() as conn:
        assert [act["act"] for act in audit.of(conn, f"route:{AFRICASTALKING}")] == ["balance low", "balance restored"]


@pytest.mark.parametrize("balance", ["soon", "1 of 3", ""])
def test_words_without_an_amount_change_nothing(rt, standin, city, balance):
    kept = routed(rt, standin.base, **RESERVES)
    ask(kept, standin, balance)
    assert cost.shortages(kept) == []
    ask(kept, standin, "1")
    low = cost.shortages(kept)
    assert len(low) == 2
    ask(kept, standin, balance)
    assert cost.shortages(kept) == low, "what was low stays low"


def test_a_company_that_does_not_answer_changes_nothing_and_keeps_nobody_from_the_others(rt, standin, city):
    kept = routed(rt, standin.base, **RESERVES)
    ask(kept, standin, "1")
    away = routed(rt, standin.base, AFRICASTALKING_BASE_URL="http://127.0.0.1:9", **RESERVES)
    ask(away, standin, "5000")
    assert cost.shortages(away) == ["balance of africastalking"]


def test_a_reserve_that_is_taken_back_holds_nothing_up(rt, standin, city):
    ask(routed(rt, standin.base, **RESERVES), standin, "1")
    assert cost.shortages(routed(rt, standin.base)) == []
