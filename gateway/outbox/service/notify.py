"""Notify many people at once, each in their own language: answers to what they sent a moment ago, or news of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.outbox import rules
from gateway.outbox.rules import Class
from gateway.outbox.service.post import ANSWER_WINDOW, quiet
from gateway.outbox.store import messages, routes
from gateway.runtime import Runtime

_KEPT = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to one number. `cause` makes it unique in this month; received_at: when they wrote what it answers."""

    number_id: int
    prefix: str
    language: str
    body: str
    cause: str
    received_at: datetime | None = None


def notify(rt: Runtime, conn: Connection, notices: Sequence[Notice], *, at_once: bool = False) -> None:
    """Queue them in the caller's transaction, in one round trip; wake `reply` after the commit.

    What answers something of the last half hour goes at once, as does everything that is said `at_once`; the rest waits
    for the end of quiet hours.
    """
    now = rt.now()
    paused, waits = routes.paused(conn), None if at_once else quiet_until(now, quiet(rt))
    singles, nowhere = list[messages.Single](), list[messages.Single]()
    for notice in notices:
        route = rules.choose_route(rt.settings.sms_routes, notice.prefix, paused)
        is_answer = notice.received_at is not None and now - notice.received_at <= ANSWER_WINDOW
        single = messages.Single(
            cause=notice.cause,
            number_id=notice.number_id,
            body=notice.body,
            lane=rules.LANE_OF[Class.REPLY],
            message_class=Class.REPLY,
            route=route,
            language=notice.language,
            at=now,
            not_before=None if is_answer else waits,
            expires_at=now + _KEPT,
        )
        (nowhere if route == rules.NO_ROUTE else singles).append(single)
    messages.add_many(conn, singles)
    for single in nowhere:
        messages.add(conn, single, status="skipped", reason="no route")
