"""Hooks: proof, required fields, what is stored of them, and what reaches the log."""

import io
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import AT_TOKEN, SIMULATOR_TOKEN, sign

NUMBER = "+628111222333"
TOKENS = {"africastalking": AT_TOKEN, "simulator": SIMULATOR_TOKEN}
FORMS = {
    "ussd": {"sessionId": "ATUid_1", "phoneNumber": NUMBER, "networkCode": "51010", "serviceCode": "*546#", "text": ""},
    "ussd-end": {"sessionId": "ATUid_1", "phoneNumber": NUMBER, "status": "Success", "input": "1*rahasia"},
    "sms": {"id": "b1c2", "from": NUMBER, "text": "LAPOR BEN jalan rusak", "to": "54600"},
    "report": {"id": "ATXid_1", "status": "Success", "phoneNumber": NUMBER, "networkCode": "51010"},
    "optout": {"phoneNumber": NUMBER, "senderId": "PEKALONGAN"},
}
TWILIO = {
    "sms": {"MessageSid": "SM1", "From": NUMBER, "To": "+15550001111", "Body": "LAPOR BEN jalan rusak"},
    "report": {"MessageSid": "SM1", "MessageStatus": "delivered", "To": NUMBER},
}
REQUIRED = {
    "ussd": ("sessionId", "phoneNumber"),
    "ussd-end": ("sessionId",),
    "sms": ("id", "from"),
    "report": ("id", "status"),
    "optout": ("phoneNumber",),
}
STORED = "SELECT (SELECT count(*) FROM inbound) + (SELECT count(*) FROM receipts) + (SELECT count(*) FROM suppressions)"
STORED += " + (SELECT count(*) FROM ussd_sessions) + (SELECT count(*) FROM numbers)"

KINDS = [(provider, kind) for provider in TOKENS for kind in FORMS]


