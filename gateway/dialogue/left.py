"""Sessions that people lose: taking one up again, counting where, and the SMS that lets a report go on."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import RedisError

from gateway.aspirations.rules import DRAFT_KEPT
from gateway.db import Connection
from gateway.dialogue.talk import Talk, find_resident
from gateway.inbox import left_store
from gateway.inbox import store as inbox
from gateway.numbers import store as numbers
from gateway.outbox.service.post import wake_replies
from gateway.providers.base import HopEnd
from gateway.questions import store as questions
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.state import sessions
from menus.book import Book

log = logging.getLogger(__name__)
SCREEN = "resume"
_FILED = "report_done"
_UNKNOWN = "unknown"
_CHOSEN = ("kind", "category", "place", "place_name", "landmark", "confidential", "behalf")
_CARRIED = (*_CHOSEN, "kecamatan", "kecamatan_name", "words")
"""Slots of a report on its way; what a screen has looked up meanwhile is looked up anew."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that may be taken up again: its slots, which one it was in words, and when its checkpoint was."""

    slots: Mapping[str, str]
    words: str
    checkpoint_at: datetime


def offered(rt: Runtime, conn: Connection, number_id: int, language: str) -> Offer | None:
    """What the number's last session left within a quarter of an hour; None also where it had sent its report."""
    left = left_store.last_left(conn, number_id, rt.now())
    if left is None or not may_be_taken_up(rt.book, str(left.state.get("screen"))):
        return None
    slots = _report(left.state)
    return Offer(slots, _worded(rt, slots, language), left.checkpoint_at) if slots else None


def may_be_taken_up(book: Book, name: str) -> bool:
    """Whether a session left at this screen may be taken up again."""
    screen = book.screens.get(name)
    return name == SCREEN or (screen is not None and screen.checkpoint)


def end(rt: Runtime, provider: str, event: HopEnd) -> None:
    """The company's word that a session is over: close it, and once a session count and tell what was lost.

    Raises where PostgreSQL is away, so that it is told again.
    """
    shown, now = _shown_last(rt, provider, event.session_id), rt.now()
    reference.areas(rt)
    with rt.engine.begin() as conn:
        row = inbox.hold_session(conn, provider, event.session_id)
        if row is None:
            return
        inbox.end_session(conn, provider, event.session_id, event.status, now)
        if row.ended_at is not None:
            return
        noted: Mapping[str, Any] = row.state or {}
        name = shown or str(noted.get("screen") or _UNKNOWN)
        screen = rt.book.screens.get(name)
        is_dropped = screen is None or not screen.ends
        if is_dropped:
            left_store.count_drop(conn, now.astimezone(rt.settings.timezone).date(), name)
        elif name != _FILED or event.status.lower() == "success":
            return
        talk = _talk(rt, conn, row, f"end:{provider}:{event.session_id}")
        if is_dropped and may_be_taken_up(rt.book, name):
            _invite(talk, conn, _report(noted))
        elif not is_dropped and (ticket := dict(noted.get("slots") or {}).get("ticket")):
            talk.send(conn, talk.say("sms.session_ticket", ticket=str(ticket)))
    wake_replies(rt)


def _shown_last(rt: Runtime, provider: str, session_id: str) -> str:
    """The screen that stood on the phone, where Redis still knows it: PostgreSQL is not told of every one."""
    try:
        held, _ = sessions.load(sessions.place(rt.redis, provider, session_id))
    except RedisError:
        return ""
    return held.state.screen if held and held.state else ""


def _invite(talk: Talk, conn: Connection, slots: Mapping[str, str]) -> None:
    """Ask for the words by SMS; what was chosen in the session waits for them."""
    if not slots:
        return
    words, now = _worded(talk.rt, slots, talk.language), talk.rt.now()
    if talk.send(conn, talk.say("sms.session_draft", resume=words), wants_answer=True):
        payload = {name: slots.get(name, "") for name in _CHOSEN} | {"area": slots.get("place", "")}
        questions.ask(conn, talk.number.id, "words", "", now, now + DRAFT_KEPT, payload, instead_of=["words"])


def _report(state: Mapping[str, Any]) -> dict[str, str]:
    slots = dict(state.get("slots") or {})
    return {name: str(slots[name]) for name in _CARRIED if name in slots} if slots.get("kind") else {}


def _worded(rt: Runtime, slots: Mapping[str, str], language: str) -> str:
    """Which report it was: its category or kind, and its place."""
    key = "resume.category" if slots.get("category") else "resume.kind"
    place = slots.get("place_name") or slots.get("landmark") or "-"
    shown = {"kind": slots["kind"], "category": slots.get("category", ""), "place_name": place}
    return rt.say(key, shown, language)


def _talk(rt: Runtime, conn: Connection, row: inbox.Restart, cause: str) -> Talk:
    number = numbers.get(conn, row.number_id)
    return Talk(
        rt=rt,
        number=number,
        resident=find_resident(conn, number),
        language=str((row.state or {}).get("language") or row.facts.get("language") or "id"),
        channel="ussd",
        cause=cause,
        received_at=rt.now(),
    )
