"""The officials' branch: a PIN that is kept nowhere and locks, and the tickets of one's own scope alone."""

import hashlib
import logging
from collections.abc import Callable

import pytest

from gateway.db import statement
from gateway.officials import service as officials
from gateway.rumours import desk as rumours
from gateway.runtime import Runtime
from gateway.state import sessions

from .conftest import BENDAN, MakePhone, Phone, lose_redis

MakeOfficial = Callable[..., tuple[Phone, str]]


@pytest.fixture
def make_official(make_phone: MakePhone, rt: Runtime) -> MakeOfficial:
    """An official's phone and PIN."""

    def make(role: str = "kim", area: str = BENDAN, office: str | None = None) -> tuple[Phone, str]:
        phone = make_phone()
        return phone, officials.add(rt, "Siti", role, area, phone.number, office).pin

    return make


def sign_in(phone: Phone, *tried: str) -> str:
    phone.dial()
    return phone.types("8", *tried)


def test_the_branch_is_shown_to_officials_alone(make_official: MakeOfficial, make_phone: MakePhone) -> None:
    phone, _ = make_official()
    assert "8 Petugas" in phone.dial()
    other = make_phone()
    assert "8 Petugas" not in other.dial()
    assert other.types("8").startswith("Pilihan tidak ada")


def test_the_pin_opens_it_and_counts_are_of_ones_own_scope(make_official: MakeOfficial, make_phone: MakePhone) -> None:
    phone, pin = make_official()
    make_phone().writes("LAPOR BENDAN KERGON lampu mati gg 5")
    make_phone().writes("LAPOR MEDONO sampah menumpuk")
    shown = sign_in(phone, pin)
    assert shown.startswith("PETUGAS Bendan Kergon (Pengurus KIM)\n1 Tiket baru (1)\n2 Lewat batas (0)")
    phone.rt.now.ahead(days=10)  # type: ignore[attr-defined]
    assert "2 Lewat batas (1)" in sign_in(phone, pin)
    assert "Jalan/lampu, Bendan Kergon" in phone.types("2")
    assert "lampu mati gg 5" in phone.types("1")


def test_a_reading_stands_in_the_trail_and_the_resident_sees_it(
    make_official: MakeOfficial, make_phone: MakePhone
) -> None:
    phone, pin = make_official()
    resident = make_phone()
    resident.writes("LAPOR BENDAN KERGON lampu mati gg 5")
    sign_in(phone, pin, "1", "1")
    resident.dial()
    assert resident.types("5", "4", "4").startswith("SIAPA MELIHAT DATA SAYA\n1 4/11 10.00 Pengurus KIM")
    (copy,) = resident.writes("DATA SAYA")
    assert "Dilihat petugas 1x" in copy
    assert f"HP akhiran {resident.number[-2:]}, Bendan Kergon" in copy


def test_an_office_sees_what_it_holds_and_no_more(
    make_official: MakeOfficial, make_phone: MakePhone, rt: Runtime
) -> None:
    phone, pin = make_official("office", "33.75", "DPUPR")
    resident = make_phone()
    resident.writes("LAPOR BENDAN KERGON lampu mati gg 5")
    assert "1 Tiket baru (0)" in sign_in(phone, pin)
    resident.rows("UPDATE aspirations SET office = 'DPUPR', state = 'forwarded' WHERE number_id = :id RETURNING id")
    assert "1 Tiket baru (1)" in sign_in(phone, pin)


def test_three_wrong_pins_lock_for_half_an_hour_whatever_becomes_of_redis(make_official: MakeOfficial) -> None:
    phone, pin = make_official()
    wrong = "000000" if pin != "000000" else "111111"
    assert sign_in(phone, wrong).startswith("Sandi salah, sisa 2 kali.")
    lose_redis(phone.rt)
    assert sign_in(phone, wrong).startswith("Sandi salah, sisa 1 kali.")
    assert sign_in(phone, wrong).startswith("Sandi petugas dikunci")
    assert [body[:20] for body in phone.received] == ["Sandi petugas utk no"]
    assert sign_in(phone, pin).startswith("Sandi petugas dikunci")
    phone.rt.now.ahead(minutes=31)  # type: ignore[attr-defined]
    assert sign_in(phone, pin).startswith("PETUGAS")
    assert len(phone.received) == 1


