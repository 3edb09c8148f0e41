"""Twilio: SMS both ways and delivery reports, over the official SDK.

Wire format, hooks (POST forms, header X-Twilio-Signature over the public address and the form):
  sms      MessageSid=SM… AccountSid=AC… From=+62811… To=+1555… Body=LAPOR … NumMedia=0 OptOutType=STOP|START|HELP
           answer 200 text/xml <Response /> within 15 s; OptOutType only where Twilio has answered the keyword already
  report   /hooks/twilio/report?message=<our key>
           MessageSid=SM… MessageStatus=delivered To=+62811… From=+1555… ErrorCode=30003
           may come late, twice and out of order; none is sent for the first status
Wire format, sending:
  POST /2010-04-01/Accounts/AC…/Messages.json  basic auth, form To From|MessagingServiceSid Body StatusCallback
  ValidityPeriod
  201 {"sid":"SM…","status":"queued","num_segments":"1","error_code":null, …}
  400 {"code":21211,"message":"The 'To' number … is not a valid phone number.","more_info":…,"status":400}
  429 {"code":20429,…}   not processed, may be tried again; Retry-After in seconds
  GET  /2010-04-01/Accounts/AC…/Messages.json?To=+62811…&DateSent>=…   200 {"messages":[…],"next_page_uri":null}

Sources: twilio.com/docs/messaging/api/message-resource, /docs/messaging/guides/webhook-request, /docs/api/errors,
/docs/usage/security.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from logging import getLogger
from typing import Any, Final, Self
from urllib.parse import quote_plus, urlencode

from twilio.base import values  # type: ignore[import-untyped]
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.request_validator import (  # type: ignore[import-untyped]
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.twiml.messaging_response import MessagingResponse  # type: ignore[import-untyped]

from config.settings import Settings
from gateway.providers import http
from gateway.providers.base import (
    KEY,
    Answer,
    CarrierOpt,
    Event,
    FormHooks,
    Hook,
    Inbound,
    Outcome,
    Outgoing,
    Receipt,
    Status,
    Verdict,
    is_numeric,
    repair_number,
    safe_id,
)
from gateway.providers.rates import rate_of
from gateway.providers.twilio_rulings import FINAL, STATUSES, judge_made, judge_refused, judge_throttled

TIMEOUT: Final = 30.0
"""Seconds. The company itself is said to give up after 26; less would turn its slow answers into doubts."""
COMPANY: Final = "https://api.twilio.com"
LONGEST_VALIDITY: Final = 36_000
LISTED: Final = 200
MISSED_PAGE: Final = 1000
SKEW: Final = timedelta(minutes=2)
"""How far the company's clock and ours may lie apart."""
"""Messages to one number that are looked through for a doubtful one."""

OPTED_OUT: Final = "21610"
_OPT_OUT_TYPES: Final[Mapping[str, CarrierOpt]] = {"STOP": "STOP", "START": "START", "HELP": "HELP"}


