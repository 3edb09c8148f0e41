"""What officials see of rumours: the desk's list, one claim with its versions and likenesses, its script."""

from typing import Any

from gateway.db import Connection, transaction
from gateway.kernel.errors import Conflict, Missing
from gateway.officials.rules import Official
from gateway.rumours import desk, match_store, rules, store, verdict_store, words
from gateway.rumours.match_store import Suggestion
from gateway.rumours.rules import show_claim, show_label
from gateway.rumours.store import Rumour
from gateway.rumours.verdict_store import Verdict
from gateway.runtime import Runtime

_FIRST = 10**17


def page(
    rt: Runtime, official: Official, cursor: str | None, limit: int, *, within: Connection | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Open claims by askers times harm, then results, the newest first; and the cursor of the next part, or None."""
    if official.role not in rules.READERS:
        raise Missing("There are no claims here for your role.")
    with transaction(rt.engine, within) as conn:
        found = store.page(conn, int(cursor) if cursor else _FIRST, limit + 1)
        shown = found[:limit]
        ids = [one.id for one in shown]
        waiting = verdict_store.waiting(conn, ids)
        alike: dict[int, list[Suggestion]] = {}
        for one in match_store.suggested(conn, ids):
            alike.setdefault(one.rumour_id, []).append(one)
    listed = [_show(one, waiting.get(one.id), alike.get(one.id, [])) for one in shown]
    return listed, str(shown[-1].place) if len(found) > limit else None


def look(rt: Runtime, official: Official, written: str) -> dict[str, Any]:
    """One claim with every version of its result."""
    with rt.engine.begin() as conn:
        rumour = desk.find(conn, official, written)
        verdicts = verdict_store.of(conn, rumour.id)
        waiting = next((one for one in verdicts if one.state == "submitted"), None)
        shown = _show(rumour, waiting, match_store.suggested(conn, [rumour.id]))
    versions = [
        {"version": one.version, "by": one.author_id, "approved_by": one.decided_by, **_finding(one)}
        | {"at": one.decided_at.isoformat() if one.decided_at else None}
        for one in verdicts
        if one.state == "approved"
    ]
    return {**shown, "versions": versions}


def script(rt: Runtime, official: Official, written: str, language: str) -> str:
    """What a KIM reads aloud about a result. Raises Missing, or Conflict where nothing is published."""
    with rt.engine.begin() as conn:
        rumour = desk.find(conn, official, written)
    if rumour.state != "published":
        raise Conflict("Nothing is published about this claim; a claim is never read out alone.", reason="state")
    return words.script(rt, rumour, language)


def _show(rumour: Rumour, waiting: Verdict | None, alike: list[Suggestion]) -> dict[str, Any]:
    return {
        "code": show_claim(rumour.number),
        "state": rumour.state,
        "claim": rumour.claim,
        "area": rumour.area,
        "harm": rumour.harm,
        "askers": rumour.askers,
        "areas": len(rumour.places),
        "due": rumour.due_at.isoformat() if rumour.due_at and rumour.state == "open" else None,
        "label": show_label(rumour.label) if rumour.label else None,
        "kind": rumour.kind,
        "summary": rumour.summary,
        "text": rumour.fact,
        "sources": rumour.sources,
        "version": rumour.version,
        "checked_at": rumour.checked_at.isoformat() if rumour.checked_at else None,
        "waiting": {**_finding(waiting), "by": waiting.author_id, "hash": waiting.hash} if waiting else None,
        "alike": [
            {"code": show_claim(one.number), "claim": one.words, "state": one.state, "likeness": one.likeness,
             "differs": one.differs}
            for one in alike
        ],
    }  # fmt: skip


def _finding(verdict: Verdict) -> dict[str, Any]:
    finding = verdict.finding
    return {
        "label": show_label(finding.label),
        "kind": finding.kind or None,
        "summary": finding.summary,
        "text": finding.fact,
        "sources": list(finding.sources),
    }
