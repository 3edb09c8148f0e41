"""API calls on broadcasts: draft, change, submit, decide, steer, look."""

import re
from collections.abc import Callable
from typing import Any, Final

from gateway.broadcasts.rules import Broadcast, Content
from gateway.broadcasts.service import correct, decide, draft, view
from gateway.kernel.errors import Invalid
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from gateway.web.api.answers import Broadcasts, Drafted, Status
from gateway.web.api.bodies import Approval, Changes, Correction, NewBroadcast, Rejection
from gateway.web.api.calls import Ask, Part, Table

KEY: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[!-~]{1,200}")
KEYS: Final = {KEY: "Anything of your own, up to 200 signs; the same key and body give the same answer for 7 days."}

table = Table()


def read_key(ask: Ask) -> str:
    """The caller's key that makes a draft one draft. Raises Invalid."""
    key = ask.headers.get(KEY.lower(), "")
    if not _KEY.fullmatch(key):
        raise Invalid(f"Send a header {KEY} of your own, up to 200 letters, digits and signs.")
    return key


@table.call("POST", "/broadcasts", "Draft a broadcast and see its preview", Drafted, status=201, headers=KEYS)
def add(ask: Ask, body: NewBroadcast) -> dict[str, Any]:
    key = read_key(ask)
    asked = body.question.poll() if body.question else None
    again = body.repeat.repeat() if body.repeat else None
    content = Content(body.level, body.texts, body.audience.lists(), body.reason, body.send_at, body.expires_at,
                      body.is_drill, question=asked, repeat=again)  # fmt: skip
    return draft.draft(ask.rt, ask.official, content, key)


@table.call("GET", "/broadcasts", "List the broadcasts you may see", Broadcasts)
def list_broadcasts(ask: Ask, part: Part) -> dict[str, Any]:
    items, following = view.page(ask.rt, ask.official, part.cursor, part.limit)
    return {"items": items, "next": following}


@table.call("GET", "/broadcasts/{id}", "Look at a broadcast and its counts", Status)
def look(ask: Ask, id: int) -> dict[str, Any]:
    return view.status(ask.rt, ask.official, id)


@table.call("PATCH", "/broadcasts/{id}", "Change your broadcast; it is a draft again", Drafted)
def change(ask: Ask, id: int, body: Changes) -> dict[str, Any]:
    return draft.change(ask.rt, ask.official, id, body.given())


@table.call("POST", "/broadcasts/{id}/submit", "Ask for approval; sends nothing", Status)
def submit(ask: Ask, id: int) -> dict[str, Any]:
    return _act(ask, id, draft.submit)


@table.call(
    "POST", "/broadcasts/{id}/approve", "Approve what was submitted, and what you saw if you send its hash", Status
)
def approve(ask: Ask, id: int, body: Approval) -> dict[str, Any]:
    return _act(ask, id, lambda rt, official, id: decide.approve(rt, official, id, body.hash))


@table.call("POST", "/broadcasts/{id}/reject", "Refuse what was submitted", Status)
def reject(ask: Ask, id: int, body: Rejection) -> dict[str, Any]:
    return _act(ask, id, lambda rt, official, id: decide.reject(rt, official, id, body.note))


@table.call("POST", "/broadcasts/{id}/pause", "Send no more for now", Status)
def pause(ask: Ask, id: int) -> dict[str, Any]:
    return _act(ask, id, decide.pause)


@table.call("POST", "/broadcasts/{id}/resume", "Go on where it was paused", Status)
def resume(ask: Ask, id: int) -> dict[str, Any]:
    return _act(ask, id, decide.resume)


@table.call("POST", "/broadcasts/{id}/cancel", "End it for good", Status)
def cancel(ask: Ask, id: int) -> dict[str, Any]:
    return _act(ask, id, decide.cancel)


@table.call(
    "POST", "/broadcasts/{id}/correct", "Draft a correction to those who got it", Drafted, status=201, headers=KEYS
)
def correct_sent(ask: Ask, id: int, body: Correction) -> dict[str, Any]:
    return correct.correct(ask.rt, ask.official, id, body.texts, read_key(ask))


def _act(ask: Ask, id: int, act: Callable[[Runtime, Official, int], Broadcast]) -> dict[str, Any]:
    act(ask.rt, ask.official, id)
    return view.status(ask.rt, ask.official, id)
