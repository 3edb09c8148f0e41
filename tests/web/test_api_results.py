"""What became of a broadcast, over the API: the list of whom it reached, the file, and sending again."""

import pytest
import requests

from gateway.officials.rules import Role
from gateway.runtime import Runtime
from tests.broadcasts.town import Town
from tests.web.conftest import BENDAN, MEDONO, Server, Staff

WHY = "keluarga+korban+dicari"


@pytest.fixture
def town(rt: Runtime) -> Town:
    return Town(rt, BENDAN, MEDONO)


@pytest.fixture
def sent(town: Town) -> int:
    """A finished broadcast: two failed on the way, three delivered."""
    town.people(5)
    id = town.started(town.new_official(Role.ADMIN), audience={"areas": [BENDAN]})
    rows = sorted(town.claim(), key=lambda row: row.number_id)
    town.settle(rows[:2], rank=2, code="30003")
    town.settle(rows[2:], rank=3)
    town.clock_ticks()
    return id


def test_recipients_come_in_parts_with_masked_numbers(staff: Staff, sent: int) -> None:
    admin = staff("admin")
    first = admin("GET", f"/broadcasts/{sent}/recipients?limit=3").json
    rest = admin("GET", f"/broadcasts/{sent}/recipients?limit=3&cursor={first['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    assert all("***" in item["number"] for item in first["items"] + rest["items"])
    failed = admin("GET", f"/broadcasts/{sent}/recipients?status=failed").json
    assert [item["reason"] for item in failed["items"]] == ["30003", "30003"]


def test_a_reveal_needs_a_role_and_a_reason(staff: Staff, sent: int) -> None:
    path = f"/broadcasts/{sent}/recipients?reveal=true"
    assert staff("kim", BENDAN)("GET", f"{path}&reason={WHY}").status_code == 403
    assert staff("kim", MEDONO)("GET", f"{path}&reason={WHY}").status_code == 404
    assert staff("dpo")("GET", path).status_code == 400
    shown = staff("dpo")("GET", f"{path}&reason={WHY}")
    assert shown.status_code == 200
    assert all(item["number"].startswith("+62812") and "*" not in item["number"] for item in shown.json["items"])


@pytest.mark.parametrize("query", ["reveal=yes", "status=lost", "cursor=x", "limit=0", "page=2"])
def test_what_a_list_cannot_be_asked_is_a_400(staff: Staff, sent: int, query: str) -> None:
    answer = staff("admin")("GET", f"/broadcasts/{sent}/recipients?{query}")
    assert answer.status_code == 400
    assert answer.json["detail"].endswith(".")


def test_the_file_is_csv_with_a_name(staff: Staff, sent: int) -> None:
    answer = staff("auditor")("GET", f"/broadcasts/{sent}/result.csv")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=B")
    assert len(answer.text.splitlines()) == 6
    assert staff("kim", MEDONO)("GET", f"/broadcasts/{sent}/result.csv").status_code == 404


def test_the_server_streams_the_file(server: Server, staff: Staff, sent: int) -> None:
    token = staff("admin").token
    url = f"{server.base}/api/v1/broadcasts/{sent}/result.csv"
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 6
    assert "Content-Length" not in answer.headers


def test_sending_again_says_how_many(staff: Staff, sent: int) -> None:
    path = f"/broadcasts/{sent}/resend-unconfirmed"
    assert staff("kim", BENDAN)("POST", path, {}).status_code == 403
    assert staff("admin")("POST", path).json == {"resent": 0}
    assert staff("approver")("POST", path, {"failed": True}).json == {"resent": 2}
    shown = staff("admin")("GET", f"/broadcasts/{sent}").json
    assert (shown["state"], shown["counts"]["queued"], shown["finished_at"]) == ("sending", 2, None)
    assert staff("admin")("POST", path, {}).status_code == 409
    assert staff("admin")("POST", path, {"failed": "yes please"}).status_code == 400


ASKS = {
    "level": "routine",
    "texts": {"id": "Prioritas? 1 saluran 2 lampu."},
    "audience": {"areas": [BENDAN]},
    "question": {"options": {"1": "saluran", "2": "lampu"}, "closes_at": "2026-11-06T10:00:00+07:00"},
}


def test_a_question_is_drafted_changed_and_looked_at(staff: Staff, town: Town) -> None:
    kim = staff("kim", BENDAN)
    made = kim("POST", "/broadcasts", ASKS, Idempotency_Key="poll")
    assert made.status_code == 201, made.text
    path = f"/broadcasts/{made.json['id']}"
    seen = kim("GET", f"{path}/poll").json
    assert (seen["options"], seen["answers"], seen["results"]) == ({"1": "saluran", "2": "lampu"}, None, None)
    changed = kim("PATCH", path, {"question": {**ASKS["question"], "closes_at": "2026-11-07T10:00:00+07:00"}})
    assert changed.status_code == 200
    assert kim("GET", f"{path}/poll").json["closes_at"] == "2026-11-07T03:00:00+00:00"
    assert kim("PATCH", path, {"question": None}).status_code == 200
    assert kim("GET", f"{path}/poll").status_code == 404
    assert staff("kim", MEDONO)("GET", f"{path}/poll").status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        {"options": {"1": "saluran", "2": "lampu"}},
        {"options": ["saluran", "lampu"], "closes_at": "2026-11-06T10:00:00+07:00"},
        {"options": {"1": "saluran", "2": "jalan"}, "closes_at": "2026-11-06T10:00:00+07:00"},
        {"options": {"1": "saluran", "2": "lampu"}, "closes_at": "tomorrow"},
        "ya atau tidak",
    ],
    ids=["without an end", "a list", "an answer the text does not name", "no moment", "words"],
)
def test_a_question_that_is_none_is_a_400(staff: Staff, question: object) -> None:
    answer = staff("kim", BENDAN)("POST", "/broadcasts", ASKS | {"question": question}, Idempotency_Key="poll")
    assert answer.status_code == 400
    assert "question" in answer.json["detail"] or "name every answer" in answer.json["detail"]
