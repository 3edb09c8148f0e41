"""KUIS by SMS: asked, answered once by a digit, explained at once, and its result by area when it is over."""

from datetime import timedelta

import pytest

from gateway.information import desk, quiz_result, quiz_store
from gateway.information.quizzes import Quiz
from gateway.information.rules import Content
from gateway.kernel.text import measure
from gateway.numbers import store as numbers
from gateway.runtime import Runtime
from menus import render
from menus.lengths import longest
from menus.loader import standard
from tests.conftest import Clock
from tests.desks import BENDAN, CITY, Officials
from tests.dialogue.conftest import MakePhone

BOOK = standard()
QUIZ = Quiz({"1": "klik", "2": "tanya CEK"}, "2", {"id": "Bansos tidak pernah didaftar lewat link."})


@pytest.fixture
def code(rt: Runtime) -> str:
    """A quiz of the whole city for a week, written by one and approved by another."""
    desks, now = Officials(rt), rt.now()
    content = Content("services", CITY, {"id": "Kuis hoaks"}, {"id": "SMS bansos minta klik link. Anda? 1 klik 2 tanya CEK."},
                      "Dinkominfo", now, now + timedelta(days=7), quiz=QUIZ)  # fmt: skip
    made = desk.draft(rt, desks.official("admin"), content)
    desk.submit(rt, desks.official("admin"), made.code)
    return desk.approve(rt, desks.official("approver"), made.code).code


def test_it_is_asked_answered_once_and_explained(rt: Runtime, make_phone: MakePhone, code: str) -> None:
    right, wrong = make_phone(), make_phone(joined=False)
    (asked,) = right.writes("KUIS")
    assert asked == (
        "SMS bansos minta klik link. Anda? 1 klik 2 tanya CEK. Balas angkanya saja sblm 11/11 10.00. Sumber Dinkominfo, kode "
        + code
    )
    ends = f"Hasil kuis {code} kami kirim setelah 11/11 10.00."
    assert right.writes("2") == [f"BENAR! Bansos tidak pernah didaftar lewat link. {ends}"]
    assert right.writes("KUIS") == [
        f"Kuis {code} sudah Anda jawab; jawaban pertama yg dihitung. Hasilnya kami kirim setelah 11/11 10.00."
    ]
    assert "Tidak ada pertanyaan" in right.writes("1")[0]
    wrong.writes("kuis")
    assert wrong.writes("1") == [f"Belum tepat, jawabannya tanya CEK. Bansos tidak pernah didaftar lewat link. {ends}"]
    assert Officials(rt).rows("SELECT choice, area FROM quiz_answers ORDER BY choice") == [("1", None), ("2", BENDAN)]


def test_without_a_quiz_one_is_told_so(make_phone: MakePhone) -> None:
    assert make_phone().writes("KUIS") == [
        "Belum ada kuis utk wilayah Anda. Ragu pada suatu kabar? Tanyakan: CEK isi kabarnya"
    ]


def test_when_it_is_over_the_score_of_ones_own_area_is_told(
    rt: Runtime, clock: Clock, make_phone: MakePhone, code: str
) -> None:
    phone = make_phone()
    phone.writes("KUIS")
    with rt.engine.begin() as conn:
        for at in range(16):
            id = numbers.ensure(conn, rt.vault, f"+62812777{at:05d}").id
            assert quiz_store.answer(conn, code, id, "1" if at < 6 else "2", BENDAN, "id", rt.now())
    clock.ahead(days=7)
    quiz_result.tick(rt)
    assert phone.writes("KUIS") == [
        f"Kuis {code}: Bendan Kergon 62% benar, seluruhnya 62%. Jawabannya tanya CEK. - = dirahasiakan. Kuis baru menyusul."
    ]
    assert "Tidak ada pertanyaan" in phone.writes("2")[0]


def test_a_digit_that_fits_two_questions_is_asked_back(make_phone: MakePhone, code: str) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    phone.writes("KUIS")
    (which,) = phone.writes("2")
    assert code in which
    assert phone.writes("A")[0].startswith("BENAR!")


@pytest.mark.parametrize("language", sorted(BOOK.languages))
def test_what_is_said_of_an_answer_fits_behind_the_first_contact(language: str) -> None:
    slots = longest(BOOK.slots, BOOK.texts, language)
    for key in ("sms.quiz_right", "sms.quiz_wrong"):
        whole = render.render(BOOK, key, slots, language) + render.render(BOOK, "sms.first_contact", slots, language)
        assert (measure(whole).encoding, measure(whole).segments) == ("GSM-7", 2)
