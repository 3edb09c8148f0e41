"""Orders that wait for a code: what neither a forger, a guesser nor a slip of the thumb can make of them."""

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from gateway.aspirations import service
from gateway.aspirations.rules import Filing
from gateway.dialogue.text import REPLIES_AN_HOUR
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.officials import codes
from gateway.runtime import Runtime
from tests.dialogue.conftest import MakePhone, Phone
from tests.dialogue.officer import Officer, queue_up, rows

MEDONO = "33.75.01.1002"
RESIDENT = "+6281234567890"


class Desk:
    """A ticket in Medono that is being sorted, and an admin with a phone."""

    def __init__(self, rt: Runtime) -> None:
        self.rt, self.admin = rt, Officer(rt, "admin")
        with rt.engine.begin() as conn:
            id = numbers.ensure(conn, rt.vault, RESIDENT).id
            filing = Filing(
                "complaint", "roads", MEDONO, "jalan rusak", is_confidential=False, channel="sms", cause="x"
            )
            self.ticket = service.file(rt, conn, id, filing)[0].ticket
        self.t = show_ticket(self.ticket)
        self.admin.does(f"TERIMA {self.t}")

    @property
    def state(self) -> str:
        return str(rows(self.rt, "SELECT state FROM aspirations WHERE ticket = :t", t=self.ticket)[0].state)

    @property
    def told(self) -> list[str]:
        return Phone(self.rt, RESIDENT).received


@pytest.fixture
def desk(rt: Runtime) -> Desk:
    return Desk(rt)


def test_whoever_holds_no_card_is_told_how_to_get_one_and_where_to_go_meanwhile(desk: Desk) -> None:
    sql = "UPDATE official_cards SET used_at = now() WHERE official_id = :id RETURNING 1"
    rows(desk.rt, sql, id=desk.admin.id)
    answer = desk.admin.says(f"ARSIPKAN {desk.t} Ganda")
    assert answer.startswith("Perintah perlu kode; kartu Anda habis atau belum ada.")
    assert "dial *546# menu 8" in answer
    assert desk.state == "verifying"


def test_an_authenticator_does_in_one_sms_and_in_two(desk: Desk) -> None:
    secret, _ = codes.renew_totp(desk.rt, desk.admin.id)
    assert desk.admin.says(f"TUNDA {desk.t} Gang berapa? #{code_of(desk, secret)}") == f"{desk.t} sekarang PERLU INFO."
    assert any("Gang berapa?" in body and "#" not in body for body in desk.told)
    Phone(desk.rt, RESIDENT).writes(f"TAMBAH {desk.t} gang 5")
    desk.rt.now.ahead(minutes=2)  # type: ignore[attr-defined]
    assert "TOTP" in desk.admin.says(f"ARSIPKAN {desk.t} Ganda")
    assert desk.admin.says(f"YA {desk.t} {code_of(desk, secret)}") == f"{desk.t} sekarang DIARSIPKAN."


def code_of(desk: Desk, secret: str) -> str:
    import base64

    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303
    return totp.generate(int(desk.rt.now().timestamp())).decode()


def test_an_authenticator_does_not_say_which_of_two_orders_is_meant_so_none_is_done(desk: Desk) -> None:
    secret, _ = codes.renew_totp(desk.rt, desk.admin.id)
    desk.admin.says(f"TUNDA {desk.t} Gang berapa?")
    desk.admin.says(f"ARSIPKAN {desk.t} Pembohong")
    answer = desk.admin.says(f"YA {desk.t} {code_of(desk, secret)}")
    assert answer.startswith("2 perintah utk itu menunggu; tidak ada yg dilakukan.")
    assert desk.state == "verifying"


def test_a_guess_at_several_orders_is_one_try_and_counted(desk: Desk) -> None:
    for word in "ABCDE":
        desk.admin.says(f"TUNDA {desk.t} palsu {word}")
    assert desk.admin.says(f"YA {desk.t} {desk.admin.wrong}").startswith("Kode salah, sisa 2 kali.")
    assert rows(desk.rt, "SELECT code_failures AS n FROM officials WHERE id = :id", id=desk.admin.id)[0].n == 1


def test_another_official_s_code_is_wrong(desk: Desk) -> None:
    other = Officer(desk.rt, "admin")
    desk.admin.says(f"ARSIPKAN {desk.t} Ganda")
    foreign = next(code for code in other.card.values() if code not in desk.admin.card.values())
    assert desk.admin.says(f"YA {desk.t} {foreign}").startswith("Kode salah")
    assert other.says(f"YA {desk.t} {desk.admin.next_code}").startswith("Tidak ada perintah")
    assert desk.state == "verifying"


def test_an_order_in_one_sms_needs_no_cell_that_nobody_has_taken(desk: Desk) -> None:
    desk.admin.says(f"ARSIPKAN {desk.t} forged")
    assert desk.admin.says(f"TUNDA {desk.t} Gang berapa? #{desk.admin.next_code}") == f"{desk.t} sekarang PERLU INFO."
    assert desk.admin.says(f"YA {desk.t}").startswith(f"{desk.t} berubah sejak perintah itu;")


