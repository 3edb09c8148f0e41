"""Settle doubts: sends that were cut off, and of which no receipt has told since.

A receipt proves them; else the provider is asked where it can be; else the class decides. An emergency is sent once more, by
another route if there is one, since a second alert beats none; anything else is shown as unconfirmed, and only a person
sends it again.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from gateway.audit import store as audit
from gateway.outbox import rules
from gateway.outbox.rules import Class
from gateway.outbox.store import batches, messages, receipts, routes
from gateway.outbox.store.messages import Doubtful, Settled
from gateway.providers.base import Outcome, Outgoing, Verdict
from gateway.runtime import Runtime

log = logging.getLogger(__name__)
_AT_ONCE = 200
_ASKED_TOGETHER = 8
_SETTLED_AFTER = timedelta(seconds=30)


async def settle(rt: Runtime, lane: str) -> None:
    """Decide up to 200 doubtful rows of `lane`; the clock wakes the lane while there are more."""
    found = await asyncio.to_thread(_doubtful, rt, lane)
    gate = asyncio.Semaphore(_ASKED_TOGETHER)

    async def ask(doubtful: Doubtful) -> None:
        async with gate:
            outcome = await _ask(rt, doubtful)
        await asyncio.to_thread(_decide, rt, doubtful, outcome, lane)

    await asyncio.gather(*(ask(doubtful) for doubtful in found))


def has_doubts(rt: Runtime, lane: str) -> bool:
    """Whether a row of this lane waits to be decided."""
    return bool(_doubtful(rt, lane, 1))


def _doubtful(rt: Runtime, lane: str, most: int = _AT_ONCE) -> list[Doubtful]:
    now, setting = rt.now(), rt.settings.doubt_after
    longest = max((provider.timeout for provider in rt.providers.values()), default=0)
    urgent = now - timedelta(seconds=rules.doubt_after(Class.EMERGENCY, setting) + longest)
    others = now - timedelta(seconds=setting + longest)
    with rt.engine.begin() as conn:
        return messages.doubtful(conn, lane, now, max(urgent, others), others, most)


async def _ask(rt: Runtime, doubtful: Doubtful) -> Outcome | None:
    row = doubtful.row
    provider = rt.providers.get(row.route)
    if provider is None:
        return None
    text = row.body
    if text is None:
        batch_id = row.batch_id or 0
        texts = await asyncio.to_thread(_texts, rt, batch_id)
        text = texts[row.language] if row.language in texts else next(iter(texts.values()))
    sent = Outgoing(key=row.key, to=rt.vault.open(row.cipher, row.key_no), text=text, reply_from=row.reply_from)
    try:
        return await provider.find(sent, row.claimed_at)
    except Exception:  # a question that fails proves nothing; the class decides
        log.exception("asking %s about a doubtful message failed", row.route)
        return None


def _texts(rt: Runtime, batch_id: int) -> dict[str, str]:
    with rt.engine.begin() as conn:
        return batches.get(conn, batch_id).texts


def _decide(rt: Runtime, doubtful: Doubtful, outcome: Outcome | None, lane: str) -> None:
    row, now = doubtful.row, rt.now()
    with rt.engine.begin() as conn:
        if outcome and outcome.verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
            rank = 1 if outcome.verdict is Verdict.ACCEPTED else 2
            found = Settled(row.month, row.id, row.attempt, row.number_id, row.route, rank, outcome.provider_id,
                            outcome.code, outcome.text, outcome.parts, outcome.cost, row.claimed_at)  # fmt: skip
            messages.settle(conn, now, [found])
            return
        unknown = Settled(row.month, row.id, row.attempt, row.number_id, row.route, 0, None, "", "cut off",
                          None, None, row.claimed_at)  # fmt: skip
        messages.settle(conn, now, [unknown])
        is_over = row.batch_id is not None and batches.get(conn, row.batch_id).state == "cancelled"
        if doubtful.message_class != Class.EMERGENCY or doubtful.was_resent or is_over:
            messages.decide(conn, row, "unconfirmed", None, route=row.route, resend=False)
            return
        paused = routes.paused(conn)
        route = rules.choose_route(rt.settings.sms_routes, doubtful.prefix, paused, avoid={row.route})
        if messages.decide(conn, row, "queued", None, route=route or row.route, resend=True):
            if row.batch_id is not None:
                batches.add_chunk(conn, row.batch_id, row.month, row.id, lane, route or row.route)
            audit.record(conn, now, "worker", "send emergency again", f"message:{row.month:%Y%m}-{row.id}")


def prove(rt: Runtime, now: datetime) -> int:
    """Settle doubts by receipts whose id is unknown but can mean that one send alone; the clock calls it."""
    with rt.engine.begin() as conn:
        found = receipts.proofs(conn, messages.oldest_month(now), now - _SETTLED_AFTER)
        settled = [
            Settled(
                p.month,
                p.message_id,
                p.attempt,
                p.number_id,
                p.route,
                max(p.rank, 1),
                p.provider_id,
                p.code,
                p.words,
                None,
                None,
                p.claimed_at,
            )
            for p in found
        ]
        messages.settle(conn, now, settled)
        receipts.use(conn, [p.receipt_id for p in found])
    return len(found)
