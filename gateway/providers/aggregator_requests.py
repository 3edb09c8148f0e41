"""Requests to a described company: what the slots stand for, how a call is written, and what may not be kept of answers."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, urlencode

from config.settings import CHECKOUT, Settings, SettingsError
from gateway.kernel import phone
from gateway.kernel.text import is_gsm7, redact
from gateway.providers import http
from gateway.providers.aggregator_description import Call, Description, load
from gateway.providers.aggregator_templates import OF_NUMBER, fill, fill_tree
from gateway.providers.base import Outgoing, is_numeric

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
HIDDEN: Final = "***"
_TELLING: Final = 8
"""Letters from which on a message's text is looked for in an answer; a shorter one is found in anything."""
_ORIGIN: Final = re.compile(r"https?://[^/]+")
_BREAKS: Final = re.compile(r"[\r\n\x00]")
_NOBODY: Final = Outgoing("", "", "")


@dataclass(frozen=True, slots=True)
class Config:
    """The description and what its slots stand for. base_url: scheme and host in place of the company's, or empty;
    per_second: 0 for none; batch: most recipients a call, where the company takes as many.
    """

    description: Description
    username: str
    api_key: str = field(repr=False)
    hook_token: str = field(repr=False)
    sender: str
    sms_number: str
    base_url: str
    public_url: str
    region: str
    batch: int
    per_second: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsError with every fault of the description."""
        description = describe(settings.aggregator_description)
        if description.needs_username and not settings.aggregator_username:
            raise SettingsError(["AGGREGATOR_USERNAME: write it too, the description uses it"])
        return cls(
            description=description,
            username=settings.aggregator_username,
            api_key=settings.aggregator_api_key,
            hook_token=settings.aggregator_hook_token,
            sender=settings.aggregator_sender,
            sms_number=settings.sms_number,
            base_url=settings.aggregator_base_url,
            public_url=settings.public_url,
            region=settings.region,
            batch=settings.aggregator_batch,
            per_second=float(settings.aggregator_per_second),
        )

    @property
    def numeric_sender(self) -> str:
        """The sender that can be answered, or nothing. Our own number is one only if the company brings in what is sent
        to it.
        """
        numeric = self.sms_number if self.description.sms else self.sender
        return numeric if is_numeric(numeric) and self.description.uses_sender else ""

    @property
    def basic(self) -> str:
        """Username and key as HTTP's basic authentication writes them."""
        return base64.b64encode(f"{self.username}:{self.api_key}".encode()).decode()


def describe(path: Path | None) -> Description:
    """The description at `path`. Raises SettingsError, also where none is named."""
    if path is None:
        raise SettingsError(
            ["AGGREGATOR_DESCRIPTION: write the path of a description (config/aggregator.example.yaml)"]
        )
    return load(path, str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path.name))


@dataclass(frozen=True, slots=True)
class Request:
    """One request as our client takes it; headers are lines."""

    method: http.Method
    url: str = field(repr=False)
    headers: list[str] = field(repr=False)
    body: bytes = field(repr=False)


def write(config: Config, call: Call, messages: Sequence[Outgoing]) -> Request:
    """The request of a call about these messages, or about none."""
    each = [_values(config, message) for message in messages or (_NOBODY,)]
    for values in each:
        values |= {f"digest.{name}": _digest(config, name, values) for name in config.description.digests}
    shared = dict(each[0])
    for name in OF_NUMBER:
        shared[name] = config.description.send.separator.join(values[name] for values in each)
    url = fill(call.url, {name: quote(value, safe="") for name, value in shared.items()}) or call.url
    if config.base_url:
        url = _ORIGIN.sub(lambda _: config.base_url, url, count=1)
    if query := _encoded(call.query, shared):
        url += f"?{query}"
    filled = {name: fill(text, shared) for name, text in call.headers.items()}
    headers = {name: _BREAKS.sub("", value) for name, value in filled.items() if value is not None}
    body, kind = b"", ""
    if call.body is not None:
        body, kind = json.dumps(fill_tree(call.body, shared, each), ensure_ascii=False).encode(), JSON
    elif call.method == "POST":
        body, kind = _encoded(call.form or {}, shared).encode(), FORM
    if kind and "content-type" not in map(str.lower, headers):
        headers["Content-Type"] = kind
    lines = [f"{name}: {value}".encode("ascii", "replace").decode() for name, value in headers.items()]
    return Request(call.method, url, lines, body)


def _values(config: Config, message: Outgoing) -> dict[str, str]:
    encoding = config.description.send.encoding
    return {
        # Half of a pair of surrogates is no letter, and could not be written at all.
        "text": message.text.encode("utf-8", "replace").decode(),
        "sender": _sender(config, message),
        "encoding": encoding.gsm7 if is_gsm7(message.text) else encoding.ucs2,
        "validity": "" if message.validity is None else str(max(message.validity, 1)),
        "username": config.username,
        "api_key": config.api_key,
        "basic": config.basic,
        "token": config.hook_token,
        "public_url": config.public_url,
        "to": message.to,
        "to.msisdn": message.to[1:],
        "to.national": phone.national(message.to, config.region),
        "message": message.key,
    }


def _sender(config: Config, message: Outgoing) -> str:
    if message.wants_answer and config.numeric_sender:
        return config.numeric_sender
    if message.reply_from is not None and is_numeric(message.reply_from):
        return message.reply_from
    return config.sender


def _digest(config: Config, name: str, values: Mapping[str, str]) -> str:
    digest = config.description.digests[name]
    return hashlib.new(digest.by, (fill(digest.of, values) or "").encode(), usedforsecurity=False).hexdigest()


def _encoded(fields: Mapping[str, str], values: Mapping[str, str]) -> str:
    filled = {name: value for name, text in fields.items() if (value := fill(text, values)) is not None}
    return urlencode(filled, quote_via=quote, safe="")


class Cleaner:
    """Takes out of a company's words what may not be kept: secrets and the message, however written, and numbers."""

    def __init__(self, config: Config, messages: Sequence[Outgoing]) -> None:
        hidden = {config.api_key, config.hook_token, config.basic}
        for message in messages:
            values = _values(config, message)
            hidden |= {_digest(config, name, values) for name in config.description.digests}
            hidden |= {values["text"]} if len(message.text) >= _TELLING else set()
        # The longest first, so that a secret within another leaves nothing of it.
        spelled = {
            way.lower() for one in hidden if one for way in (one, quote(one), quote(one, safe=""), _in_json(one))
        }
        self._spelled = sorted(spelled, key=len, reverse=True)

    def __call__(self, words: str) -> str:
        lowered = words.lower()
        if found := [way for way in self._spelled if way in lowered]:
            words = re.sub("|".join(map(re.escape, found)), HIDDEN, words, flags=re.IGNORECASE)
        return redact(words).text if words else ""


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]
