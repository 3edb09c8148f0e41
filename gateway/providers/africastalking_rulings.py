"""Africa's Talking: what its answers to a call mean for each message in it. The wire format stands in
africastalking.py.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gateway.providers import http
from gateway.providers.base import Outcome, Outgoing, Ruling, Verdict, repair_number, safe_id

CODES: Final[Mapping[int, Ruling]] = {
    100: Ruling(Verdict.ACCEPTED, "Processed"),
    101: Ruling(Verdict.ACCEPTED, "Sent"),
    102: Ruling(Verdict.ACCEPTED, "Queued"),
    401: Ruling(Verdict.UNUSABLE, "RiskHold"),
    402: Ruling(Verdict.UNUSABLE, "InvalidSenderId"),
    403: Ruling(Verdict.REFUSED, "InvalidPhoneNumber"),
    404: Ruling(Verdict.REFUSED, "UnsupportedNumberType"),
    405: Ruling(Verdict.UNUSABLE, "InsufficientBalance", at_once=True),
    406: Ruling(Verdict.REFUSED, "UserInBlacklist", opted_out=True),
    407: Ruling(Verdict.REFUSED, "CouldNotRoute"),
    # Refused at this time of day only.
    409: Ruling(Verdict.NOT_SENT, "DoNotDisturbRejection", retry_after=http.MAX_RETRY_AFTER),
    500: Ruling(Verdict.NOT_SENT, "InternalServerError"),
    501: Ruling(Verdict.NOT_SENT, "GatewayError"),
    # The sender is not mapped to this account.
    502: Ruling(Verdict.UNUSABLE, "RejectedByGateway"),
}
"""A recipient's statusCode; the words also stand for a whole call refused, and alone in old answers."""

WORDS: Final[Mapping[str, int]] = {ruling.word.lower(): code for code, ruling in CODES.items()} | {"success": 101}

_SENT_TO_SOME: Final = re.compile(r"Sent to [1-9]")


def judge(reply: http.Reply, call: Sequence[Outgoing], region: str) -> list[Outcome]:
    """The outcome of every message of a call, from a whole answer to it."""
    status = reply.status
    if 200 <= status < 300 or status == 409:
        return _judge_recipients(reply, call, region)
    if status in (401, 403):
        ruling = Ruling(Verdict.UNUSABLE, at_once=True)
    elif status == 429:
        ruling = Ruling(Verdict.NOT_SENT, retry_after=reply.retry_after)
    elif 400 <= status < 500 and status != 408:
        # The call as a whole was refused, which says nothing of any one number in it.
        ruling = Ruling(Verdict.UNUSABLE)
    else:
        ruling = Ruling(Verdict.UNKNOWN)
    return [ruling.outcome(message.key, str(status), reply.text[:200]) for message in call]


def _judge_recipients(reply: http.Reply, call: Sequence[Outgoing], region: str) -> list[Outcome]:
    try:
        # JSON is known by its content: the company's content type is not to be relied on.
        data = json.loads(reply.body)["SMSMessageData"]
        words, entries = str(data.get("Message", "")), [dict(entry) for entry in data["Recipients"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        ruling = Ruling(Verdict.UNKNOWN)
        return [ruling.outcome(message.key, str(reply.status), reply.text[:200]) for message in call]
    if not entries:
        if _SENT_TO_SOME.match(words):
            ruling = Ruling(Verdict.UNKNOWN)
        else:
            ruling = CODES.get(WORDS.get(words.strip().lower(), 0), Ruling(Verdict.UNUSABLE))
        return [ruling.outcome(message.key, "", words) for message in call]
    by_number: dict[str, dict[str, Any]] = {}
    wanted = {message.to for message in call}
    for entry in entries:
        raw = str(entry.get("number", ""))
        number = raw if raw in wanted else repair_number(raw, region)
        if number not in by_number or (_is_accepted(entry) and not _is_accepted(by_number[number])):
            by_number[number] = entry
    unnamed = Ruling(Verdict.UNKNOWN)
    return [
        _judge_recipient(message.key, by_number[message.to])
        if message.to in by_number
        else unnamed.outcome(message.key, "", "not named in the answer")
        for message in call
    ]


def _code(entry: Mapping[str, Any]) -> int:
    try:
        return int(entry["statusCode"])
    except (KeyError, ValueError, TypeError):
        return WORDS.get(str(entry.get("status", "")).strip().lower(), 0)


def _id(entry: Mapping[str, Any]) -> str | None:
    raw = str(entry.get("messageId") or "None")
    return None if raw == "None" else safe_id(raw)


def _is_accepted(entry: Mapping[str, Any]) -> bool:
    ruling = CODES.get(_code(entry))
    return ruling is not None and ruling.verdict is Verdict.ACCEPTED


def _judge_recipient(key: str, entry: Mapping[str, Any]) -> Outcome:
    provider_id, code = _id(entry), _code(entry)
    # An id says that the message exists, the code says that it was not taken, or the other way round: that proves
    # nothing.
    contradiction = Ruling(Verdict.UNKNOWN)
    ruling = CODES.get(code, Ruling(Verdict.REFUSED) if provider_id is None else contradiction)
    if ruling.verdict is Verdict.ACCEPTED and provider_id is None:
        ruling = contradiction
    if ruling.verdict is Verdict.NOT_SENT and provider_id is not None:
        ruling = contradiction
    outcome = ruling.outcome(key, str(code or ""), str(entry.get("status", "")))
    parts, cost = entry.get("messageParts"), str(entry.get("cost") or "0")
    return replace(
        outcome,
        provider_id=provider_id,
        parts=parts if isinstance(parts, int) and parts > 0 else None,
        cost=None if cost == "0" else cost,
    )