def test_digits_that_are_no_code_are_kept_out_and_are_no_guess(desk: Desk) -> None:
    answer = desk.admin.says(f"TUNDA {desk.t} Foto #2026")
    assert answer.startswith(f"TUNDA {desk.t} 'Foto'? Balas YA")
    assert rows(desk.rt, "SELECT code_failures AS n FROM officials WHERE id = :id", id=desk.admin.id)[0].n == 0


def test_what_the_contract_refuses_comes_before_the_code_which_is_used_up(desk: Desk) -> None:
    code = desk.admin.next_code
    assert "perintah itu tidak berlaku" in desk.admin.says(f"MULAI {desk.t} #{code}")
    assert desk.admin.next_code != code
    assert desk.admin.says(f"ARSIPKAN {desk.t} Ganda #{code}").startswith("Kode salah")


def test_a_flood_of_orders_is_answered_within_the_budget_and_a_code_all_the_same(desk: Desk) -> None:
    before = len(desk.admin.received)
    for n in range(REPLIES_AN_HOUR + 10):
        desk.rt.now.ahead(seconds=30)  # type: ignore[attr-defined]
        try_flood(desk, n)
    assert len(desk.admin.received) - before <= REPLIES_AN_HOUR
    answer = desk.admin.says(f"ARSIPKAN {desk.t} Ganda #{desk.admin.next_code}")
    assert answer == f"{desk.t} sekarang DIARSIPKAN."


def try_flood(desk: Desk, n: int) -> None:
    desk.admin.says(f"TUNDA {desk.t} palsu nomor {n}")


@pytest.mark.parametrize("tail", ["#{}", "# kode {}", "#{}."])
def test_no_code_stands_anywhere_in_clear_nor_reaches_the_people(
    desk: Desk, tail: str, caplog: pytest.LogCaptureFixture
) -> None:
    code = desk.admin.next_code
    with caplog.at_level("DEBUG"):
        desk.admin.says(f"TUNDA {desk.t} Gang berapa? {tail.format(code)}")
    assert desk.state == "needs_info"
    assert any("belum lengkap: Gang berapa? Balas" in body for body in desk.told)
    kept = caplog.text
    for table in ("inbound", "messages", "audit", "questions", "code_asks", "official_orders", "aspiration_events"):
        kept += str(rows(desk.rt, f"SELECT * FROM {table}"))  # noqa: S608
    assert not re.search(rf"(?<!\d){code}(?!\d)", re.sub(r"[0-9a-f]{12,}", "", kept))


def test_a_ticket_that_looks_like_the_beginning_of_a_phone_number(desk: Desk) -> None:
    rows(desk.rt, "UPDATE aspirations SET ticket = '0812341' WHERE ticket = :t RETURNING 1", t=desk.ticket)
    desk.ticket = "0812341"
    asked = desk.admin.says("ARSIPKAN 0812341 Ganda")
    assert desk.admin.says(f"YA 0812341 {desk.admin.code_in(asked)}") == "081-234-1 sekarang DIARSIPKAN."


@pytest.mark.parametrize("body", ["SELESAI {t} semua #123456", "YA {t} 123456", "TERIMA {t} 123456"])
def test_anyone_else_s_words_are_kept_as_they_were(desk: Desk, make_phone: MakePhone, body: str) -> None:
    phone = make_phone()
    said = body.format(t=desk.t)
    (answer,) = phone.writes(said)
    assert "kode" not in answer.lower()
    (kept,) = phone.rows("SELECT body FROM inbound WHERE number_id = :id")
    assert kept.body == said
    assert desk.state == "verifying"


def test_an_order_of_yesterday_waits_no_more(desk: Desk) -> None:
    asked: Any = desk.admin.says(f"ARSIPKAN {desk.t} Ganda")
    desk.rt.now.ahead(days=1)  # type: ignore[attr-defined]
    late = desk.admin.says(f"YA {desk.t} {desk.admin.code_in(asked)}")
    assert late.startswith("Kode itu tidak ditunggu lagi.")
    assert desk.admin.says(f"YA {desk.t} {desk.admin.code_in(late)}") == f"{desk.t} sekarang DIARSIPKAN."


@pytest.mark.parametrize("body", ["YA 0812345 678901", "YA B1 0812 3456 7890", "YA 3375 0110 1234 5678"])
def test_numbers_of_people_are_masked_before_a_code_is_looked_for(desk: Desk, body: str) -> None:
    queue_up(desk.admin, body)
    (kept,) = rows(desk.rt, "SELECT body FROM inbound ORDER BY id DESC LIMIT 1")
    assert re.fullmatch(r"YA (B1 )?\[(no HP|NIK)\]", kept.body)


def test_an_order_that_was_overtaken_may_be_given_again_at_once(desk: Desk) -> None:
    kim = Officer(desk.rt, "kim", MEDONO)
    asked = kim.says(f"TUNDA {desk.t} Gang berapa?")
    rows(desk.rt, "UPDATE aspirations SET changed_at = changed_at + interval '1 second' RETURNING 1")
    assert "berubah" in kim.says(f"YA {desk.t} {kim.code_in(asked)}")
    assert kim.says(f"TUNDA {desk.t} Gang berapa?").startswith(f"TUNDA {desk.t} 'Gang berapa?'? Balas YA")
