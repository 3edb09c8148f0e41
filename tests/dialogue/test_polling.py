"""Answers to a poll by SMS: counted once, told apart from other questions, and answered politely when they are late."""

from datetime import timedelta

import pytest

from gateway.broadcasts import poll_store
from gateway.broadcasts.polls import Poll
from gateway.broadcasts.service import poll
from gateway.db import statement
from gateway.officials.rules import Role
from gateway.runtime import Runtime
from tests.broadcasts.town import Town
from tests.conftest import Clock

from .conftest import BENDAN, MakePhone, Phone

OPTIONS = {"1": "saluran", "2": "lampu", "3": "posyandu", "4": "taman", "5": "jalan", "6": "air"}
TEXT = "Prioritas? " + " ".join(f"{digit} {words}" for digit, words in OPTIONS.items())
CLOSES = Clock.START + timedelta(days=2)


def ask(town: Town, closes_at=CLOSES) -> int:
    """A poll to everyone in Bendan Kergon, sent."""
    poll = Poll(OPTIONS, closes_at)
    id = town.started(town.official(Role.ADMIN), texts={"id": TEXT}, audience={"areas": [BENDAN]}, question=poll)
    town.settle(town.claim())
    return id


def counted(town: Town, id: int) -> dict[str, int]:
    with town.rt.engine.begin() as conn:
        return poll_store.count(conn, id)


def code(town: Town, id: int) -> str:
    return f"B{town.get(id).number}"


def test_a_digit_is_counted_and_said_back(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    id = ask(town)
    [told] = phone.writes("2")
    assert told == f"Jawaban Anda utk {code(town, id)}: lampu. Terima kasih. Hasilnya kami kirim setelah 6/11 10.00."
    assert counted(town, id) == {"2": 1}


@pytest.mark.parametrize("said", ["6", " 6 ", "6.", "enam", "6 air", "pilih 6"])
def test_a_digit_in_any_writing(make_phone: MakePhone, town: Town, said: str) -> None:
    phone = make_phone()
    id = ask(town)
    phone.writes(said)
    assert counted(town, id) == {"6": 1}


def test_the_first_answer_counts_and_a_changed_one_is_told_so(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    id = ask(town)
    phone.writes("2")
    [told] = phone.writes("3")
    assert told.startswith(f"Anda sudah menjawab {code(town, id)}: lampu. Jawaban pertama yg dihitung.")
    assert counted(town, id) == {"2": 1}


def test_the_same_sms_again_is_one_answer(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    id = ask(town)
    phone.writes("2", "same-id")
    assert phone.writes("2", "same-id") == []
    assert counted(town, id) == {"2": 1}


def test_a_late_answer_is_told_that_it_is_late(make_phone: MakePhone, town: Town, clock: Clock) -> None:
    phone = make_phone()
    id = ask(town)
    clock.at(CLOSES)
    [told] = phone.writes("2")
    assert told.startswith(f"Maaf, jajak {code(town, id)} sudah ditutup 6/11 10.00.")
    poll.tick(town.rt)
    [told] = phone.writes("1")
    assert told.startswith("Maaf, jajak")
    assert counted(town, id) == {}
    clock.ahead(days=15)
    [told] = phone.writes("1")
    assert told.startswith("Tidak ada pertanyaan"), "nobody remembers it by then"


@pytest.mark.parametrize("said", ["7", "0", "YA"])
def test_what_is_no_answer_of_the_poll_is_none(make_phone: MakePhone, town: Town, said: str) -> None:
    phone = make_phone()
    id = ask(town)
    [told] = phone.writes(said)
    assert told.startswith("Tidak ada pertanyaan")
    assert counted(town, id) == {}


def test_whoever_was_not_asked_cannot_answer(make_phone: MakePhone, town: Town) -> None:
    stranger = make_phone(joined=False)
    id = ask(town)
    [told] = stranger.writes("2")
    assert told.startswith("Tidak ada pertanyaan")
    assert counted(town, id) == {}


def test_an_answer_that_fits_a_ticket_too_is_asked_back(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5 rt 2")
    id = ask(town)
    [which] = phone.writes("2")
    assert code(town, id) in which
    assert "Balas A:" in which
    letter = "A" if which.index(code(town, id)) < which.index("Balas B") else "B"
    [told] = phone.writes(letter)
    assert told.startswith(f"Jawaban Anda utk {code(town, id)}: lampu.")
    assert counted(town, id) == {"2": 1}
    assert phone.tickets[0].category != "flood"


def test_two_polls_at_once_are_told_apart(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    first, second = ask(town), ask(town)
    [which] = phone.writes("1")
    assert code(town, first) in which
    assert code(town, second) in which
    letter = "A" if which.index(code(town, first)) < which.index("Balas B") else "B"
    phone.writes(letter)
    assert (counted(town, first), counted(town, second)) == ({"1": 1}, {})
    phone.writes("5")
    assert (counted(town, first), counted(town, second)) == ({"1": 1}, {"5": 1})


def test_an_open_menu_and_a_poll_are_told_apart(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    id = ask(town)
    phone.writes("MENU")
    [which] = phone.writes("1")
    assert "MENU" in which
    assert code(town, id) in which
    [news] = phone.writes("A" if which.index("MENU") < which.index("Balas B") else "B")
    assert "Info" in news or "INFO" in news
    assert counted(town, id) == {}


def test_the_result_reaches_whoever_answered(make_phone: MakePhone, town: Town, clock: Clock, rt: Runtime) -> None:
    phones = [make_phone() for _ in range(11)]
    id = ask(town)
    for at, phone in enumerate(phones):
        phone.writes("1" if at < 6 else "2")
    clock.at(CLOSES)
    poll.tick(town.rt)
    claimed = {row.number_id for row in town.claim()}
    assert claimed == {phone.id for phone in phones}
    with rt.engine.begin() as conn:
        [text] = conn.execute(statement("SELECT texts ->> 'id' FROM batches WHERE NOT is_capped")).scalars()
    assert text.startswith(f"Hasil jajak {code(town, id)} (11 warga): ")


def test_what_a_person_answered_is_told_to_them(make_phone: MakePhone, town: Town) -> None:
    phone = make_phone()
    id = ask(town)
    phone.writes("4")
    with town.rt.engine.begin() as conn:
        [held] = poll_store.about(conn, phone.id)
    assert (held["broadcast_id"], held["choice"]) == (id, "4")


def test_a_phone_that_answers_twice_at_once_is_counted_once(make_phone: MakePhone, town: Town) -> None:
    phone: Phone = make_phone()
    id = ask(town)
    told = phone.writes("2") + phone.writes("2")
    assert len(told) == 2
    assert counted(town, id) == {"2": 1}
