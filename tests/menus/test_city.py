"""The city in memory, where it has to say no; what it grants is told by stories and played on phones."""

from collections.abc import Mapping

import pytest

from menus.book import Book
from menus.city import City, Person
from menus.deeds import act
from menus.model import Action, Lookup, Need, Outcome

HERS = "330-215-2"
GONE = [
    ("an item that was never there", Lookup.ITEM, {"code": "X"}, "gone"),
    ("a ticket that was never there", Lookup.TICKET, {"ticket": "1"}, "gone"),
    ("someone else's ticket", Lookup.TICKET, {"ticket": HERS}, "foreign"),
    ("a rumour that nobody asked about", Lookup.RUMOUR, {"claim": "C1"}, "gone"),
    ("a report like no other", Lookup.SIMILAR, {"words": "saluran"}, "none"),
    ("the desk of someone who has none", Lookup.OFFICIAL, {}, "none"),
    ("a ticket on no desk", Lookup.OFFICIAL_TICKET, {"ticket": "1"}, "gone"),
]


@pytest.mark.parametrize(("name", "args", "outcome"), [case[1:] for case in GONE], ids=[case[0] for case in GONE])
def test_what_is_not_there(book: Book, name: Lookup, args: Mapping[str, str], outcome: str) -> None:
    answer = City(book).answer(Person("1"), Need(name, args))
    assert isinstance(answer, Outcome)
    assert answer.name == outcome


REFUSED = [
    ("joining the whole city", Action.REGISTER, {"area": "33.75"}, "refused"),
    ("moving without having joined", Action.MOVE, {"area": "33.75.02.1007"}, "refused"),
    ("a language nobody speaks", Action.SET_LANGUAGE, {"language": "xx"}, "refused"),
    ("an item that is gone by SMS", Action.SEND_BY_SMS, {"item": "X"}, "gone"),
    ("a result that is gone by SMS", Action.SEND_BY_SMS, {"claim": "C1"}, "gone"),
    ("a topic that is none", Action.SET_TOPICS, {"flip": "sports"}, "refused"),
    ("more about someone else's ticket", Action.ADD_TO_ASPIRATION, {"ticket": HERS, "words": "x"}, "gone"),
    ("hurrying someone else's ticket", Action.HURRY, {"ticket": HERS}, "gone"),
    ("closing someone else's ticket", Action.CONFIRM_CLOSED, {"ticket": HERS, "answer": "yes"}, "gone"),
    ("closing what is not answered", Action.CONFIRM_CLOSED, {"ticket": "271-908-9", "answer": "yes"}, "gone"),
    ("rating someone else's ticket", Action.RATE, {"ticket": HERS, "stars": "1"}, "gone"),
    ("supporting nothing", Action.SUPPORT, {"ticket": "1"}, "gone"),
    ("signing in without being an official", Action.SIGN_IN, {"pin": "246810"}, "wrong"),
]


@pytest.mark.parametrize(("action", "args", "outcome"), [c[1:] for c in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_refused(book: Book, action: Action, args: Mapping[str, str], outcome: str) -> None:
    person = Person("1")
    assert act(City(book), person, action, args).outcome.name == outcome
    assert person.inbox == []


def test_the_city_knows_every_need_and_every_action(book: Book) -> None:
    city, person = City(book), Person("1", "33.75.01.1006", role="kim")
    told = {
        "parent": "33.75",
        "topic": "",
        "code": "B27",
        "ticket": HERS,
        "claim": "C48",
        "words": "x",
        "which": "late",
    }
    assert all(city.answer(person, Need(name, told)) for name in Lookup)
    args = dict.fromkeys(("area", "language", "kind", "ticket", "words", "body", "item", "answer", "digits"), "x")
    args |= {"stars": "1", "claim": "C48", "code": "B27", "pin": "1", "kind": "complaint", "verb": "verify"}
    assert all(act(city, person, action, args).outcome.name for action in Action)
