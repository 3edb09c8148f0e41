"""Acts of officials on rumours: a verdict, its approval or refusal, one claim for two, a complaint that was no rumour.

Checked in this order: 404 not visible, 409 own, 403 role, 409 state, 409 hash.
"""

from collections.abc import Sequence

from gateway.audit import store as audit
from gateway.db import Connection, transaction
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.kernel.text import redact
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.rumours import likeness, match_store, notice, rules, store, verdict_store, words
from gateway.rumours.rules import Finding, parse_claim, show_claim
from gateway.rumours.store import Rumour
from gateway.rumours.verdict_store import Verdict
from gateway.runtime import Runtime

_SUMMARY = 50


def subject_of(rumour: Rumour) -> str:
    """How the trail and one-time codes name a claim."""
    return f"rumour:{rumour.number}"


def find(conn: Connection, official: Official, written: str) -> Rumour:
    """A claim by its code, or the one it was merged into. Raises Missing where it is not there or not to be seen."""
    number = parse_claim(written)
    found = store.get(conn, number) if number is not None else None
    if found is None or official.role not in rules.READERS:
        raise Missing("There is no such claim.", reason="gone")
    return found


def _hold(conn: Connection, official: Official, written: str) -> Rumour:
    return store.hold(conn, find(conn, official, written).id)


def judge(
    rt: Runtime,
    official: Official,
    written: str,
    label: str,
    text: str,
    sources: Sequence[str],
    *,
    summary: str = "",
    kind: str = "",
    within: Connection | None = None,
) -> Verdict:
    """Propose a verdict, also on a claim that has one: approved, it takes its place, and those who asked are told again.

    text: what is true; summary: the claim in a few words, else how the claim begins; kind: one of KINDS. Nothing is
    published before another person approves. Raises Missing, Forbidden, Conflict or Invalid.
    """
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour = _hold(conn, official, written)
        if official.role not in rules.MAY_JUDGE:
            raise Forbidden("An admin or a KIM judges claims.", reason="role")
        _refuse_state(rumour)
        said = _plain(summary) or rumour.summary or words.short(rumour.claim, _SUMMARY)
        finding = Finding(rules.parse_label(label) or label, said, _plain(text), rules.clean_sources(sources), kind)
        fault = rules.fault_of(finding) or words.fault_of(rt, rumour.number, rumour.version, finding)
        if fault:
            raise Invalid(fault, reason="bad")
        if not rules.may_stand(official.role, rumour.claim, finding):
            sentence = (
                "The city does not judge a claim about itself alone: name a source outside of it, or have a KIM judge."
            )
            raise Invalid(sentence, reason="alone")
        hash = rules.digest(rumour.number, rumour.version, finding)
        verdict_store.submit(conn, rumour.id, finding, hash, official.id, now)
        audit.record(conn, now, official.actor, "judge", subject_of(rumour), label=finding.label, hash=hash,
                     channel=official.channel)  # fmt: skip
        verdict = verdict_store.waiting(conn, [rumour.id])[rumour.id]
        notice.ask_deciders(rt, conn, rumour, verdict, official)
        return verdict


def _plain(text: str) -> str:
    return " ".join(redact(text).text.split())


def _refuse_state(rumour: Rumour) -> None:
    if rumour.state not in ("open", "published"):
        raise Conflict(f"This claim is {rumour.state}; there is nothing to judge.", reason="state")


def consider(
    conn: Connection, official: Official, written: str, verb: str, seen: str | None = None
) -> tuple[Rumour, Verdict]:
    """The claim, held, and the verdict that waits, where the official may `approve` or `reject` it now."""
    rumour = _hold(conn, official, written)
    waiting = verdict_store.waiting(conn, [rumour.id]).get(rumour.id)
    if waiting and waiting.author_id == official.id:
        raise Conflict(f"A second person has to {verb} this; it is your own.", reason="own")
    if official.role not in rules.MAY_DECIDE:
        raise Forbidden("An admin or an approver decides on verdicts.", reason="role")
    _refuse_state(rumour)
    if waiting is None:
        raise Conflict("No verdict waits for approval.", reason="state")
    if seen is not None and seen != waiting.hash:
        raise changed()
    return rumour, waiting


