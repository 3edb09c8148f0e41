"""Officials: added with all credentials once, each replaceable and void in one step."""

import psycopg
import pytest

from gateway.audit import store as audit
from gateway.kernel.errors import Invalid, Missing
from gateway.local.postgres import plain
from gateway.numbers import store as numbers
from gateway.officials import rules, service, store
from gateway.officials.rules import Official, Role
from gateway.runtime import Runtime

MEDONO = "33.75.01.1002"


def everything(rt: Runtime) -> str:
    with psycopg.connect(plain(rt.settings.database_url)) as conn:
        rows = [*conn.execute("SELECT * FROM officials"), *conn.execute("SELECT * FROM official_cards"),
                *conn.execute("SELECT * FROM audit")]  # fmt: skip
    return "\n".join(str(row) for row in rows)


def test_a_new_official_signs_in_by_a_token_that_is_kept_as_a_hash(rt: Runtime) -> None:
    made = service.add(rt, "Sri", "lurah", MEDONO, "0812 3456 7890")
    signed_in = service.sign_in(rt, made.token)
    assert signed_in
    assert (signed_in.id, signed_in.name, signed_in.role, signed_in.area) == (made.id, "Sri", Role.LURAH, MEDONO)
    assert signed_in.actor == f"official:{made.id}"
    assert len(made.card) == 40
    kept = everything(rt)
    for secret in (made.token, *(f"'{code}'" for code in made.card.values()), f"'{made.pin}'", "81234567890"):
        assert secret not in kept
    assert service.sign_in(rt, made.token + "x") is None
    assert service.sign_in(rt, "") is None


@pytest.mark.parametrize(
    ("label", "role", "area", "number", "office", "sentence"),
    [
        ("an unknown role", "boss", MEDONO, "081234567890", None, "no role boss"),
        ("an unknown area", "lurah", "33.26", "081234567890", None, "no area 33.26"),
        ("an office's officer without office", "office", "33.75", "081234567890", None, "--office"),
        ("an office for another role", "lurah", MEDONO, "081234567890", "DLH", "--office"),
        ("an unknown office", "office", "33.75", "081234567890", "XYZ", "no office XYZ"),
        ("a landline", "lurah", MEDONO, "0285421234", None, "no mobile"),
        ("no number", "lurah", MEDONO, "Sri", None, "no mobile"),
    ],
)
def test_refuses(rt: Runtime, label: str, role: str, area: str, number: str, office: str | None, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        service.add(rt, "Sri", role, area, number, office)
    assert service.every(rt) == [], label


def test_a_new_token_voids_the_old_at_once(rt: Runtime) -> None:
    made = service.add(rt, "Sri", "admin", "33.75", "081234567890")
    token = service.renew_token(rt, made.id)
    assert service.sign_in(rt, made.token) is None
    assert service.sign_in(rt, token)


def cells(rt: Runtime, state: str) -> int:
    with psycopg.connect(plain(rt.settings.database_url)) as conn:
        query = f"SELECT count(*) FROM official_cards WHERE voided_at IS {state}"  # noqa: S608  # one of two words
        return int(conn.execute(query).fetchone()[0])  # type: ignore[index,arg-type]


def test_a_reprinted_card_voids_the_old_one(rt: Runtime) -> None:
    made = service.add(rt, "Sri", "admin", "33.75", "081234567890")
    card = service.renew_card(rt, made.id)
    assert set(card) == set(made.card)
    assert card != made.card
    assert (cells(rt, "NULL"), cells(rt, "NOT NULL")) == (40, 40)


def test_disabling_voids_token_pin_and_card_together(rt: Runtime) -> None:
    made = service.add(rt, "Sri", "office", "33.75", "081234567890", "DLH")
    service.disable(rt, made.id)
    assert service.sign_in(rt, made.token) is None
    assert cells(rt, "NULL") == 0
    assert [(official.id, is_disabled) for official, is_disabled in service.every(rt)] == [(made.id, True)]
    for late in (service.disable, service.renew_token, service.renew_card):
        with pytest.raises(Missing):
            late(rt, made.id)
    with rt.engine.begin() as conn:
        acts = [row["act"] for row in audit.of(conn, f"official:{made.id}")]
    assert acts == ["add official", "disable official"]


@pytest.mark.parametrize("act", [service.disable, service.renew_token, service.renew_card])
def test_nobody_is_missing(rt: Runtime, act: object) -> None:
    with pytest.raises(Missing):
        act(rt, 2**40)  # type: ignore[operator]


def test_one_phone_may_belong_to_two_officials_and_both_are_forgotten_with_it(rt: Runtime) -> None:
    first = service.add(rt, "Sri", "admin", "33.75", "081234567890")
    second = service.add(rt, "Sri", "kim", MEDONO, "081234567890")
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, "+6281234567890")
        assert [row["role"] for row in store.about(conn, number.id)] == ["admin", "kim"]
        store.forget(conn, number.id)
    assert [official.name for official, _ in service.every(rt)] == ["erased", "erased"]
    assert service.sign_in(rt, first.token) is None
    assert service.sign_in(rt, second.token) is None
    assert cells(rt, "NULL") == 0


@pytest.mark.parametrize(
    ("label", "scope", "area", "over"),
    [
        ("their own kelurahan", MEDONO, MEDONO, True),
        ("a neighbour", MEDONO, "33.75.01.1003", False),
        ("a kelurahan of their kecamatan", "33.75.01", MEDONO, True),
        ("something without an area is the city's", MEDONO, None, False),
        ("the city sees what has no area", "33.75", None, True),
    ],
)
def test_scope(label: str, scope: str, area: str | None, over: bool) -> None:
    assert Official(1, "Sri", Role.LURAH, scope, None, 1).is_over(area) is over, label


def test_a_pin_is_kept_salted_and_checked_whole() -> None:
    pin = rules.make_pin(lambda _: 4711)
    assert pin == "004711"
    kept = rules.hash_pin(pin)
    assert kept != rules.hash_pin(pin)
    assert pin not in kept
    assert rules.is_pin(pin, kept)
    assert not rules.is_pin("004712", kept)
    assert not rules.is_pin("", kept)


def test_tokens_are_long_and_never_alike() -> None:
    tokens = {rules.make_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("kabar_") and len(token) >= 49 for token in tokens)
