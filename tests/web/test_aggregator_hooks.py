"""Hooks of a described company: by GET, by form, by JSON, each by the one method it is described with, whatever comes."""

import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import CHECKOUT
from gateway.runtime import Runtime, wire
from gateway.web.app import create_app
from tests.web.test_hooks import STORED

TOKEN = "aggregator-token-of-tests"
NUMBER = "+628111222333"
EXAMPLE, JALUR = CHECKOUT / "config" / "aggregator.example.yaml", CHECKOUT / "tests" / "standin" / "jalur.yaml"
PLAIN = {
    "report": {"id": "PN1", "ref": "202611-7-1", "status": "22", "tujuan": "08111222333", "alasan": ""},
    "sms": {
        "id": "m1",
        "dari": "08111222333",
        "ke": "54600",
        "isi": "LAPOR jalan rusak",
        "waktu": "24/11/2026 10:30:00",
    },
}
JSON = {
    "report": {"event": {"id": "JB1", "ref": "202611-7-1", "to": "628111222333", "state": "DELIVERED", "reason": None}},
    "sms": {"from": "628111222333", "to": "54600", "text": "LAPOR jalan rusak", "received_at": "2026-11-24T10:30:00"},
}
KINDS = pytest.mark.parametrize("kind", ["report", "sms"])


@pytest.fixture
def serving(rt: Runtime) -> Callable[[Path], FlaskClient]:
    """Makes a client of an application that this description is given to."""

    def serve(path: Path) -> FlaskClient:
        changes = {"aggregator_description": path, "aggregator_hook_token": TOKEN, "aggregator_username": "kota"}
        settings = rt.settings.model_copy(update=changes)
        return create_app(dataclasses.replace(rt, settings=settings, providers=wire(settings))).test_client()

    return serve


def get(client: FlaskClient, kind: str, fields: object, token: str = TOKEN) -> TestResponse:
    return client.get(f"/hooks/aggregator/{kind}?token={quote(token)}&{urlencode(fields)}")


def post(client: FlaskClient, kind: str, body: object, token: str = TOKEN) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/hooks/aggregator/{kind}?token={quote(token)}", data=data, content_type="application/json")


WAYS = [
    ("a report", "report", PLAIN["report"], TOKEN),
    ("a report without status", "report", {"id": "PN1"}, TOKEN),
    ("an SMS", "sms", PLAIN["sms"], TOKEN),
    ("an SMS with a NUL", "sms", PLAIN["sms"] | {"isi": "BAN\0TUAN"}, TOKEN),
    ("a wrong token", "sms", PLAIN["sms"], "wrong"),
]


@pytest.mark.parametrize(("label", "kind", "fields", "token"), WAYS, ids=[case[0] for case in WAYS])
def test_a_get_is_answered_alike_before_flask_and_by_its_view(serving, label, kind, fields, token) -> None:
    client = serving(EXAMPLE)
    query = urlencode(fields | {"token": token})
    # Only the exact path is answered before Flask.
    direct, flask = (client.get(f"/hooks/aggregator/{kind}{slash}?{query}") for slash in ("", "/"))
    assert (direct.status_code, direct.data) == (flask.status_code, flask.data)
    ignored = {"X-Request-Id"}
    assert {k: v for k, v in direct.headers if k not in ignored} == {k: v for k, v in flask.headers if k not in ignored}


RECEIPT = "SELECT route, provider_id, message_id, attempt, rank, words FROM receipts"


