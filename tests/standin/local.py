"""Two made-up local companies, as config/aggregator.example.yaml and jalur.yaml describe them: their side of a call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

PLAIN, JSON = "/api/kirim", "/v2/messages"
HOOK = "/hooks/aggregator/report"
TOKEN = "l"
"""The hook token they are given unless told another."""
PLAIN_STATES = {"Sent": "8", "Success": "22", "Failed": "50"}
JSON_STATES = {"Sent": "SUBMITTED", "Success": "DELIVERED", "Failed": "UNDELIVERED"}


@dataclass(frozen=True, slots=True)
class Post:
    """A receipt for the gateway: path with query, headers, and a form or a body of its own; GET has neither."""

    path: str
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An HTTP answer to give, and the receipts that follow it."""

    status: int
    body: bytes
    content_type: str = "application/json"
    retry_after: int | None = None
    posts: Sequence[Post] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One number of a call, and the sender's own id of its message."""

    number: str
    ref: str


def e164(raw: str) -> str:
    """A number as these companies take it, with + and country."""
    return "+62" + raw[1:] if raw.startswith("0") else "+" + raw.removeprefix("+")


def read(path: str, query: Mapping[str, str], body: bytes) -> list[Asked]:
    """Whom a call wants to reach."""
    if path == PLAIN:
        return [Asked(e164(query["nohp"]), query.get("ref", ""))]
    return [Asked(e164(one["to"]), one["ref"]) for one in json.loads(body)["messages"]]


def say(path: str, asked: Sequence[Asked], ids: Sequence[str | None]) -> Said:
    """The answer to a call whose numbers got these ids; None: refused."""
    if path == PLAIN:
        [id] = ids
        return Said(200, (f"0;{id};Diterima" if id else "2;;Nomor tujuan salah").encode(), "text/plain")
    data = [
        {"to": one.number[1:], "ref": one.ref, "units": 1, "price": "IDR 300"}
        | ({"id": id, "state": "QUEUED"} if id else {"id": None, "state": "INVALID_NUMBER"})
        for one, id in zip(asked, ids, strict=True)
    ]
    return Said(202, json.dumps({"data": data}).encode())


def refuse_all(path: str) -> Said:
    """The whole call is refused for its sender."""
    if path == PLAIN:
        return Said(200, b"6;;Pengirim belum terdaftar", "text/plain")
    return Said(400, b'{"error":{"code":"SENDER","message":"The sender is not registered"}}')


def unauthorised(path: str) -> Said:
    """The key is wrong."""
    if path == PLAIN:
        return Said(401, b"Unauthorized", "text/plain")
    return Said(401, b'{"error":{"code":"AUTH","message":"The key is not known"}}')


def report(path: str, token: str, asked: Asked, id: str, word: str, reason: str) -> Post:
    """A delivery report as the company of `path` brings it; word: Africa's Talking's for the same."""
    if path == PLAIN:
        fields = {"token": token, "id": id, "ref": asked.ref, "tujuan": "0" + asked.number[3:],
                  "status": PLAIN_STATES[word], "alasan": reason}  # fmt: skip
        return Post(f"{HOOK}?{urlencode(fields)}", method="GET")
    event = {"id": id, "ref": asked.ref, "to": asked.number[1:], "state": JSON_STATES[word], "reason": reason or None}
    body = json.dumps({"event": event}).encode()
    return Post(f"{HOOK}?token={token}", headers={"Content-Type": "application/json"}, body=body)


def found(listed: Sequence[Mapping[str, object]]) -> Said:
    """What the JSON company answers when asked for messages by our own id."""
    return Said(200, json.dumps({"data": listed}).encode())


def balance(path: str) -> Said:
    """What is left on the account."""
    if path == "/api/saldo":
        return Said(200, b"0;Rp 125.000", "text/plain")
    return Said(200, b'{"balance":{"left":"IDR 98000","until":"2026-12-31"}}')
