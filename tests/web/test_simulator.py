"""The simulator in this process: the company's answers, faults, inboxes, and the phone page."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from gateway.handsets import service as handsets
from gateway.numbers import store as numbers
from gateway.providers.company import Faults
from gateway.runtime import Runtime
from tests.web.conftest import SIMULATOR_TOKEN

SRI = "+6281234567890"
SEND = "/simulator/version1/messaging"


@pytest.fixture(autouse=True)
def silent(rt: Runtime) -> None:
    """No reports: nothing listens here that could take them."""
    handsets.set_plan(rt, Faults(drop_receipts=1.0))


def send(client: FlaskClient, token: str = SIMULATOR_TOKEN, **form: str):
    data = {"username": "simulator", "to": SRI, "message": "Halo"} | form
    return client.post(SEND, data=data, headers={"apiKey": token})


def test_a_call_is_answered_as_the_company_does(client: FlaskClient) -> None:
    answer = send(client, to=f"{SRI},abc")
    assert answer.status_code == 201
    data = answer.json["SMSMessageData"]
    assert data["Message"].startswith("Sent to 1/2")
    assert [one["statusCode"] for one in data["Recipients"]] == [101, 403]
    assert data["Recipients"][0]["messageId"].startswith("ATXid_")


@pytest.mark.parametrize("token", ["", "wrong", "ÿ"])
def test_a_stranger_sends_nothing(client: FlaskClient, token: str) -> None:
    assert send(client, token).status_code == 403
    assert client.get(f"/simulator/inbox/{SRI}").json == []


@pytest.mark.parametrize("name", ["username", "to", "message"])
def test_a_missing_field_is_named(client: FlaskClient, name: str) -> None:
    answer = send(client, **{name: ""})
    assert (answer.status_code, name in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Air bersih Kode B27", "B27"),
        ("Kode B27 sudah lewat", None),
        ("Kode B27 dan Kode B31", "B31"),
        ("Air bersih Kode B27.", None),
        ("Kode Pos 51113", None),
        ("Air bersih", None),
    ],
)
def test_an_inbox_names_the_broadcast(client: FlaskClient, text: str, code: str | None) -> None:
    send(client, message=text, **{"from": "PEKALONGAN"})
    [message] = client.get(f"/simulator/inbox/{SRI}").json
    assert (message["text"], message["from"], message.get("code")) == (text, "PEKALONGAN", code)
    assert re.fullmatch(r"2026-11-04T03:00:00\+00:00", message["at"])


@pytest.mark.parametrize("written", [SRI, "%2B6281234567890", "6281234567890", "081234567890", "%206281234567890"])
def test_an_inbox_is_found_in_any_notation(client: FlaskClient, written: str) -> None:
    send(client)
    assert len(client.get(f"/simulator/inbox/{written}").json) == 1


@pytest.mark.parametrize("written", ["+6281234567891", "abc", "%00", "54600"])
def test_an_unknown_inbox_is_empty(client: FlaskClient, written: str) -> None:
    answer = client.get(f"/simulator/inbox/{written}")
    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize(
    ("plan", "status", "arrived"),
    [
        (Faults(http_429=1.0), 429, 0),
        (Faults(http_5xx=1.0), 500, 0),
        (Faults(refuse=1.0), 201, 0),
        (Faults(slow_ms=1, drop_receipts=1.0), 201, 1),
    ],
    ids=["it is asked too often", "it breaks", "it refuses everyone", "it is slow"],
)
def test_a_plan_is_followed(client: FlaskClient, rt: Runtime, plan: Faults, status: int, arrived: int) -> None:
    handsets.set_plan(rt, plan)
    assert send(client).status_code == status
    assert len(client.get(f"/simulator/inbox/{SRI}").json) == arrived


def test_a_plan_is_set_as_json_or_form_and_shown(client: FlaskClient) -> None:
    assert client.post("/simulator/faults", json={"stall": 0.25}).json["stall"] == 0.25
    assert client.get("/simulator/faults").json["stall"] == 0.25
    assert client.post("/simulator/faults", data={"refuse": "0.5"}).json["refuse"] == 0.5
    assert client.get("/simulator/faults").json["stall"] == 0


@pytest.mark.parametrize("body", [{"stall": 2}, {"stall": "x"}, {"hail": 1}, {"slow_ms": -1}, [], 1])
def test_a_plan_that_makes_no_sense_is_refused(client: FlaskClient, body: object) -> None:
    answer = client.post("/simulator/faults", json=body)
    assert answer.status_code == 400
    assert client.get("/simulator/faults").json["stall"] == 0


def page(answer) -> str:
    assert answer.status_code == 200
    return unescape(answer.text)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return unescape(found[1])


def screen(text: str) -> str:
    found = re.search(r'<pre class="ussd"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert found
    return unescape(found[1])


def test_the_page_is_a_phone_with_a_number(client: FlaskClient) -> None:
    shown = page(client.get("/simulator?number=081234567890"))
    assert hidden(shown, "number") == SRI
    assert 'action="/simulator/dial"' in shown
    assert 'action="/simulator/text"' in shown
    assert "Belum ada SMS" in shown


def test_demo_people_can_be_chosen(client: FlaskClient, rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        numbers.ensure(conn, rt.vault, SRI, is_demo=True)
    shown = page(client.get("/simulator"))
    assert 'href="/simulator?number=%2B6281234567890" aria-current="page"' in shown


def test_a_dialogue_is_played_on_the_page(client: FlaskClient, rows) -> None:
    first = client.post("/simulator/dial", data={"number": SRI, "code": "*546#"})
    assert "1 " in screen(first.text)
    fields = {name: hidden(first.text, name) for name in ("number", "code", "session", "text")}
    assert fields["text"] == ""
    second = client.post("/simulator/dial", data=fields | {"reply": "1"})
    assert screen(second.text) != screen(first.text)
    assert hidden(second.text, "text") == "1"
    assert hidden(second.text, "session") == fields["session"]
    again = client.post("/simulator/dial", data=fields | {"reply": "1"})
    assert screen(again.text) == screen(second.text)
    assert rows("SELECT count(*) FROM ussd_sessions") == [(1,)]


def test_leaving_the_dialogue_ends_the_session(client: FlaskClient, rows) -> None:
    first = client.post("/simulator/dial", data={"number": SRI, "code": "*546#"})
    fields = {name: hidden(first.text, name) for name in ("number", "code", "session", "text")}
    last = client.post("/simulator/dial", data=fields | {"reply": "0"})
    assert "Tutup" in last.text
    assert 'name="reply"' not in last.text
    assert rows("SELECT status FROM ussd_sessions") == [("Success",)]


def test_hanging_up_is_told_to_the_gateway(client: FlaskClient, rows) -> None:
    first = client.post("/simulator/dial", data={"number": SRI, "code": "*546#"})
    answer = client.post("/simulator/hangup", data={"number": SRI, "session": hidden(first.text, "session")})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/simulator?number=%2B6281234567890")
    assert rows("SELECT status FROM ussd_sessions") == [("Incomplete",)]


@pytest.mark.parametrize(
    ("code", "text"), [("*546#", ""), ("*546*1#", "1"), ("*546*1*2#", "1*2"), ("*123#", ""), ("", ""), ("*5467*1#", "")]
)
def test_a_deep_dial_is_the_first_text(client: FlaskClient, code: str, text: str) -> None:
    shown = client.post("/simulator/dial", data={"number": SRI, "code": code})
    assert shown.status_code == 200
    if 'name="reply"' in shown.text:
        assert hidden(shown.text, "text") == text


def test_an_sms_is_written_once_however_often_it_is_sent(client: FlaskClient, rows) -> None:
    shown = page(client.get("/simulator?number=081234567890"))
    fields = {"number": SRI, "id": hidden(shown, "id"), "text": "LAPOR BEN jalan rusak"}
    for _ in range(2):
        answer = client.post("/simulator/text", data=fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/simulator?number=%2B6281234567890")
    assert rows("SELECT provider, body, recipient FROM inbound") == [("simulator", "LAPOR BEN jalan rusak", "54600")]


EVIL = "<script>alert('x')</script>\"><b>"


def test_nothing_on_the_page_is_taken_for_html(client: FlaskClient, rt: Runtime) -> None:
    send(client, message=EVIL, **{"from": "<i>"})
    for answer in [
        client.get("/simulator", query_string={"number": SRI}),
        client.get("/simulator", query_string={"number": EVIL}),
        client.post(
            "/simulator/dial", data={"number": EVIL, "code": EVIL, "session": EVIL, "text": EVIL, "reply": EVIL}
        ),
    ]:
        assert answer.status_code == 200
        for raw in ("<script>alert", "<b>", "<i>"):
            assert raw not in answer.text


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    shown = client.get("/simulator").text
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", shown) == []
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", shown) == []


def test_without_a_number_nothing_breaks(client: FlaskClient) -> None:
    for path, fields in [("dial", {}), ("text", {}), ("hangup", {}), ("dial", {"session": "x"})]:
        assert client.post(f"/simulator/{path}", data=fields).status_code in (200, 303, 400)
