"""Known claims: suggested to a person, taken for one another only after that person has once said so, never past a denial."""

import pytest

from gateway.db import statement
from gateway.kernel.errors import Conflict
from gateway.rumours import desk, match_store, store, tell, view
from gateway.rumours.rules import show_claim

from .conftest import Desk

KNOWN = "bansos 600rb daftar lewat link"
ALIKE = "Apa benar bansos Rp600.000 daftar lewat link?"


def code(claim: store.Rumour) -> str:
    return show_claim(claim.number)


def test_the_first_other_wording_waits_for_a_person_and_the_next_is_answered_at_once(hoax: Desk) -> None:
    known = hoax.ask(1, KNOWN)
    hoax.publish(known)
    other = hoax.ask(2, "daftar bansos 600rb pakai link")
    assert other.id != known.id, "nobody has said yet that other words mean it"
    admin = hoax.official("admin")
    (shown,) = view.look(hoax.rt, admin, code(other))["alike"]
    assert (shown["code"], shown["differs"]) == (code(known), False)
    desk.match(hoax.rt, admin, code(other), code(known))
    tell.tick(hoax.rt)
    (told,) = hoax.sent(2)
    assert told.startswith(f"{code(known)} SALAH (hoax)")
    third = hoax.ask(3, ALIKE)
    assert (third.id, third.state) == (known.id, "published")
    fourth = hoax.ask(4, "katanya daftar bansos 600 ribu pakai link ya")
    assert fourth.id == known.id, "the confirmed wording is known too"
    assert view.look(hoax.rt, admin, code(other))["code"] == code(known), "the old code leads there"


@pytest.mark.parametrize("denial", ["tidak", "bukan", "ora", "belum", "not", "gak", "dudu"])
@pytest.mark.parametrize("at", range(6))
def test_no_denial_is_answered_with_the_result_of_what_it_denies(hoax: Desk, denial: str, at: int) -> None:
    known = hoax.ask(1, KNOWN)
    hoax.publish(known)
    other = hoax.ask(2, "daftar bansos 600rb pakai link")
    admin = hoax.official("admin")
    desk.match(hoax.rt, admin, code(other), code(known))
    words = KNOWN.split()
    denied = hoax.ask(3, " ".join([*words[:at], denial, *words[at:]]))
    assert denied.id != known.id
    suggested = view.look(hoax.rt, admin, code(denied))["alike"]
    assert [one["differs"] for one in suggested if one["code"] == code(known)] == [True]


def test_words_that_fit_two_claims_are_for_a_person(hoax: Desk) -> None:
    one, other = (
        hoax.ask(1, "penculik anak berkeliaran mobil putih"),
        hoax.ask(2, "penculik anak berkeliarin mobil putih"),
    )
    assert one.id != other.id
    with hoax.rt.engine.begin() as conn:
        conn.execute(statement("UPDATE rumours SET is_trusted = true"))
    third = hoax.ask(3, "penculik anak berkeliaren mobil putih")
    assert third.id not in (one.id, other.id)


def test_a_merge_takes_everyone_along_once(hoax: Desk) -> None:
    into, one, two = (
        hoax.ask(1, KNOWN),
        hoax.ask(2, "klik link bansos 600rb"),
        hoax.ask(3, "bansos link 600 ribu daftar"),
    )
    hoax.ask(1, "klik link bansos 600rb")
    kim = hoax.official("kim")
    desk.match(hoax.rt, kim, code(one), code(into))
    into = desk.match(hoax.rt, kim, code(two), code(into))
    assert (into.askers, into.is_trusted) == (3, True)
    with pytest.raises(Conflict, match="one and the same"):
        desk.match(hoax.rt, kim, code(one), code(into))
    hoax.publish(into)
    tell.tick(hoax.rt)
    assert [len(hoax.sent(at)) for at in (1, 2, 3)] == [1, 1, 1]
    assert len(view.page(hoax.rt, kim, None, 10)[0]) == 1


def test_a_chain_of_merges_leads_to_its_end(hoax: Desk) -> None:
    first, second, third = (
        hoax.ask(at, words) for at, words in enumerate(("rob tinggi", "rob besar", "banjir rob tinggi"))
    )
    kim = hoax.official("kim")
    desk.match(hoax.rt, kim, code(first), code(second))
    desk.match(hoax.rt, kim, code(second), code(third))
    assert view.look(hoax.rt, kim, code(first))["code"] == code(third)
    assert hoax.ask(9, "rob tinggi").id == third.id


def test_what_was_parted_is_suggested_no_more(hoax: Desk) -> None:
    known, other = hoax.ask(1, KNOWN), hoax.ask(2, "daftar bansos 600rb pakai link")
    kim = hoax.official("kim")
    assert view.look(hoax.rt, kim, code(other))["alike"]
    desk.part(hoax.rt, kim, code(other), code(known))
    assert view.look(hoax.rt, kim, code(other))["alike"] == []


def test_a_published_claim_is_not_merged_away(hoax: Desk) -> None:
    one, other = hoax.ask(1, KNOWN), hoax.ask(2, "rob 3 meter malam ini")
    hoax.publish(one)
    with pytest.raises(Conflict, match="only an open claim"):
        desk.match(hoax.rt, hoax.official("kim"), code(one), code(other))


def test_a_claim_that_was_erased_is_known_by_no_words(hoax: Desk) -> None:
    claim = hoax.ask(1, KNOWN)
    hoax.judge(hoax.official("kim"), claim)
    with hoax.rt.engine.begin() as conn:
        store.forget(conn, hoax.number(1))
        assert match_store.near(conn, KNOWN.split()) == []
        assert conn.execute(statement("SELECT count(*) FROM rumour_words")).scalar_one() == 0
        assert conn.execute(statement("SELECT summary FROM rumour_verdicts")).scalars().all() == [""]
    again = hoax.ask(2, KNOWN)
    assert again.id != claim.id
