"""Write a broadcast: draft it once per idempotency key, change it, submit it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts import polls, repeats, rules, store
from gateway.broadcasts.preview_store import Share
from gateway.broadcasts.rules import CORRECTS, Broadcast, Content, State, Verb
from gateway.broadcasts.service import sign
from gateway.broadcasts.service.preview import count, preview, survey
from gateway.broadcasts.service.view import find, refuse_state
from gateway.db import Connection, transaction
from gateway.kernel.areas import AreaBook
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Forbidden, Invalid
from gateway.kernel.text import clean
from gateway.officials.rules import Official
from gateway.reference import service as reference
from gateway.residents import group_store
from gateway.residents.rules import TOPICS
from gateway.runtime import Runtime

_LONGEST = 1000
_LISTS = ("areas", "topics", "groups", "languages")


def draft(
    rt: Runtime, official: Official, content: Content, key: str, *, within: Connection | None = None
) -> dict[str, Any]:
    """Draft a broadcast and give its preview; the same key and content give the same answer for seven days.

    Raises Invalid, Forbidden, or Conflict where the key came with other content before.
    """
    body_hash = hashlib.sha256(_canonical(content).encode()).digest()
    content = _tidied(rt, content)
    # Before the transaction: reading them may take a connection of its own.
    areas = reference.areas(rt)
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        store.drop_keys(conn, now - rules.KEY_KEPT)
        if not store.claim_key(conn, official.id, key, body_hash, now):
            kept = store.kept_answer(conn, official.id, key)
            if kept is None or kept[0] != body_hash:
                raise Conflict("This Idempotency-Key came with other content before; use a new one.")
            return kept[1]
        # After the key: what was right when it was asked first is not judged by a later clock.
        check(rt, areas, official, content)
        refuse_real_groups(conn, content)
        number = store.next_number(conn)
        shares = survey(rt, conn, content)
        values = _values(content, sum(share.people for share in shares))
        id = store.add(conn, number, values, official.id, now)
        answer = _answer(rt, conn, id, number, values["hash"], content, shares)
        store.keep_answer(conn, official.id, key, answer)
        audit.record(conn, now, official.actor, "draft", f"broadcast:{id}", level=content.level,
                     channel=official.channel)  # fmt: skip
        sign.ask(rt, conn, id)
    return answer


def change(rt: Runtime, official: Official, broadcast_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change a broadcast that is not under way: it is a draft again, and what was approved is void. Author only."""
    areas = reference.areas(rt)
    now = rt.now()
    with rt.engine.begin() as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if author.id != official.id:
            raise Forbidden("Only its author may change a broadcast.")
        refuse_state(broadcast, Verb.CHANGE)
        if CORRECTS in broadcast.audience and changes.keys() & {"audience", "level"}:
            raise Invalid(
                "A correction goes to those who got its original, at its level; only its texts and times change."
            )
        held = {name: getattr(broadcast, name) for name in Content.__slots__}
        # What was changed by hand is no preset's any more.
        content = _tidied(rt, Content(**{**held, "preset_id": None, **changes}))
        check(rt, areas, official, content)
        refuse_real_groups(conn, content)
        shares = survey(rt, conn, content)
        values = _values(content, sum(share.people for share in shares))
        store.change(conn, broadcast_id, values, now)
        sign.ask(rt, conn, broadcast_id)
        audit.record(conn, now, official.actor, "change", f"broadcast:{broadcast_id}", hash=values["hash"],
                     channel=official.channel)  # fmt: skip
        return _answer(rt, conn, broadcast.id, broadcast.number, values["hash"], content, shares)


def submit(rt: Runtime, official: Official, broadcast_id: int, *, within: Connection | None = None) -> Broadcast:
    """Ask for approval: the people are counted once more, and the hash is what will be approved. Sends nothing."""
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        broadcast, author = find(conn, official, broadcast_id, lock=True)
        if author.id != official.id:
            raise Forbidden("Only its author may submit a broadcast.", reason="role")
        refuse_state(broadcast, Verb.SUBMIT)
        if broadcast.expires_at and broadcast.expires_at <= now:
            raise Conflict("Its expires_at has passed; change it first.", reason="expired")
        sign.refuse_unsigned(conn, broadcast)
        refuse_real_groups(conn, broadcast)
        recipients = sum(count(conn, broadcast).values())
        content = Content(**{name: getattr(broadcast, name) for name in Content.__slots__})
        ends = now + rules.APPROVAL_EMERGENCY
        if not rules.is_alarm(broadcast):
            ends = broadcast.send_at if broadcast.send_at and broadcast.send_at > now else now + rules.APPROVAL
        store.update(
            conn,
            broadcast_id,
            now,
            state=State.SUBMITTED,
            recipients=recipients,
            hash=_values(content, recipients)["hash"],
            submitted_at=now,
            approval_ends_at=ends,
            note=None,
        )
        audit.record(conn, now, official.actor, "submit", f"broadcast:{broadcast_id}", recipients=recipients,
                     channel=official.channel)  # fmt: skip
        return find(conn, official, broadcast_id)[0]


def _tidied(rt: Runtime, content: Content) -> Content:
    """The same with every end of line as a phone has it, since forms send two characters for one.

    Once its question is closed, or the next one of its series begins, a broadcast is of no use any more.
    """
    texts = {language: text.replace("\r\n", "\n") for language, text in content.texts.items()}
    expires_at = content.expires_at
    if closes_at := content.question and content.question.closes_at:
        expires_at = min(expires_at or closes_at, closes_at)
    if content.repeat and content.send_at:
        following = repeats.after(content.send_at, content.repeat, rt.settings.timezone, content.send_at)
        expires_at = min(expires_at or following, following) if following else expires_at
    return replace(content, texts=texts, expires_at=expires_at)


