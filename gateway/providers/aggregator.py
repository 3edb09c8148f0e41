"""Any local company with an HTTP API, described by one YAML file: SMS both ways and delivery reports, no code of its own.

The file is AGGREGATOR_DESCRIPTION; `config/aggregator.example.yaml` explains every key. Two of the shapes it covers:
  GET /api/kirim?userkey=…&passkey=…&nohp=0811…&pesan=Halo&ref=202611-7-1
  200 0;PN00000001;Diterima                                   text/plain: code, id, words
  GET /hooks/aggregator/report?token=…&id=PN00000001&ref=202611-7-1&status=22&tujuan=0811…

  POST /v2/messages  Authorization: Bearer …
       {"sender":"KOTA","content":{"text":"Halo","type":"gsm"},"messages":[{"to":"62811…","ref":"202611-7-1"}]}
  202  {"data":[{"to":"62811…","ref":"202611-7-1","id":"JB1","state":"QUEUED"}]}
  POST /hooks/aggregator/report?token=…   {"event":{"id":"JB1","ref":"202611-7-1","to":"62811…","state":"DELIVERED"}}

Hooks carry ?token=<AGGREGATOR_HOOK_TOKEN>, as few local companies sign anything.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from gateway.providers import http
from gateway.providers.aggregator_description import Call, Called, Clock
from gateway.providers.aggregator_requests import Cleaner, Config, write
from gateway.providers.aggregator_rulings import judge, read_value
from gateway.providers.base import (
    E164,
    KEY,
    Answer,
    Event,
    Hook,
    Inbound,
    MissingField,
    Outcome,
    Outgoing,
    Receipt,
    Shape,
    Status,
    Verdict,
    repair_number,
    safe_id,
)

__all__ = ["Aggregator", "Config"]


class Aggregator:
    """The adapter of whichever company the description speaks of."""

    name = "aggregator"
    sends_to_demo = False
    sender_rate = 0.0

    def __init__(self, config: Config) -> None:
        described = config.description
        self._config = config
        self._described = described
        self.hooks = frozenset(kind for kind in ("report", "sms") if getattr(described, kind))
        self.batch = min(described.send.recipients, config.batch)
        self.concurrency = described.concurrency
        self.per_second = config.per_second
        self.timeout = described.timeout
        report = described.report
        self.final = frozenset(one.lower() for one in (*report.opted_out, *report.final)) if report else frozenset()
        self.foreign = described.foreign
        self.answerable = bool(config.numeric_sender)
        self._client = http.Client(window=described.concurrency, timeout=described.timeout)

    def shape(self, kind: str) -> Shape:
        called = self._called(kind)
        return called.by if called else "form"

    def _called(self, kind: str) -> Called | None:
        return {"report": self._described.report, "sms": self._described.sms}.get(kind)

    def parts(self, hook: Hook) -> Sequence[Hook]:
        called = self._called(hook.kind)
        if called is None or not called.each:
            return (hook,)
        shared: list[tuple[str, str]] = []
        entries: dict[str, list[tuple[str, str]]] = {}
        for name, value in hook.form:
            number, dot, rest = name.removeprefix(f"{called.each}.").partition(".")
            if dot and name.startswith(f"{called.each}."):
                entries.setdefault(number, []).append((rest, value))
            else:
                shared.append((name, value))
        return [replace(hook, form=entry + shared) for entry in entries.values()] or (hook,)

    def verify(self, hook: Hook) -> bool:
        given, ours = hook.query.get("token", ""), self._config.hook_token
        return bool(ours) and hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())

    def read(self, hook: Hook) -> Event:
        match hook.kind:
            case "report" if self._described.report:
                return self._read_report(hook)
            case "sms" if self._described.sms:
                return self._read_sms(hook)
        raise LookupError(f"no such hook: {hook.kind}")

    def _read_report(self, hook: Hook) -> Receipt:
        report = self._described.report
        assert report is not None
        names = report.fields
        form = hook.fields(names.status)
        raw_id, number, code = (_named(form, name) for name in (names.id, names.number, names.code))
        # It may stand in the callback's own address, which we have given out with the message.
        key = _named(form, names.message) or _named(hook.query, names.message)
        if not raw_id and not KEY.fullmatch(key):
            raise MissingField(names.id or names.message)
        word = form[names.status]
        statuses = {name.lower(): status for name, status in report.statuses.items()}
        return Receipt(
            provider_id=safe_id(raw_id) if raw_id else None,
            key=key if KEY.fullmatch(key) else None,
            number=repair_number(number, self._config.region) if number else None,
            status=statuses.get(word.lower(), Status.UNKNOWN),
            code=code,
            text=word,
            opted_out=bool({code.lower(), word.lower()} & {one.lower() for one in report.opted_out}),
        )

    def _read_sms(self, hook: Hook) -> Inbound:
        sms = self._described.sms
        assert sms is not None
        names = sms.fields
        form = hook.fields(names.id or names.at, names.sender)
        text, to, at = (_named(form, name) for name in (names.text, names.to, names.at))
        # Without an id the moment tells two messages of the same words apart, and the same one come twice not.
        raw_id = _named(form, names.id) or "\n".join((form[names.sender], to, at, text))
        return Inbound(
            provider_id=safe_id(raw_id),
            sender=repair_number(form[names.sender], self._config.region),
            to=to or None,
            text=text,
            at=parse_time(at, sms.time),
        )

    def answer(self, hook: Hook, screen: str | None, ends: bool) -> Answer:
        called = self._called(hook.kind)
        assert called is not None
        return Answer(200, called.answer.type, called.answer.body)

    async def send(self, call: Sequence[Outgoing]) -> list[Outcome]:
        wanted: dict[str, Outgoing] = {}
        outcomes: dict[str, Outcome] = {}
        for message in call:
            if not E164.fullmatch(message.to):
                outcomes[message.key] = Outcome(message.key, Verdict.REFUSED, text="not a number")
            elif message.to in wanted:
                # Companies answer by number: two messages to one number in a call could not be told apart.
                outcomes[message.key] = Outcome(message.key, Verdict.NOT_SENT, text="the same number twice in a call")
            else:
                wanted[message.to] = message
        if wanted:
            for outcome in await self._send(list(wanted.values())):
                outcomes[outcome.key] = outcome
        return [outcomes[message.key] for message in call]

    async def _send(self, call: Sequence[Outgoing]) -> list[Outcome]:
        try:
            reply = await self._ask(self._described.send, call)
        except http.NeverSent as error:
            return [Outcome(message.key, Verdict.NOT_SENT, text=str(error)) for message in call]
        except http.InDoubt as error:
            return [Outcome(message.key, Verdict.UNKNOWN, text=str(error)) for message in call]
        return judge(reply, self._described.send.answer, call, self._config.region, Cleaner(self._config, call))

    async def _ask(self, call: Call, messages: Sequence[Outgoing]) -> http.Reply:
        request = write(self._config, call, messages)
        return await self._client.request(request.method, request.url, request.headers, request.body)

    async def find(self, sent: Outgoing, since: datetime) -> Outcome | None:
        """Asks as the description says; None where it says nothing, and for every answer that proves neither."""
        if self._described.find is None:
            return None
        try:
            reply = await self._ask(self._described.find, [sent])
        except http.CallFailed:
            return None
        reading = self._described.find.answer
        [outcome] = judge(reply, reading, [sent], self._config.region, Cleaner(self._config, [sent]))
        return outcome if outcome.verdict in (Verdict.ACCEPTED, Verdict.REFUSED) else None

    async def missed(self, since: datetime) -> list[Inbound]:
        """Empty: no description says how a company lists what came in."""
        return []

    async def balance(self) -> str | None:
        """What is left on the account in the company's own words; None where it is not described. Raises CallFailed, or
        ValueError for an answer without it.
        """
        if self._described.balance is None:
            return None
        found = read_value(await self._ask(self._described.balance, ()), self._described.balance.answer, "amount")
        if not found:
            raise ValueError("the answer names no balance")
        return Cleaner(self._config, ())(found)[:80]

    async def aclose(self) -> None:
        await self._client.aclose()


def _named(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "") if name else ""


def parse_time(raw: str, clock: Clock) -> datetime | None:
    """A time as the company writes it, in UTC; None where it is none."""
    try:
        if clock.form == "unix":
            return datetime.fromtimestamp(float(raw), UTC)
        text = raw.strip()
        parsed = datetime.fromisoformat(text) if clock.form == "iso" else datetime.strptime(text, clock.form)  # noqa: DTZ007
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=clock.zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
