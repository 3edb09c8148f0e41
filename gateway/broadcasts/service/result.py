"""What became of a broadcast, person by person: masked for all who may see it, in the clear for few, with a reason."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.audit import store as audit
from gateway.broadcasts.rules import Broadcast
from gateway.broadcasts.service.view import find
from gateway.db import Connection
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Forbidden, Invalid
from gateway.kernel.operators import operator_of
from gateway.kernel.phone import mask
from gateway.kernel.table import write_rows
from gateway.kernel.text import clean, redact
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import STATUSES
from gateway.outbox.store import batches, recipients
from gateway.outbox.store.recipients import Recipient
from gateway.runtime import Runtime

MAY_REVEAL: Final = (Role.ADMIN, Role.DPO)
"""Who may see numbers in the clear: whoever manages people, and whoever answers for their data."""
COLUMNS: Final = (
    "broadcast", "number", "operator", "language", "status", "reason", "route", "tries", "parts", "at",
)  # fmt: skip
BLOCK: Final = 2000
_SHORTEST_REASON, _LONGEST_REASON = 8, 200


def page(
    rt: Runtime,
    official: Official,
    broadcast_id: int,
    after: int,
    limit: int,
    *,
    status: str | None = None,
    reveal: bool = False,
    reason: str = "",
) -> tuple[list[dict[str, Any]], int | None]:
    """Up to `limit` recipients behind `after`, and where the next part begins; None at the end.

    `reveal` shows whole numbers to an admin or the data protection officer who gives a `reason`. It is audited with
    reason and count, and once for each person, who can ask who saw their data.
    """
    with rt.engine.begin() as conn:
        broadcast, _ = find(conn, official, broadcast_id)
        if reveal:
            _refuse_reveal(official, reason)
        if status is not None and status not in STATUSES:
            raise Invalid(f"status must be one of {', '.join(STATUSES)}.")
        found = _page(conn, broadcast, after, limit + 1, status)
        shown = found[:limit]
        if reveal and shown:
            _record(rt, conn, official, broadcast, reason, shown)
        items = [_item(rt, one, reveal=reveal) for one in shown]
    return items, shown[-1].number_id if len(found) > limit else None


def _refuse_reveal(official: Official, reason: str) -> None:
    if official.role not in MAY_REVEAL:
        raise Forbidden("Your role may not see whole numbers.", reason="role")
    if not _SHORTEST_REASON <= len(clean(reason)) <= _LONGEST_REASON:
        raise Invalid(
            f"Say why you need whole numbers: reason takes {_SHORTEST_REASON} to {_LONGEST_REASON} characters."
        )


def _record(
    rt: Runtime, conn: Connection, official: Official, broadcast: Broadcast, reason: str, shown: list[Recipient]
) -> None:
    subject, now = f"broadcast:{broadcast.id}", rt.now()
    seen = [one.number_id for one in shown if one.cipher is not None]
    audit.record(conn, now, official.actor, "reveal", subject, count=len(seen), reason=redact(clean(reason)).text,
                 channel=official.channel)  # fmt: skip
    audit.record_many(conn, now, official.actor, "reveal", [(subject, id) for id in seen])


def _page(conn: Connection, broadcast: Broadcast, after: int, most: int, status: str | None) -> list[Recipient]:
    if broadcast.batch_id is None:
        return []
    return recipients.page(conn, batches.get(conn, broadcast.batch_id), after, most, status)


def _item(rt: Runtime, one: Recipient, *, reveal: bool) -> dict[str, Any]:
    number = rt.vault.open(one.cipher, one.key_no) if one.cipher is not None else None
    return {
        "number": number if reveal or number is None else mask(number),
        "operator": operator_of(one.prefix),
        "language": one.language,
        "status": one.status,
        "reason": one.reason,
        "route": one.route,
        "tries": one.tries,
        "parts": one.parts,
        "at": one.at.isoformat() if one.at else None,
    }


def write_csv(rt: Runtime, official: Official, broadcast_id: int) -> tuple[Broadcast, Iterator[str]]:
    """The broadcast, and the result as CSV, masked, block by block: however many people, as much memory as 2,000 take.

    Each block is read in a transaction of its own, since a slow reader must hold none open. Raises Missing at once. Cells
    that a spreadsheet would take for a formula are quoted: codes and words of companies stand in them.
    """
    with rt.engine.begin() as conn:
        broadcast, _ = find(conn, official, broadcast_id)
        audit.record(conn, rt.now(), official.actor, "export", f"broadcast:{broadcast.id}", channel=official.channel)
    return broadcast, _blocks(rt, broadcast)


def _blocks(rt: Runtime, broadcast: Broadcast) -> Iterator[str]:
    yield write_rows([COLUMNS])
    after, code = 0, show_broadcast(broadcast.number)
    while True:
        with rt.engine.begin() as conn:
            block = _page(conn, broadcast, after, BLOCK, None)
        if not block:
            return
        items = [{"broadcast": code, **_item(rt, one, reveal=False)} for one in block]
        yield write_rows([item[name] for name in COLUMNS] for item in items)
        after = block[-1].number_id
