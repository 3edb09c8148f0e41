"""The table of verdicts: what was proposed, by whom, and which version of a claim's result it became."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.rumours.rules import Finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding that was proposed. state: submitted, approved, rejected, or replaced by another before anyone decided."""

    id: int
    rumour_id: int
    state: str
    version: int | None
    finding: Finding
    hash: str
    author_id: int
    written_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    note: str | None


_COLUMNS = """
    id, rumour_id, state, version, label, summary, fact, sources, kind, hash, author_id, written_at, decided_by, decided_at,
    note
"""
_REPLACE = statement(
    "UPDATE rumour_verdicts SET state = 'replaced' WHERE rumour_id = :rumour_id AND state = 'submitted'"
)
_ADD = statement("""
    INSERT INTO rumour_verdicts (rumour_id, state, label, kind, summary, fact, sources, hash, author_id, written_at)
    VALUES (:rumour_id, 'submitted', :label, nullif(:kind, ''), :summary, :fact, CAST(:sources AS text[]), :hash,
            :author_id, :now)
""")
_WAITING = statement(f"SELECT {_COLUMNS} FROM rumour_verdicts WHERE rumour_id = ANY(:ids) AND state = 'submitted'")
_OF = statement(f"SELECT {_COLUMNS} FROM rumour_verdicts WHERE rumour_id = :rumour_id ORDER BY id")
_DECIDE = statement("""
    UPDATE rumour_verdicts SET state = :state, version = :version, decided_by = :by, decided_at = :now, note = :note
    WHERE id = :id AND state = 'submitted'
""")
# The result that holds stands with the claim too, where every reader finds it in one row.
_PUBLISH = statement("""
    UPDATE rumours r SET state = 'published', label = v.label, kind = v.kind, summary = v.summary, fact = v.fact,
        sources = v.sources, author_id = v.author_id, approver_id = v.decided_by, checked_at = v.decided_at,
        version = v.version, is_telling = true
    FROM rumour_verdicts v WHERE v.id = :id AND v.state = 'approved' AND r.id = v.rumour_id
""")
_DEMO = statement("""
    INSERT INTO rumours (number, claim, claim_hash, state, label, summary, fact, sources, author_id, approver_id,
                         checked_at, version, is_demo, created_at)
    VALUES (nextval('rumour_number'), :claim, :hash, 'published', :label, :summary, :fact, CAST(:sources AS text[]),
            :author_id, :approver_id, :now, 1, :is_demo, :now) RETURNING id
""")
_DEMO_VERDICT = statement("""
    INSERT INTO rumour_verdicts (rumour_id, state, version, label, summary, fact, sources, hash, author_id, written_at,
                                 decided_by, decided_at)
    SELECT id, 'approved', 1, label, summary, fact, sources, '', author_id, checked_at, approver_id, checked_at
    FROM rumours WHERE id = :id
""")


def _verdict(row: tuple[object, ...]) -> Verdict:
    id, rumour_id, state, version, label, summary, fact, sources, kind, *rest = row
    finding = Finding(str(label), str(summary), str(fact), tuple(sources), str(kind or ""))  # type: ignore[arg-type]
    return Verdict(id, rumour_id, state, version, finding, *rest)  # type: ignore[arg-type]


def submit(conn: Connection, rumour_id: int, finding: Finding, hash: str, author_id: int, now: datetime) -> None:
    """Propose a finding in place of one that still waits; the caller holds the claim."""
    conn.execute(_REPLACE, {"rumour_id": rumour_id})
    values: dict[str, object] = {"rumour_id": rumour_id, "label": finding.label, "kind": finding.kind, "hash": hash}
    values |= {"summary": finding.summary, "fact": finding.fact, "sources": list(finding.sources)}
    conn.execute(_ADD, {**values, "author_id": author_id, "now": now})


def waiting(conn: Connection, rumour_ids: list[int]) -> dict[int, Verdict]:
    """What waits for a decision, by the id of the claim."""
    found = [_verdict(tuple(row)) for row in conn.execute(_WAITING, {"ids": rumour_ids})]
    return {one.rumour_id: one for one in found}


def of(conn: Connection, rumour_id: int) -> list[Verdict]:
    """Every finding that was ever proposed about a claim, oldest first."""
    return [_verdict(tuple(row)) for row in conn.execute(_OF, {"rumour_id": rumour_id})]


def approve(conn: Connection, verdict: Verdict, version: int, by: int, now: datetime) -> None:
    """Make it the result that holds; everyone who asked is told from then on. The table refuses its own author."""
    conn.execute(
        _DECIDE, {"id": verdict.id, "state": "approved", "version": version, "by": by, "now": now, "note": None}
    )
    conn.execute(_PUBLISH, {"id": verdict.id})


def reject(conn: Connection, verdict: Verdict, by: int, note: str | None, now: datetime) -> None:
    """Refuse it; the claim stays as it was."""
    conn.execute(_DECIDE, {"id": verdict.id, "state": "rejected", "version": None, "by": by, "now": now, "note": note})


def add_published(
    conn: Connection, claim: str, hash: bytes, finding: Finding, by: tuple[int, int], now: datetime, *, is_demo: bool
) -> int:
    """Write a claim with its result, by author and approver, and give its id. The table refuses one person alone."""
    values: dict[str, object] = {"claim": claim, "hash": hash, "label": finding.label, "summary": finding.summary}
    values |= {"fact": finding.fact, "sources": list(finding.sources), "author_id": by[0], "approver_id": by[1]}
    id = int(conn.execute(_DEMO, {**values, "now": now, "is_demo": is_demo}).scalar_one())
    conn.execute(_DEMO_VERDICT, {"id": id})
    return id


def withdraw(conn: Connection, rumour_id: int) -> None:
    """Let what waits wait no longer."""
    conn.execute(_REPLACE, {"rumour_id": rumour_id})
