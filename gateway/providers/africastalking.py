"""Africa's Talking: SMS both ways, delivery reports, opt-outs, USSD sessions.

Wire format, hooks (POST forms; no signature exists, so each carries ?token=<AFRICASTALKING_HOOK_TOKEN>):
  ussd       sessionId=ATUid_1 phoneNumber=+62811… networkCode=51010 serviceCode=*546# text=1*Jalan rusak
             answer 200 text/plain "CON …" or "END …" within 10 s; text holds every input so far, joined with *
  ussd-end   date=2026-11-01 10:30:00 sessionId=ATUid_1 phoneNumber=+62811… status=Success|Incomplete|Failed …
  sms        date=2026-11-01 10:30:00 from=+62811… id=b1c2 text=LAPOR … to=54600 linkId=… networkCode=51010
             answer exactly 200, else it comes again every minute for 12 hours
  report     id=ATXid_1 status=Success phoneNumber=+62811… networkCode=51010 failureReason=UserInBlackList
  optout     senderId=PEKALONGAN phoneNumber=+62811…
Wire format, sending (the classic call; the newer JSON one does not exist in the sandbox):
  POST /version1/messaging  header apiKey, form username to=+62811…,+62812… message from bulkSMSMode=1
  201 {"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: KES 0.8000","Recipients":[{"statusCode":101,
       "number":"+62811…","status":"Success","cost":"KES 0.8000","messageId":"ATXid_1","messageParts":1}]}}
  201 {"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}   the whole call refused
  401 The supplied authentication is invalid                             plain text
  409 as 201, when a recipient does not want to be disturbed

Sources: developers.africastalking.com/docs/sms, /docs/ussd; help.africastalking.com articles 742510 and 484351.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self
from urllib.parse import urlencode

from africastalking.SMS import SMSService

from config.settings import Settings
from gateway.providers import http
from gateway.providers.africastalking_rulings import judge
from gateway.providers.base import (
    E164,
    Answer,
    Event,
    FormHooks,
    Hook,
    Hop,
    HopEnd,
    Inbound,
    OptOut,
    Outcome,
    Outgoing,
    Receipt,
    Status,
    Verdict,
    is_numeric,
    repair_number,
    safe_id,
)

TIMEOUT: Final = 30.0
"""Seconds. The company usually answers within 2; giving up early would turn slow answers into doubts."""
IN_FLIGHT: Final = 4
"""Calls at once in a process: after a kill this many batches are in doubt, so no more than full speed needs."""

STATUSES: Final[Mapping[str, Status]] = {
    "sent": Status.SENT,
    "submitted": Status.SENT,
    "buffered": Status.SENT,
    "success": Status.DELIVERED,
    "rejected": Status.FAILED,
    "failed": Status.FAILED,
    # Newer, and not called final in the docs: should a Success follow, the ledger lets it win.
    "absentsubscriber": Status.FAILED,
    "expired": Status.FAILED,
}
"""Words of a delivery report, compared without case."""

BLACKLISTED: Final = "userinblacklist"
"""How a report words a recipient's opt-out (there with a capital L)."""

# The company misspells the last but one, and may mend it one day.
FINAL: Final = frozenset({BLACKLISTED, "userdoesnotexist", "notnetworksubcriber", "notnetworksubscriber"})
"""Reasons of a report after which another try fares the same, in small letters."""


@dataclass(frozen=True, slots=True)
class Config:
    """Credentials and limits. base_url: scheme, host and path prefix in place of the company's, or empty; per_second:
    0 for none.
    """

    name: str
    username: str
    api_key: str = field(repr=False)
    hook_token: str = field(repr=False)
    sender: str
    sms_number: str
    base_url: str
    region: str
    batch: int = 100
    per_second: float = 0.0
    timeout: float = TIMEOUT
    foreign: bool = True
    sends_to_demo: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            name="africastalking",
            username=settings.africastalking_username,
            api_key=settings.africastalking_api_key,
            hook_token=settings.africastalking_hook_token,
            sender=settings.africastalking_sender,
            sms_number=settings.sms_number,
            base_url=settings.africastalking_base_url,
            region=settings.region,
            batch=settings.africastalking_batch,
            per_second=float(settings.africastalking_per_second),
        )


@dataclass(frozen=True, slots=True)
class _Request:
    url: str
    headers: list[str] = field(repr=False)
    body: bytes = field(repr=False)


class _Messaging(SMSService):  # type: ignore[misc]
    """The company's SDK up to the wire: it checks and builds the request, which our client then sends.

    Its own transport opens a connection a call, drops the HTTP status and knows JSON by one spelling of its content
    type.
    """

    def __init__(self, config: Config) -> None:
        self._base_override = config.base_url
        super().__init__(config.username, config.api_key)

    def _init_service(self) -> None:
        super()._init_service()
        if self._base_override:
            self._baseUrl = self._contentUrl = f"{self._base_override}/version1"

    def _make_request(
        self, url: str, method: str, headers: Mapping[str, str], data: Mapping[str, Any], params: None, **_: Any
    ) -> _Request:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        return _Request(
            url, [*lines, "Content-Type: application/x-www-form-urlencoded"], urlencode(data).encode("ascii")
        )


