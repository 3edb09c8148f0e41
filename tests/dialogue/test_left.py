"""Sessions that were lost: taken up again within a quarter of an hour, counted by screen, and told by SMS once."""

import pytest

from gateway.dialogue.hop import end
from gateway.inbox import left_store
from gateway.providers.base import HopEnd
from gateway.runtime import Runtime

from .conftest import MENU, MakePhone, Phone, lose_redis

TO_WORDS, WORDS = ("2", "1", "1", "1"), "lampu mati gg 5"
OFFER = "Tadi terputus saat menulis laporan Jalan/lampu di Bendan Kergon.\n1 Lanjutkan"
DRAFT = "Tadi terputus saat menulis laporan Jalan/lampu di Bendan Kergon. Balas SMS ini"


def drop(phone: Phone, status: str = "Incomplete") -> None:
    end(phone.rt, phone.provider, HopEnd(phone.session, phone.number, status))


@pytest.fixture
def phone(make_phone: MakePhone) -> Phone:
    return make_phone()


@pytest.mark.parametrize("flushed", [False, True], ids=["with Redis", "with Redis flushed"])
@pytest.mark.parametrize("told", [False, True], ids=["without the company's word", "ended by the company"])
def test_words_that_were_typed_go_on_to_be_sent(phone: Phone, flushed: bool, told: bool) -> None:
    phone.dial()
    phone.types(*TO_WORDS, WORDS)
    if told:
        drop(phone)
    phone.rt.now.ahead(minutes=14)  # type: ignore[attr-defined]
    if flushed:
        lose_redis(phone.rt)
    assert phone.dial().startswith(OFFER)
    if flushed:
        lose_redis(phone.rt)
    assert phone.types("1").startswith(f"Jalan/lampu, Bendan Kergon: '{WORDS}'")
    assert phone.types("1").startswith("Terkirim. Tiket ")
    (ticket,) = phone.tickets
    assert (ticket.body, ticket.category, ticket.area) == (WORDS, "roads", "33.75.01.1006")


def test_without_words_they_are_asked_for_again(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    assert phone.dial().startswith(OFFER)
    assert phone.types("1").startswith("Tulis singkat")
    assert phone.types(WORDS).startswith("Jalan/lampu")


def test_an_offer_may_be_left_for_the_menu_or_for_another_report(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    phone.dial()
    assert phone.types("0").startswith(MENU)
    phone.dial()
    assert phone.types("2").startswith("LAPOR & USUL")


def test_by_sms_the_words_that_come_make_the_report_that_was_chosen(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    phone.dial()
    assert phone.types("3").startswith("Baik. Sebentar lagi")
    phone.dial()
    assert phone.screen.text.startswith(MENU), "nothing is left to take up"
    phone.writes(WORDS)
    (ticket,) = phone.tickets
    assert (ticket.category, ticket.body) == ("roads", WORDS)


NO_OFFER = [
    ("a quarter of an hour later", TO_WORDS, 15, "Incomplete"),
    ("after it was sent", (*TO_WORDS, WORDS, "1"), 1, "Incomplete"),
    ("where the company says that all is well", TO_WORDS, 1, "Success"),
    ("where nothing was chosen yet", ("2", "1"), 1, "Incomplete"),
    ("where something else was done", ("4", "2"), 1, "Incomplete"),
]


@pytest.mark.parametrize(("answers", "later", "status"), [case[1:] for case in NO_OFFER], ids=[c[0] for c in NO_OFFER])
def test_nothing_is_offered(phone: Phone, answers: tuple[str, ...], later: int, status: str) -> None:
    phone.dial()
    phone.types(*answers)
    drop(phone, status)
    phone.rt.now.ahead(minutes=later)  # type: ignore[attr-defined]
    assert phone.dial().startswith(MENU)


def test_being_offered_again_and_again_does_not_lengthen_the_quarter_of_an_hour(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    phone.rt.now.ahead(minutes=10)  # type: ignore[attr-defined]
    assert phone.dial().startswith(OFFER)
    phone.rt.now.ahead(minutes=4)  # type: ignore[attr-defined]
    assert phone.dial().startswith(OFFER)
    phone.rt.now.ahead(minutes=2)  # type: ignore[attr-defined]
    assert phone.dial().startswith(MENU)


def test_a_deep_dial_goes_where_it_was_dialled_to(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    assert phone.dial("3").startswith("Belum ada laporan dari nomor ini.")


def test_nobody_is_offered_anothers_report(phone: Phone, make_phone: MakePhone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    assert make_phone().dial().startswith(MENU)


def test_a_dropped_report_is_invited_by_sms_once_and_its_answer_is_filed(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    for _ in range(3):
        drop(phone)
    (invitation,) = phone.received
    assert invitation.startswith(DRAFT)
    phone.writes("lampu mati gg 7")
    (ticket,) = phone.tickets
    assert (ticket.category, ticket.area, ticket.body) == ("roads", "33.75.01.1006", "lampu mati gg 7")


def test_an_invitation_is_void_once_the_report_was_sent_by_menu(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS)
    drop(phone)
    phone.dial()
    phone.types("1", WORDS, "1")
    phone.writes("terima kasih sudah dibantu ya")
    assert [ticket.body for ticket in phone.tickets] == [WORDS]


def test_the_ticket_of_a_session_that_was_cut_off_at_its_end_is_told_once(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS, WORDS, "1")
    for _ in range(2):
        drop(phone, "Failed")
    receipt, told = phone.received
    assert told.startswith("Sesi tadi terputus, tetapi laporan Anda sudah masuk: tiket ")
    assert receipt.startswith("Tiket ")


def test_a_session_that_ended_well_is_told_nothing(phone: Phone) -> None:
    phone.dial()
    phone.types(*TO_WORDS, WORDS, "1")
    drop(phone, "Success")
    assert len(phone.received) == 1


def test_drops_are_counted_by_screen_and_once_a_session(phone: Phone, make_phone: MakePhone, rt: Runtime) -> None:
    for answers in ((), ("2",), ("2", "1"), ("2", "1"), ("5", "5", "1")):
        other = make_phone()
        other.dial()
        other.types(*answers)
        drop(other)
        drop(other)
    end(rt, phone.provider, HopEnd("never-begun", phone.number, "Incomplete"))
    with rt.engine.begin() as conn:
        found = left_store.drops(conn, rt.now().date())
    assert found == {"report_category": 2, "home": 1, "report": 1}
