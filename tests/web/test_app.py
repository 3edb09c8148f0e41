"""What every route and every answer have in common: declared access, headers, request ids, problems, log lines."""

import dataclasses
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.runtime import Runtime
from gateway.web import auth
from gateway.web.app import create_app
from tests.web.conftest import SIMULATOR_TOKEN, Staff


def routes(app: Flask):
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]


def test_every_route_declares_its_access(rt: Runtime) -> None:
    found = routes(create_app(rt))
    assert len(found) > 20
    for rule, view in found:
        assert auth.declared(view) in ("public", "hook", "official", "development"), rule


def test_a_view_without_a_declaration_is_found_out() -> None:
    with pytest.raises(LookupError, match="declares no access"):
        auth.declared(lambda: "")


def test_an_access_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="nobody"):
        auth.access("nobody")


def path_of(rule) -> str:
    return re.sub(r"<int\(max=\d+\):\w+>", "1", rule.rule).replace("<", "").replace(">", "")


PUBLIC = {"openapi.json", "statistics", "statistics.csv", "statistics/offices.csv", "kim"}
"""What anyone may read."""


def test_every_official_route_refuses_a_stranger(rt: Runtime, client: FlaskClient) -> None:
    for rule, view in routes(client.application):
        if auth.declared(view) == "official":
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                assert client.open(path_of(rule), method=method).status_code in (401, 429), rule
        else:
            assert not rule.rule.startswith("/api/") or rule.rule.removeprefix("/api/v1/") in PUBLIC


def test_the_simulator_does_not_exist_in_production(rt: Runtime) -> None:
    settings = rt.settings.model_copy(update={"gateway_mode": "production"})
    client = create_app(dataclasses.replace(rt, settings=settings)).test_client()
    paths = {rule.rule for rule, view in routes(client.application) if auth.declared(view) == "development"}
    assert len(paths) >= 7
    assert all(path.startswith("/simulator") for path in paths)
    for rule, view in routes(client.application):
        if auth.declared(view) == "development":
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = client.open(path_of(rule), method=method, headers={"apiKey": SIMULATOR_TOKEN})
                assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), rule


ANSWERS = {
    "a page": ("GET", "/simulator", 200),
    "JSON": ("GET", "/healthz", 200),
    "a problem": ("GET", "/api/v1/broadcasts", 401),
    "nothing there": ("GET", "/nowhere", 404),
    "the document": ("GET", "/api/v1/openapi.json", 200),
}


@pytest.mark.parametrize("label", ANSWERS)
def test_every_answer_is_sealed(client: FlaskClient, label: str) -> None:
    method, path, status = ANSWERS[label]
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_hook_answers_plain_words_that_no_browser_takes_for_a_page(client: FlaskClient) -> None:
    answer = client.post("/hooks/simulator/sms")
    assert answer.status_code == 403
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_file_may_be_kept(client: FlaskClient) -> None:
    answer = client.get("/static/phone.css")
    assert answer.status_code == 200
    assert "max-age=3600" in answer.headers["Cache-Control"]
    answer.close()


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/none.css"]
)
def test_nothing_but_the_files_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (404, 308)


def lines(journal: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-123_X", True), ("a" * 65, False), ("a b", False), ("", False), ("ä", False)],
    ids=["a plain id", "too long", "with a space", "empty", "with another letter"],
)
def test_a_request_has_an_id_in_answer_and_log(
    client: FlaskClient, journal: io.StringIO, given: str, is_kept: bool
) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    shown = answer.headers["X-Request-Id"]
    assert (shown == given) is is_kept
    [line] = [line for line in lines(journal) if line["logger"] == "gateway.access"]
    assert line["request"] == shown
    assert (line["path"], line["status"]) == ("/healthz", 200)


def test_the_access_line_has_no_query_and_no_number(client: FlaskClient, journal: io.StringIO) -> None:
    client.get("/simulator/inbox/+628111222333?token=geheim")
    assert "628111222333" not in journal.getvalue()
    assert "geheim" not in journal.getvalue()
    assert lines(journal)[-1]["path"] == "/simulator/inbox/+**********33"


def test_what_breaks_is_a_problem_without_its_cause(client: FlaskClient, journal: io.StringIO) -> None:
    @auth.access("public")
    def breaks() -> str:
        raise RuntimeError("a secret of ours")

    # Put in the place of another view, as a route without a declaration cannot be added.
    client.application.view_functions["healthz"] = breaks
    answer = client.get("/healthz", headers={"X-Request-Id": "broken-1"})
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    [line] = [line for line in lines(journal) if line["level"] == "error"]
    assert line["request"] == "broken-1"
    assert "RuntimeError" in line["error"]
    assert "a secret of ours" not in line["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/%00%FF", 404),
        ("DELETE", "/healthz", 405),
        ("GET", "/api/v1/nowhere", 404),
        ("PUT", "/api/v1/broadcasts", 405),
        ("GET", "/api/v1/broadcasts/x", 404),
        ("GET", "/api/v1/broadcasts/99999999999999999999", 404),
    ],
)
def test_what_http_refuses_is_a_problem_too(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"].endswith(".")


def test_a_method_that_is_not_taken_names_those_that_are(client: FlaskClient) -> None:
    assert "GET" in client.delete("/healthz").headers["Allow"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("http://localhost", 200), ("http://evil.example", 404), ("null", 404)],
)
def test_another_sites_page_cannot_use_the_simulator(client: FlaskClient, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    assert client.post("/simulator/faults", data={}, headers=headers).status_code == status


def test_the_api_sends_no_cookies_and_reads_none(client: FlaskClient, staff: Staff) -> None:
    client.set_cookie("token", staff("admin").token)
    assert client.get("/api/v1/broadcasts").status_code == 401
