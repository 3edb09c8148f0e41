"""The life of a broadcast as data, who may do what to it, and what approval is bound to."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from gateway.broadcasts.polls import Poll
from gateway.broadcasts.repeats import Repeat
from gateway.kernel.areas import AreaBook, covers
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import Class

CITY = "33.75"
CORRECTS = "corrects"
"""The list of an audience that names the broadcast, by its id, whose recipients it is; no caller can write it."""
APPROVAL_EMERGENCY = timedelta(minutes=30)
APPROVAL = timedelta(hours=72)
KEY_KEPT = timedelta(days=7)
GROWTH_PERCENT, GROWTH_COUNT = 10, 50


class State(StrEnum):
    """Where a broadcast stands. Waiting for the end of quiet hours is a field, not a state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What is done to a broadcast, by officials or by the clock."""

    CHANGE = "change"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    START = "start"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"
    RESEND = "resend"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Verb], State] = {
    **{(state, Verb.CHANGE): State.DRAFT for state in (State.DRAFT, State.SUBMITTED, State.APPROVED, State.REJECTED)},
    (State.DRAFT, Verb.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Verb.APPROVE): State.APPROVED,
    (State.SUBMITTED, Verb.REJECT): State.REJECTED,
    (State.SUBMITTED, Verb.EXPIRE): State.EXPIRED,
    (State.APPROVED, Verb.START): State.SENDING,
    (State.APPROVED, Verb.RETURN): State.SUBMITTED,
    (State.APPROVED, Verb.EXPIRE): State.EXPIRED,
    (State.SENDING, Verb.PAUSE): State.PAUSED,
    (State.PAUSED, Verb.RESUME): State.SENDING,
    (State.SENDING, Verb.FINISH): State.FINISHED,
    (State.FINISHED, Verb.RESEND): State.SENDING,
    **{
        (state, Verb.CANCEL): State.CANCELLED
        for state in (State.DRAFT, State.SUBMITTED, State.APPROVED, State.SENDING, State.PAUSED)
    },
}

LEVELS = (Class.ROUTINE.value, Class.IMPORTANT.value, Class.EMERGENCY.value)
_ALL, _CALM, _ROUTINE = frozenset(LEVELS), frozenset({"routine", "important"}), frozenset({"routine"})
MAY_DRAFT: Mapping[Role, frozenset[str]] = {
    Role.KIM: _ROUTINE,
    Role.LURAH: _CALM,
    Role.ADMIN: _ALL,
    Role.APPROVER: _ALL,
    Role.EMERGENCY: frozenset({"emergency"}),
}
SEES_ALL = (Role.ADMIN, Role.APPROVER, Role.AUDITOR, Role.DPO)


@dataclass(frozen=True, slots=True)
class Content:
    """What an official wants to say, to whom, when, and what it asks. Moments are aware; `preset_id` where a preset gave
    texts and audience.
    """

    level: str
    texts: Mapping[str, str]
    audience: Mapping[str, Sequence[str]]
    reason: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    is_drill: bool = False
    preset_id: int | None = None
    question: Poll | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as stored. `texts` as written by language; `audience` is the rule, not the people."""

    id: int
    number: int
    state: State
    level: str
    texts: dict[str, str]
    audience: dict[str, list[str]]
    reason: str | None
    send_at: datetime | None
    expires_at: datetime | None
    author_id: int
    recipients: int
    hash: str
    submitted_at: datetime | None
    approval_ends_at: datetime | None
    approved_by: int | None
    release_at: datetime | None
    held_until: datetime | None
    batch_id: int | None
    started_at: datetime | None
    finished_at: datetime | None
    note: str | None
    preset_id: int | None = None
    is_drill: bool = False
    question: Poll | None = None
    repeat: Repeat | None = None
    repeats_id: int | None = None


