"""Use cases on rumours: ask about one, read what became of it, list the newest results, report a forged message."""

from collections.abc import Sequence

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.text import redact
from gateway.rumours import rules, store
from gateway.rumours.rules import LONGEST, normal, parse_claim
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime

_LONGEST_CODE = 40


def ask(rt: Runtime, conn: Connection, number_id: int, words: str, area: str, channel: str) -> Rumour:
    """The claim these words are, with this number among those to be told: a known one, or a new one for the desk.

    Only the same words are the same claim; what is merely alike is for a person to see.
    """
    claim, now = redact(words).text[:LONGEST], rt.now()
    hashed = rt.vault.digest("rumour", normal(claim))
    store.hold(conn, hashed)
    found = store.find_same(conn, hashed)
    if found is None:
        number = store.add(conn, claim, hashed, area, now)
        audit.record(conn, now, "resident", "ask rumour", f"rumour:{number}", number_id=number_id, channel=channel)
        found = store.get(conn, number)
        if found is None:
            raise RuntimeError("a claim that was just written is not there")
    if found.state == "open":
        store.asked(conn, found.id, number_id, channel, now)
    return found


def find(conn: Connection, number_id: int, written: str) -> Rumour | None:
    """The claim with this code, where this number may read it: it is published, or they asked themselves."""
    number = parse_claim(written)
    found = store.get(conn, number) if number is not None else None
    if found and (found.state == "published" or store.is_asker(conn, found.id, number_id)):
        return found
    return None


def is_open(conn: Connection, written: str) -> bool:
    """Whether this is the code of a claim that is still being checked."""
    number = parse_claim(written)
    found = store.get(conn, number) if number is not None else None
    return found is not None and found.state == "open"


def publish(
    rt: Runtime,
    conn: Connection,
    claim: str,
    label: str,
    summary: str,
    fact: str,
    sources: Sequence[str],
    author_id: int,
    approver_id: int,
    *,
    is_demo: bool = False,
) -> None:
    """Publish a result that two officials answer for. Raises ValueError for a label that is none."""
    if label not in rules.LABELS:
        raise ValueError(f"{label} is no label of the hoax desk")
    hashed = rt.vault.digest("rumour", normal(claim))
    store.publish(conn, claim, hashed, label, summary, fact, sources, author_id, approver_id, rt.now(), is_demo=is_demo)


def report_forged(rt: Runtime, conn: Connection, number_id: int, code: str, cause: str) -> None:
    """Keep the code of a message that was not ours."""
    shown = redact(code).text[:_LONGEST_CODE]
    store.add_forged(conn, cause, number_id, shown, rt.now())
    audit.record(conn, rt.now(), "resident", "report forged", "forged message", number_id=number_id)
