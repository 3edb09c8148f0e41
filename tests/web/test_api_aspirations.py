"""API calls of casework and of days off: what they take, what they answer, and in which words they refuse."""

import pytest

from gateway.aspirations import service
from gateway.aspirations.rules import Filing
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.runtime import Runtime
from gateway.web.api.answers import FullTicket, Year
from tests.web.conftest import BENDAN, MEDONO, Staff


def a_ticket(rt: Runtime, words: str = "Jalan rusak", area: str = BENDAN) -> str:
    with rt.engine.begin() as conn:
        number_id = numbers.ensure(conn, rt.vault, "+6281234567890").id
        filing = Filing("complaint", "roads", area, words, is_confidential=False, channel="sms", cause=f"t:{words}")
        return show_ticket(service.file(rt, conn, number_id, filing)[0].ticket)


def test_a_whole_life(staff: Staff, rt: Runtime) -> None:
    ticket, admin, office = a_ticket(rt), staff("admin"), staff("office")
    calls = [
        (admin, "verify", {}, "verifying"),
        (admin, "ask", {"question": "Gang berapa?"}, "needs_info"),
    ]
    for caller, verb, body, state in calls:
        answer = caller("POST", f"/aspirations/{ticket}/{verb}", body)
        assert (answer.status_code, answer.json["state"]) == (200, state)
        FullTicket.model_validate(answer.json)
    assert admin("POST", f"/aspirations/{ticket}/forward", {"office": "DPUPR"}).status_code == 409
    other = a_ticket(rt, "Jalan berlubang")
    for verb, body in (("verify", None), ("forward", {"office": "dpupr"})):
        assert admin("POST", f"/aspirations/{other}/{verb}", body).status_code == 200
    for verb, body, state in (
        ("start", {}, "in_progress"),
        ("reply", {"text": "Besok"}, "in_progress"),
        ("resolve", {"text": "Ditambal"}, "answered"),
    ):
        answer = office("POST", f"/aspirations/{other}/{verb}", body)
        assert (answer.status_code, answer.json["state"]) == (200, state), answer.text
    seen = office("GET", f"/aspirations/{other}").json
    assert [event["verb"] for event in seen["events"]] == ["received", "verify", "forward", "start", "reply", "resolve"]
    assert [event["text"] for event in seen["events"]][2:] == ["DPUPR", None, "Besok.", "Ditambal."]
    assert seen["reporter"] == "masked"


REFUSED = {
    "no question": ("ask", {}, 400, "question is missing."),
    "an empty question": ("ask", {"question": " "}, 400, "Say something"),
    "words too long for an SMS": ("ask", {"question": "a" * 200}, 400, "at most 150 characters"),
    "an office that is none": ("forward", {"office": "DINASX"}, 400, "There is no office DINASX; the offices are BPBD"),
    "a field too many": ("verify", {"by": "me"}, 400, "There is no field by"),
    "nobody to hand it on to": ("decline", {"text": "x"}, 400, "to is missing."),
    "merged into nothing": ("merge", {"into": "1234567"}, 400, "There is no such ticket"),
    "not answered yet": ("reopen", {"text": "x"}, 409, "It is verifying; reopen is not possible now."),
    "for KIM alone": ("take", {}, 403, "may not take"),
}


@pytest.mark.parametrize("label", REFUSED)
def test_what_is_refused(staff: Staff, rt: Runtime, label: str) -> None:
    verb, body, status, said = REFUSED[label]
    ticket, admin = a_ticket(rt), staff("admin")
    admin("POST", f"/aspirations/{ticket}/verify")
    answer = admin("POST", f"/aspirations/{ticket}/{verb}", body)
    assert (answer.status_code, said in answer.json["detail"]) == (status, True), answer.text
    assert admin("GET", f"/aspirations/{ticket}").json["state"] == "verifying"


def test_a_ticket_elsewhere_is_none(staff: Staff, rt: Runtime) -> None:
    ticket = a_ticket(rt, area=MEDONO)
    for path in (f"/aspirations/{ticket}/verify", "/aspirations/0000000/verify", "/aspirations/x/verify"):
        assert staff("kim", BENDAN)("POST", path).status_code == 404


def test_merging_into_what_one_may_not_see_is_refused(staff: Staff, rt: Runtime) -> None:
    here, there = a_ticket(rt), a_ticket(rt, "Jalan lain", area=MEDONO)
    kim = staff("kim", BENDAN)
    kim("POST", f"/aspirations/{here}/verify")
    assert kim("POST", f"/aspirations/{here}/merge", {"into": there}).status_code == 400


def test_days_off(staff: Staff, rows) -> None:
    admin, day = staff("admin"), "2026-10-05"
    before = admin("GET", "/holidays/2026").json
    Year.model_validate(before)
    assert {"day": "2026-12-25", "kind": "national"}.items() <= next(
        one for one in before["days"] if one["day"] == "2026-12-25"
    ).items()
    assert not before["provisional"]
    try:
        made = admin("POST", "/holidays", {"day": day, "name": "Hari jadi kota"})
        assert (made.status_code, made.json["kind"]) == (200, "city")
        assert admin("GET", "/holidays/2026").json["days"] != before["days"]
    finally:
        assert admin("DELETE", f"/holidays/{day}").json == {"removed": day}
    assert admin("GET", "/holidays/2026").json == before
    assert admin("DELETE", f"/holidays/{day}").status_code == 404
    assert admin("POST", "/holidays", {"day": "5 Oktober", "name": "x"}).status_code == 400
    assert admin("DELETE", "/holidays/besok").status_code == 400
    assert admin("GET", "/holidays/1").status_code == 400
    assert staff("kim", BENDAN)("POST", "/holidays", {"day": day, "name": "x"}).status_code == 403
    assert [act for (act,) in rows("SELECT act FROM audit WHERE subject LIKE 'holiday:%%' ORDER BY id")] == [
        "add holiday",
        "remove holiday",
    ]
