"""Take an SMS in: redact, store, and only then say that we have it."""

import asyncio
from datetime import datetime, timedelta

from gateway.inbox import store
from gateway.kernel import phone, text
from gateway.numbers import store as numbers
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from gateway.state import queue
from menus.keywords import unwrap
from menus.masks import is_ticket_and_code, take_code

_LONGEST = 2000
_OVERLAP, _FARTHEST = timedelta(minutes=5), timedelta(hours=24)


def take(rt: Runtime, provider: str, event: Inbound) -> bool:
    """Store one message, cleaned, redacted and without a one-time code it gives, and wake those who understand it.

    False where it was stored before. Raises sqlalchemy's OperationalError where PostgreSQL is down: the hook must not
    acknowledge then. Redis may be down: the clock finds the message later.
    """
    # Redacted before it is cut, so that no half of a number is left at the end.
    body = event.text[: 4 * _LONGEST]
    # A wrapped body is unwrapped first: base64 would hide an identity number from the redaction.
    said = unwrap(body) or body
    redacted = text.redact(said)
    # A one-time code never stands in what is stored. It waits apart, sealed, until the message is understood.
    body, code = take_code(redacted.text[:_LONGEST])
    if redacted.had_phone and is_ticket_and_code(said):
        # "YA 0812341 123456": the two together were taken for a phone number.
        body, code = take_code(said)
        redacted = text.redact(body)
        body = redacted.text
    number = phone.normalise(event.sender, rt.settings.region)
    with rt.engine.begin() as conn:
        number_id = numbers.ensure(conn, rt.vault, number).id if number else None
        is_new = store.add(
            conn,
            provider,
            event.provider_id,
            rt.now(),
            number_id=number_id,
            sender=None if number else text.redact(event.sender).text[:40],
            recipient=text.clean(event.to)[:40] if event.to else None,
            body=body,
            code=(rt.vault.seal(code), rt.vault.key_no) if code and number else None,
            had_identity=redacted.had_identity,
            carrier_opt=event.carrier_opt,
        )
    if is_new:
        queue.wake(rt.redis, "reply")
    return is_new


def catch_up(rt: Runtime) -> int:
    """Ask each provider for what came in while our hooks may not have answered; how many messages were new.

    Asked from five minutes before the last time on, at most a day back, so that an outage of ours of any kind is covered.
    A message that was stored is stored once: its provider id says so.
    """
    found = 0
    now = rt.now()
    for name in rt.providers:
        with rt.engine.begin() as conn:
            upto = store.caught_up(conn, name)
        if upto is not None:
            events = asyncio.run(_missed(rt, name, max(upto - _OVERLAP, now - _FARTHEST)))
            found += sum(take(rt, name, event) for event in events)
        with rt.engine.begin() as conn:
            store.set_caught_up(conn, name, now)
    return found


async def _missed(rt: Runtime, name: str, since: datetime) -> list[Inbound]:
    provider = rt.providers[name]
    try:
        return await provider.missed(since)
    finally:
        await provider.aclose()
