"""The daily cost limit holds news back, and never an alarm; what was spent is counted by the price file."""

from decimal import Decimal

from gateway.outbox.rules import Class
from gateway.outbox.service.work import work
from gateway.outbox.store import prices
from tests.outbox.conftest import TWILIO, number, plan_batch, routed, statuses

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