def check(rt: Runtime, areas: AreaBook, official: Official, content: Content) -> None:
    """Raise Invalid for what cannot be sent as it is, naming the field and what to write, Forbidden for role or scope."""
    if content.level not in rules.LEVELS:
        raise Invalid(f"level must be one of {', '.join(rules.LEVELS)}.")
    if not content.texts or any(language not in rt.settings.languages for language in content.texts):
        raise Invalid(f"texts needs a text by language, one of {', '.join(rt.settings.languages)}.")
    for language, text in content.texts.items():
        if not clean(text) or len(text) > _LONGEST:
            raise Invalid(f"Text {language} must have between 1 and {_LONGEST} characters.")
        if clean(text) != text.strip():
            raise Invalid(f"Text {language} has control characters; take them out.")
    if content.level == "emergency" and not clean(content.reason or ""):
        raise Invalid("An emergency needs a reason: it overrides quiet hours and those who stopped news.")
    _check_audience(rt, areas, content.audience)
    now = rt.now()
    if content.question:
        polls.check(content.question, content.texts, now, content.send_at)
    if content.repeat:
        repeats.check(content.repeat, content.level, content.send_at, rt.settings.timezone)
        if content.question:
            raise Invalid("A question closes once; ask it in a broadcast that does not repeat.")
    if content.expires_at and content.expires_at <= max(now, content.send_at or now):
        raise Invalid("expires_at must lie after now and after send_at.")
    if not rules.may_draft(official, content.level, content.audience):
        reason = "role" if rules.is_in_scope(official, content.audience) else "scope"
        raise Forbidden("Your role or area does not cover this level and audience.", reason=reason)


def refuse_real_groups(conn: Connection, what: Content | Broadcast) -> None:
    """Raise Conflict where a drill is addressed to any group that no drill may be sent to."""
    if what.is_drill and not what.audience.get("groups"):
        raise Invalid("A drill needs groups in its audience, each flagged as a test group.")
    if real := real_groups(conn, what):
        raise Conflict(f"A drill goes to test groups only, and {real[0]} is none; an admin flags them.", reason="drill")


def real_groups(conn: Connection, what: Content | Broadcast) -> list[str]:
    """Groups of a drill to which none may be sent. A correction asks for none: it goes to whom its original reached."""
    if not what.is_drill or what.audience.get(CORRECTS):
        return []
    return group_store.not_tests(conn, list(what.audience["groups"]))


def _check_audience(rt: Runtime, areas: AreaBook, audience: Mapping[str, Sequence[str]]) -> None:
    if not any(audience.get(name) for name in _LISTS):
        raise Invalid(f"audience needs at least one list of {', '.join(_LISTS)}; the whole city is areas 33.75.")
    for written in audience.get("areas") or ():
        code, *units = written.split("/")
        if code not in areas or not code.startswith(rules.CITY):
            raise Invalid(f"There is no area {code[:20]}; write a code such as 33.75.01.1006 or 33.75.")
        kinds = [unit[:2].upper() for unit in units]
        if kinds not in ([], ["RW"], ["RW", "RT"]) or not all(
            unit[2:].isdigit() and unit[2:].isascii() for unit in units
        ):
            raise Invalid("Parts of an area are written as 33.75.01.1006/RW03 or 33.75.01.1006/RW03/RT02.")
    if unknown := [topic for topic in audience.get("topics") or () if topic not in TOPICS]:
        raise Invalid(f"There is no topic {unknown[0][:32]}; the topics are {', '.join(TOPICS)}.")
    if unknown := [name for name in audience.get("languages") or () if name not in rt.settings.languages]:
        raise Invalid(f"There is no language {unknown[0][:8]}; the languages are {', '.join(rt.settings.languages)}.")


def _values(content: Content, recipients: int) -> dict[str, Any]:
    audience = {name: list(content.audience[name]) for name in (*_LISTS, CORRECTS) if content.audience.get(name)}
    texts = dict(content.texts)
    return {
        "level": content.level,
        "texts": texts,
        "audience": audience,
        "reason": content.reason,
        "send_at": content.send_at,
        "expires_at": content.expires_at,
        "preset_id": content.preset_id,
        "is_drill": content.is_drill,
        "recipients": recipients,
        "question": content.question,
        "repeat": content.repeat,
        "hash": rules.digest(replace(content, audience=audience), recipients),
    }


def _canonical(content: Content) -> str:
    values = {name: getattr(content, name) for name in Content.__slots__}
    values["question"] = content.question and content.question.stored
    values["repeat"] = content.repeat and content.repeat.stored
    # Left out where they say nothing, so that a key that came before they were there still fits its body.
    later = ("is_drill", "preset_id", "question", "repeat")
    values = {name: value for name, value in values.items() if name not in later or value}
    values["texts"], values["audience"] = dict(content.texts), {k: list(v) for k, v in content.audience.items()}
    return json.dumps(values, sort_keys=True, default=str)


def _answer(
    rt: Runtime, conn: Connection, id: int, number: int, digest: str, content: Content, shares: Sequence[Share]
) -> dict[str, Any]:
    shown = preview(rt, conn, id, number, content, shares)
    shown["needs_signature"] = sign.is_unsigned(conn, id, content.texts)
    named = {"id": id, "code": show_broadcast(number), "state": State.DRAFT.value, "is_drill": content.is_drill}
    return {**named, "hash": digest, "preview": shown}