@dataclass(frozen=True, slots=True)
class Config:
    """Credentials, senders and limits. base_url: scheme and host in place of the company's, or empty; per_second: 0
    for none.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    messaging_service_sid: str
    urgent_sender: str
    base_url: str
    public_url: str
    region: str
    per_second: float
    concurrency: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            sender=settings.twilio_sender,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            urgent_sender=settings.twilio_urgent_sender,
            base_url=settings.twilio_base_url,
            public_url=settings.public_url,
            region=settings.region,
            per_second=float(settings.twilio_per_second),
            concurrency=settings.twilio_concurrency,
        )


# Quoting is a quarter of the work of a send, and in a blast all but number and key are the same each time.
_quote: Final = lru_cache(maxsize=128)(quote_plus)


class _Throttled(Exception):
    """HTTP 429. The SDK's own exception drops Retry-After, so the transport raises this one before the SDK sees the
    answer.
    """

    def __init__(self, reply: http.Reply) -> None:
        super().__init__("HTTP 429")
        self.reply = reply


class _Transport(AsyncHttpClient):  # type: ignore[misc]
    """Our client in the place of the SDK's, whose own repeats a POST after 5xx and never times out. It logs nothing."""

    def __init__(self, client: http.Client, base_url: str) -> None:
        super().__init__(getLogger(__name__), is_async=True, timeout=client.timeout)
        self._client = client
        self._base_url = base_url or COMPANY

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] = ("", ""),
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        if method not in ("GET", "POST") or allow_redirects:
            raise ValueError(f"{method} is not spoken here")
        uri = self._base_url + uri.removeprefix(COMPANY)
        if params:
            uri += ("&" if "?" in uri else "?") + urlencode(params, doseq=True)
        lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines.append("Authorization: Basic " + b64encode(":".join(auth).encode()).decode())
        body = "&".join(f"{_quote(name)}={_quote(str(value))}" for name, value in (data or {}).items()).encode("ascii")
        reply = await self._client.request("POST" if method == "POST" else "GET", uri, lines, body, timeout)
        if reply.status == 429:
            raise _Throttled(reply)
        return Response(reply.status, reply.text, reply.headers)


