"""The officials' branch of the menu: what waits for approval is read there and approved by the card, as by SMS."""

import pytest

from gateway.broadcasts.service import draft
from gateway.dialogue.hop import hop
from gateway.officials import service
from gateway.providers.base import Hop
from gateway.state import sessions
from tests.broadcasts.town import Town
from tests.dialogue.conftest import Phone
from tests.dialogue.officer import HOME, Officer, drafted, rows, submitted


class Signed:
    """A lurah's phone, past the PIN, and the card in the hand."""

    def __init__(self, town: Town) -> None:
        self.officer = Officer(town.rt, "lurah", HOME)
        with town.rt.engine.begin() as conn:
            pin_hash = service.rules.hash_pin("246810")
            conn.exec_driver_sql("UPDATE officials SET pin_hash = %s WHERE id = %s", (pin_hash, self.officer.id))
        self.phone = Phone(town.rt, self.officer.number)
        self.phone.joins()

    def enters(self, *answers: str) -> str:
        self.phone.dial()
        return self.phone.types("8", "246810", *answers)


@pytest.fixture
def signed(town: Town) -> Signed:
    return Signed(town)


def test_it_is_read_and_approved_by_the_cell_that_is_named(town: Town, signed: Signed) -> None:
    kim = Officer(town.rt, "kim", HOME)
    drafted(town, kim)
    id, code = submitted(town, kim)
    assert "3 Kabar menunggu (1)" in signed.enters()
    assert signed.phone.types("3").startswith(f"KABAR MENUNGGU\n1 {code} BIASA, 4 warga")
    assert signed.phone.types("1").startswith(
        f"{code} BIASA dari Orang kim ke Bendan Kergon, 4 warga: Air mati sampai sore."
    )
    asked = signed.phone.types("1")
    assert asked.startswith(f"Ketik kode kartu A1 utk menyetujui {code}.")
    assert signed.phone.types(signed.officer.wrong).startswith("Kode salah, sisa 2 kali.")
    assert signed.phone.types(signed.officer.code_in(asked)).startswith(f"{code} disetujui, mulai dikirim 4/11 10.02.")
    assert town.state(id) == "approved"
    acts = rows(town.rt, "SELECT detail->>'channel' AS c FROM audit WHERE act = 'approve'")
    assert [row.c for row in acts] == ["ussd"]


def test_the_same_hop_again_has_no_second_effect_and_the_code_is_kept_nowhere(town: Town, signed: Signed) -> None:
    kim = Officer(town.rt, "kim", HOME)
    _, code = submitted(town, kim)
    asked = signed.enters("3", "1", "1")
    digits = signed.officer.code_in(asked)
    done = signed.phone.types(digits)
    phone = signed.phone
    again = hop(town.rt, phone.provider, Hop(phone.session, phone.number, phone.text, "*546#"))
    assert again.text == done
    assert code in done
    assert len(rows(town.rt, "SELECT 1 FROM audit WHERE act = 'use code'")) == 1
    kept = str(sessions.load(sessions.place(town.rt.redis, phone.provider, phone.session)))
    for table in ("ussd_sessions", "audit", "code_asks", "messages"):
        kept += str(rows(town.rt, f"SELECT * FROM {table}"))  # noqa: S608
    assert f"{digits}'" not in kept
    assert f"*{digits}" not in kept


def test_wrong_codes_count_over_sms_and_ussd_together(town: Town, signed: Signed) -> None:
    kim = Officer(town.rt, "kim", HOME)
    id, code = submitted(town, kim)
    officer = signed.officer
    signed.enters("3", "1", "1", "000000" if "000000" not in officer.card.values() else "000001")
    officer.says(f"SETUJU {code}")
    assert "sisa 1 kali" in officer.says(f"SETUJU {code} {officer.wrong}")
    assert signed.enters("3", "1", "1", officer.wrong).startswith("Kode Anda dikunci 30 menit")
    assert "dikunci" in officer.says(f"SETUJU {code}")
    assert town.state(id) == "submitted"


def test_what_was_decided_meanwhile_is_said_and_what_is_not_theirs_is_not_shown(town: Town, signed: Signed) -> None:
    kim, other = Officer(town.rt, "kim", HOME), Officer(town.rt, "admin")
    id, code = submitted(town, kim)
    submitted(town, other, area="33.75.02.1007")
    asked = signed.enters("3", "1", "1")
    assert "disetujui" in other.orders("SETUJU", code)
    assert signed.phone.types(signed.officer.code_in(asked)).startswith(
        "Kabar itu tidak menunggu persetujuan Anda lagi."
    )
    assert "Tidak ada kabar" in signed.enters("3")
    assert rows(town.rt, "SELECT count(*) AS n FROM audit WHERE act = 'approve'")[0].n == 1
    assert town.state(id) == "approved"


def test_a_change_between_the_screen_and_the_code_is_not_approved(town: Town, signed: Signed) -> None:
    kim = Officer(town.rt, "kim", HOME)
    id, _ = submitted(town, kim)
    asked = signed.enters("3", "1", "1")
    draft.change(town.rt, kim.official, id, {"texts": {"id": "Lain."}})
    draft.submit(town.rt, kim.official, id)
    assert signed.phone.types(signed.officer.code_in(asked)).startswith("Kabar itu tidak menunggu")
    assert town.state(id) == "submitted"
