"""Hooks: odd fields, bytes that are no form, and bodies without measure."""

import hashlib
import io
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from gateway.runtime import Runtime
from gateway.web.hooks import pairs
from tests.web.conftest import AT_TOKEN, SIMULATOR_TOKEN
from tests.web.test_hooks import FORMS, NUMBER, STORED, TWILIO, post


@dataclass(frozen=True)
class Odd:
    """An SMS form that differs from the plain one, and what is stored of it."""

    label: str
    form: dict[str, str]
    body: str = "LAPOR BEN jalan rusak"
    sender: str | None = None
    provider_id: str = "b1c2"
    drop: tuple[str, ...] = ()


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
        provider_id="sha256:" + hashlib.sha256(b"a b'; --").hexdigest(),
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
@pytest.mark.parametrize(
    "bad", ["\x00", "\ud800", "\x1f'\"\\%s{}", "9" * 5000], ids=["NUL", "surrogate", "signs", "long"]
)
def test_no_value_of_any_field_breaks_a_hook(client: FlaskClient, kind: str, bad: str) -> None:
    for name in FORMS[kind]:
        form = {key: value.encode("utf-8", "surrogatepass") for key, value in FORMS[kind].items()}
        form[name] += bad.encode("utf-8", "surrogatepass")
        assert post(client, "africastalking", kind, urlencode(form).encode()).status_code == 200


@pytest.mark.parametrize("kind", TWILIO)
def test_a_signed_value_is_cleaned_only_after_its_signature_was_checked(client: FlaskClient, kind: str) -> None:
    form = TWILIO[kind] | {"Body": "jalan\x00 rusak", "ErrorCode": "300\x0003"}
    assert post(client, "twilio", kind, form).status_code == 200


def test_a_form_may_come_in_parts(client: FlaskClient, rows) -> None:
    answer = client.post(
        f"/hooks/simulator/sms?token={SIMULATOR_TOKEN}", data=FORMS["sms"] | {"f": (io.BytesIO(), "x")}
    )
    assert answer.status_code == 200
    assert rows("SELECT provider_id FROM inbound") == [("b1c2",)]


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


@given(some.lists(some.tuples(some.text(), some.text())))
def test_a_form_is_read_as_the_standard_library_reads_it(fields: list[tuple[str, str]]) -> None:
    encoded = urlencode(fields, errors="replace")
    assert pairs(encoded.encode()) == parse_qsl(encoded, keep_blank_values=True)


@given(some.text("ab=&+%41C3 é*", max_size=30))
def test_a_form_that_is_none_is_read_like_that_too(written: str) -> None:
    assert pairs(written.encode()) == parse_qsl(written, keep_blank_values=True, errors="replace")