def post(client: FlaskClient, provider: str, kind: str, form: object, token: str | None = None) -> TestResponse:
    """One hook as the company sends it; `form` is a mapping or raw bytes."""
    path = f"/hooks/{provider}/{kind}"
    token = TOKENS.get(provider) if token is None else token
    if provider != "twilio":
        path += "?" + urlencode({"token": token})
    data = form if isinstance(form, bytes) else urlencode(form).encode()
    headers = sign(path, form) if provider == "twilio" else {}
    return client.post(path, data=data, headers=headers, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_a_proven_hook_is_taken(client: FlaskClient, rows, provider: str, kind: str) -> None:
    answer = post(client, provider, kind, FORMS[kind])
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    if kind == "ussd":
        assert answer.text.startswith(("CON ", "END "))
    if kind != "ussd-end":
        assert rows(STORED)[0][0] > 0


@pytest.mark.parametrize(("provider", "kind"), KINDS)
@pytest.mark.parametrize(
    "token",
    ["", "wrong", SIMULATOR_TOKEN + "x", "ÿ\x00"],
    ids=["no token", "another token", "a token that only begins well", "a token of strange letters"],
)
def test_a_hook_without_its_token_is_refused_and_leaves_nothing(
    client: FlaskClient, rows, journal: io.StringIO, provider: str, kind: str, token: str
) -> None:
    answer = post(client, provider, kind, FORMS[kind], token)
    assert answer.status_code == 403
    assert rows(STORED) == [(0,)]
    assert "jalan rusak" not in journal.getvalue()


def test_one_providers_token_opens_no_other_provider(client: FlaskClient) -> None:
    assert post(client, "africastalking", "sms", FORMS["sms"], SIMULATOR_TOKEN).status_code == 403
    assert post(client, "simulator", "sms", FORMS["sms"], AT_TOKEN).status_code == 403


@pytest.mark.parametrize("kind", TWILIO)
def test_twilio_is_known_by_its_signature(client: FlaskClient, rows, kind: str) -> None:
    assert post(client, "twilio", kind, TWILIO[kind]).status_code == 200
    assert rows(STORED)[0][0] > 0


TAMPERED = {
    "a field was changed": lambda path, form: (path, form | {"From": "+628111222334"}, sign(path, form)),
    "a field was added": lambda path, form: (path, form | {"Extra": "1"}, sign(path, form)),
    "the query was changed": lambda path, form: (path + "?message=1", form, sign(path, form)),
    "there is no signature": lambda path, form: (path, form, {}),
    "the signature is empty": lambda path, form: (path, form, {"X-Twilio-Signature": ""}),
    "the signature is strange": lambda path, form: (path, form, {"X-Twilio-Signature": "ÿ"}),
    "a token stands in its place": lambda path, form: (path + f"?token={AT_TOKEN}", form, {}),
}


@pytest.mark.parametrize("label", TAMPERED)
@pytest.mark.parametrize("kind", TWILIO)
def test_a_twilio_hook_is_refused_when(client: FlaskClient, rows, kind: str, label: str) -> None:
    path, form, headers = TAMPERED[label](f"/hooks/twilio/{kind}", TWILIO[kind])
    assert client.post(path, data=form, headers=headers).status_code == 403
    assert rows(STORED) == [(0,)]


def test_twilio_signs_the_query_as_it_was_sent(client: FlaskClient, rows) -> None:
    path = "/hooks/twilio/report?message=202611-7-1&x=%7E%C3%A9+a%2B"
    assert client.post(path, data=TWILIO["report"], headers=sign(path, TWILIO["report"])).status_code == 200
    assert rows("SELECT count(*) FROM receipts") == [(1,)]


def test_a_server_that_passes_no_raw_address_on_is_served_too(client: FlaskClient, rows) -> None:
    path = "/hooks/twilio/report?message=202611-7-1&x=%7E%C3%A9+a%2B"
    headers, bare = sign(path, TWILIO["report"]), {"REQUEST_URI": "", "RAW_URI": ""}
    answer = client.post(path, data=TWILIO["report"], headers=headers, environ_overrides=bare)
    assert answer.status_code == 200
    assert rows("SELECT count(*) FROM receipts") == [(1,)]


def test_twilio_gets_twiml_without_a_text(client: FlaskClient) -> None:
    answer = post(client, "twilio", "sms", TWILIO["sms"])
    assert answer.content_type.startswith("text/xml")
    assert "<Response" in answer.text
    assert "Message" not in answer.text


@pytest.mark.parametrize(
    ("kind", "name", "left"),
    [(kind, name, left) for kind, names in REQUIRED.items() for name in names for left in (None, "", "\x00")],
    ids=[
        f"{kind}: {name} is {how}"
        for kind, names in REQUIRED.items()
        for name in names
        for how in ("absent", "empty", "NUL alone")
    ],
)
def test_a_missing_field_is_named(client: FlaskClient, rows, kind: str, name: str, left: str | None) -> None:
    form = {key: value for key, value in FORMS[kind].items() if key != name}
    answer = post(client, "africastalking", kind, form if left is None else form | {name: left})
    assert answer.status_code == 400
    assert answer.content_type.startswith("text/plain")
    assert name in answer.text
    assert rows(STORED) == [(0,)]


@pytest.mark.parametrize(("kind", "name"), [("sms", "MessageSid"), ("sms", "From"), ("report", "MessageStatus")])
def test_a_field_missing_from_twilio_is_named(client: FlaskClient, kind: str, name: str) -> None:
    form = {key: value for key, value in TWILIO[kind].items() if key != name}
    answer = post(client, "twilio", kind, form)
    assert (answer.status_code, name in answer.text) == (400, True)


@pytest.mark.parametrize("status", ["Success", "success", "Sent", "AbsentSubscriber", "SomethingNew"])
def test_a_report_is_stored_whatever_its_status(client: FlaskClient, rows, status: str) -> None:
    assert post(client, "africastalking", "report", FORMS["report"] | {"status": status}).status_code == 200
    [(words,)] = rows("SELECT words FROM receipts")
    assert words == status


def test_a_report_for_a_number_we_never_wrote_to_matches_nothing(client: FlaskClient, rows) -> None:
    post(client, "africastalking", "report", FORMS["report"])
    assert rows("SELECT number_id FROM receipts") == [(0,)]


def test_an_optout_closes_that_route_alone(client: FlaskClient, rows) -> None:
    assert post(client, "africastalking", "optout", FORMS["optout"]).status_code == 200
    assert post(client, "africastalking", "optout", FORMS["optout"]).status_code == 200
    assert rows("SELECT scope, route FROM suppressions") == [("route", "africastalking")]


def test_an_optout_of_what_is_no_number_concerns_nobody(client: FlaskClient, rows) -> None:
    assert post(client, "africastalking", "optout", {"phoneNumber": "TELKOMSEL"}).status_code == 200
    assert rows(STORED) == [(0,)]


def test_the_same_id_again_is_one_record(client: FlaskClient, rows) -> None:
    for _ in range(3):
        assert post(client, "africastalking", "sms", FORMS["sms"]).status_code == 200
    assert rows("SELECT count(*) FROM inbound") == [(1,)]


def test_the_same_id_of_another_provider_is_another_message(client: FlaskClient, rows) -> None:
    post(client, "africastalking", "sms", FORMS["sms"])
    post(client, "simulator", "sms", FORMS["sms"])
    assert rows("SELECT count(*) FROM inbound") == [(2,)]


def test_the_same_hop_again_is_the_same_screen(client: FlaskClient) -> None:
    first = post(client, "africastalking", "ussd", FORMS["ussd"]).text
    assert post(client, "africastalking", "ussd", FORMS["ussd"]).text == first


def test_a_hop_without_text_is_the_first_one(client: FlaskClient) -> None:
    form = {name: value for name, value in FORMS["ussd"].items() if name != "text"}
    assert (
        post(client, "africastalking", "ussd", form).text == post(client, "africastalking", "ussd", FORMS["ussd"]).text
    )


def test_the_end_of_a_session_is_written_down(client: FlaskClient, rows) -> None:
    post(client, "africastalking", "ussd", FORMS["ussd"])
    post(client, "africastalking", "ussd-end", FORMS["ussd-end"])
    [(status, ended_at)] = rows("SELECT status, ended_at FROM ussd_sessions")
    assert status == "Success"
    assert ended_at is not None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/hooks/pigeon/sms", 404),
        ("POST", "/hooks/africastalking/smoke", 404),
        ("POST", "/hooks/twilio/ussd", 404),
        ("POST", "/hooks/africastalking", 404),
        ("GET", "/hooks/africastalking/sms", 405),
        ("PUT", "/hooks/africastalking/sms", 405),
    ],
)
def test_what_is_no_hook(client: FlaskClient, method: str, path: str, status: int) -> None:
    assert client.open(f"{path}?token={AT_TOKEN}", method=method).status_code == status


@pytest.mark.parametrize(("provider", "kind"), [*KINDS, ("twilio", "sms"), ("twilio", "report")])
def test_no_secret_number_or_text_reaches_the_log(
    client: FlaskClient, journal: io.StringIO, provider: str, kind: str
) -> None:
    form = TWILIO[kind] if provider == "twilio" else FORMS[kind]
    post(client, provider, kind, form)
    post(client, provider, kind, form, "a-wrong-token")
    written = journal.getvalue()
    assert f'"path":"/hooks/{provider}/{kind}"' in written
    for secret in (*TOKENS.values(), "a-wrong-token", NUMBER, NUMBER[1:], "jalan rusak", "rahasia", "token="):
        assert secret not in written


def test_a_refused_hook_is_logged_by_provider_and_kind(client: FlaskClient, journal: io.StringIO) -> None:
    post(client, "africastalking", "sms", FORMS["sms"], "wrong")
    assert '"provider":"africastalking","kind":"sms"' in journal.getvalue()
