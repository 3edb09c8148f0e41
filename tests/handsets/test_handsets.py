"""The simulated handsets: what is delivered to them, what is refused, and what is known of a person."""

from random import Random

import pytest

from gateway.handsets import service, store
from gateway.numbers import store as numbers
from gateway.providers.company import Faults, Submission
from gateway.runtime import Runtime

SRI, BUDI = "+6281234567890", "+6281234567891"
CALM = Faults()


def deliver(rt: Runtime, *to: str, text: str = "Halo", sender: str | None = None, faults: Faults = CALM):
    return service.deliver(rt, Submission("simulator", to, text, sender), faults, Random(1))


def texts(rt: Runtime, number: str) -> list[str]:
    return [message.body for message in service.inbox(rt, number)]


def test_a_call_reaches_every_phone_once(rt: Runtime) -> None:
    results = deliver(rt, SRI, BUDI)
    assert [result.is_taken for result in results] == [True, True]
    assert len({result.provider_id for result in results}) == 2
    assert texts(rt, SRI) == texts(rt, BUDI) == ["Halo"]


def test_messages_stand_oldest_first(rt: Runtime, clock) -> None:
    for text in ("satu", "dua", "tiga"):
        deliver(rt, SRI, text=text)
        clock.ahead(seconds=1)
    assert texts(rt, SRI) == ["satu", "dua", "tiga"]
    moments = [message.at for message in service.inbox(rt, SRI)]
    assert moments == sorted(moments)


@pytest.mark.parametrize("written", [SRI, SRI[1:], "081234567890", " 6281234567890", "+62 812-3456-7890"])
def test_a_phone_is_found_in_any_notation(rt: Runtime, written: str) -> None:
    deliver(rt, written)
    assert texts(rt, SRI) == ["Halo"]
    assert texts(rt, written) == ["Halo"]


@pytest.mark.parametrize("written", ["abc", "54600", "", "+", BUDI])
def test_a_phone_nobody_wrote_to_is_empty(rt: Runtime, written: str) -> None:
    deliver(rt, SRI)
    assert texts(rt, written) == []


def test_what_is_no_number_is_refused_and_the_others_are_not(rt: Runtime) -> None:
    results = deliver(rt, "abc", SRI, "123")
    assert [result.code for result in results] == [403, 101, 403]
    assert texts(rt, SRI) == ["Halo"]


def test_a_plan_may_refuse_everyone(rt: Runtime) -> None:
    assert not any(result.is_taken for result in deliver(rt, SRI, BUDI, faults=Faults(refuse=1.0)))
    assert texts(rt, SRI) == []


def test_the_same_number_twice_is_two_messages(rt: Runtime) -> None:
    deliver(rt, SRI, SRI)
    assert texts(rt, SRI) == ["Halo", "Halo"]


@pytest.mark.parametrize(
    ("sender", "shown"), [(None, "54600"), ("PEKALONGAN", "PEKALONGAN"), ("\x00", "54600"), ("x" * 60, "x" * 40)]
)
def test_a_message_shows_its_sender(rt: Runtime, sender: str | None, shown: str) -> None:
    deliver(rt, SRI, sender=sender)
    assert [message.sender for message in service.inbox(rt, SRI)] == [shown]


def test_a_text_is_kept_without_what_the_database_cannot_hold(rt: Runtime) -> None:
    deliver(rt, SRI, text="a\x00b 🌊")
    assert texts(rt, SRI) == ["ab 🌊"]


def test_a_plan_holds_until_another_one(rt: Runtime) -> None:
    assert service.plan(rt) == Faults()
    service.set_plan(rt, Faults(stall=0.5, slow_ms=20))
    assert service.plan(rt) == Faults(stall=0.5, slow_ms=20)
    service.set_plan(rt, Faults())
    assert service.plan(rt) == Faults()


def test_demo_numbers_are_those_of_demo_people(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        numbers.ensure(conn, rt.vault, SRI, is_demo=True)
        numbers.ensure(conn, rt.vault, BUDI)
    assert service.demo_numbers(rt) == [SRI]


def test_a_person_can_be_told_of_and_forgotten(rt: Runtime) -> None:
    deliver(rt, SRI)
    deliver(rt, BUDI)
    with rt.engine.begin() as conn:
        number = numbers.find(conn, rt.vault, SRI)
        assert number is not None
        assert [row["body"] for row in store.about(conn, number.id)] == ["Halo"]
        store.forget(conn, number.id)
        assert store.about(conn, number.id) == []
    assert texts(rt, SRI) == []
    assert texts(rt, BUDI) == ["Halo"]