def test_a_right_pin_forgives_the_wrong_ones_before(make_official: MakeOfficial) -> None:
    phone, pin = make_official()
    wrong = "000000" if pin != "000000" else "111111"
    for tried in ((wrong, wrong, pin), (wrong, wrong, pin)):
        assert sign_in(phone, *tried).startswith("PETUGAS")


def test_an_account_that_was_disabled_meanwhile_sees_nothing(make_official: MakeOfficial, rt: Runtime) -> None:
    phone, pin = make_official()
    sign_in(phone, pin)
    with rt.engine.begin() as conn:
        id = conn.execute(statement("SELECT id FROM officials WHERE number_id = :n"), {"n": phone.id}).scalar_one()
    officials.disable(rt, id)
    assert phone.types("1").startswith("TIKET BARU") or "Tidak ada tiket" in phone.screen.text
    assert phone.types("0").startswith("Nomor ini tidak lagi terdaftar")


def test_the_pin_is_kept_nowhere(make_official: MakeOfficial, rt: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    phone, pin = make_official()
    with caplog.at_level(logging.DEBUG):
        sign_in(phone, pin)
        phone.types("1")
    held, _ = sessions.load(sessions.place(rt.redis, phone.provider, phone.session))
    assert held
    assert held.state
    assert held.state.kept["signed"] == "yes"
    kept = str([rt.redis.hgetall(key) for key in rt.redis.scan_iter("hops:*")]) + caplog.text
    with rt.engine.begin() as conn:
        for table in ("ussd_sessions", "audit", "messages", "inbound", "questions", "numbers"):
            kept += str(conn.execute(statement(f"SELECT * FROM {table}")).all())  # noqa: S608
    assert pin not in kept
    for mark in (pin, phone.text):
        # Not as a hash that could be tried out either.
        assert hashlib.blake2b(mark.encode(), digest_size=8).hexdigest() not in kept


def test_by_sms_there_is_no_branch_for_a_pin_to_be_written_into(make_official: MakeOfficial) -> None:
    phone, _ = make_official()
    (menu,) = phone.writes("MENU")
    assert "Petugas" not in menu


def test_the_claims_that_wait_are_read_with_how_they_stand(
    make_official: MakeOfficial, make_phone: MakePhone, rt: Runtime
) -> None:
    phone, pin = make_official()
    assert "4 Cek hoax (0)" in sign_in(phone, pin)
    assert "Tidak ada cek" in phone.types("4")
    (taken,) = make_phone().writes("CEK rob 3 meter malam ini")
    claim = taken.split()[2].strip(":")
    assert "4 Cek hoax (1)" in sign_in(phone, pin)
    assert phone.types("4").startswith(f"CEK HOAX MENUNGGU\n1 {claim} (1) rob 3 meter malam ini\n")
    assert phone.types("1").startswith(f"{claim} SEDANG DICEK, 1 penanya: rob 3 meter malam ini.\n0 ")
    kim = officials.add(rt, "Budi", "kim", BENDAN, "+6281377700099")
    made = officials.sign_in(rt, kim.token)
    assert made
    rumours.judge(rt, made, claim, "salah", "rob kira-kira 40 cm", ["BMKG", "BPBD"])
    sign_in(phone, pin, "4")
    assert "Vonis SALAH dari Budi menunggu persetujuan." in phone.types("1")


def test_an_office_reads_no_claims(make_official: MakeOfficial, make_phone: MakePhone) -> None:
    phone, pin = make_official("office", "33.75", "DPUPR")
    make_phone().writes("CEK rob 3 meter malam ini")
    shown = sign_in(phone, pin)
    assert "Cek hoax" not in shown
    assert phone.types("4").startswith("Pilihan tidak ada")
