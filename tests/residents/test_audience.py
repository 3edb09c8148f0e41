"""The audience of a broadcast: the SQL against the plain algebra of sets in Python."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from config.settings import Route
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.outbox.rules import Class
from gateway.outbox.store import batches, fanout, routes
from gateway.residents import store
from gateway.residents.rules import TOPICS, Registration
from gateway.runtime import Runtime

AREAS = ["33.75.01.1002", "33.75.01.1003", "33.75.02.1004", "33.75.02.1007"]
PLACES = [*AREAS, "33.75.01", "33.75.02", "33.75", "33.75.01.1002/RW03", "33.75.01.1002/RW3/RT02", "33.75.02.1004/RT01"]
GROUPS = ["pkk", "posyandu", "nelayan"]
STATES = ["active", "active", "active", "pending", "stopped"]


@dataclass(frozen=True)
class Person:
    """A resident as the oracle knows them."""

    area: str
    rt: str | None
    rw: str | None
    topics: tuple[str, ...]
    groups: tuple[str, ...]
    language: str
    state: str


def is_in(person: Person, place: str) -> bool:
    code, *units = place.split("/")
    wanted = {unit[:2].lower(): str(int(unit[2:])) for unit in units}
    lives = person.area == code or person.area.startswith(code + ".")
    return lives and all(getattr(person, kind) == number for kind, number in wanted.items())


def is_meant(person: Person, rule: Mapping[str, Sequence[str]], is_emergency: bool) -> bool:
    """Within a list any, between lists all, an absent list restricts nothing; without topics one follows all."""
    return (
        person.state in (("active", "stopped") if is_emergency else ("active",))
        and (not rule.get("areas") or any(is_in(person, place) for place in rule["areas"]))
        and (not rule.get("topics") or not person.topics or bool(set(person.topics) & set(rule["topics"])))
        and (not rule.get("groups") or bool(set(person.groups) & set(rule["groups"])))
        and (not rule.get("languages") or person.language in rule["languages"])
    )


@pytest.fixture
def people(rt: Runtime) -> dict[int, Person]:
    """Four hundred residents of every kind, by number id."""
    chance = random.Random(27)
    made: dict[int, Person] = {}

    def some(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(chance.sample(names, chance.randint(0, 2))))

    with rt.engine.begin() as conn:
        ids = numbers.ensure_many(conn, rt.vault, [f"+62812{at:08d}" for at in range(400)])
        for id in ids.values():
            made[id] = Person(
                chance.choice(AREAS), chance.choice([None, "1", "2", "12"]), chance.choice([None, "3", "5"]),
                some(TOPICS), some(GROUPS), chance.choice(["id", "jv", "en"]), chance.choice(STATES),
            )  # fmt: skip
        people = [
            (id, Registration("", p.area, p.language, None, p.rt, p.rw, p.topics, p.groups, "paper", rt.now()))
            for id, p in made.items()
        ]
        store.register_many(conn, people, "operator", rt.now())
        for id, p in made.items():
            conn.execute(
                statement("UPDATE residents SET state = :state WHERE number_id = :id"), {"state": p.state, "id": id}
            )
    return made


def chosen(rt: Runtime, rule: Mapping[str, Sequence[str]], is_emergency: bool) -> dict[int, str]:
    fragment = store.audience(rule, is_emergency=is_emergency)
    with rt.engine.begin() as conn:
        found = [tuple(row) for row in conn.execute(statement(fragment.sql), dict(fragment.values))]
    assert len(found) == len(dict(found))
    return dict(found)


def test_any_rule_chooses_whom_the_algebra_of_sets_chooses(rt: Runtime, people: dict[int, Person]) -> None:
    chance, sizes = random.Random(28), []
    for _ in range(400):
        rule: dict[str, list[str]] = {}
        for name, values in (
            ("areas", PLACES),
            ("topics", TOPICS),
            ("groups", GROUPS),
            ("languages", ["id", "jv", "en"]),
        ):
            if chance.random() < 0.5:
                rule[name] = chance.sample(list(values), chance.randint(0, 3))
        is_emergency = chance.random() < 0.5
        wanted = {id: p.language for id, p in people.items() if is_meant(p, rule, is_emergency)}
        assert chosen(rt, rule, is_emergency) == wanted, rule
        sizes.append(len(wanted))
    assert min(sizes) == 0
    assert max(sizes) > 200


@pytest.mark.parametrize(
    ("label", "rule", "wanted"),
    [
        ("nothing restricts nothing", {}, lambda p: True),
        ("a kecamatan is what lies in it", {"areas": ["33.75.01"]}, lambda p: p.area.startswith("33.75.01.")),
        ("a code that only begins alike is another", {"areas": ["33.75.0"]}, lambda p: False),
        ("a wildcard is a plain sign", {"areas": ["33.75.0%"]}, lambda p: False),
        ("an RW with its zeroes", {"areas": ["33.75.01.1002/RW003"]},
         lambda p: p.area == "33.75.01.1002" and p.rw == "3"),
        ("a quote is a plain sign", {"groups": ["pkk' OR true --"]}, lambda p: False),
    ],
)  # fmt: skip
def test_edges(
    rt: Runtime, people: dict[int, Person], label: str, rule: dict[str, list[str]], wanted: Callable[[Person], bool]
) -> None:
    assert set(chosen(rt, rule, False)) == {id for id, p in people.items() if p.state == "active" and wanted(p)}, label


def test_an_emergency_reaches_who_stopped_the_news_and_not_who_refused_everything(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        ids = list(numbers.ensure_many(conn, rt.vault, [f"+62812{at:08d}" for at in range(3)]).values())
        paper = [(id, Registration("", AREAS[0], "id", None, None, None, (), (), "paper", rt.now())) for id in ids]
        store.register_many(conn, paper, "operator", rt.now())
        for id, scopes in ((ids[1], ["notices"]), (ids[2], ["notices", "all"])):
            store.stop(conn, id, "sms", "BERHENTI", "id", rt.now())
            for scope in scopes:
                routes.suppress(conn, id, scope, "resident", rt.now())

    def fanned_out(message_class: Class) -> set[int]:
        fragment = store.audience({}, is_emergency=message_class is Class.EMERGENCY)
        with rt.engine.begin() as conn:
            id = batches.add(conn, rt.now(), message_class, {"id": "Banjir"})
            route = Route("", ("simulator",))
            fanout.fan_out(conn, batches.get(conn, id), fragment, [route], [], ["simulator"], rt.now(), 0)
            found = conn.execute(statement("SELECT number_id FROM messages WHERE batch_id = :id"), {"id": id})
            return set(found.scalars())

    assert fanned_out(Class.EMERGENCY) == set(ids[:2])
    assert fanned_out(Class.ROUTINE) == {ids[0]}
