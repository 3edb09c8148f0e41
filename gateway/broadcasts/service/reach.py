"""Whom a broadcast reaches: the people a rule names, or for a correction those whom its original reached."""

from collections.abc import Mapping, Sequence

from gateway.broadcasts import rules, store
from gateway.broadcasts.rules import CORRECTS, Broadcast
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.outbox.rules import RESTING
from gateway.outbox.store import batches, reached
from gateway.outbox.store.batches import Fragment
from gateway.residents import store as residents
from gateway.runtime import Runtime


def people(conn: Connection, level: str, audience: Mapping[str, Sequence[str]]) -> Fragment:
    """The SELECT of `number_id, language` of everyone, those who stopped since included: the outbox leaves them out."""
    original = original_of(conn, audience)
    if original is None:
        return residents.audience(audience, is_emergency=level == "emergency")
    if original.batch_id is None:
        raise ValueError("a correction of what never left")
    return reached.reached(batches.get(conn, original.batch_id))


def original_of(conn: Connection, audience: Mapping[str, Sequence[str]]) -> Broadcast | None:
    """The broadcast that this audience is the correction's of; None for any other audience."""
    named = audience.get(CORRECTS)
    return store.get(conn, int(named[0])) if named else None


def cap(rt: Runtime, broadcast: Broadcast) -> int:
    """The weekly cap that binds it, 0 for none: a correction has to reach whoever read what was wrong."""
    return rt.settings.routine_per_week if broadcast.level in RESTING and not broadcast.audience.get(CORRECTS) else 0


def needs_second(rt: Runtime, conn: Connection, areas: AreaBook, author: Official, broadcast: Broadcast) -> bool:
    """Whether another than the author has to approve; a correction needs the approval that its original needed."""
    over = rt.settings.second_approver_over
    if rules.needs_second(author, broadcast, over, areas):
        return True
    original = original_of(conn, broadcast.audience)
    first = officials.get(conn, original.author_id) if original else None
    return bool(original and first and needs_second(rt, conn, areas, first, original))
