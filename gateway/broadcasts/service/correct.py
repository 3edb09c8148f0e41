"""Correct a broadcast: a draft to exactly those who got what was wrong."""

from collections.abc import Mapping
from typing import Any

from gateway.broadcasts import rules
from gateway.broadcasts.rules import CORRECTS, Content, State
from gateway.broadcasts.service import draft as drafting
from gateway.broadcasts.service.view import find
from gateway.db import Connection, transaction
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden
from gateway.officials.rules import Official
from gateway.reference import service as reference
from gateway.runtime import Runtime

_OVER = (State.FINISHED, State.CANCELLED, State.PAUSED)


def correct(
    rt: Runtime,
    official: Official,
    broadcast_id: int,
    texts: Mapping[str, str],
    key: str,
    *,
    within: Connection | None = None,
) -> dict[str, Any]:
    """Draft a correction of a broadcast that has left; the same key and texts give the same answer, as for any draft.

    It goes to those who are `sending`, `sent`, `delivered` or `unconfirmed` in the original, minus those who stopped since,
    at the original's level, as a drill where that was one, outside the weekly cap, with the approval its original needed.
    Each text begins by naming what it corrects. Raises Missing, Forbidden, Invalid, or Conflict while the original is still
    being sent: whoever gets it after the correction was written would be left with what is wrong.
    """
    areas = reference.areas(rt)
    with transaction(rt.engine, within) as conn:
        original, author = find(conn, official, broadcast_id, lock=True)
        if not rules.may_steer(official, author, original, areas):
            in_scope = rules.is_in_scope(official, original.audience)
            raise Forbidden("Your role or area may not correct this broadcast.", reason="role" if in_scope else "scope")
        if original.state is State.SENDING:
            raise Conflict("It is still being sent; pause or cancel it first.", reason="sending")
        if original.state not in _OVER or original.batch_id is None:
            raise Conflict("Nothing of it has left; change or cancel it instead.", reason="state")
        opened = {language: _open(rt, original.number, language, text) for language, text in texts.items()}
        audience = {**original.audience, CORRECTS: [str(original.id)]}
        content = Content(original.level, opened, audience, original.reason, is_drill=original.is_drill)
        return drafting.draft(rt, official, content, key, within=conn)


def _open(rt: Runtime, number: int, language: str, text: str) -> str:
    opening = rt.say("order.correction", {"code": show_broadcast(number)}, language)
    return text if text.strip().upper().startswith(opening.strip().upper()) else opening + text.strip()
