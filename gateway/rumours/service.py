"""Use cases of residents on rumours: ask about one, read what became of it, report a forged message."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.text import redact
from gateway.outbox.service.post import quiet
from gateway.rumours import likeness, match_store, rules, store, verdict_store
from gateway.rumours.likeness import ALIKE
from gateway.rumours.rules import LONGEST, Finding, normal, parse_claim
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime

_LONGEST_CODE = 40
_SHOWN = 3
"""Known claims that the desk is shown beside a new one."""
UNTOLD = -1
"""Version that somebody was told who was promised a first word."""


def ask(rt: Runtime, conn: Connection, number_id: int, words: str, area: str, channel: str) -> Rumour:
    """The claim these words are, held, with this number among those to be told of it and of every correction.

    The same words are the same claim, and so are words that say the same of a claim whose first other wording a person
    has confirmed. Anything else is new, and the desk sees beside it what it might be.
    """
    claim, now = redact(words).text[:LONGEST], rt.now()
    hashed = rt.vault.digest("rumour", normal(claim))
    store.take_turn(conn, hashed)
    id = match_store.find(conn, hashed)
    if id is None:
        near = match_store.near(conn, likeness.words_of(claim))
        id = _taken_for(claim, near)
        if id is not None:
            match_store.add(conn, id, hashed, None)
        else:
            id = _add(rt, conn, claim, hashed, area)
            _suggest(conn, id, claim, near)
            found = store.hold(conn, id)
            subject = f"rumour:{found.number}"
            audit.record(conn, now, "resident", "ask rumour", subject, number_id=number_id, channel=channel)
    found = store.hold(conn, id)
    settings = rt.settings
    told = found.version if found.state == "published" else 0 if found.first_word_at else UNTOLD
    store.asked(conn, id, number_id, channel, area, told, now,
                (settings.rumour_alarm_numbers, settings.rumour_alarm_areas))  # fmt: skip
    return found


def _add(rt: Runtime, conn: Connection, claim: str, hashed: bytes, area: str) -> int:
    now, settings = rt.now(), rt.settings
    within = timedelta(seconds=settings.rumour_first_word)
    due_at = rules.first_word_due(now, within, settings.rumour_hours, quiet(rt))
    id = store.add(conn, claim, hashed, area, rules.harm_of(claim), due_at, now)
    match_store.add(conn, id, hashed, claim, likeness.words_of(claim))
    return id


def _taken_for(claim: str, near: Sequence[match_store.Near]) -> int | None:
    """The one known claim that these words surely are; None where none is, or more than one might be."""
    ids = {one.rumour_id for one in near if likeness.is_same(claim, one.words)}
    trusted = {one.rumour_id for one in near if one.is_trusted}
    return ids.pop() if len(ids) == 1 and ids <= trusted else None


def _suggest(conn: Connection, id: int, claim: str, near: Sequence[match_store.Near]) -> None:
    best: dict[int, tuple[int, bool]] = {}
    for one in near:
        score = likeness.likeness(claim, one.words)
        if score >= ALIKE and score > best.get(one.rumour_id, (0, False))[0]:
            best[one.rumour_id] = (int(score), likeness.differs(claim, one.words))
    ranked = sorted(best.items(), key=lambda item: -item[1][0])[:_SHOWN]
    match_store.suggest(conn, id, [(candidate, *scored) for candidate, scored in ranked])


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
    """Write a claim with a result that two officials answer for, unless it is known already.

    Raises ValueError for a label that is none. The desk's own results are proposed and approved: see `desk`.
    """
    if label not in rules.LABELS:
        raise ValueError(f"{label} is no label of the hoax desk")
    hashed = rt.vault.digest("rumour", normal(claim))
    store.take_turn(conn, hashed)
    if match_store.find(conn, hashed) is not None:
        return
    finding = Finding(label, summary, fact, tuple(sources))
    by = (author_id, approver_id)
    id = verdict_store.add_published(conn, claim, hashed, finding, by, rt.now(), is_demo=is_demo)
    match_store.add(conn, id, hashed, claim, likeness.words_of(claim))


def report_forged(rt: Runtime, conn: Connection, number_id: int, code: str, cause: str) -> None:
    """Keep the code of a message that was not ours."""
    shown = redact(code).text[:_LONGEST_CODE]
    store.add_forged(conn, cause, number_id, shown, rt.now())
    audit.record(conn, rt.now(), "resident", "report forged", "forged message", number_id=number_id)
