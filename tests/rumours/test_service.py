"""Rumours: asked about, known by the same words alone, published by two people, and read by whom they concern."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.rumours import service, store
from gateway.rumours.rules import normal, parse_claim, show_claim
from gateway.runtime import Runtime

Publish = Callable[..., None]


@pytest.fixture
def people(rt: Runtime) -> tuple[int, int]:
    """Two numbers."""
    with rt.engine.begin() as conn:
        first, second = (numbers.ensure(conn, rt.vault, f"+628123456000{at}").id for at in (1, 2))
    return first, second


@pytest.fixture
def publish(rt: Runtime, people: tuple[int, int]) -> Publish:
    """Publishes a claim; `alone` by one official."""
    with rt.engine.begin() as conn:
        add = statement("""INSERT INTO officials (name, role, area, number_id, created_at)
                           VALUES ('Sari', 'admin', '33.75', :number_id, :now) RETURNING id""")  # fmt: skip
        both = [conn.execute(add, {"number_id": people[0], "now": rt.now()}).scalar_one() for _ in range(2)]

    def act(claim: str, label: str = "salah", *, alone: bool = False) -> None:
        with rt.engine.begin() as conn:
            author, approver = both[0], both[0] if alone else both[1]
            service.publish(rt, conn, claim, label, "ringkas", "fakta", ["KIM", "Dinsos"], author, approver)

    return act


SAME = [
    ("case and signs", "Bansos 600rb, lewat LINK!!", "bansos 600rb lewat link", True),
    ("spacing", "bansos   600rb lewat\nlink", "bansos 600rb lewat link", True),
    ("another number", "bansos 600rb lewat link", "bansos 900rb lewat link", False),
    ("a word more", "bansos 600rb lewat link", "bansos 600rb tidak lewat link", False),
]


@pytest.mark.parametrize(("one", "other", "same"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_the_same_words_are_the_same_claim_and_nothing_else_is(
    rt: Runtime, people: tuple[int, int], one: str, other: str, same: bool
) -> None:
    assert (normal(one) == normal(other)) is same
    with rt.engine.begin() as conn:
        first = service.ask(rt, conn, people[0], one, "", "sms")
        second = service.ask(rt, conn, people[1], other, "", "ussd")
        assert (first.number == second.number) is same
        assert store.is_asker(conn, second.id, people[1])


def test_a_claim_is_kept_without_numbers_of_people_and_blanked_with_its_only_asker(
    rt: Runtime, people: tuple[int, int]
) -> None:
    with rt.engine.begin() as conn:
        mine = service.ask(rt, conn, people[0], "hubungi 081234567890 utk bansos", "", "sms")
        assert "[no HP]" in mine.claim
        both = service.ask(rt, conn, people[0], "rob 3 meter", "", "sms")
        service.ask(rt, conn, people[1], "rob 3 meter", "", "sms")
        assert len(store.about(conn, people[0])) == 2
        store.forget(conn, people[0])
        assert store.about(conn, people[0]) == []
        claims = [found.claim for number in (mine.number, both.number) if (found := store.get(conn, number))]
    assert claims == ["", "rob 3 meter"]


def test_what_is_checked_is_read_by_who_asked_and_what_is_published_by_all(
    rt: Runtime, people: tuple[int, int], publish: Publish
) -> None:
    publish("bansos lewat link")
    with rt.engine.begin() as conn:
        asked = service.ask(rt, conn, people[0], "rob 3 meter", "", "sms")
        code = show_claim(asked.number)
        assert service.find(conn, people[0], code)
        assert service.find(conn, people[1], code) is None
        assert service.is_open(conn, code.lower())
        known = service.ask(rt, conn, people[1], "Bansos lewat link?", "", "sms")
        assert (known.state, known.label) == ("published", "salah")
        assert store.is_asker(conn, known.id, people[1]), "they were answered at once, and hear of a correction"
        assert [one.number for one in store.latest(conn)] == [known.number]
        assert service.find(conn, people[0], show_claim(known.number))
        assert service.find(conn, people[0], "no code") is None
        assert not service.is_open(conn, "no code")


def test_publishing_needs_a_label_and_a_second_person_and_happens_once(rt: Runtime, publish: Publish) -> None:
    publish("rob 3 meter")
    publish("Rob 3 meter!", "benar")
    with rt.engine.begin() as conn:
        assert [one.label for one in store.latest(conn)] == ["salah"]
    with pytest.raises(ValueError, match="no label"):
        publish("lain", "mungkin")
    with pytest.raises(IntegrityError):
        publish("lain", alone=True)


@pytest.mark.parametrize(
    ("written", "number"),
    [("C48", 48), ("c 48", 48), ("C-48", 48), ("B48", None), ("48", None), ("C", None), ("", None)],
)
def test_codes_of_claims(written: str, number: int | None) -> None:
    assert parse_claim(written) == number


def test_a_forged_code_is_kept_once_a_cause_and_forgotten_with_the_person(rt: Runtime, people: tuple[int, int]) -> None:
    with rt.engine.begin() as conn:
        for _ in range(2):
            service.report_forged(rt, conn, people[0], "B99 081234567890", "hop:1")
        found = conn.execute(statement("SELECT code FROM forged_codes")).scalars().all()
        assert found == ["B99 [no HP]"]
        store.forget(conn, people[0])
        assert conn.execute(statement("SELECT count(*) FROM forged_codes")).scalar_one() == 0
