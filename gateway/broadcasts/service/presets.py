"""Presets: written by one person, approved by another, and then a way to warn a known group without waiting for a second.

The `emergency` role needs no second person for what it drafts from an approved preset; another one looks at it within 24
hours after it was sent. While such a look is overdue the preset's broadcasts need a second person like any other.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts import preset_store as store
from gateway.broadcasts import presets, rules
from gateway.broadcasts import store as broadcasts
from gateway.broadcasts.presets import Preset
from gateway.broadcasts.rules import Broadcast, Content
from gateway.broadcasts.service import admins, draft
from gateway.broadcasts.service.preview import final_texts
from gateway.broadcasts.service.view import find
from gateway.db import Connection, transaction
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.kernel.text import measure
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.service.post import wake_replies
from gateway.reference import service as reference
from gateway.residents.rules import is_group
from gateway.runtime import Runtime

log = logging.getLogger(__name__)

_LONG_NUMBER = 99_999
_LEVEL = "emergency"


def write(
    rt: Runtime,
    official: Official,
    name: str,
    audience: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
    slots: Mapping[str, int],
) -> Preset:
    """Submit a preset, or another version of one, for approval. Raises Invalid or Forbidden.

    Every text must fit one SMS with all its slots at their longest and a public code of five digits.
    """
    if not is_group(name):
        raise Invalid("A preset's name has up to 32 small letters, digits, - and _.")
    areas = reference.areas(rt)
    content = Content(
        _LEVEL, dict(texts), {key: list(values) for key, values in audience.items() if values}, reason="preset"
    )
    draft.check(rt, areas, official, content)
    if fault := presets.fault_of_slots(texts, slots):
        raise Invalid(fault)
    for language, text in final_texts(rt, _LONG_NUMBER, presets.longest(texts, slots)).items():
        if (size := measure(text)).segments > 1:
            raise Invalid(
                f"Text {language} takes {size.units} letters at its longest ({size.encoding}); one SMS is the limit."
            )
    values = {"name": name, "audience": content.audience, "texts": content.texts, "slots": dict(slots)}
    hash = presets.digest(name, content.audience, texts, slots)
    with rt.engine.begin() as conn:
        store.take_turn(conn, name)
        id = store.add(conn, {**values, "hash": hash}, official.id, rt.now())
        audit.record(conn, rt.now(), official.actor, "write preset", f"preset:{id}", name=name, hash=hash,
                     channel=official.channel)  # fmt: skip
        return _get(conn, official, id)


def every(rt: Runtime, official: Official, *, within: Connection | None = None) -> list[Preset]:
    """Presets that may be used or wait for approval. Raises Missing for roles that send no emergencies and check none."""
    if not _may_look(official):
        raise Missing("There are no presets for your role.", reason="role")
    with transaction(rt.engine, within) as conn:
        return store.every(conn)


def _may_look(official: Official) -> bool:
    return official.role in (Role.ADMIN, Role.APPROVER, Role.EMERGENCY, Role.AUDITOR)


def _get(conn: Connection, official: Official, preset_id: int) -> Preset:
    preset = store.lock(conn, preset_id)
    if preset is None or not _may_look(official):
        raise Missing("There is no such preset.")
    return preset


def decide(rt: Runtime, official: Official, preset_id: int, *, approves: bool, seen: str | None = None) -> Preset:
    """Approve or reject a preset that waits, bound to the hash that was `seen`. Never one's own.

    In the order of broadcasts: 404, 409 own, 403 role or scope, 409 state, 409 hash.
    """
    areas, now = reference.areas(rt), rt.now()
    with rt.engine.begin() as conn:
        if (named := store.get(conn, preset_id)) is not None:
            store.take_turn(conn, named.name)
        preset = _get(conn, official, preset_id)
        author = officials.get(conn, preset.author_id)
        if preset.author_id == official.id:
            raise Conflict("A second person has to decide on this preset; it is your own.")
        if author is None or not rules.may_approve_for(official, author, preset.audience, areas):
            raise Forbidden("Your role or area may not decide on this preset.")
        if preset.state != "submitted":
            raise Conflict(f"It is {preset.state}; there is nothing to decide.")
        if seen is not None and seen != preset.hash:
            raise Conflict("This is not the version you saw; look at it again.")
        if approves:
            store.approve(conn, preset, official.id, now)
        else:
            store.set_state(conn, preset_id, "rejected")
        act = "approve preset" if approves else "reject preset"
        audit.record(conn, now, official.actor, act, f"preset:{preset_id}", hash=preset.hash, channel=official.channel)
        return _get(conn, official, preset_id)


def retire(rt: Runtime, official: Official, preset_id: int) -> Preset:
    """Take a preset out of use: its author, an admin or an approver."""
    with rt.engine.begin() as conn:
        preset = _get(conn, official, preset_id)
        if official.id != preset.author_id and official.role not in (Role.ADMIN, Role.APPROVER):
            raise Forbidden("Its author, an admin or an approver takes a preset out of use.")
        if preset.state not in ("submitted", "approved"):
            raise Conflict(f"It is {preset.state} already.")
        store.set_state(conn, preset_id, "retired")
        audit.record(conn, rt.now(), official.actor, "retire preset", f"preset:{preset_id}",
                     channel=official.channel)  # fmt: skip
        return _get(conn, official, preset_id)


def use(
    rt: Runtime,
    official: Official,
    name: str,
    values: Mapping[str, str],
    reason: str | None,
    key: str,
    *,
    expires_at: datetime | None = None,
    within: Connection | None = None,
) -> dict[str, Any]:
    """Draft an emergency from the approved version of a preset, its slots filled; the answer is that of a draft."""
    with transaction(rt.engine, within) as conn:
        preset = store.approved(conn, name) if _may_look(official) else None
    if preset is None:
        raise Missing("There is no approved preset of this name.")
    if fault := presets.fault_of_values(preset.slots, values):
        raise Invalid(fault)
    texts = presets.fill(preset.texts, values)
    content = Content(_LEVEL, texts, preset.audience, reason, expires_at=expires_at, preset_id=preset.id)
    return draft.draft(rt, official, content, key, within=within)


def review(rt: Runtime, official: Official, broadcast_id: int, note: str | None = None) -> Broadcast:
    """Keep that a second person has looked at what went out without one: whoever might have approved it."""
    areas, now = reference.areas(rt), rt.now()
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if author.id == official.id:
            raise Conflict("A second person has to look at this; it is your own.")
        if not rules.may_approve(official, author, broadcast, areas):
            raise Forbidden("Your role or area may not review this broadcast.")
        if not store.review(conn, broadcast_id, official.id, note, now):
            raise Conflict("There is nothing to review, or somebody has done so.")
        audit.record(conn, now, official.actor, "review", f"broadcast:{broadcast_id}", channel=official.channel)
        return broadcast


def alarm_reviews(rt: Runtime) -> int:
    """Tell the city's admins once of every review that is overdue; how many were told of now."""
    now = rt.now()
    with rt.engine.begin() as conn:
        late = store.take_alarms(conn, now)
        for id in late:
            audit.record(conn, now, "clock", "review overdue", f"broadcast:{id}")
            if broadcast := broadcasts.get(conn, id):
                slots = {"code": show_broadcast(broadcast.number), "serial": str(id)}
                admins.tell(rt, conn, "order.review", slots, f"review:{id}", but=broadcast.author_id)
    for id in late:
        log.error("broadcast %d went out by a preset, and nobody has reviewed it in time", id)
    if late:
        wake_replies(rt)
    return len(late)