def test_a_get_brings_a_report(serving, rows) -> None:
    answer = get(serving(EXAMPLE), "report", PLAIN["report"])
    assert (answer.status_code, answer.text, answer.content_type) == (200, "OK", "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows(RECEIPT) == [("aggregator", "PN1", 7, 1, 3, "22")]


def test_json_brings_a_report(serving, rows) -> None:
    answer = post(serving(JALUR), "report", JSON["report"])
    assert (answer.status_code, answer.text, answer.content_type) == (200, '{"ok":true}', "application/json")
    assert rows(RECEIPT) == [("aggregator", "JB1", 7, 1, 3, "DELIVERED")]


@pytest.mark.parametrize("path", [EXAMPLE, JALUR], ids=["by GET", "by JSON"])
def test_an_sms_is_stored_once_however_often_it_comes(serving, rows, path: Path) -> None:
    client = serving(path)
    for _ in range(3):
        answer = get(client, "sms", PLAIN["sms"]) if path == EXAMPLE else post(client, "sms", JSON["sms"])
        assert answer.status_code == 200
    assert rows("SELECT provider, recipient, body FROM inbound") == [("aggregator", "54600", "LAPOR jalan rusak")]


def test_the_same_words_at_another_moment_are_another_sms(serving, rows) -> None:
    client = serving(JALUR)
    for minute in (30, 31):
        assert post(client, "sms", JSON["sms"] | {"received_at": f"2026-11-24T10:{minute}:00"}).status_code == 200
    assert rows("SELECT count(*) FROM inbound") == [(2,)]


@KINDS
@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ÿ\x00"])
def test_without_the_token_nothing_is_taken(serving, rows, journal: io.StringIO, kind: str, token: str) -> None:
    assert get(serving(EXAMPLE), kind, PLAIN[kind], token).status_code == 403
    assert post(serving(JALUR), kind, JSON[kind], token).status_code == 403
    assert rows(STORED) == [(0,)]
    assert "jalan rusak" not in journal.getvalue()


@KINDS
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_a_hook_that_comes_by_get_is_taken_by_nothing_else(serving, rows, kind: str, method: str) -> None:
    query = urlencode(PLAIN[kind] | {"token": TOKEN})
    answer = serving(EXAMPLE).open(f"/hooks/aggregator/{kind}?{query}", method=method, data=PLAIN[kind])
    assert answer.status_code == 405
    assert rows(STORED) == [(0,)]


@KINDS
def test_a_hook_that_comes_by_json_is_taken_by_no_get(serving, rows, kind: str) -> None:
    assert get(serving(JALUR), kind, JSON[kind]).status_code == 405
    assert rows(STORED) == [(0,)]


@pytest.mark.parametrize("provider", ["africastalking", "simulator", "twilio"])
def test_no_other_company_may_come_by_get(serving, rows, provider: str) -> None:
    client = serving(EXAMPLE)
    token = {"africastalking": "africastalking-token-of-tests", "simulator": "simulator-token-of-tests"}.get(
        provider, ""
    )
    query = urlencode({"token": token, "id": "1", "from": NUMBER, "text": "x", "MessageSid": "SM1", "From": NUMBER})
    answer = client.get(f"/hooks/{provider}/sms?{query}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert rows(STORED) == [(0,)]


def test_a_description_that_brings_nothing_in_has_no_hook(serving, tmp_path: Path) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text())
    (tmp_path / "mute.yaml").write_text(yaml.safe_dump({name: tree[name] for name in ("company", "send")}))
    assert get(serving(tmp_path / "mute.yaml"), "report", PLAIN["report"]).status_code == 404


def test_a_form_may_be_what_is_described(serving, rows, tmp_path: Path) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text())
    (tmp_path / "form.yaml").write_text(yaml.safe_dump(tree | {"report": tree["report"] | {"by": "form"}}))
    client = serving(tmp_path / "form.yaml")
    # Our own id may stand in the address alone, as we gave it out.
    form = {name: value for name, value in PLAIN["report"].items() if name != "ref"}
    assert client.post(f"/hooks/aggregator/report?token={TOKEN}&ref=202611-9-2", data=form).status_code == 200
    assert rows(RECEIPT) == [("aggregator", "PN1", 9, 2, 3, "22")]
    assert get(client, "report", PLAIN["report"]).status_code == 405


def test_several_reports_of_one_hook_are_all_kept_or_none(serving, rows, tmp_path: Path) -> None:
    tree = yaml.safe_load(JALUR.read_text())
    report = tree["report"] | {"each": "events", "fields": {"id": "id", "status": "state"}}
    (tmp_path / "many.yaml").write_text(yaml.safe_dump(tree | {"report": report}))
    client = serving(tmp_path / "many.yaml")
    events = [{"id": f"JB{n}", "state": "DELIVERED"} for n in range(3)]
    broken = post(client, "report", {"events": [*events, {"id": "JB9"}]})
    assert (broken.status_code, broken.text, rows(STORED)) == (400, "Missing field: state", [(0,)])
    assert post(client, "report", {"events": events}).status_code == 200
    assert rows("SELECT provider_id FROM receipts ORDER BY 1") == [("JB0",), ("JB1",), ("JB2",)]


MISSING = [("report", "status"), ("report", "id"), ("sms", "id"), ("sms", "dari")]


