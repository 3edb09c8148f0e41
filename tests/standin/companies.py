"""The stand-in companies' side of a call: what is answered, what is remembered, and which reports follow."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from gateway.providers.company import Faults, Result, answer_json, plan_reports, read_submission, refusal_json
from tests.standin import local
from tests.standin.local import Post, Said


class Wire(StrEnum):
    """The fate of one POST. Those of WIRES are rolled for by the fractions of `wire`, any may stand in the script."""

    TAKE = "take"
    STALL = "stall"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"
    HTTP_401 = "http_401"
    REFUSE = "refuse"
    REFUSE_ALL = "refuse_all"
    FIN = "fin"
    RST = "rst"
    CUT_HEADERS = "cut_headers"
    CUT_BODY = "cut_body"
    CUT_CHUNK = "cut_chunk"
    NOT_JSON = "not_json"
    HUGE = "huge"
    INTERIM = "interim"


LOST = frozenset({Wire.STALL, Wire.HTTP_5XX, Wire.FIN, Wire.RST, Wire.CUT_HEADERS, Wire.CUT_BODY, Wire.CUT_CHUNK,
                  Wire.NOT_JSON, Wire.HUGE})  # fmt: skip
"""Fates after which the sender cannot know whether the company has taken the message."""


@dataclass(slots=True)
class Plan:
    """What `POST /_control` sets; every key is optional, and a key that is not given goes back to its default.

    latency_ms: before each answer; faults: fractions of gateway.providers.company.Faults; wire: fate -> fraction;
    script: fates of the next POSTs, before any roll; lost_taken: fraction of lost answers whose message was taken all
    the same; retry_after: seconds told with a 429; receipts: whether to report; receipt_delay_ms; receipt_failed:
    fraction of messages that end as failed; seed: of the dice; balance: what each official company says is left.
    """

    latency_ms: float = 0.0
    faults: Faults = field(default_factory=Faults)
    wire: dict[Wire, float] = field(default_factory=dict)
    script: list[Wire] = field(default_factory=list)
    lost_taken: float = 1.0
    retry_after: int = 1
    receipts: bool = False
    receipt_delay_ms: float = 0.0
    receipt_failed: float = 0.0
    inbound: list[dict[str, object]] = field(default_factory=list)
    seed: int = 1
    balance: str = "1785.50"

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Plan":
        given = dict(data)
        given["faults"] = Faults.of(given.get("faults", {}))
        given["wire"] = {Wire(name): float(share) for name, share in given.get("wire", {}).items()}
        given["script"] = [Wire(name) for name in given.get("script", [])]
        return cls(**given)


class Companies:
    """The companies' memory: per number how often a message was taken, and each message that can be asked for."""

    def __init__(self, at_token: str, twilio_token: str, local_token: str = local.TOKEN) -> None:
        self.plan = Plan()
        self._at_token = at_token
        self._local_token = local_token
        self._validator = RequestValidator(twilio_token)
        self.reset()

    def reset(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.fates: Counter[str] = Counter()
        self.posts = self.lists = 0
        self.texts: dict[str, dict[str, int]] = {}
        self.listed: dict[str, list[dict[str, object]]] = {}
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self._made = 0
        self.set_plan(self.plan)

    def set_plan(self, plan: Plan) -> None:
        self.plan = plan
        self._dice = random.Random(plan.seed)

    def counts(self) -> dict[str, object]:
        return {
            "posts": self.posts,
            "lists": self.lists,
            "fates": dict(self.fates),
            "taken": sum(self.accepted.values()),
            "accepted": dict(self.accepted),
            "texts": self.texts,
        }

    def fate(self) -> Wire:
        """The fate of the POST just read, which it counts."""
        self.posts += 1
        fate = self._roll()
        self.fates[fate] += 1
        return fate

    def _roll(self) -> Wire:
        if self.plan.script:
            return self.plan.script.pop(0)
        fate = Wire(self.plan.faults.fate(self._dice.random()))
        if fate is Wire.TAKE and self.plan.wire:
            roll = self._dice.random()
            for wire, share in self.plan.wire.items():
                if roll < share:
                    return wire
                roll -= share
        return fate

    def call(self, path: str, query: str, headers: bytes, body: bytes, fate: Wire) -> Said:
        """What a company does with a call that meets this fate."""
        is_local = path in (local.PLAIN, local.JSON)
        if path == local.JSON:
            form = json.loads(body)
        else:
            form = dict(parse_qsl(query if is_local else body.decode(), keep_blank_values=True))
        if len(self.requests) < 1000:
            lines = (line.partition(": ") for line in headers.decode("latin-1").split("\r\n")[1:])
            self.requests.append((path, {name.lower(): value for name, _, value in lines}, form))
        is_twilio = path.startswith("/2010-04-01/")
        self._note(form.get("Body") or form.get("message") or "")
        if fate in LOST and self._dice.random() >= self.plan.lost_taken:
            return Said(500, b"{}")
        if fate is Wire.HTTP_401:
            if is_local:
                return local.unauthorised(path)
            if is_twilio:
                return _twilio_refusal(401, 20003, "Authenticate")
            return Said(401, b"The supplied authentication is invalid", "text/plain")
        if fate is Wire.HTTP_429:
            said = _twilio_refusal(429, 20429, "Too Many Requests") if is_twilio else Said(429, b"Too Many Requests")
            return Said(429, said.body, said.content_type, self.plan.retry_after)
        if is_local:
            return self._local(path, form, body, fate)
        return self._twilio(path, form, fate) if is_twilio else self._africastalking(form, fate)

    def _local(self, path: str, form: Mapping[str, str], body: bytes, fate: Wire) -> Said:
        if fate is Wire.REFUSE_ALL:
            return local.refuse_all(path)
        asked, ids, posts = local.read(path, form, body), [], []
        for one in asked:
            if fate is Wire.REFUSE or self._dice.random() < self.plan.faults.refuse:
                ids.append(None)
                continue
            self._made += 1
            self.accepted[one.number] += 1
            ids.append(id := f"{'PN' if path == local.PLAIN else 'JB'}{self._made:08d}")
            self.listed.setdefault(one.ref, []).append({"id": id, "state": "QUEUED"})
            planned = plan_reports([Result(one.number, 101, id)], self.plan.faults, self._dice)
            for ending in (self._ending(report.form) for report in planned if self.plan.receipts):
                reason = ending.get("failureReason", "")
                posts.append(local.report(path, self._local_token, one, id, ending["status"], reason))
        said = local.say(path, asked, ids)
        return Said(said.status, said.body, said.content_type, posts=posts)

    def _note(self, text: str) -> None:
        """Keep which POST brought a text first and last, counted from 1, so that tests can tell what went before what."""
        if text in self.texts or len(self.texts) < 100:
            seen = self.texts.setdefault(text, {"first": self.posts, "last": 0, "posts": 0})
            seen["last"], seen["posts"] = self.posts, seen["posts"] + 1

    def _africastalking(self, form: Mapping[str, str], fate: Wire) -> Said:
        if fate is Wire.REFUSE_ALL:
            return Said(201, refusal_json("InvalidSenderId").encode())
        try:
            submission = read_submission(form)
        except ValueError as error:
            return Said(400, str(error).encode(), "text/plain")
        results = []
        for number in submission.numbers:
            if fate is Wire.REFUSE or self._dice.random() < self.plan.faults.refuse:
                results.append(Result(number, 403, None))
                continue
            self._made += 1
            self.accepted[number] += 1
            results.append(Result(number, 101, f"ATXid_{self._made:08d}"))
        posts = []
        if self.plan.receipts:
            reports = plan_reports(results, self.plan.faults, self._dice)
            path = f"/hooks/africastalking/report?token={self._at_token}"
            posts = [Post(path, self._ending(report.form), {}) for report in reports]
        return Said(201, answer_json(results, submission.text).encode(), posts=posts)

    def _ending(self, form: dict[str, str]) -> dict[str, str]:
        if form["status"] == "Success" and self._dice.random() < self.plan.receipt_failed:
            return form | {"status": "Failed", "failureReason": "DeliveryFailure"}
        return form

    def _twilio(self, path: str, form: Mapping[str, str], fate: Wire) -> Said:
        account = path.split("/")[3]
        number = form["To"]
        if fate is Wire.REFUSE_ALL:
            return _twilio_refusal(400, 21606, "The From phone number is not a valid, SMS-capable inbound number")
        if fate is Wire.REFUSE or self._dice.random() < self.plan.faults.refuse:
            return _twilio_refusal(400, 21211, "The 'To' number is not a valid phone number.")
        self._made += 1
        self.accepted[number] += 1
        sid = f"SM{self._made:032x}"
        message = {
            "sid": sid, "account_sid": account, "status": "queued", "direction": "outbound-api", "to": number,
            "from": form.get("From"), "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form.get("Body"), "num_segments": "1", "error_code": None, "price": None,
            "price_unit": "USD", "date_sent": None,
        }  # fmt: skip
        self.listed.setdefault(number, []).append(message | {"_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})
        callback = form.get("StatusCallback", "")
        posts: list[Post] = []
        if self.plan.receipts and callback:
            path_and_query = "/" + callback.partition("://")[2].partition("/")[2]
            for report in plan_reports([Result(number, 101, sid)], self.plan.faults, self._dice):
                ending = self._ending(report.form)
                status = {"Success": "delivered", "Sent": "sent"}.get(ending["status"], "undelivered")
                fields = {"MessageSid": sid, "AccountSid": account, "To": number, "From": form.get("From", ""),
                          "MessageStatus": status, "ApiVersion": "2010-04-01"}  # fmt: skip
                if status == "undelivered":
                    fields["ErrorCode"] = "30003"
                signature = self._validator.compute_signature(callback, fields)
                posts.append(Post(path_and_query, fields, {"X-Twilio-Signature": signature}))
        return Said(201, json.dumps(message).encode(), posts=posts)

    def list(self, path: str, query: str) -> Said:
        """A question that sends nothing: Twilio's list of messages to a number since a time, a message, a balance."""
        self.lists += 1
        asked = dict(parse_qsl(query))
        if path == local.JSON:
            return local.found(self.listed.get(asked.get("ref", ""), []))
        if path.endswith(("/saldo", "/balance")):
            return local.balance(path)
        if path.endswith("/Balance.json"):
            return Said(200, json.dumps({"balance": self.plan.balance, "currency": "USD"}).encode())
        if path == "/version1/user":
            return Said(200, json.dumps({"UserData": {"balance": f"KES {self.plan.balance}"}}).encode())
        if "To" not in asked:
            listed = [{"direction": "inbound", **message} for message in self.plan.inbound]
            return Said(200, json.dumps({"messages": listed, "next_page_uri": None, "page": 0}).encode())
        since = asked.get("DateSent>", "")
        found = [
            {key: value for key, value in message.items() if key != "_at"}
            for message in self.listed.get(asked.get("To", ""), [])
            if str(message["_at"]) >= since
        ]
        return Said(200, json.dumps({"messages": found, "next_page_uri": None, "page": 0}).encode())


def _twilio_refusal(status: int, code: int, message: str) -> Said:
    return Said(status, json.dumps({"code": code, "message": message, "more_info": "", "status": status}).encode())