class _Form(dict[str, list[str]]):
    """A form as the SDK's validator reads one with repeated names."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


class Twilio(FormHooks):
    """The adapter."""

    name = "twilio"
    hooks = frozenset({"sms", "report"})
    batch = 1
    timeout = TIMEOUT
    foreign = True
    sends_to_demo = False
    final = FINAL

    def __init__(self, config: Config) -> None:
        self.per_second = config.per_second
        self.concurrency = config.concurrency
        # Emergencies with a sender of their own wait behind nobody, and nobody says how fast a pool of senders is.
        self.sender_rate = 0.0 if config.urgent_sender or config.messaging_service_sid else rate_of(config.sender)
        self.answerable = is_numeric(config.sender)
        self._config = config
        self._client = http.Client(window=config.concurrency, timeout=TIMEOUT)
        self._validator = RequestValidator(config.auth_token)
        self._twiml = str(MessagingResponse())
        self._messages = Client(
            config.account_sid,
            config.auth_token,
            http_client=_Transport(self._client, config.base_url),
            # The SDK would look region and edge up in the environment, of which config.settings is the only reader.
            environment={"TWILIO_REGION": ""},
        ).messages

    def verify(self, hook: Hook) -> bool:
        # A signature over another algorithm needs a shared key's secret where the auth token is; the header only names
        # it.
        algorithm = get_signature_algorithm(hook.headers.get(SIGNATURE_SETTINGS_HEADER.lower())).upper()
        if not self._config.auth_token or algorithm not in (HMAC_SHA1, HMAC_SHA256):
            return False
        form = _Form()
        for name, value in hook.form:
            form.setdefault(name, []).append(value)
        try:
            return bool(
                self._validator.validate(hook.url, form, hook.headers.get(SIGNATURE_HEADER.lower(), ""), algorithm)
            )
        except (TypeError, ValueError):
            return False

    def read(self, hook: Hook) -> Event:
        match hook.kind:
            case "sms":
                form = hook.fields("MessageSid", "From")
                to = form.get("To")
                return Inbound(
                    provider_id=safe_id(form["MessageSid"]),
                    sender=repair_number(form["From"], self._config.region),
                    to=repair_number(to, self._config.region) if to else None,
                    text=form.get("Body", ""),
                    at=None,
                    carrier_opt=_OPT_OUT_TYPES.get(form.get("OptOutType", "").upper()),
                )
            case "report":
                form = hook.fields("MessageSid", "MessageStatus")
                key, to = hook.query.get("message", ""), form.get("To")
                return Receipt(
                    provider_id=safe_id(form["MessageSid"]),
                    key=key if KEY.fullmatch(key) else None,
                    number=repair_number(to, self._config.region) if to else None,
                    status=STATUSES.get(form["MessageStatus"].lower(), Status.UNKNOWN),
                    code=form.get("ErrorCode", ""),
                    text=form["MessageStatus"],
                    opted_out=form.get("ErrorCode") == OPTED_OUT,
                )
        raise LookupError(f"no such hook: {hook.kind}")

    def answer(self, hook: Hook, screen: str | None, ends: bool) -> Answer:
        """Never a text: our reply goes through the outbox, where it is counted and can be repeated."""
        if hook.kind == "sms":
            return Answer(200, "text/xml; charset=utf-8", self._twiml)
        return Answer(200, "text/plain; charset=utf-8", "")

    async def send(self, call: Sequence[Outgoing]) -> list[Outcome]:
        return [await self._send_one(message) for message in call]

    async def _send_one(self, message: Outgoing) -> Outcome:
        validity = message.validity
        try:
            made = await self._messages.create_async(
                to=message.to,
                body=message.text,
                status_callback=f"{self._config.public_url}/hooks/twilio/report?message={message.key}",
                validity_period=values.unset if validity is None else min(max(validity, 1), LONGEST_VALIDITY),
                **self._sender(message),
            )
            return judge_made(message.key, made)
        except http.NeverSent as error:
            return Outcome(message.key, Verdict.NOT_SENT, text=str(error))
        except http.InDoubt as error:
            return Outcome(message.key, Verdict.UNKNOWN, text=str(error))
        except _Throttled as throttled:
            return judge_throttled(message.key, throttled.reply)
        except TwilioException as error:
            return judge_refused(message.key, error)
        except (ValueError, TypeError, AttributeError, KeyError):
            # A 2xx whose body the SDK cannot read: cut short, or not the company's.
            return Outcome(message.key, Verdict.UNKNOWN, text="an answer that cannot be read")

    def _sender(self, message: Outgoing) -> dict[str, str]:
        config = self._config
        if message.reply_from is not None and is_numeric(message.reply_from):
            return {"from_": message.reply_from}
        if message.wants_answer and self.answerable:
            return {"from_": config.sender}
        if message.urgent and config.urgent_sender:
            return {"from_": config.urgent_sender}
        if config.messaging_service_sid:
            return {"messaging_service_sid": config.messaging_service_sid}
        return {"from_": config.sender}

    async def find(self, sent: Outgoing, since: datetime) -> Outcome | None:
        """Looks for exactly one message of the same text to the same number; none listed proves nothing, since a queued
        one may not be listed yet."""
        try:
            listed = await self._messages.list_async(
                to=sent.to, date_sent_after=since.astimezone(UTC), limit=LISTED, page_size=LISTED
            )
            # The company filters by day; an earlier message of the same words is another one.
            earliest = since - SKEW
            alike = [
                one
                for one in listed
                if one.body == sent.text
                and str(one.direction).startswith("outbound")
                and (one.date_created is None or one.date_created >= earliest)
            ]
            return judge_made(sent.key, alike[0]) if len(alike) == 1 else None
        except (http.CallFailed, _Throttled, TwilioException, ValueError, TypeError, AttributeError, KeyError):
            return None

    async def missed(self, since: datetime) -> list[Inbound]:
        """Inbound messages of the account since then; the company calls a hook five times at most, then never again."""
        listed = await self._messages.list_async(date_sent_after=since.astimezone(UTC), page_size=MISSED_PAGE)
        return [
            Inbound(
                provider_id=safe_id(str(one.sid)),
                sender=repair_number(str(one.from_), self._config.region),
                to=repair_number(str(one.to), self._config.region),
                text=str(one.body or ""),
                at=one.date_created,
            )
            for one in listed
            if one.direction == "inbound" and (one.date_created is None or one.date_created >= since)
        ]

    async def aclose(self) -> None:
        await self._client.aclose()