@pytest.mark.parametrize(("kind", "name"), MISSING)
@pytest.mark.parametrize("left", [None, "", "\x00"], ids=["absent", "empty", "NUL alone"])
def test_a_missing_field_is_named(serving, rows, kind: str, name: str, left: str | None) -> None:
    fields = {key: value for key, value in PLAIN[kind].items() if key not in (name, "ref")}
    answer = get(serving(EXAMPLE), kind, fields if left is None else fields | {name: left})
    assert (answer.status_code, answer.text) == (400, f"Missing field: {name}")
    assert rows(STORED) == [(0,)]


BAD = ["\x00", "\ud800", "\x1f'\"\\%s{}", "9" * 5000, "%FF%00", "💧"]
BAD_NAMES = ["NUL", "surrogate", "signs", "long", "escapes", "emoji"]


@KINDS
@pytest.mark.parametrize("bad", BAD, ids=BAD_NAMES)
def test_no_value_of_any_field_breaks_a_get(serving, kind: str, bad: str) -> None:
    client = serving(EXAMPLE)
    for name in PLAIN[kind]:
        fields = {key: value.encode() for key, value in PLAIN[kind].items()}
        fields[name] += bad.encode("utf-8", "surrogatepass")
        assert get(client, kind, fields).status_code == 200


@pytest.mark.parametrize("bad", [*BAD, None, True, 5, -1e300, [], {}, ["x"], {"a": {"b": "c"}}])
@pytest.mark.parametrize("name", ["from", "to", "text", "received_at"])
def test_no_value_of_json_breaks_a_hook(serving, name: str, bad: object) -> None:
    wanted = name in ("from", "received_at")
    is_scalar = bad is not None and not isinstance(bad, list | dict)
    answer = post(serving(JALUR), "sms", JSON["sms"] | {name: bad})
    assert answer.status_code == (400 if wanted and (not is_scalar or bad == "\x00") else 200)


GARBAGE = [
    ("nothing", b""),
    ("half of it", b'{"from": "628'),
    ("a form", b"from=628111222333&received_at=x&text=y"),
    ("a list", b"[1, 2]"),
    ("a number", b"7"),
    ("no number", b"NaN"),
    ("a number without end", b"9" * 5000),
    ("bytes that are no UTF-8", b'{"from": "\xff\xfe"}'),
    ("a list without end", b"[" * 60_000),
    ("objects without end", b'{"event":' * 7_000),
    ("too deep", b'{"event":' * 9 + b"1" + b"}" * 9),
]


@KINDS
@pytest.mark.parametrize(("label", "body"), GARBAGE, ids=[label for label, _ in GARBAGE])
def test_what_is_no_such_json_is_answered_400(serving, rows, kind: str, label: str, body: bytes) -> None:
    assert post(serving(JALUR), kind, body).status_code == 400
    assert rows(STORED) == [(0,)]


@pytest.mark.parametrize(("size", "status"), [(60_000, 200), (66_000, 413)])
def test_json_has_a_limit(serving, size: int, status: int) -> None:
    assert post(serving(JALUR), "sms", JSON["sms"] | {"text": "a" * size}).status_code == status


def test_no_token_number_or_text_of_a_get_is_logged(serving, journal: io.StringIO) -> None:
    client = serving(EXAMPLE)
    assert get(client, "sms", PLAIN["sms"]).status_code == 200
    assert get(client, "sms", PLAIN["sms"] | {"dari": ""}).status_code == 400
    written = journal.getvalue()
    assert "/hooks/aggregator/sms" in written
    for secret in (TOKEN, "8111222333", "jalan"):
        assert secret not in written


@pytest.mark.parametrize(
    ("token", "path", "is_open"),
    [
        pytest.param(TOKEN, EXAMPLE, True, id="with a token and a description"),
        pytest.param(TOKEN, None, False, id="with the token that is always made, but nobody described"),
        pytest.param("", EXAMPLE, False, id="with a description, but nothing to prove a hook by"),
    ],
)
def test_hooks_are_open_once_the_company_is_described_and_can_prove_itself(
    rt: Runtime, token: str, path: Path | None, is_open: bool
) -> None:
    changes = {"aggregator_hook_token": token, "aggregator_description": path, "aggregator_username": "kota"}
    assert ("aggregator" in wire(rt.settings.model_copy(update=changes))) is is_open
