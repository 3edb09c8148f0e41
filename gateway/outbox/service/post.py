"""Post one message to one number: an answer to what someone sent, or a notice about their ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.db import Connection
from gateway.kernel.calendar import Quiet, quiet_until
from gateway.outbox import rules
from gateway.outbox.rules import Class
from gateway.outbox.store import messages, routes
from gateway.runtime import Runtime
from gateway.state import queue

ANSWER_WINDOW = timedelta(minutes=30)
_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Way:
    """The way a message came, by which its answer goes back: provider and the number it was sent to."""

    provider: str
    recipient: str | None


def quiet(rt: Runtime) -> Quiet:
    """The city's quiet hours as set."""
    return Quiet(rt.settings.timezone, rt.settings.quiet_hours, rt.settings.quiet_friday)


def post(
    rt: Runtime,
    conn: Connection,
    number_id: int,
    prefix: str,
    body: str,
    cause: str,
    *,
    language: str,
    way: Way | None = None,
    received_at: datetime | None = None,
    wants_answer: bool = False,
    at_once: bool = False,
) -> bool:
    """Queue one message in the caller's transaction; False where its cause has one already. Wake `reply` after commit.

    It answers something received at `received_at`: within half an hour it goes at once, anything else waits for the end
    of quiet hours, unless it goes `at_once` since lives hang on it. `cause` and the month of `received_at` make it unique,
    however often the caller runs.
    """
    now = rt.now()
    paused = routes.paused(conn)
    route = rules.choose_route(rt.settings.sms_routes, prefix, paused)
    reply_from = None
    if way and way.provider in rt.providers and way.provider not in paused:
        route, reply_from = way.provider, way.recipient
    is_answer = received_at is not None and now - received_at <= ANSWER_WINDOW
    single = messages.Single(
        cause=cause,
        number_id=number_id,
        body=body,
        lane=rules.LANE_OF[Class.REPLY],
        message_class=Class.REPLY,
        route=route,
        language=language,
        at=received_at or now,
        reply_from=reply_from,
        wants_answer=wants_answer,
        not_before=None if is_answer or at_once else quiet_until(now, quiet(rt)),
        expires_at=now + _KEPT,
    )
    if route == rules.NO_ROUTE:
        return messages.add(conn, single, status="skipped", reason="no route")
    return messages.add(conn, single)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of our own accord to one number, whose routing prefix it carries; `cause` makes it unique."""

    number_id: int
    prefix: str
    language: str
    body: str
    cause: str
    wants_answer: bool = False


def post_many(rt: Runtime, conn: Connection, notices: Sequence[Notice], *, at_once: bool = False) -> None:
    """Queue notices in one round trip; they wait for the end of quiet hours unless they go `at_once`.

    Numbers that no route covers are passed over. Wake `reply` after the commit.
    """
    now = rt.now()
    paused = routes.paused(conn)
    not_before = None if at_once else quiet_until(now, quiet(rt))
    chosen = [(rules.choose_route(rt.settings.sms_routes, one.prefix, paused), one) for one in notices]
    messages.add_many(conn, [
        messages.Single(one.cause, one.number_id, one.body, rules.LANE_OF[Class.REPLY], Class.REPLY, route, one.language,
                        now, wants_answer=one.wants_answer, not_before=not_before,
                        expires_at=(not_before or now) + _KEPT)
        for route, one in chosen if route != rules.NO_ROUTE
    ])  # fmt: skip


def wake_replies(rt: Runtime) -> None:
    """Have queued replies sent; call it after the commit that wrote them."""
    queue.wake(rt.redis, "reply")
