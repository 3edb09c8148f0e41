"""Post messages to numbers, one or many at once: answers to what people sent, and news of it."""

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
    notice = Notice(number_id, prefix, language, body, cause, received_at, wants_answer)
    waits = None if at_once else quiet_until(now, quiet(rt))
    single = _single(notice, route, now, waits, at=received_at or now, reply_from=reply_from)
    if route == rules.NO_ROUTE:
        return messages.add(conn, single, status="skipped", reason="no route")
    return messages.add(conn, single)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to one number, whose routing prefix it carries. `cause` makes it unique in its month; received_at: when they
    wrote what it answers.
    """

    number_id: int
    prefix: str
    language: str
    body: str
    cause: str
    received_at: datetime | None = None
    wants_answer: bool = False


def post_many(rt: Runtime, conn: Connection, notices: Sequence[Notice], *, at_once: bool = False) -> None:
    """Queue many in the caller's transaction, in one round trip; wake `reply` after the commit.

    What answers something of the last half hour goes at once, as does everything that is said `at_once`; the rest waits
    for the end of quiet hours. Whom no route reaches has a row that says so.
    """
    now = rt.now()
    paused, waits = routes.paused(conn), None if at_once else quiet_until(now, quiet(rt))
    singles, nowhere = list[messages.Single](), list[messages.Single]()
    for notice in notices:
        route = rules.choose_route(rt.settings.sms_routes, notice.prefix, paused)
        (nowhere if route == rules.NO_ROUTE else singles).append(_single(notice, route, now, waits, at=now))
    messages.add_many(conn, singles)
    messages.add_many(conn, nowhere, status="skipped", reason="no route")


def _single(
    notice: Notice, route: str, now: datetime, waits: datetime | None, *, at: datetime, reply_from: str | None = None
) -> messages.Single:
    is_answer = notice.received_at is not None and now - notice.received_at <= ANSWER_WINDOW
    not_before = None if is_answer else waits
    return messages.Single(
        cause=notice.cause,
        number_id=notice.number_id,
        body=notice.body,
        lane=rules.LANE_OF[Class.REPLY],
        message_class=Class.REPLY,
        route=route,
        language=notice.language,
        at=at,
        reply_from=reply_from,
        wants_answer=notice.wants_answer,
        not_before=not_before,
        # What waits for the morning has its whole day from then on.
        expires_at=(not_before or now) + _KEPT,
    )


def wake_replies(rt: Runtime) -> None:
    """Have queued replies sent; call it after the commit that wrote them."""
    queue.wake(rt.redis, "reply")