class AfricasTalking(FormHooks):
    """The adapter; also the simulator's, which speaks the same language from another address."""

    hooks = frozenset({"ussd", "ussd-end", "sms", "report", "optout"})
    concurrency = IN_FLIGHT
    final = FINAL

    def __init__(self, config: Config) -> None:
        self.name = config.name
        self.batch = config.batch
        self.per_second = config.per_second
        self.timeout = config.timeout
        self.foreign = config.foreign
        self.sends_to_demo = config.sends_to_demo
        self.answerable = is_numeric(config.sms_number)
        self._config = config
        self._sdk = _Messaging(config)
        self._client = http.Client(window=IN_FLIGHT, timeout=config.timeout)

    def verify(self, hook: Hook) -> bool:
        given, ours = hook.query.get("token", ""), self._config.hook_token
        return bool(ours) and hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())

    def read(self, hook: Hook) -> Event:
        match hook.kind:
            case "ussd":
                form = hook.fields("sessionId", "phoneNumber")
                return Hop(
                    safe_id(form["sessionId"]),
                    self._repair(form["phoneNumber"]),
                    form.get("text", ""),
                    form.get("serviceCode", ""),
                )
            case "ussd-end":
                form = hook.fields("sessionId")
                number = form.get("phoneNumber")
                return HopEnd(
                    safe_id(form["sessionId"]), self._repair(number) if number else None, form.get("status", "")
                )
            case "sms":
                form = hook.fields("id", "from")
                return Inbound(
                    provider_id=safe_id(form["id"]),
                    sender=self._repair(form["from"]),
                    to=form.get("to") or None,
                    text=form.get("text", ""),
                    at=parse_time(form.get("date", "")),
                )
            case "report":
                return self._read_report(hook)
            case "optout":
                form = hook.fields("phoneNumber")
                return OptOut(self._repair(form["phoneNumber"]), form.get("senderId", ""))
        raise LookupError(f"no such hook: {hook.kind}")

    def _read_report(self, hook: Hook) -> Receipt:
        form = hook.fields("id", "status")
        status = STATUSES.get(form["status"].lower(), Status.UNKNOWN)
        reason, number = form.get("failureReason", ""), form.get("phoneNumber")
        return Receipt(
            provider_id=safe_id(form["id"]),
            key=None,
            number=self._repair(number) if number else None,
            status=status,
            code=reason,
            text=form["status"],
            opted_out=status is Status.FAILED and reason.lower() == BLACKLISTED,
        )

    def answer(self, hook: Hook, screen: str | None, ends: bool) -> Answer:
        if screen is None:
            return Answer(200, "text/plain; charset=utf-8", "OK")
        return Answer(200, "text/plain; charset=utf-8", ("END " if ends else "CON ") + screen)

    async def send(self, call: Sequence[Outgoing]) -> list[Outcome]:
        wanted: dict[str, Outgoing] = {}
        outcomes: dict[str, Outcome] = {}
        for message in call:
            if not E164.fullmatch(message.to):
                outcomes[message.key] = Outcome(message.key, Verdict.REFUSED, code="403", text="InvalidPhoneNumber")
            elif message.to in wanted:
                # The company answers by number: two messages to one number in a call could not be told apart.
                outcomes[message.key] = Outcome(message.key, Verdict.NOT_SENT, text="the same number twice in a call")
            else:
                wanted[message.to] = message
        if wanted:
            for outcome in await self._post(list(wanted.values())):
                outcomes[outcome.key] = outcome
        return [outcomes[message.key] for message in call]

    async def _post(self, call: Sequence[Outgoing]) -> list[Outcome]:
        request = self._sdk.send(call[0].text, [message.to for message in call], self._sender(call[0]))
        try:
            reply = await self._client.request("POST", request.url, request.headers, request.body)
        except http.NeverSent as error:
            return [Outcome(message.key, Verdict.NOT_SENT, text=str(error)) for message in call]
        except http.InDoubt as error:
            return [Outcome(message.key, Verdict.UNKNOWN, text=str(error)) for message in call]
        return judge(reply, call, self._config.region)

    def _sender(self, message: Outgoing) -> str | None:
        if message.wants_answer and self.answerable:
            return self._config.sms_number
        if is_numeric(message.reply_from):
            return message.reply_from
        return self._config.sender or None

    async def find(self, sent: Outgoing, since: datetime) -> Outcome | None:
        """None: the company lists what came in, never what went out."""
        return None

    async def missed(self, since: datetime) -> list[Inbound]:
        """Empty: the company calls the hook again each minute for twelve hours."""
        return []

    async def aclose(self) -> None:
        await self._client.aclose()

    def _repair(self, number: str) -> str:
        return repair_number(number, self._config.region)


def parse_time(raw: str) -> datetime | None:
    """A hook's date, "2026-11-01 10:30:00" or "2026-11-01T10:30:00.445Z", in UTC unless it says otherwise; None if it
    is neither.
    """
    try:
        parsed = datetime.fromisoformat(raw.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
