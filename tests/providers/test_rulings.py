"""What the companies' answers to a call mean: tables from their documents and from what was seen of them."""

import json
from types import SimpleNamespace

import pytest
from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from gateway.providers.africastalking_rulings import CODES, WORDS, judge
from gateway.providers.base import Outcome, Outgoing, Verdict, is_numeric, safe_id
from gateway.providers.http import Reply
from gateway.providers.twilio_rulings import judge_made, judge_refused, judge_throttled
from tests.providers.cases import NUMBER, OTHER

ONE = [Outgoing("k1", NUMBER, "Halo")]
TWO = [*ONE, Outgoing("k2", OTHER, "Halo")]


def said(message: str = "Sent to 1/1 Total Cost: KES 0.8000", *recipients: object, status: int = 201) -> Reply:
    """An answer of Africa's Talking."""
    data = {"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}
    return Reply(status, {"content-type": "application/json; charset=utf-8"}, json.dumps(data).encode())


def recipient(code: object = 101, number: str = NUMBER, **more: object) -> dict[str, object]:
    """One entry of its Recipients."""
    taken = str(code) in ("100", "101", "102")
    return {
        "statusCode": code,
        "number": number,
        "status": "Success" if taken else "Whatever",
        "cost": "KES 0.8000" if taken else "0",
        "messageId": "ATXid_1" if taken else "None",
    } | more


PER_CODE = [
    (100, Verdict.ACCEPTED), (101, Verdict.ACCEPTED), (102, Verdict.ACCEPTED), ("101", Verdict.ACCEPTED),
    (401, Verdict.UNUSABLE), (402, Verdict.UNUSABLE), (403, Verdict.REFUSED), (404, Verdict.REFUSED),
    (405, Verdict.UNUSABLE), (406, Verdict.REFUSED), (407, Verdict.REFUSED), (409, Verdict.NOT_SENT),
    (500, Verdict.NOT_SENT), (501, Verdict.NOT_SENT), (502, Verdict.UNUSABLE), (999, Verdict.REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("code", "verdict"), PER_CODE)
def test_a_status_code_of_a_recipient_decides(code: object, verdict: Verdict) -> None:
    [outcome] = judge(said("x", recipient(code)), ONE, "ID")
    assert (outcome.key, outcome.verdict, outcome.code) == ("k1", verdict, str(code))
    assert outcome.at_once is (code == 405)
    assert outcome.opted_out is (code == 406)
    assert (outcome.retry_after is not None) is (code == 409)
    assert outcome.cost == ("KES 0.8000" if verdict is Verdict.ACCEPTED else None)
    assert outcome.provider_id == ("ATXid_1" if verdict is Verdict.ACCEPTED else None)


def test_every_code_of_the_table_is_tried() -> None:
    assert {code for code, _ in PER_CODE if isinstance(code, int)} - {999} == set(CODES)
    assert set(WORDS.values()) == set(CODES)


ODD_RECIPIENTS = [
    ("taken, but without an id", recipient(101, messageId="None"), Verdict.UNKNOWN),
    ("taken, with a null id", recipient(101, messageId=None), Verdict.UNKNOWN),
    ("an inner error, but with an id", recipient(500, messageId="ATXid_9"), Verdict.UNKNOWN),
    ("a code of tomorrow, but with an id", recipient(777, messageId="ATXid_9"), Verdict.UNKNOWN),
    ("no code, and the word Success", {"number": NUMBER, "status": "Success", "messageId": "x"}, Verdict.ACCEPTED),
    ("no code, and the word UserInBlacklist", {"number": NUMBER, "status": "UserInBlacklist"}, Verdict.REFUSED),
    ("no code and no word", {"number": NUMBER}, Verdict.REFUSED),
    ("a code that is a text", recipient("x", status="InsufficientBalance"), Verdict.UNUSABLE),
    ("the number without its +", recipient(101, NUMBER[1:]), Verdict.ACCEPTED),
    ("the number with a leading 0", recipient(101, "0" + NUMBER[3:]), Verdict.ACCEPTED),
    ("another number only", recipient(101, OTHER), Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("label", "entry", "verdict"), ODD_RECIPIENTS, ids=[label for label, *_ in ODD_RECIPIENTS])
def test_an_odd_recipient_is_judged_by_what_it_proves(label: str, entry: object, verdict: Verdict) -> None:
    [outcome] = judge(said("x", entry), ONE, "ID")
    assert outcome.verdict is verdict


WHOLE = [
    ("InvalidSenderId for all", said("InvalidSenderId"), Verdict.UNUSABLE, False),
    ("InsufficientBalance for all", said("InsufficientBalance"), Verdict.UNUSABLE, True),
    ("UserInBlacklist for all", said("UserInBlacklist"), Verdict.REFUSED, False),
    ("a refusal in words of tomorrow", said("Not today"), Verdict.UNUSABLE, False),
    ("sent to none, and nobody named", said("Sent to 0/2 Total Cost: 0"), Verdict.UNUSABLE, False),
    ("sent to some, and nobody named", said("Sent to 2/2 Total Cost: KES 1.6"), Verdict.UNKNOWN, False),
    ("JSON cut short", Reply(201, {}, b'{"SMSMessageData":{"Mess'), Verdict.UNKNOWN, False),
    ("JSON of another shape", Reply(201, {}, b'{"SMSMessageData":[]}'), Verdict.UNKNOWN, False),
    ("JSON with recipients of another shape", said("x", 7), Verdict.UNKNOWN, False),
    ("a list", Reply(200, {}, b"[]"), Verdict.UNKNOWN, False),
    ("nothing", Reply(200, {}, b""), Verdict.UNKNOWN, False),
    ("a page", Reply(200, {}, b"<html>"), Verdict.UNKNOWN, False),
    ("409 without JSON", Reply(409, {}, b"DND"), Verdict.UNKNOWN, False),
    ("a redirect", Reply(302, {}, b""), Verdict.UNKNOWN, False),
    ("400", Reply(400, {}, b"Request is missing required form field 'to'"), Verdict.UNUSABLE, False),
    ("401", Reply(401, {}, b"The supplied authentication is invalid"), Verdict.UNUSABLE, True),
    ("403", Reply(403, {}, b""), Verdict.UNUSABLE, True),
    ("404", Reply(404, {}, b""), Verdict.UNUSABLE, False),
    ("408", Reply(408, {}, b""), Verdict.UNKNOWN, False),
    ("429", Reply(429, {"retry-after": "5"}, b""), Verdict.NOT_SENT, False),
    ("500", Reply(500, {}, b""), Verdict.UNKNOWN, False),
    ("503", Reply(503, {"retry-after": "5"}, b""), Verdict.UNKNOWN, False),
]


@pytest.mark.parametrize(("label", "reply", "verdict", "at_once"), WHOLE, ids=[label for label, *_ in WHOLE])
def test_an_answer_without_recipients_holds_for_all(label: str, reply: Reply, verdict: Verdict, at_once: bool) -> None:
    outcomes = judge(reply, TWO, "ID")
    assert [(o.key, o.verdict, o.at_once) for o in outcomes] == [("k1", verdict, at_once), ("k2", verdict, at_once)]
    assert outcomes[0].retry_after == (5.0 if reply.status == 429 else None)


def test_409_is_read_recipient_by_recipient() -> None:
    reply = said("x", recipient(101), recipient(409, OTHER), status=409)
    assert [outcome.verdict for outcome in judge(reply, TWO, "ID")] == [Verdict.ACCEPTED, Verdict.NOT_SENT]


def test_who_is_named_twice_is_taken_if_one_entry_says_so_and_who_is_not_named_is_unknown() -> None:
    entries = recipient(500), recipient(101, messageId="ATXid_7", messageParts=2), recipient(101), recipient(403)
    first, second = judge(said("x", *entries), TWO, "ID")
    assert (first.verdict, first.provider_id, first.parts) == (Verdict.ACCEPTED, "ATXid_7", 2)
    assert (second.verdict, second.key) == (Verdict.UNKNOWN, "k2")


TWILIO_CODES = [
    (400, 21211, Verdict.REFUSED), (400, 21214, Verdict.REFUSED), (400, 21217, Verdict.REFUSED),
    (400, 21401, Verdict.REFUSED), (400, 21614, Verdict.REFUSED), (400, 21602, Verdict.REFUSED),
    (400, 21617, Verdict.REFUSED), (400, 21619, Verdict.REFUSED), (400, 21610, Verdict.REFUSED),
    (400, 30006, Verdict.REFUSED), (403, 21610, Verdict.REFUSED), (400, 99999, Verdict.REFUSED),
    (400, 400, Verdict.REFUSED), (400, None, Verdict.REFUSED), (400, "odd", Verdict.REFUSED),
    (401, 20003, Verdict.UNUSABLE), (403, 20003, Verdict.UNUSABLE), (401, 401, Verdict.UNUSABLE),
    (403, 403, Verdict.UNUSABLE), (400, 30002, Verdict.UNUSABLE), (400, 63038, Verdict.UNUSABLE),
    (404, 20404, Verdict.UNUSABLE), (404, 404, Verdict.UNUSABLE), (400, 21408, Verdict.UNUSABLE),
    (400, 21603, Verdict.UNUSABLE), (400, 21606, Verdict.UNUSABLE), (400, 21608, Verdict.UNUSABLE),
    (400, 21609, Verdict.UNUSABLE), (400, 21612, Verdict.UNUSABLE), (400, 21701, Verdict.UNUSABLE),
    (400, 21703, Verdict.UNUSABLE), (400, 21704, Verdict.UNUSABLE), (400, 30007, Verdict.UNUSABLE),
    (400, 30034, Verdict.UNUSABLE), (400, 21611, Verdict.NOT_SENT), (408, 408, Verdict.UNKNOWN),
    (500, 20500, Verdict.UNKNOWN), (503, 20503, Verdict.UNKNOWN), (500, 21211, Verdict.UNKNOWN),
    (400, 20500, Verdict.UNKNOWN), (307, 307, Verdict.UNKNOWN), (504, None, Verdict.UNKNOWN),
]  # fmt: skip
AT_ONCE = {20003, 30002, 63038}


@pytest.mark.parametrize(("status", "code", "verdict"), TWILIO_CODES)
def test_a_refusal_of_twilio_is_judged_by_its_code(status: int, code: object, verdict: Verdict) -> None:
    outcome = judge_refused("k1", TwilioRestException(status, "/x", "The words", code=code, method="POST"))
    assert (outcome.key, outcome.verdict, outcome.text) == ("k1", verdict, "The words")
    assert outcome.at_once is (code in AT_ONCE or code in (401, 403))
    assert outcome.opted_out is (code == 21610)
    assert outcome.code == str(code if isinstance(code, int) else status)


def test_a_refusal_in_the_newer_form_is_judged_the_same() -> None:
    error = TwilioServiceException("u", "Opted out", 400, 21610, detail="Reply STOP")
    assert judge_refused("k1", error) == Outcome("k1", Verdict.REFUSED, code="21610", text="Reply STOP", opted_out=True)


MADE = {"sid": "SM1", "status": "queued", "error_code": None, "error_message": None, "num_segments": "2",
        "price": None, "price_unit": "USD"}  # fmt: skip
MADE_CASES = [
    ("queued", {}, Outcome("k1", Verdict.ACCEPTED, "SM1", text="queued", parts=2)),
    ("accepted by a messaging service", {"status": "accepted", "num_segments": "0"},
     Outcome("k1", Verdict.ACCEPTED, "SM1", text="accepted")),
    ("priced", {"price": "-0.05"}, Outcome("k1", Verdict.ACCEPTED, "SM1", text="queued", parts=2, cost="USD -0.05")),
    ("without status or parts", {"status": None, "num_segments": None}, Outcome("k1", Verdict.ACCEPTED, "SM1")),
    ("without SID", {"sid": None}, Outcome("k1", Verdict.UNKNOWN, text="an answer without SID")),
    ("failed at once, opted out", {"status": "failed", "error_code": 21610, "error_message": "Opted out"},
     Outcome("k1", Verdict.REFUSED, "SM1", "21610", "Opted out", 2, opted_out=True)),
    ("failed at once, of the account", {"status": "failed", "error_code": 30002},
     Outcome("k1", Verdict.UNUSABLE, "SM1", "30002", "failed", 2, at_once=True)),
    ("failed at once, no code", {"status": "canceled"}, Outcome("k1", Verdict.REFUSED, "SM1", "", "canceled", 2)),
]  # fmt: skip


@pytest.mark.parametrize(("label", "change", "expected"), MADE_CASES, ids=[label for label, *_ in MADE_CASES])
def test_a_message_that_twilio_made(label: str, change: dict[str, object], expected: Outcome) -> None:
    assert judge_made("k1", SimpleNamespace(**MADE | change)) == expected


THROTTLED = [
    ("the usual body", b'{"code":20429,"message":"Too many"}', Verdict.NOT_SENT, "20429"),
    ("the account's day is full", b'{"code":63038,"message":"Daily limit"}', Verdict.UNUSABLE, "63038"),
    ("no JSON", b"slow down", Verdict.NOT_SENT, "20429"),
    ("JSON without a code", b"{}", Verdict.NOT_SENT, "20429"),
]


@pytest.mark.parametrize(("label", "body", "verdict", "code"), THROTTLED, ids=[label for label, *_ in THROTTLED])
def test_429_of_twilio(label: str, body: bytes, verdict: Verdict, code: str) -> None:
    outcome = judge_throttled("k1", Reply(429, {"retry-after": "3"}, body))
    assert (outcome.verdict, outcome.code) == (verdict, code)
    assert outcome.retry_after == (3.0 if verdict is Verdict.NOT_SENT else None)


IDS = [
    ("an id as companies make them", "ATXid_1:a.b-c", "ATXid_1:a.b-c"),
    ("128 characters", "a" * 128, "a" * 128),
    ("129 characters", "a" * 129, None),
    ("a newline at its end", "abc\n", None),
    ("a surrogate", "\udce9", None),
    ("nothing", "", None),
]


@pytest.mark.parametrize(("label", "raw", "kept"), IDS, ids=[label for label, *_ in IDS])
def test_an_id_is_kept_or_hashed(label: str, raw: str, kept: str | None) -> None:
    stored = safe_id(raw)
    assert stored == kept or (kept is None and stored.startswith("sha256:") and len(stored) == 71)
    assert safe_id(stored) == stored


def test_a_sender_is_numeric_or_not() -> None:
    numeric = {"54600": True, "+15550001111": True, "PEKALONGAN": False, "12": False, "54600\n": False, None: False}
    assert {sender: is_numeric(sender) for sender in numeric} == numeric
