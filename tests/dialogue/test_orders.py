"""Orders by SMS: everything that is refused has its own sentence, before a code is looked at."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.audit import store as audit
from gateway.broadcasts.service import decide, draft
from gateway.dialogue import orders
from gateway.numbers import store as numbers
from menus import render
from menus.loader import standard
from menus.orders import Order
from tests.broadcasts.town import CITY, Town
from tests.dialogue.officer import HOME, OTHER, Officer, drafted, newest, rows, said, submitted


def test_the_table_has_a_handler_for_every_order() -> None:
    assert set(orders.HANDLERS) == set(Order)


Make = Callable[[Town], tuple[Officer, str, str, dict[str, str]]]


def own(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    return kim, submitted(town, kim)[1], "own", {}


def role(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    return Officer(town.rt, "kim", HOME), submitted(town, kim)[1], "role", {}


def scope(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    admin = Officer(town.rt, "admin", "33.75")
    return Officer(town.rt, "lurah", HOME), submitted(town, admin, area="33.75.01")[1], "scope", {}


def not_visible(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    return Officer(town.rt, "office", office="DPUPR"), submitted(town, kim)[1], "gone", {}


def not_there(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    return Officer(town.rt, "admin"), "B999999", "gone", {}


def still_draft(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    return Officer(town.rt, "lurah", HOME), drafted(town, kim)[1], "state", {"standing": "draft"}


def too_late(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    code = submitted(town, kim)[1]
    town.rt.now.ahead(hours=72)  # type: ignore[attr-defined]
    return Officer(town.rt, "lurah", HOME), code, "late", {}


def of_no_use(town: Town) -> tuple[Officer, str, str, dict[str, str]]:
    kim = Officer(town.rt, "kim", HOME)
    made = town.write(kim.official, expires_at=town.rt.now() + timedelta(hours=1))
    draft.submit(town.rt, kim.official, int(made["id"]))
    town.rt.now.ahead(hours=2)  # type: ignore[attr-defined]
    return Officer(town.rt, "lurah", HOME), str(made["code"]), "expired", {}


@pytest.mark.parametrize("language", ["id", "jv", "en"])
@pytest.mark.parametrize(
    "make",
    [own, role, scope, not_visible, not_there, still_draft, too_late, of_no_use],
    ids=["one's own where a second is needed", "not one's role", "outside one's area", "not to be seen", "no such thing",
         "not submitted", "the time to approve is over", "past its use"],
)  # fmt: skip
def test_an_approval_that_is_refused_says_why_before_it_looks_at_a_code(town: Town, make: Make, language: str) -> None:
    officer, code, key, slots = make(town)
    with town.rt.engine.begin() as conn:
        numbers.set_language(conn, officer.official.number_id, language)
    expected = said(key, code, language, verb="SETUJU", **slots)
    for body in (f"SETUJU {code}", f"SETUJU {code} {officer.wrong}", f"SETUJU {code} {officer.card['A1']}"):
        assert officer.says(body) == expected
    assert rows(town.rt, "SELECT code_failures AS n FROM officials WHERE id = :id", id=officer.id)[0].n == 0


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    keys = ("gone", "own", "role", "scope", "state", "late", "expired", "changed", "sending", "wrong", "locked", "no_code",
            "draft_role", "draft_scope", "draft_bad", "where", "why")  # fmt: skip
    slots = {"code": "B27", "verb": "SETUJU", "standing": "draft", "left": "2", "level": "routine"}
    for language in ("id", "jv", "en"):
        assert len({render.render(standard(), f"order.{key}", slots, language) for key in keys}) == len(keys)


def test_the_order_of_the_contract_holds_among_several_reasons(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    decide.approve(town.rt, lurah.official, id)
    assert kim.says(f"SETUJU {code}") == said("own", code), "own before state"
    other = Officer(town.rt, "kim", HOME)
    assert other.says(f"SETUJU {code}") == said("role", code), "role before state"
    assert lurah.says(f"SETUJU {code}") == said("state", code, standing="approved")


def test_three_wrong_codes_lock_and_a_broadcast_stays_as_it_is(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    right = lurah.code_in(lurah.says(f"SETUJU {code}"))
    wrong = [one for one in map("{:06d}".format, range(100)) if one not in lurah.card.values()]
    assert lurah.says(f"SETUJU {code} {wrong[0]}") == said("wrong", code, left="2")
    assert lurah.says(f"SETUJU {code} {wrong[1]}") == said("wrong", code, left="1")
    assert lurah.says(f"SETUJU {code} {wrong[2]}") == said("locked", code)
    assert lurah.says(f"SETUJU {code} {right}") == said("locked", code)
    assert lurah.says(f"SETUJU {code}") == said("locked", code)
    assert town.state(id) == "submitted"
    town.rt.now.ahead(minutes=31)  # type: ignore[attr-defined]
    assert "disetujui" in lurah.orders("SETUJU", code)
    assert town.state(id) == "approved"


def test_an_approval_is_bound_to_what_the_sms_showed(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    right = lurah.code_in(lurah.says(f"SETUJU {code}"))
    draft.change(town.rt, kim.official, id, {"texts": {"id": "Lain sama sekali."}})
    draft.submit(town.rt, kim.official, id)
    assert lurah.says(f"SETUJU {code} {right}") == said("changed", code, verb="SETUJU")
    assert town.state(id) == "submitted"
    shown = lurah.says(f"SETUJU {code}")
    assert "Lain sama sekali." in shown
    assert "kartu B1" in shown, "the first code was on the air, and is used up"
    assert "disetujui" in lurah.says(f"SETUJU {code} {lurah.code_in(shown)}")


def test_a_submission_is_bound_to_the_preview(town: Town) -> None:
    kim = Officer(town.rt, "kim", HOME)
    shown = kim.says("BLAST BENDAN KERGON Air mati.")
    row = newest(town.rt)
    draft.change(town.rt, kim.official, row.id, {"texts": {"id": "Lain."}})
    answer = kim.says(f"YA B{row.number} {kim.code_in(shown)}")
    assert answer == said("changed", f"B{row.number}", verb="YA")
    assert town.state(row.id) == "draft"


def test_a_code_that_comes_after_fifteen_minutes_is_late_and_another_is_asked(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    right = lurah.code_in(lurah.says(f"SETUJU {code}"))
    town.rt.now.ahead(minutes=15)  # type: ignore[attr-defined]
    late = lurah.says(f"SETUJU {code} {right}")
    assert late == said("code_late", code, verb="SETUJU", asked="kartu B1")
    assert town.state(id) == "submitted"
    assert "disetujui" in lurah.says(f"SETUJU {code} {lurah.code_in(late)}")


def test_without_a_card_left_it_says_where_one_is_had(town: Town) -> None:
    kim = Officer(town.rt, "kim", HOME)
    rows(town.rt, "UPDATE official_cards SET used_at = now() WHERE official_id = :id RETURNING 1", id=kim.id)
    assert kim.says("BLAST BENDAN KERGON Air mati.") == said("no_code", f"B{newest(town.rt).number}")


@pytest.mark.parametrize(
    ("label", "role", "body", "key"),
    [
        ("nothing but the word", "lurah", "BLAST", "where"),
        ("no area", "lurah", "BLAST Air mati sampai sore", "where"),
        ("no text", "lurah", "BLAST BENDAN KERGON", "where"),
        ("an emergency without a reason", "emergency", "BLAST SIAGA BENDAN KERGON Rob jam 14-18.", "why"),
        ("a level that is not the role's", "kim", "BLAST PENTING BENDAN KERGON Air mati.", "draft_role"),
        ("an area that is not the official's", "kim", "BLAST PONCOL Air mati.", "draft_scope"),
        ("a role that drafts nothing", "auditor", "BLAST BENDAN KERGON Air mati.", "draft_role"),
        ("a text that is too long", "lurah", "BLAST BENDAN KERGON " + "a " * 600, "draft_bad"),
    ],
)
def test_a_blast_that_cannot_be_drafted(town: Town, label: str, role: str, body: str, key: str) -> None:
    area = HOME if role in ("kim", "lurah") else CITY
    officer = Officer(town.rt, role, area)
    level = "important" if "PENTING" in body else "routine"
    assert officer.says(body) == said(key, "B0", level=level), label
    assert rows(town.rt, "SELECT 1 FROM broadcasts") == []


def test_a_group_is_that_of_ones_own_area(town: Town) -> None:
    town.people(2, groups=["pkk"])
    town.people(2, OTHER, groups=["pkk"])
    kim = Officer(town.rt, "kim", HOME)
    assert ": 2 warga," in kim.says("BLAST @PKK Rapat Kamis jam 3.")
    assert newest(town.rt).audience == {"areas": [HOME], "groups": ["pkk"]}


def test_every_act_stands_in_the_trail_with_its_channel(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    kim.says("BLAST BENDAN KERGON Air mati.")
    row = newest(town.rt)
    kim.orders("YA", f"B{row.number}")
    lurah.orders("SETUJU", f"B{row.number}")
    lurah.orders("BATAL", f"B{row.number}")
    with town.rt.engine.begin() as conn:
        trail = [(one["actor"], one["act"], one["detail"]["channel"]) for one in audit.of(conn, f"broadcast:{row.id}")]  # type: ignore[index]
    k, by = kim.official.actor, lurah.official.actor
    assert trail == [
        (k, "draft", "sms"), (k, "use code", "sms"), (k, "submit", "sms"), ("clock", "ask approval", "sms"),
        (by, "use code", "sms"), (by, "approve", "sms"), (by, "use code", "sms"), (by, "cancel", "sms"),
    ]  # fmt: skip


def test_help_for_officials_is_shown_to_officials(town: Town) -> None:
    kim = Officer(town.rt, "kim", HOME)
    assert "Petugas: BANTUAN PETUGAS" in kim.says("BANTUAN")
    assert kim.says("BANTUAN PETUGAS") == said("help", "B0")


def test_orders_without_a_number_or_words_ask_for_them(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    _, code = submitted(town, kim)
    assert lurah.says("SETUJU 123456") == said("which", "B0", verb="SETUJU")
    assert lurah.says(f"TOLAK {code}") == said("reason_ask", code)
    assert lurah.says(f"RALAT {code}") == said("text_ask", code)