def approve(
    rt: Runtime, official: Official, written: str, seen: str | None = None, *, within: Connection | None = None
) -> Rumour:
    """Publish the verdict that waits, bound to the hash that was `seen`; the clock tells everyone who asked."""
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour, waiting = consider(conn, official, written, "approve", seen)
        verdict_store.approve(conn, waiting, rumour.version + 1, official.id, now)
        audit.record(conn, now, official.actor, "approve verdict", subject_of(rumour), version=rumour.version + 1,
                     hash=waiting.hash, channel=official.channel)  # fmt: skip
        notice.tell_author(rt, conn, rumour, waiting, "approved")
        return store.hold(conn, rumour.id)


def reject(
    rt: Runtime,
    official: Official,
    written: str,
    note: str | None = None,
    seen: str | None = None,
    *,
    within: Connection | None = None,
) -> Rumour:
    """Refuse the verdict that waits; the claim stays as it was."""
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour, waiting = consider(conn, official, written, "reject", seen)
        verdict_store.reject(conn, waiting, official.id, note, now)
        audit.record(conn, now, official.actor, "reject verdict", subject_of(rumour), hash=waiting.hash,
                     channel=official.channel)  # fmt: skip
        notice.tell_author(rt, conn, rumour, waiting, "rejected")
        return rumour


def match(rt: Runtime, official: Official, written: str, known: str, *, within: Connection | None = None) -> Rumour:
    """Say that an open claim is another, known one; its people follow that one, and are told its result if it has one.

    From then on other words that say the same are taken for the known one without asking a person.
    """
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour, target = _two(conn, official, written, known)
        if rumour.state != "open":
            raise Conflict(
                f"{show_claim(rumour.number)} is {rumour.state}; only an open claim is merged.", reason="state"
            )
        _refuse_state(target)
        match_store.decide(conn, rumour.id, target.id, _compare(rumour, target), "confirmed", official.id, now)
        verdict_store.withdraw(conn, rumour.id)
        match_store.merge(conn, rumour.id, target.id)
        audit.record(conn, now, official.actor, "match", subject_of(rumour), into=show_claim(target.number),
                     channel=official.channel)  # fmt: skip
        return store.hold(conn, target.id)


def compare(conn: Connection, official: Official, written: str, known: str) -> tuple[Rumour, Rumour]:
    """The two claims, held, where the official may say now that the first is the second."""
    rumour, target = _two(conn, official, written, known)
    if rumour.state != "open":
        raise Conflict(f"{show_claim(rumour.number)} is {rumour.state}; only an open claim is merged.", reason="state")
    _refuse_state(target)
    return rumour, target


def changed() -> Conflict:
    """What is said where a code was for something that has changed since."""
    return Conflict("It has changed since you saw it; look at it again before you decide.", reason="changed")


def part(rt: Runtime, official: Official, written: str, known: str, *, within: Connection | None = None) -> Rumour:
    """Say that a claim is not that known one, however alike they look."""
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour, other = _two(conn, official, written, known)
        match_store.decide(conn, rumour.id, other.id, _compare(rumour, other), "denied", official.id, now)
        audit.record(conn, now, official.actor, "part", subject_of(rumour), other=show_claim(other.number),
                     channel=official.channel)  # fmt: skip
        return rumour


def _two(conn: Connection, official: Official, written: str, known: str) -> tuple[Rumour, Rumour]:
    """Two claims, held in the order of their ids, so that two desks never wait for each other."""
    first, second = find(conn, official, written), find(conn, official, known)
    if official.role not in rules.MAY_JUDGE:
        raise Forbidden("An admin or a KIM says which claims are one.", reason="role")
    if first.id == second.id:
        raise Conflict("That is one and the same claim already.", reason="state")
    held = {id: store.hold(conn, id) for id in sorted((first.id, second.id))}
    return held[first.id], held[second.id]


def _compare(rumour: Rumour, other: Rumour) -> tuple[int, bool]:
    score = likeness.likeness(rumour.claim, other.claim)
    return int(score), likeness.differs(rumour.claim, other.claim)


def author_of(conn: Connection, verdict: Verdict) -> str:
    """The name of whoever proposed it, or empty."""
    author = officials.get(conn, verdict.author_id)
    return author.name if author else ""
