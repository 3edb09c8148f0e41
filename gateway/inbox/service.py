"""Take an SMS in: redact, store, and only then say that we have it."""

from gateway.inbox import store
from gateway.kernel import phone, text
from gateway.numbers import store as numbers
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from gateway.state import queue

_LONGEST = 2000


def take(rt: Runtime, provider: str, event: Inbound) -> bool:
    """Store one message, cleaned and redacted, and wake those who understand it; False where it was stored before.

    Raises sqlalchemy's OperationalError where PostgreSQL is down: the hook must not acknowledge then. Redis may be
    down: the clock finds the message later.
    """
    redacted = text.redact(event.text[:_LONGEST])
    number = phone.normalise(event.sender, rt.settings.region)
    with rt.engine.begin() as conn:
        number_id = numbers.ensure(conn, rt.vault, number).id if number else None
        is_new = store.add(
            conn,
            provider,
            event.provider_id,
            rt.now(),
            number_id=number_id,
            sender=None if number else text.clean(event.sender)[:40],
            recipient=text.clean(event.to)[:40] if event.to else None,
            body=redacted.text,
            had_identity=redacted.had_identity,
            carrier_opt=event.carrier_opt,
        )
    if is_new:
        queue.wake(rt.redis, "reply")
    return is_new