def digest(what: Content | Broadcast, recipients: int) -> str:
    """What an approval is bound to: change any of it and the hash is another."""
    whole: dict[str, object] = {
        "level": what.level,
        "texts": dict(sorted(what.texts.items())),
        "audience": {name: sorted(values) for name, values in sorted(what.audience.items()) if values},
        # The same moment is written in many zones, and PostgreSQL gives it back in another than it was given.
        "send_at": what.send_at.astimezone(UTC).isoformat() if what.send_at else None,
        "expires_at": what.expires_at.astimezone(UTC).isoformat() if what.expires_at else None,
        "recipients": recipients,
    }
    if what.is_drill:
        whole["is_drill"] = True
    for name, part in (("question", what.question), ("repeat", what.repeat)):
        if part:
            whole[name] = part.stored
    body = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def hash_texts(texts: Mapping[str, str]) -> str:
    """A digest of the words alone, which a signature is for."""
    body = json.dumps(dict(sorted(texts.items())), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def is_same_text(texts: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether two broadcasts say the same in any language they share; case and blanks do not count."""
    return any(
        " ".join(text.casefold().split()) == " ".join(others[language].casefold().split())
        for language, text in texts.items()
        if language in others
    )


def fallback(texts: Mapping[str, str]) -> str:
    """The language of people for whom there is no text: Indonesian, else the first as PostgreSQL orders the keys."""
    return "id" if "id" in texts else min(texts, key=lambda language: (len(language), language))


def class_of(what: Content | Broadcast) -> Class:
    """What the ledger takes it for. A drilled emergency is none: it wakes nobody, and whoever stopped news has peace."""
    return Class.IMPORTANT if what.is_drill and what.level == Class.EMERGENCY else Class(what.level)


def is_alarm(what: Content | Broadcast) -> bool:
    """Whether it passes quiet hours, the weekly cap and those who stopped news."""
    return class_of(what) is Class.EMERGENCY


def is_capped(what: Content | Broadcast) -> bool:
    """Whether the weekly cap binds it: a correction has to reach whoever read what was wrong, and a drill is no news."""
    return not (is_alarm(what) or what.is_drill or what.audience.get(CORRECTS))


def is_city_wide(audience: Mapping[str, Sequence[str]], book: AreaBook) -> bool:
    """Whether the rule covers the whole city: by its code, by no areas at all, or by all of its parts together."""
    whole = {area for area in audience.get("areas") or [CITY] if "/" not in area}

    def is_covered(code: str) -> bool:
        parts = book.children(code)
        return code in whole or (bool(parts) and all(is_covered(part.code) for part in parts))

    return is_covered(CITY)


def is_in_scope(official: Official, audience: Mapping[str, Sequence[str]]) -> bool:
    """Whether everyone the rule can name lives in the official's area."""
    areas = audience.get("areas") or [CITY]
    return all(covers(official.area, area.split("/")[0]) for area in areas)


def may_draft(official: Official, level: str, audience: Mapping[str, Sequence[str]]) -> bool:
    """Whether the role drafts this level, for people of its own area."""
    return level in MAY_DRAFT.get(official.role, frozenset()) and is_in_scope(official, audience)


def needs_second(author: Official, broadcast: Broadcast, over: int, book: AreaBook) -> bool:
    """Whether somebody other than the author has to approve. `over` is SECOND_APPROVER_OVER; 0: size asks for none."""
    is_large = 0 < over < broadcast.recipients
    if author.role is Role.KIM:
        return True
    if author.role is Role.LURAH:
        return is_large
    return is_large or is_city_wide(broadcast.audience, book)


def may_approve(official: Official, author: Official, broadcast: Broadcast, book: AreaBook) -> bool:
    """Whether the role approves what this other official drafted, for this audience."""
    return may_approve_for(official, author, broadcast.audience, book)


def may_approve_for(
    official: Official, author: Official, audience: Mapping[str, Sequence[str]], book: AreaBook
) -> bool:
    """The same for anything that is addressed to an audience."""
    if official.id == author.id or not is_in_scope(official, audience):
        return False
    match official.role:
        case Role.LURAH:
            return author.role is Role.KIM and covers(official.area, author.area)
        case Role.ADMIN:
            return not is_city_wide(audience, book)
        case Role.APPROVER:
            return True
        case Role.EMERGENCY:
            return author.role is Role.EMERGENCY
        case _:
            return False


def may_see(official: Official, author: Official, broadcast: Broadcast) -> bool:
    """Whether a broadcast exists for this official: their own, those of their area, those they may approve."""
    if official.id == author.id or official.role in SEES_ALL:
        return True
    if official.role is Role.EMERGENCY:
        return broadcast.level == "emergency"
    if official.role in (Role.KIM, Role.LURAH):
        areas = [area.split("/")[0] for area in broadcast.audience.get("areas") or [CITY]]
        return any(covers(official.area, area) or covers(area, official.area) for area in areas)
    return False


def may_steer(official: Official, author: Official, broadcast: Broadcast, book: AreaBook) -> bool:
    """Whether the official may pause, resume or cancel: the author, and whoever might have approved it."""
    return official.id == author.id or may_approve(official, author, broadcast, book)


def grew_too_much(approved: int, now: int) -> bool:
    """Whether the audience grew by more than a tenth and more than fifty since it was approved."""
    grown = now - approved
    return grown > GROWTH_COUNT and grown * 100 > approved * GROWTH_PERCENT
