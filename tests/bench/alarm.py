"""How long an emergency waits that is approved in the middle of a blast of 100,000, from its approval to its first SMS."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import TextClause

from gateway.db import statement
from gateway.runtime import Runtime
from tests.bench.ledger import Line, plan, tools
from tests.blast import alarm, command, register
from tests.stack import Stack, credentials, until

MANY, FEW, FIRST = 100_000, 500, 90_000_000
ELSEWHERE = "33.75.02.1007"
_QUEUED = statement("SELECT count(*) FROM messages WHERE status = 'queued'")
_SENT = statement("SELECT count(*) FROM messages WHERE class = 'important' AND status NOT IN ('queued', 'skipped')")
_WAITED = statement("""
    SELECT extract(epoch FROM min(a.settled_at) - b.approved_at) AS first,
           extract(epoch FROM max(a.settled_at) - b.approved_at) AS last
    FROM broadcasts b JOIN messages m USING (batch_id) JOIN attempts a ON a.month = m.month AND a.message_id = m.id
    WHERE b.id = :id AND a.rank > 0 GROUP BY b.approved_at
""")
_LEFT = statement("SELECT count(*) FROM messages WHERE class = 'emergency' AND status IN ('queued', 'sending')")


def in_a_blast(made: Stack, owner: Callable[[str], None], folder: Path) -> list[Line]:
    """Start the workers on a full lane, alarm a few people when a tenth has left, and look when the first and the last had it."""
    made.plan(latency_ms=50)
    register(made, folder, FEW, first=FIRST, area=ELSEWHERE)
    rt = tools(made)
    waiting = 0
    while waiting < MANY:
        plan(rt, "twilio")
        waiting = _number(rt, _QUEUED)
    add, kept = ("officials", "add"), []
    for name, role, phone in (("Admin", "admin", "+6285100000001"), ("Kabid", "approver", "+6285100000002")):
        kept.append(
            credentials(command(made, *add, name, "--role", role, "--area", "33.75", "--phone", phone))["token"]
        )
    made.start("urgent", "reply", "bulk-1", "bulk-2", "clock")
    try:
        made.wait_ready()
        until(120, lambda: _number(rt, _SENT) > waiting / 10, "a tenth of the blast has left")
        id = alarm(made, ELSEWHERE, (kept[0], kept[1]))
        until(120, lambda: _number(rt, _LEFT) == 0 and _waited(rt, id), "the alarm has left")
        left = waiting - _number(rt, _SENT)
    finally:
        for name in ("urgent", "reply", "bulk-1", "bulk-2", "clock"):
            made.end(name)
    waited = _waited(rt, id)
    rt.close()
    owner("TRUNCATE chunks, messages, attempts")
    assert waited is not None
    return [
        (f"emergency to {FEW} in a blast of {waiting:,}: first SMS taken after (target <= 2 s)", f"{waited[0]:.1f} s"),
        (f"the last of the {FEW}, while {left:,} of the blast waited", f"{waited[1]:.1f} s"),
    ]


def _number(rt: Runtime, sql: TextClause) -> int:
    with rt.engine.begin() as conn:
        return int(conn.execute(sql).scalar_one())


def _waited(rt: Runtime, id: int) -> tuple[float, float] | None:
    with rt.engine.begin() as conn:
        row = conn.execute(_WAITED, {"id": id}).one_or_none()
    return (float(row.first), float(row.last)) if row else None
