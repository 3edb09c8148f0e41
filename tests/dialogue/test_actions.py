"""The table of actions, and what single acts say where a story would be long."""

from datetime import timedelta

import pytest

from gateway.dialogue.actions import HANDLERS
from gateway.dialogue.lookups import NEEDS
from gateway.information import store as information
from gateway.runtime import Runtime
from menus.model import Action, Lookup

from .conftest import BENDAN, MakePhone, lose_redis


def test_every_action_has_a_handler_and_every_need_an_answer() -> None:
    assert set(HANDLERS) == set(Action)
    assert set(NEEDS) == set(Lookup)


@pytest.fixture
def items(rt: Runtime, editors: tuple[int, int]) -> None:
    """An alert for the city and news of Bendan Kergon, published by two people; one item is over."""
    author, approver = editors
    with rt.engine.begin() as conn:
        for code, topic, area, until in (
            ("B27", "alert", "33.75", 1),
            ("I12", "events", BENDAN, 1),
            ("I13", "events", BENDAN, -1),
        ):
            title, body = {"id": f"Judul {code}"}, {"id": f"Isi {code}"}
            begin = rt.now() - timedelta(days=2)
            information.publish(conn, code, topic, area, title, body, "BPBD", author, approver, begin,
                                rt.now() + timedelta(days=until), rt.now())  # fmt: skip


INFO = [
    ("by topic", "INFO ROB", "Isi B27 Sumber BPBD 2/11 10.00, kode B27"),
    ("by topic, for one's own kelurahan", "info kegiatan", "Isi I12 Sumber BPBD"),
    ("by kelurahan", "KABAR BENDAN KERGON", "Isi I12 Sumber BPBD"),
    ("for a kelurahan without news", "INFO KEGIATAN MEDONO", "Belum ada kabar utk pilihan itu."),
    ("without a topic", "INFO", "Info apa? Balas: INFO ROB"),
]


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(("said", "begins"), [case[1:] for case in INFO], ids=[case[0] for case in INFO])
def test_information_by_sms(make_phone: MakePhone, said: str, begins: str) -> None:
    (answer,) = make_phone().writes(said)
    assert answer.startswith(begins)


@pytest.mark.usefixtures("items")
def test_information_by_menu_and_its_sms_sent_once(make_phone: MakePhone) -> None:
    phone = make_phone()
    assert phone.dial().startswith("!Judul B27\n1 Baca peringatan")
    assert phone.types("1").startswith("Peringatan/bencana\n1 Judul B27")
    assert phone.types("1").startswith("Isi B27\nSumber BPBD 2/11 10.00, kode B27\n1 SMS-kan")
    lose_redis(phone.rt)
    assert phone.types("1").startswith("Kabar ini kami kirim lewat SMS")
    phone.send(phone.text)
    assert phone.received == ["Isi B27 Sumber BPBD 2/11 10.00, kode B27"]


@pytest.mark.usefixtures("items")
def test_news_that_ended_while_it_was_read_say_so(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("1", "1")
    phone.rt.now.ahead(days=2)  # type: ignore[attr-defined]
    assert phone.types("1").startswith("Kabar itu sudah tidak berlaku")
    phone.dial()


def test_anothers_ticket_shows_its_state_alone(make_phone: MakePhone) -> None:
    owner, other = make_phone(), make_phone()
    owner.writes("LAPOR lampu mati gg 5")
    ticket = owner.tickets[0].ticket
    other.dial()
    other.types("3", "1", ticket)
    assert "Rincian hanya utk pelapor" in other.screen.text
    assert "lampu" not in other.screen.text
    other.dial()
    assert other.types("3", "1", "1234567").startswith("Tiket itu tidak kami temukan")


def test_the_language_chosen_by_menu_is_spoken_from_then_on(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    assert phone.types("5", "3", "2").startswith("KIM Kutha Pekalongan")
    assert phone.writes("BANTUAN")[0].startswith("Printah")


def test_an_identity_number_added_to_a_ticket_by_menu_is_warned_of(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    phone.dial()
    phone.types("3", "1", "1", "NIK 3375010101010001")
    (warning,) = phone.received[1:]
    assert warning.startswith("Demi keamanan")
