"""Twilio: what its answers to a call mean for the message. The wire format stands in twilio.py."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gateway.providers import http
from gateway.providers.base import Outcome, Ruling, Status, Verdict, safe_id

STATUSES: Final[Mapping[str, Status]] = {
    "accepted": Status.SENT,
    "scheduled": Status.SENT,
    "queued": Status.SENT,
    "sending": Status.SENT,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
"""Words of MessageStatus, and of `status` in answers."""

_REFUSED = Ruling(Verdict.REFUSED)
_OURS = Ruling(Verdict.UNUSABLE)
_ACCOUNT = Ruling(Verdict.UNUSABLE, at_once=True)

CODES: Final[Mapping[int, Ruling]] = {
    # This number or this text.
    **dict.fromkeys((21211, 21214, 21217, 21401, 21614, 30003, 30004, 30005, 30006), _REFUSED),
    **dict.fromkeys((21602, 21617, 21619), _REFUSED),
    21610: Ruling(Verdict.REFUSED, opted_out=True),
    # The account: no message goes.
    **dict.fromkeys((20003, 20005, 20008, 20403, 30002, 63038), _ACCOUNT),
    # Sender, region and content: perhaps this message, perhaps all of them.
    **dict.fromkeys((20404, 21408, 21603, 21606, 21608, 21609, 21612, 21701, 21703, 21704, 30007, 30034), _OURS),
    # Not taken, and may be taken later: too many at once, the sender's queue is full.
    20429: Ruling(Verdict.NOT_SENT),
    21611: Ruling(Verdict.NOT_SENT, retry_after=60.0),
    **dict.fromkeys((20500, 20503), Ruling(Verdict.UNKNOWN)),
}
"""Codes of a refusal. One that stands nowhere refuses the message: its words are shown to people."""

FINAL: Final = frozenset({"21610", "21614", "30004", "30005", "30006"})
"""Codes of a report after which another try fares the same: stopped, no mobile, blocked, unknown, a landline."""


def judge_made(key: str, message: Any) -> Outcome:
    """The outcome of a message that the company has made, from the SDK's MessageInstance."""
    if not message.sid:
        return Outcome(key, Verdict.UNKNOWN, text="an answer without SID")
    code = message.error_code or 0
    outcome = Outcome(key, Verdict.ACCEPTED, text=str(message.status or ""))
    if STATUSES.get(str(message.status)) is Status.FAILED:
        # No report is ever sent for the first status, so this is the last word.
        outcome = CODES.get(code, _REFUSED).outcome(key, str(code or ""), str(message.error_message or message.status))
    segments = str(message.num_segments or "")
    return replace(
        outcome,
        provider_id=safe_id(str(message.sid)),
        parts=int(segments) if segments.isascii() and segments.isdigit() and int(segments) else None,
        cost=f"{message.price_unit} {message.price}" if message.price else None,
    )


def _number(code: object) -> int:
    try:
        return int(str(code))
    except ValueError:
        return 0


def judge_throttled(key: str, reply: http.Reply) -> Outcome:
    try:
        code = _number(json.loads(reply.body)["code"])
    except (ValueError, TypeError, KeyError):
        code = 20429
    ruling = CODES[code] if code == 63038 else Ruling(Verdict.NOT_SENT, retry_after=reply.retry_after)
    return ruling.outcome(key, str(code), reply.text[:200])


def judge_refused(key: str, error: Any) -> Outcome:
    """The outcome of an answer outside 2xx, from the SDK's TwilioRestException or TwilioServiceException."""
    status, code = _number(getattr(error, "status", 0)), _number(getattr(error, "code", 0))
    words = str(getattr(error, "msg", "") or getattr(error, "detail", "") or getattr(error, "title", ""))[:200]
    if not 400 <= status < 500 or status == 408:
        ruling = Ruling(Verdict.UNKNOWN)
    elif code in CODES:
        ruling = CODES[code]
    elif status in (401, 403):
        ruling = _ACCOUNT
    elif status == 404:
        ruling = _OURS
    else:
        ruling = _REFUSED
    return ruling.outcome(key, str(code or status), words)
