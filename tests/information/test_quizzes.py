"""Quizzes: what may be asked, who approves, answers once a number, and results with nobody to be made out in them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.information import desk, quiz_result, quiz_store, service
from gateway.information.quizzes import Quiz, Score, scores
from gateway.information.rules import digest
from gateway.kernel.errors import Conflict, Invalid, Missing
from gateway.kernel.hiding import SMALLEST
from gateway.numbers import store as numbers
from gateway.residents.service import own
from gateway.runtime import Runtime
from tests.conftest import Clock
from tests.desks import BENDAN, CITY, MEDONO

from .conftest import Desk

TEXT = "KUIS: pesan bansos minta klik link & NIK. Anda? 1 klik 2 tanya CEK 3 teruskan"
QUIZ = Quiz({"1": "klik", "2": "tanya CEK", "3": "teruskan"}, "2", {"id": "Bansos tidak pernah didaftar lewat link."})


def answer(rt: Runtime, code: str, counts: Mapping[tuple[str, str], int]) -> None:
    """Answers by area and digit, each from a number of its own."""
    at = 0
    with rt.engine.begin() as conn:
        for (area, digit), n in counts.items():
            for _ in range(n):
                at += 1
                id = numbers.ensure(conn, rt.vault, f"+62812777{at:05d}").id
                assert quiz_store.answer(conn, code, id, digit, area, "id", rt.now())


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "one answer alone": ({"options": {"1": "klik"}}, "quiz.options needs two to nine"),
    "an answer that the text does not name": ({"options": {"1": "klik", "2": "hapus"}}, "`2 hapus` is missing"),
    "a right one that is none": ({"right": "4"}, "quiz.right"),
    "no reason": ({"facts": {}}, "quiz.facts"),
    "a reason that is empty": ({"facts": {"id": " "}}, "quiz.facts id"),
    "a reason too long": ({"facts": {"id": "x" * 151}}, "quiz.facts id"),
    "a reason in a language without a text": ({"facts": {"id": "x", "jv": "x"}}, "each language"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_what_nobody_could_answer_is_refused(editors: Desk, change: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        editors.draft(editors.official("admin"), text=TEXT, quiz=replace(QUIZ, **change))


def test_a_quiz_needs_a_second_person_and_is_bound_to_all_of_it(editors: Desk) -> None:
    kim = editors.official("kim", BENDAN)
    made = editors.draft(kim, text=TEXT, quiz=QUIZ)
    assert made.content.quiz == QUIZ
    assert digest(made.code, made.content) == made.hash
    assert digest(made.code, replace(made.content, quiz=replace(QUIZ, right="1"))) != made.hash
    desk.submit(editors.rt, kim, made.code)
    with pytest.raises(Conflict):
        desk.approve(editors.rt, kim, made.code)
    assert desk.approve(editors.rt, editors.official("approver"), made.code).state == "published"


def test_a_quiz_stands_in_no_list(editors: Desk, rt: Runtime) -> None:
    editors.publish(text=TEXT, quiz=QUIZ)
    with rt.engine.begin() as conn:
        assert service.find(rt, conn, "health", BENDAN, "id") == []


def test_the_nearest_that_is_not_answered_is_asked(editors: Desk, rt: Runtime) -> None:
    near = editors.publish(text=TEXT, quiz=QUIZ, area=BENDAN).code
    whole = editors.publish(text=TEXT, quiz=QUIZ, area=CITY).code
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, "+6281277799999").id
        for area, wanted in ((BENDAN, near), (MEDONO, whole), ("", whole)):
            found = quiz_store.current(conn, id, area, rt.now())
            assert found
            assert found.code == wanted
        assert quiz_store.answer(conn, near, id, "1", BENDAN, "id", rt.now())
        assert not quiz_store.answer(conn, near, id, "2", BENDAN, "id", rt.now())
        assert not quiz_store.answer(conn, near, id, "7", BENDAN, "id", rt.now())
        found = quiz_store.current(conn, id, BENDAN, rt.now())
        assert found
        assert found.code == whole
        assert [row["choice"] for row in quiz_store.about(conn, id)] == ["1"]


def test_the_result_goes_once_to_all_who_answered_and_to_nobody_who_stopped(
    editors: Desk, rt: Runtime, clock: Clock
) -> None:
    code = editors.publish(text=TEXT, quiz=QUIZ, area=CITY).code
    answer(rt, code, {(BENDAN, "2"): 6, (BENDAN, "1"): 5, (MEDONO, "2"): 14, (MEDONO, "3"): 9, ("", "2"): 1})
    with rt.engine.begin() as conn:
        stopped = numbers.ensure(conn, rt.vault, "+6281277700001").id
        own.stop(rt, conn, stopped, "id", "sms", "BERHENTI", everything=False)
    admin = editors.official("admin")
    assert quiz_result.tick(rt) == 0
    assert quiz_result.look(rt, admin, code)["people"] is None
    clock.ahead(days=8)
    assert (quiz_result.tick(rt), quiz_result.tick(rt)) == (1, 0)
    bodies = editors.rows("SELECT b.texts ->> 'id' FROM batches b")
    assert bodies == [
        (f"Hasil kuis {code}: 60% dari 35 penjawab benar. Jawabannya tanya CEK. Nilai kelurahan Anda: balas KUIS",)
    ]
    assert editors.rows("SELECT status, count(*) FROM messages WHERE batch_id IS NOT NULL GROUP BY 1") == [
        ("queued", 34)
    ]
    found = quiz_result.look(rt, admin, code)
    assert (found["people"], found["percent"]) == (35, 60)
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, "+6281277788888").id
        assert not quiz_store.answer(conn, code, id, "2", BENDAN, "id", rt.now())


def test_few_answers_are_hidden_and_an_item_without_a_quiz_has_no_result(
    editors: Desk, rt: Runtime, clock: Clock
) -> None:
    code = editors.publish(text=TEXT, quiz=QUIZ).code
    answer(rt, code, {(BENDAN, "2"): 20, (BENDAN, "1"): 2})
    clock.ahead(days=8)
    quiz_result.tick(rt)
    assert "tidak ditampilkan" in editors.rows("SELECT texts ->> 'id' FROM batches")[0][0]
    admin = editors.official("admin")
    found = quiz_result.look(rt, admin, code)
    assert (found["people"], found["areas"]) == (None, [{"area": BENDAN, "people": None, "percent": None}])
    with pytest.raises(Missing):
        quiz_result.look(rt, admin, editors.publish().code)


@pytest.mark.parametrize("is_corrected", [True, False])
def test_all_who_answered_are_told_once_that_a_quiz_was_withdrawn(
    editors: Desk, rt: Runtime, clock: Clock, is_corrected: bool
) -> None:
    code = editors.publish(text=TEXT, quiz=QUIZ, area=CITY).code
    answer(rt, code, {(BENDAN, "2"): 20, (MEDONO, "1"): 20})
    if is_corrected:
        editors.publish(text=TEXT, quiz=QUIZ, area=CITY, corrects=code)
    else:
        desk.retire(rt, editors.official("admin"), code)
    editors.draft(editors.official("admin"), text=TEXT, quiz=QUIZ)
    assert (quiz_result.tick(rt), quiz_result.tick(rt)) == (1, 0)
    clock.ahead(days=8)
    quiz_result.tick(rt)
    bodies = editors.rows("SELECT b.texts ->> 'id', b.total FROM batches b")
    assert bodies == [(f"Maaf, kuis {code} ditarik petugas sebelum selesai, jadi hasilnya tidak ada. Terima kasih sudah "
                       "ikut. Kuis lain: KUIS", 40)]  # fmt: skip


def test_a_quiz_that_nobody_answered_tells_nobody(editors: Desk, rt: Runtime, clock: Clock) -> None:
    editors.publish(text=TEXT, quiz=QUIZ)
    clock.ahead(days=8)
    assert (quiz_result.tick(rt), editors.rows("SELECT id FROM batches")) == (1, [])


_cells = st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.booleans())


@given(st.dictionaries(_cells, st.integers(0, 20)))
def test_scores_show_nobody(counts: dict[tuple[str, bool], int]) -> None:
    whole, each = scores(counts)
    for right in (True, False):
        cells = {area: counts.get((area, right), 0) for area in each}
        if whole is None:
            assert not any(each.values())
            continue
        hidden = [area for area, score in each.items() if score is None]
        assert sum(cells.values()) >= SMALLEST
        assert all(cells[area] >= SMALLEST for area in each if area not in hidden)
        assert not hidden or (len(hidden) > 1 and sum(cells[area] for area in hidden) >= SMALLEST)


def test_scores_of_large_areas_are_shown() -> None:
    counts = {("a", True): 30, ("a", False): 10, ("b", True): 5, ("b", False): 15}
    assert scores(counts) == (Score(60, 35), {"a": Score(40, 30), "b": Score(20, 5)})
    assert Score(40, 30).percent == 75
