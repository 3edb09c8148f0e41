"""The OpenAPI document: valid, complete, and true of what is answered."""

import re

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from gateway.runtime import Runtime
from gateway.web.api import CALLS
from tests.web.conftest import BENDAN, Staff, a_broadcast
from tests.web.test_api_people import a_ticket, person

A_PRESET = {
    "name": "rob", "audience": {"areas": [BENDAN]}, "texts": {"id": "SIAGA ROB jam {jam}."}, "slots": {"jam": 11},
}  # fmt: skip


@pytest.fixture
def document(client: FlaskClient):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.json


def test_it_is_valid(document) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_it_has_every_route_of_the_api_and_no_other(client: FlaskClient, document) -> None:
    served = {
        (re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    written = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    assert served == written
    assert len(served) == len(CALLS) + 1


def test_names_of_operations_stand_once(document) -> None:
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


def test_every_call_but_the_document_and_public_figures_needs_a_token(document) -> None:
    public = [
        path for path, item in document["paths"].items() for operation in item.values() if "security" in operation
    ]
    assert public == [
        "/api/v1/statistics",
        "/api/v1/statistics.csv",
        "/api/v1/statistics/offices.csv",
        "/api/v1/kim",
        "/api/v1/openapi.json",
    ]


def checked(document, method: str, path: str, answer) -> None:
    """Fails where an answer is not what the document says of its call and status."""
    response = document["paths"][f"/api/v1{path}"][method]["responses"][str(answer.status_code)]
    content = response["content"][answer.content_type]
    schema = {**content["schema"], "components": document["components"]}
    faults = [fault.message for fault in Draft202012Validator(schema).iter_errors(answer.json)]
    assert faults == []


def test_answers_are_what_it_says(document, staff: Staff, rt: Runtime) -> None:
    kim, lurah, admin = staff("kim", BENDAN), staff("lurah", BENDAN), staff("admin")
    answer = kim("POST", "/broadcasts", a_broadcast(), Idempotency_Key="k")
    checked(document, "post", "/broadcasts", answer)
    id = answer.json["id"]
    one = f"/broadcasts/{id}"
    shown = "/broadcasts/{id}"
    ticket = a_ticket(rt)
    for method, path, spoken, caller, body in [
        ("patch", one, shown, kim, {"send_at": "2026-11-30T08:00:00Z"}),
        ("post", f"{one}/sign", f"{shown}/sign", admin, None),
        ("post", f"{one}/test", f"{shown}/test", kim, None),
        ("post", f"{one}/submit", f"{shown}/submit", kim, None),
        ("get", one, shown, kim, None),
        ("post", f"{one}/approve", f"{shown}/approve", lurah, {}),
        ("post", f"{one}/reject", f"{shown}/reject", lurah, {}),
        ("post", f"{one}/pause", f"{shown}/pause", kim, None),
        ("post", f"{one}/resume", f"{shown}/resume", kim, None),
        ("post", f"{one}/cancel", f"{shown}/cancel", kim, None),
        ("get", "/broadcasts", "/broadcasts", kim, None),
        ("get", "/broadcasts?limit=0", "/broadcasts", kim, None),
        ("get", "/broadcasts/4711", shown, kim, None),
        ("post", "/broadcasts", "/broadcasts", kim, {}),
        ("post", "/residents", "/residents", admin, {"residents": [person(), person(phone="x")]}),
        ("post", "/presets", "/presets", admin, A_PRESET),
        ("get", "/presets", "/presets", admin, None),
        ("get", "/presets", "/presets", kim, None),
        ("post", "/presets/4711/approve", "/presets/{id}/approve", admin, {}),
        ("post", "/presets/4711/reject", "/presets/{id}/reject", admin, {}),
        ("post", "/presets/4711/retire", "/presets/{id}/retire", admin, {}),
        ("post", "/presets/rob/broadcasts", "/presets/{name}/broadcasts", admin, {"reason": "rob"}),
        ("post", f"{one}/review", f"{shown}/review", lurah, {}),
        ("get", "/groups", "/groups", admin, None),
        ("post", "/groups/pkk/members", "/groups/{name}/members", admin, {"add": ["081234567890"], "remove": ["x"]}),
        ("post", "/groups/pkk/flag", "/groups/{name}/flag", admin, {"is_test": True}),
        ("post", "/groups/pkk/flag", "/groups/{name}/flag", kim, {"is_test": True}),
        ("get", "/aspirations", "/aspirations", admin, None),
        ("get", "/statistics", "/statistics", admin, None),
        ("get", "/kim", "/kim", admin, None),
        ("get", "/statistics?month=x", "/statistics", admin, None),
        ("get", f"/aspirations/{ticket}", "/aspirations/{ticket}", admin, None),
        ("get", "/aspirations/1", "/aspirations/{ticket}", admin, None),
    ]:
        checked(document, method, spoken, caller(method.upper(), path, body, Idempotency_Key="other"))


def test_what_may_be_sent_is_what_it_says(document) -> None:
    schema = {"$ref": "#/components/schemas/NewBroadcast", "components": document["components"]}
    judge = Draft202012Validator(schema)
    assert judge.is_valid(a_broadcast() | {"send_at": "2026-11-30T08:00:00Z", "reason": None})
    assert not judge.is_valid(a_broadcast() | {"colour": "red"})
    assert not judge.is_valid({})


def test_a_change_shows_no_defaults(document) -> None:
    changes = document["components"]["schemas"]["Changes"]
    assert "required" not in changes
    assert "default" not in changes["properties"]["level"]
