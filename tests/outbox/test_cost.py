"""The daily cost limit holds news back, and never an alarm."""

from gateway.outbox.rules import Class
from gateway.outbox.service.work import work
from tests.outbox.conftest import number, plan_batch, routed, statuses


def test_news_rest_once_the_day_has_cost_its_limit_and_go_on_the_next_day(rt, standin, city, clock):
    limited = routed(rt, standin.base, DAILY_COST_LIMIT="600", SMS_PRICE="300")
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
