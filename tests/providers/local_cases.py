"""The cases of described companies: one provider, and a company for each description."""

from datetime import UTC, datetime

from config.settings import CHECKOUT
from gateway.providers.base import Inbound, Receipt, Status, safe_id
from tests.providers.wire import (
    NUMBER,
    PLAIN_TEXT,
    PUBLIC,
    Cases,
    Pairs,
    WireIn,
    WireOut,
    forged_tokens,
    proven_by_token,
)

LOCAL_TOKEN, LOCAL_KEY = "aggregator-hook-token", "aggregator api/key"
DESCRIPTIONS = {
    "aggregator": CHECKOUT / "config" / "aggregator.example.yaml",
    "aggregator by json": CHECKOUT / "tests" / "standin" / "jalur.yaml",
}
"""One provider, and as many companies as there are descriptions: each has cases, as if it were a provider."""

_PLAIN_REPORT = {"token": LOCAL_TOKEN, "id": "PN1", "ref": "att_1-A", "tujuan": "081100000001", "status": "22"}
_PLAIN_SMS = {"token": LOCAL_TOKEN, "id": "m-1", "dari": "081100000001", "ke": "54600", "isi": "LAPOR jalan rusak",
              "waktu": "24/11/2026 10:30:00"}  # fmt: skip
_PLAIN_AT = {"provider_id": "m-1", "sender": NUMBER, "to": "54600", "text": "LAPOR jalan rusak",
             "at": datetime(2026, 11, 24, 3, 30, tzinfo=UTC)}  # fmt: skip


def _local(label: str, form: Pairs, status: Status, code: str = "", **more: object) -> WireIn:
    known = {"provider_id": "PN1", "key": "att_1-A", "number": NUMBER, "status": status, "code": code} | more
    return WireIn(label, "report", form, Receipt(**{"text": form["status"]} | known))


PLAIN_IN = [
    _local("a report of a way station", _PLAIN_REPORT | {"status": "8"}, Status.SENT),
    _local("a report of delivery", _PLAIN_REPORT, Status.DELIVERED),
    _local("a report of failure", _PLAIN_REPORT | {"status": "50", "alasan": "ABSEN"}, Status.FAILED, "ABSEN"),
    _local("a report of an opt-out", _PLAIN_REPORT | {"status": "51", "alasan": "stop"}, Status.FAILED, "stop",
           opted_out=True),
    _local("a report of a status nobody has described", _PLAIN_REPORT | {"status": "77"}, Status.UNKNOWN),
    _local("a report without our own id", _PLAIN_REPORT | {"ref": ""}, Status.DELIVERED, key=None),
    _local("a report whose own id is none of ours", _PLAIN_REPORT | {"ref": "a.b"}, Status.DELIVERED, key=None),
    _local("a report with our own id alone", {"ref": "att_1-A", "status": "22"}, Status.DELIVERED, provider_id=None,
           number=None),
    _local("a report whose id is no id", _PLAIN_REPORT | {"id": "a b"}, Status.DELIVERED, provider_id=safe_id("a b")),
    WireIn("an SMS with local time", "sms", _PLAIN_SMS, Inbound(**_PLAIN_AT)),
    WireIn("an SMS with a time that is none", "sms", _PLAIN_SMS | {"waktu": "31/31/2026"},
           Inbound(**_PLAIN_AT | {"at": None})),
    WireIn("an SMS with id and sender alone", "sms", {"id": "m-1", "dari": "3636"}, Inbound("m-1", "3636", None, "")),
]  # fmt: skip

_JSON_REPORT = {"event.id": "JB1", "event.ref": "att_1-A", "event.to": NUMBER[1:], "event.state": "DELIVERED"}
_JSON_SMS = {"from": NUMBER[1:], "to": "54600", "text": "LAPOR jalan rusak", "received_at": "2026-11-24T10:30:00"}
_JSON_ID = safe_id("\n".join((NUMBER[1:], "54600", "2026-11-24T10:30:00", "LAPOR jalan rusak")))
_JSON_AT = {"provider_id": _JSON_ID, "sender": NUMBER, "to": "54600", "text": "LAPOR jalan rusak",
            "at": datetime(2026, 11, 24, 3, 30, tzinfo=UTC)}  # fmt: skip


