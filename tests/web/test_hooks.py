"""Hooks: proof, required fields, odd input, and what is stored of it."""

import io
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.runtime import Runtime
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
    assert FORMS[kind].get("text") or True
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


@dataclass(frozen=True)
class Odd:
    """An SMS form that differs from the plain one, and what is stored of it."""

    label: str
    form: dict[str, str]
    body: str = "LAPOR BEN jalan rusak"
    sender: str | None = None
    provider_id: str = "b1c2"
    drop: tuple[str, ...] = field(default=())


ODD = [
    Odd("the text is empty", {"text": ""}, body=""),
    Odd("there is no text", {}, body="", drop=("text",)),
    Odd("there is no recipient", {}, drop=("to",)),
    Odd("a field is one we do not know", {"colour": "red"}),
    Odd("the sender is a name", {"from": "TELKOMSEL"}, sender="TELKOMSEL"),
    Odd("the sender is a short code", {"from": "8999"}, sender="8999"),
    Odd("the plus was lost to a space", {"from": " 628111222333"}),
    Odd("the number begins with 0", {"from": "08111222333"}),
    Odd("the number begins with 62", {"from": "628111222333"}),
    Odd("the number has spaces and dashes", {"from": "+62 811-1222-333"}),
    Odd("the text holds NUL", {"text": "jalan\x00 rusak"}, body="jalan rusak"),
    Odd("the sender holds NUL", {"from": "+6281112\x0022333"}),
    Odd("the id holds NUL", {"id": "b1\x00c2"}),
    Odd("the text has control characters", {"text": "a\x07b\x1bc"}, body="abc"),
    Odd("the text is emoji", {"text": "banjir 🌊"}, body="banjir 🌊"),
    Odd("the text holds an identity number", {"text": "NIK 3375012345678901"}, body="NIK [NIK]"),
    Odd("the text holds a phone number", {"text": "hub 081234567890"}, body="hub [no HP]"),
    Odd(
        "the id is no id",
        {"id": "a b'; --"},
        provider_id="sha256:d11d9d2c7c0e8ab0c2f4ea2ba4ea0a6a0c8b0ec8cd0ad9d1c9ec2d0bb0f8f7f5",
    ),
    Odd("the date is nonsense", {"date": "kemarin"}),
]


@pytest.mark.parametrize("odd", ODD, ids=[odd.label for odd in ODD])
def test_an_sms_is_stored_though(client: FlaskClient, rt: Runtime, rows, odd: Odd) -> None:
    form = {name: value for name, value in FORMS["sms"].items() if name not in odd.drop} | odd.form
    assert post(client, "africastalking", "sms", form).status_code == 200
    [(provider_id, body, sender, lookup)] = rows(
        "SELECT provider_id, body, sender, lookup FROM inbound LEFT JOIN numbers n ON n.id = number_id"
    )
    assert body == odd.body
    assert sender == odd.sender
    if odd.provider_id.startswith("sha256:"):
        assert provider_id.startswith("sha256:")
        assert len(provider_id) == len("sha256:") + 64
    else:
        assert provider_id == odd.provider_id
    if sender is None:
        assert bytes(lookup) == rt.vault.lookup(NUMBER)


@pytest.mark.parametrize(
    ("label", "raw"),
    [
        ("an invalid byte in the text", b"id=1&from=%2B628111222333&text=a%FFb"),
        ("an invalid byte that is not escaped", b"id=1&from=%2B628111222333&text=a\xffb"),
        ("invalid bytes in a name", b"id=1&from=%2B628111222333&%FF%00=1"),
        ("a half escape", b"id=1&from=%2B628111222333&text=100%"),
        ("a lone surrogate", b"id=1&from=%2B628111222333&text=%ED%A0%80"),
        ("no equals sign", b"id=1&from=%2B628111222333&text"),
        ("the same field twice", b"id=1&id=2&from=%2B628111222333&text=x"),
    ],
)
def test_bytes_that_are_no_form_never_break_it(client: FlaskClient, rows, label: str, raw: bytes) -> None:
    assert post(client, "africastalking", "sms", raw).status_code == 200
    assert rows("SELECT provider_id FROM inbound") == [("1",)]


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\x1f'\"\\%s{}", "9" * 5000], ids=["NUL", "surrogate", "signs", "long"])
def test_no_value_of_any_field_breaks_a_hook(client: FlaskClient, kind: str, bad: str) -> None:
    for name in FORMS[kind]:
        form = {key: value.encode("utf-8", "surrogatepass") for key, value in FORMS[kind].items()}
        form[name] += bad.encode("utf-8", "surrogatepass")
        assert post(client, "africastalking", kind, urlencode(form).encode()).status_code == 200


@pytest.mark.parametrize("kind", TWILIO)
def test_a_signed_value_is_cleaned_only_after_its_signature_was_checked(client: FlaskClient, rows, kind: str) -> None:
    form = TWILIO[kind] | {"Body": "jalan\x00 rusak", "ErrorCode": "300\x0003"}
    assert post(client, "twilio", kind, form).status_code == 200


def test_a_form_may_come_in_parts(client: FlaskClient, rows) -> None:
    answer = client.post(f"/hooks/simulator/sms?token={SIMULATOR_TOKEN}", data=FORMS["sms"] | {"f": (io.BytesIO(), "x")})
    assert answer.status_code == 200
    assert rows("SELECT provider_id FROM inbound") == [("b1c2",)]


@pytest.mark.parametrize(
    ("status", "rank"),
    [("Success", 40), ("success", 40), ("Sent", None), ("SomethingNew", None)],
)
def test_a_report_is_stored_whatever_its_status(client: FlaskClient, rows, status: str, rank: int | None) -> None:
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
    assert post(client, "africastalking", "ussd", form).text == post(client, "africastalking", "ussd", FORMS["ussd"]).text


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


@pytest.mark.parametrize(("size", "status"), [(60_000, 200), (66_000, 413)])
def test_a_body_has_a_limit(client: FlaskClient, size: int, status: int) -> None:
    assert post(client, "africastalking", "sms", FORMS["sms"] | {"text": "a" * size}).status_code == status


@pytest.mark.parametrize("size", [66_000, 140_000])
def test_a_body_that_names_no_length_has_it_too(client: FlaskClient, rows, size: int) -> None:
    body = urlencode(FORMS["sms"] | {"text": "a" * size}).encode()
    answer = client.post(
        f"/hooks/africastalking/sms?token={AT_TOKEN}",
        input_stream=io.BytesIO(body),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 413
    assert rows(STORED) == [(0,)]


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
