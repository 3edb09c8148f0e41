"""Whom a broadcast reaches: the people a rule names, or for a correction those whom its original reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.broadcasts import preset_store, rules, store
from gateway.broadcasts.rules import CORRECTS, Broadcast, Content
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import Class
from gateway.outbox.store import batches, reached
from gateway.outbox.store.batches import Fragment
from gateway.residents import store as residents
from gateway.runtime import Runtime


def people(conn: Connection, what: Content | Broadcast) -> Fragment:
    """The SELECT of `number_id, language` of everyone, those who stopped since included: the outbox leaves them out."""
    original = original_of(conn, what.audience)
    if original is None:
        return residents.audience(what.audience, is_emergency=rules.is_alarm(what))
    if original.batch_id is None:
        raise ValueError("a correction of what never left")
    return reached.reached(batches.get(conn, original.batch_id))


def original_of(conn: Connection, audience: Mapping[str, Sequence[str]]) -> Broadcast | None:
    """The broadcast that this audience is the correction's of; None for any other audience."""
    named = audience.get(CORRECTS)
    return store.get(conn, int(named[0])) if named else None


def cap(rt: Runtime, what: Content | Broadcast) -> int:
    """The weekly cap that binds it, 0 for none."""
    return rt.settings.routine_per_week if rules.is_capped(what) else 0


def needs_second(rt: Runtime, conn: Connection, areas: AreaBook, author: Official, broadcast: Broadcast) -> bool:
    """Whether another than the author has to approve; a correction needs the approval that its original needed."""
    over = rt.settings.second_approver_over
    if rules.needs_second(author, broadcast, over, areas) and not is_waived(conn, author, broadcast, rt.now()):
        return True
    original = original_of(conn, broadcast.audience)
    first = officials.get(conn, original.author_id) if original else None
    return bool(original and first and needs_second(rt, conn, areas, first, original))


def is_waived(conn: Connection, author: Official, broadcast: Broadcast, now: datetime) -> bool:
    """Whether a preset spares the second person: an emergency officer's draft from one that stands approved.

    Not while anything sent by this preset waits longer than it may for the look that another takes afterwards.
    """
    if author.role is not Role.EMERGENCY or broadcast.preset_id is None or broadcast.level != Class.EMERGENCY:
        return False
    preset = preset_store.get(conn, broadcast.preset_id)
    return (
        preset is not None
        and preset.state == "approved"
        and preset.audience == broadcast.audience
        and not preset_store.is_overdue(conn, preset.name, now)
    )
