"""Polls: what came of a question so far, and the result sent back to all who answered, once it is closed."""

from collections.abc import Mapping
from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts import poll_store, store
from gateway.broadcasts.polls import Figures, Poll, show
from gateway.broadcasts.rules import Broadcast
from gateway.broadcasts.service.view import find
from gateway.broadcasts.service.words import show_count
from gateway.db import Connection
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Missing
from gateway.officials.rules import Official
from gateway.outbox.rules import Class
from gateway.outbox.store import batches, fanout, routes
from gateway.outbox.store.batches import Fragment
from gateway.runtime import Runtime
from gateway.state import queue


def look(rt: Runtime, official: Official, broadcast_id: int) -> dict[str, Any]:
    """The API's view of a poll. Figures by answer stand once it is closed: two looks would tell who came in between.

    What is under five is hidden from everyone, officials included. Raises Missing where the broadcast asks nothing.
    """
    now = rt.now()
    with rt.engine.begin() as conn:
        broadcast, _ = find(conn, official, broadcast_id)
        poll = broadcast.question
        if poll is None:
            raise Missing("This broadcast asks nothing.", reason="gone")
        figures = show(poll, poll_store.count(conn, broadcast.id))
        told = poll_store.results_at(conn, broadcast.id)
    is_open = poll.closes_at > now
    return {
        "id": broadcast.id,
        "code": show_broadcast(broadcast.number),
        "options": dict(poll.options),
        "closes_at": poll.closes_at.isoformat(),
        "is_open": is_open,
        "answers": figures.total,
        "results": None if is_open else _cells(poll, figures),
        "results_at": told.isoformat() if told else None,
    }


def _cells(poll: Poll, figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "option": digit,
            "words": poll.options[digit],
            "answers": answers,
            "percent": None if answers is None else figures.percent(answers),
        }
        for digit, answers in figures.cells.items()
    ]


def tick(rt: Runtime) -> int:
    """Close the polls that are over and send each result to all who answered, once; how many polls that were.

    The result is a batch: it rests in quiet hours, is not for people who stopped, leaves behind replies, and is outside
    the weekly cap, as those who get it have asked for it by answering.
    """
    told = 0
    with rt.engine.begin() as conn:
        over = poll_store.closed(conn, rt.now())
    for id in over:
        with rt.engine.begin() as conn:
            broadcast = store.lock(conn, id, waits=False)
            if broadcast and broadcast.question and poll_store.close(conn, id, rt.now()):
                _tell(rt, conn, broadcast, broadcast.question)
                told += 1
    if told:
        queue.wake(rt.redis, "bulk", rt.settings.bulk_workers)
    return told


def _tell(rt: Runtime, conn: Connection, broadcast: Broadcast, poll: Poll) -> None:
    counts, told = poll_store.count(conn, broadcast.id), 0
    if counts:
        figures = show(poll, counts)
        texts = {language: _words(rt, broadcast, poll, figures, language) for language in rt.settings.languages}
        told = send_back(rt, conn, texts, poll_store.answerers(broadcast.id))
    audit.record(conn, rt.now(), "clock", "tell poll", f"broadcast:{broadcast.id}", told=told)


def send_back(rt: Runtime, conn: Connection, texts: Mapping[str, str], answerers: Fragment) -> int:
    """Send a result to those who answered (number_id, language), in the caller's transaction, who wakes `bulk` after it.

    A batch of its own, outside the weekly cap, since they have asked for it by answering; how many it is for.
    """
    now = rt.now()
    batch = batches.get(conn, batches.add(conn, now, Class.ROUTINE, dict(texts), is_capped=False))
    may_demo = [name for name, provider in rt.providers.items() if provider.sends_to_demo]
    return fanout.fan_out(conn, batch, answerers, rt.settings.sms_routes, set(routes.paused(conn)), may_demo, now, 0)


def _words(rt: Runtime, broadcast: Broadcast, poll: Poll, figures: Figures, language: str) -> str:
    slots: Mapping[str, str] = {"code": show_broadcast(broadcast.number)}
    shown = {digit: n for digit, n in figures.cells.items() if n is not None}
    if not shown or figures.total is None:
        return rt.say("sms.poll_few", slots, language)
    cells = [f"{poll.options[digit]} {figures.percent(n)}%" for digit, n in shown.items()]
    if rest := figures.total - sum(shown.values()):
        cells.append(f"{rt.say('sms.poll_others', {}, language)} {figures.percent(rest)}%")
    slots = {**slots, "people": show_count(figures.total), "results": ", ".join(cells)}
    return rt.say("sms.poll_result", slots, language)
