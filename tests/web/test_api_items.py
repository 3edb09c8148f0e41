"""Information over the API: drafted, submitted, approved by another, corrected, retired; searches and boards."""

from gateway.runtime import Runtime
from gateway.web.api.desk_answers import QuizResult
from tests.web.conftest import BENDAN, MEDONO, Staff

ITEM = {
    "topic": "development",
    "area": BENDAN,
    "titles": {"id": "Drainase gang 5"},
    "texts": {"id": "Drainase gang 5 sedang dikerjakan."},
    "source": "DPUPR",
    "valid_until": "2026-12-01T00:00:00+07:00",
    "office": "DPUPR",
    "percent": 60,
}


def test_the_whole_way(staff: Staff, rt: Runtime) -> None:
    kim, far, approver = staff("kim", BENDAN), staff("kim", MEDONO), staff("approver")
    made = kim("POST", "/items", ITEM)
    assert (made.status_code, made.json["state"]) == (201, "draft")
    one = f"/items/{made.json['code']}"
    assert far("GET", one).status_code == 404
    assert far("POST", "/items", ITEM).status_code == 403
    assert kim("POST", f"{one}/submit").json["state"] == "submitted"
    assert kim("POST", f"{one}/approve").status_code == 409
    assert approver("POST", f"{one}/approve", {"hash": "0" * 64}).status_code == 409
    assert approver("POST", f"{one}/approve", {"hash": made.json["hash"]}).json["state"] == "published"
    (listed,) = kim("GET", "/items").json["items"]
    assert (listed["code"], listed["useful"]) == (made.json["code"], {"yes": 0, "no": 0, "readers": 0})
    (project,) = kim("GET", f"/boards/{BENDAN}").json["items"]
    assert (project["title"], project["percent"]) == ("Drainase gang 5", 60)
    new = kim("POST", "/items", {**ITEM, "percent": 80, "corrects": made.json["code"]})
    assert new.json["corrects"] == made.json["code"]
    assert kim("POST", f"/items/{new.json['code']}/submit").status_code == 200
    assert approver("POST", f"/items/{new.json['code']}/reject", {"note": "x"}).json["note"] == "x"
    assert approver("POST", f"{one}/retire").json["state"] == "retired"
    assert kim("GET", "/searches").json == {"items": []}
    assert staff("auditor")("GET", "/items").status_code == 404


def test_a_time_that_is_missing_is_named(staff: Staff) -> None:
    answer = staff("admin")("POST", "/items", {name: value for name, value in ITEM.items() if name != "valid_until"})
    assert (answer.status_code, answer.json["detail"]) == (400, "valid_until is missing.")


def test_an_item_may_ask_a_quiz(staff: Staff) -> None:
    quiz = {"options": {"1": "klik", "2": "tanya CEK"}, "right": "2", "facts": {"id": "Bansos tidak lewat link."}}
    texts = {"id": "SMS bansos minta klik link. Anda? 1 klik 2 tanya CEK"}
    asked = {**ITEM, "topic": "services", "texts": texts, "quiz": quiz, "office": None, "percent": None}
    admin = staff("admin")
    made = admin("POST", "/items", asked)
    assert (made.status_code, made.json["quiz"]) == (201, quiz), made.text
    assert made.json["hash"] != admin("POST", "/items", {**asked, "quiz": None}).json["hash"]
    found = admin("GET", f"/items/{made.json['code']}/quiz")
    assert QuizResult.model_validate(found.json).results_at is None
    assert staff("kim", MEDONO)("GET", f"/items/{made.json['code']}/quiz").status_code == 404
    wrong = admin("POST", "/items", {**asked, "quiz": {**quiz, "right": "3"}})
    assert (wrong.status_code, wrong.json["detail"]) == (400, "quiz.right must be the digit of one of its answers.")
