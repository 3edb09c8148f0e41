"""Broadcasts that the pump has sent to a stand-in, some of whose messages nobody knows the end of."""

from gateway.db import statement
from gateway.officials.rules import Role
from gateway.outbox.service import receive
from gateway.outbox.service.work import work
from gateway.providers.base import Receipt
from tests.outbox.conftest import TWILIO

HOME = "33.75.01.1006"


def sent(town, level="important", **more):
    """A broadcast whose messages the pump has sent, with what the stand-in was told to do."""
    id = town.started(town.official(Role.ADMIN), level, audience={"areas": [HOME]}, **more)
    work(town.rt, "urgent" if level == "emergency" else "bulk")
    return id


def unconfirmed(town, standin, people=3, level="important", **more):
    """The id of a finished broadcast all of whose messages are unconfirmed: the company never answered."""
    town.people(people, prefix="+62811")
    standin.plan(script=["http_5xx"] * people * 2, lost_taken=0.0)
    lane = "urgent" if level == "emergency" else "bulk"
    id = sent(town, level, **more)
    for _ in range(2 if level == "emergency" else 1):
        town.rt.now.ahead(minutes=11)
        work(town.rt, lane)
    town.rt.now.ahead(minutes=11)
    work(town.rt, lane)
    town.clock_ticks()
    assert town.state(id) == "finished"
    assert town.counts(id) == {"unconfirmed": people}
    standin.reset()
    return id


def receipt(town, message, attempt, status, provider_id, code="", route=TWILIO):
    """A receipt with our own key of an attempt of one message, applied."""
    with town.rt.engine.begin() as conn:
        months = statement("SELECT to_char(month, 'YYYYMM') FROM messages WHERE id = :id")
        month = conn.execute(months, {"id": message}).scalar_one()
    receive.take(town.rt, route, Receipt(provider_id, f"{month}-{message}-{attempt}", None, status, code, "", False))
    receive.apply(town.rt)


def messages_of(town):
    with town.rt.engine.begin() as conn:
        return list(conn.execute(statement("SELECT id FROM messages ORDER BY id")).scalars())


def checked(town, id):
    """The counts, which must sum to the total at every look."""
    seen = town.status(id)
    assert sum(seen["counts"].values()) == seen["total"]
    return {name: n for name, n in seen["counts"].items() if n}