def _event(state: str, status: Status, reason: str = "") -> WireIn:
    event = Receipt("JB1", "att_1-A", NUMBER, status, reason, state, opted_out=reason == "OPTED_OUT")
    return WireIn(f"a report {state}", "report", _JSON_REPORT | {"event.state": state, "event.reason": reason}, event)


JSON_IN = [
    _event("SUBMITTED", Status.SENT),
    _event("delivered", Status.DELIVERED),
    _event("UNDELIVERED", Status.FAILED, "ABSENT"),
    _event("EXPIRED", Status.FAILED, "OPTED_OUT"),
    _event("PARKED", Status.UNKNOWN),
    WireIn("an SMS that brings no id is known by its moment", "sms", _JSON_SMS, Inbound(**_JSON_AT)),
    WireIn("an SMS with a zone of its own", "sms", _JSON_SMS | {"received_at": "2026-11-24T03:30:00Z"},
           Inbound(**_JSON_AT | {"provider_id": safe_id("\n".join((NUMBER[1:], "54600", "2026-11-24T03:30:00Z",
                                                                   "LAPOR jalan rusak")))})),
]  # fmt: skip

PLAIN_OUT = [WireOut(kind, None, True, PLAIN_TEXT, "OK") for kind in ("report", "sms")]
JSON_OUT = [
    WireOut("report", None, True, "application/json", '{"ok":true}'),
    WireOut("sms", None, True, PLAIN_TEXT, "OK"),
]

_LOCAL: dict[str, object] = {
    "aggregator_description": DESCRIPTIONS["aggregator"],
    "aggregator_username": "kota",
    "aggregator_api_key": LOCAL_KEY,
    "aggregator_hook_token": LOCAL_TOKEN,
    "aggregator_sender": "KOTA",
}
_LOCAL_SECRETS = (LOCAL_TOKEN, LOCAL_KEY, "aggregator%20api%2Fkey")

LOCAL_CASES = {
    "aggregator": Cases(
        settings=_LOCAL,
        reached=lambda base: {"aggregator_base_url": base},
        secrets=_LOCAL_SECRETS,
        prove=proven_by_token(LOCAL_TOKEN),
        forge=forged_tokens,
        wire_in=PLAIN_IN,
        wire_out=PLAIN_OUT,
        required={"report": ("status", "id"), "sms": ("id", "dari")},
        path="/api/kirim",
        headers={"content-type": None},
        form={"userkey": "kota", "passkey": LOCAL_KEY, "nohp": "081100000001", "pesan": "Halo & awas: 100% é",
              "pengirim": "KOTA", "ref": "att_1-A"},
        sender="pengirim",
        parts=None,
        foreign=False,
    ),
    "aggregator by json": Cases(
        settings=_LOCAL,
        reached=lambda base: {"aggregator_base_url": base},
        secrets=_LOCAL_SECRETS,
        prove=proven_by_token(LOCAL_TOKEN),
        forge=forged_tokens,
        wire_in=JSON_IN,
        wire_out=JSON_OUT,
        required={"report": ("event.state", "event.id"), "sms": ("received_at", "from")},
        path="/v2/messages",
        headers={"authorization": f"Bearer {LOCAL_KEY}", "content-type": "application/json"},
        form={"sender": "KOTA", "flash": False, "content": {"text": "Halo & awas: 100% é", "type": "gsm"},
              "callback": f"{PUBLIC}/hooks/aggregator/report?token={LOCAL_TOKEN}",
              "messages": [{"to": NUMBER[1:], "ref": "att_1-A"}]},
        sender="sender",
        foreign=False,
        company={"aggregator_description": DESCRIPTIONS["aggregator by json"]},
    ),
}  # fmt: skip
