"""Texts that speak of an election wait for the signature of an admin of the city, under just these words."""

import pytest

from gateway.broadcasts.service import draft, sign
from gateway.db import statement
from gateway.kernel.errors import Conflict, Fault, Forbidden, Missing
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import BARAT, CITY, Town

ELECTION = {"id": "Coblos nomor urut 1 di TPS."}


@pytest.fixture
def kim(town: Town) -> Official:
    town.people(1)
    return town.official(Role.KIM, town.home)


def test_it_cannot_be_submitted_before_it_is_signed(town: Town, kim: Official) -> None:
    written = town.write(kim, texts=ELECTION)
    assert written["preview"]["needs_signature"] is True
    with pytest.raises(Conflict, match="sign it first"):
        draft.submit(town.rt, kim, written["id"])
    assert town.state(written["id"]) == "draft"
    sign.sign(town.rt, town.official(Role.ADMIN), written["id"])
    draft.submit(town.rt, kim, written["id"])
    assert town.state(written["id"]) == "submitted"


def told(town: Town) -> list[tuple[str, str]]:
    """Who was told of signatures, in order: their role, and the words."""
    said = statement("""
        SELECT o.role, m.body FROM messages m JOIN officials o ON o.number_id = m.number_id
        WHERE m.cause ~ '^sign(ed)?:' ORDER BY m.id
    """)
    with town.rt.engine.begin() as conn:
        return [(row.role, row.body) for row in conn.execute(said)]


def test_admins_are_asked_and_the_author_hears_of_it(town: Town, kim: Official) -> None:
    admin = town.official(Role.ADMIN)
    id = town.write(kim, texts=ELECTION)["id"]
    code = town.status(id)["code"]
    draft.change(town.rt, kim, id, {"audience": {"areas": [f"{town.home}/RW01"]}})
    assert [role for role, _ in told(town)] == ["admin"], "once for the same words"
    assert told(town)[0][1].startswith(f"{code} dari Someone menyebut pemilu atau calon: 'Coblos nomor urut 1")
    draft.change(town.rt, kim, id, {"texts": {"id": "Coblos nomor urut 2 di TPS."}})
    assert [role for role, _ in told(town)] == ["admin", "admin"]
    sign.sign(town.rt, admin, id)
    sign.sign(town.rt, admin, id)
    assert told(town)[2:] == [("kim", f"{code} sudah ditandatangani admin kota. Teruskan: YA {code}")]


def test_one_language_is_enough(town: Town, kim: Official) -> None:
    written = town.write(kim, texts={"id": "Posyandu.", "jv": "Nyoblos dinten Minggu."})
    assert written["preview"]["needs_signature"] is True


def test_other_texts_need_none(town: Town, kim: Official) -> None:
    written = town.write(kim, texts={"id": "Ayo dukung kampanye imunisasi."})
    assert written["preview"]["needs_signature"] is False
    draft.submit(town.rt, kim, written["id"])
    with pytest.raises(Conflict, match="need no signature"):
        sign.sign(town.rt, town.official(Role.ADMIN), written["id"])


def test_a_signature_is_for_the_words_it_was_given_to(town: Town, kim: Official) -> None:
    id = town.write(kim, texts=ELECTION)["id"]
    sign.sign(town.rt, town.official(Role.ADMIN), id)
    draft.change(town.rt, kim, id, {"texts": {"id": "Coblos nomor urut 2 di TPS."}})
    with pytest.raises(Conflict, match="sign it first"):
        draft.submit(town.rt, kim, id)
    # The words that were signed stay signed, and what is no word of it may change.
    back = draft.change(town.rt, kim, id, {"texts": ELECTION, "audience": {"areas": [f"{town.home}/RW01"]}})
    assert back["preview"]["needs_signature"] is False
    draft.submit(town.rt, kim, id)


WHO: dict[str, tuple[Role, str, type[Fault] | None]] = {
    "an admin of the city": (Role.ADMIN, CITY, None),
    "an admin of one kecamatan": (Role.ADMIN, BARAT, Forbidden),
    "an approver": (Role.APPROVER, CITY, Forbidden),
    "the lurah": (Role.LURAH, "33.75.01.1006", Forbidden),
    "an auditor": (Role.AUDITOR, CITY, Forbidden),
    "an office, which does not see it": (Role.OFFICE, CITY, Missing),
}


@pytest.mark.parametrize(("role", "area", "fault"), WHO.values(), ids=WHO)
def test_who_may_sign(town: Town, kim: Official, role: Role, area: str, fault: type[Fault] | None) -> None:
    id, official = town.write(kim, texts=ELECTION)["id"], town.official(role, area)
    if fault:
        with pytest.raises(fault):
            sign.sign(town.rt, official, id)
    else:
        sign.sign(town.rt, official, id)
        sign.sign(town.rt, official, id)
    signatures = "SELECT count(*) FROM broadcast_signatures"
    assert town.count_of(signatures) == (0 if fault else 1)
    assert town.count_of("SELECT count(*) FROM audit WHERE act = 'sign'") == (0 if fault else 1)


def test_an_admin_does_not_sign_their_own(town: Town) -> None:
    town.people(1)
    admin = town.official(Role.ADMIN)
    id = town.write(admin, texts=ELECTION)["id"]
    with pytest.raises(Conflict, match="your own"):
        sign.sign(town.rt, admin, id)
    sign.sign(town.rt, town.new_official(Role.ADMIN), id)
    draft.submit(town.rt, admin, id)


def test_what_is_under_way_is_not_signed_any_more(town: Town, kim: Official) -> None:
    id = town.started(kim)
    with pytest.raises(Conflict, match="nothing to sign"):
        sign.sign(town.rt, town.official(Role.ADMIN), id)
