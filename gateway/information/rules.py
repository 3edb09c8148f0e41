"""What an information item is: its states as data, who may do what to it, what it must have before anyone reads it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.information.quizzes import Quiz
from gateway.kernel.areas import covers
from gateway.kernel.text import is_gsm7, septets
from gateway.officials.rules import Official, Role
from gateway.residents.rules import TOPICS

CITY = "33.75"
LONGEST_LIFE = timedelta(days=366)
TITLE, SOURCE = 34, 20
"""Letters that screens and SMS show of a title and a source."""


class State(StrEnum):
    """Where an item stands. Only what is published and holds now is ever shown to residents."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    RETIRED = "retired"


class Verb(StrEnum):
    """What officials do to an item."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    RETIRE = "retire"


TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.DRAFT, Verb.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Verb.APPROVE): State.PUBLISHED,
    (State.SUBMITTED, Verb.REJECT): State.DRAFT,
    **{(state, Verb.RETIRE): State.RETIRED for state in (State.DRAFT, State.SUBMITTED, State.PUBLISHED)},
}

READERS = frozenset({Role.ADMIN, Role.APPROVER, Role.KIM, Role.LURAH, Role.EMERGENCY, Role.OFFICE})
"""For whom items that are not published exist."""
MAY_WRITE = frozenset({Role.ADMIN, Role.APPROVER, Role.KIM, Role.LURAH, Role.EMERGENCY})
MAY_DECIDE = frozenset({Role.ADMIN, Role.APPROVER})


@dataclass(frozen=True, slots=True)
class Content:
    """What an official wants residents to read. Titles and texts by language; moments are aware.

    office, budget (rupiah), percent: of a project on the development board, else None; quiz: what it asks, where it does.
    """

    topic: str
    area: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    source: str
    valid_from: datetime
    valid_until: datetime
    office: str | None = None
    budget: int | None = None
    percent: int | None = None
    quiz: Quiz | None = None


def digest(code: str, content: Content) -> str:
    """What an approval is bound to: every word that residents will read, and for how long."""
    whole: list[object] = [code, content.topic, content.area, content.source]
    whole += [dict(sorted(content.titles.items())), dict(sorted(content.texts.items()))]
    whole += [f"{moment.timestamp():.6f}" for moment in (content.valid_from, content.valid_until)]
    whole.extend((content.office, content.budget, content.percent))
    if content.quiz:
        whole.append(content.quiz.stored)
    return hashlib.sha256(json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def may_write(official: Official, area: str) -> bool:
    """Whether the role writes items, for this area."""
    return official.role in MAY_WRITE and covers(official.area, area)


def may_see(official: Official, area: str) -> bool:
    """Whether an item for this area exists for the official: of the own area, or of one that holds it."""
    return official.role in READERS and (covers(official.area, area) or covers(area, official.area))


def may_decide(official: Official, area: str, *, is_election: bool) -> bool:
    """Whether the official approves another's item; what speaks of an election only an admin of the city does."""
    if is_election:
        return official.role is Role.ADMIN and official.area == CITY
    return official.role in MAY_DECIDE and covers(official.area, area)


def fault_of(content: Content, languages: tuple[str, ...], now: datetime) -> str:
    """What is wrong with an item, as a sentence; empty where it may be read by anyone."""
    if content.topic not in TOPICS:
        return f"topic must be one of {', '.join(TOPICS)}."
    if not content.titles.get("id") or not content.texts.get("id"):
        return "An item has at least an Indonesian title and text, under id."
    if content.titles.keys() != content.texts.keys():
        return "Every language needs both a title and a text."
    if unknown := sorted(content.titles.keys() - set(languages)):
        return f"There is no language {unknown[0][:10]}; the languages are {', '.join(languages)}."
    for language in content.titles:
        title, text = content.titles[language], content.texts[language]
        if not title.strip() or not text.strip() or not is_gsm7(title + text):
            return f"Title and text {language} must be plain letters, as every phone shows them."
        if septets(title) > TITLE or "\n" in title:
            return f"Title {language} takes {septets(title)} letters; screens show one line of {TITLE}."
    if not content.source.strip() or not is_gsm7(content.source) or septets(content.source) > SOURCE:
        return f"Say in up to {SOURCE} plain letters who says so (source)."
    if content.valid_until <= max(now, content.valid_from):
        return "valid_until must lie ahead, after valid_from: what is over is never shown."
    if content.valid_until - content.valid_from > LONGEST_LIFE:
        return f"An item holds for {LONGEST_LIFE.days} days at most; renew it then."
    is_project = (content.office, content.budget, content.percent) != (None, None, None)
    if is_project and content.topic != "development":
        return "office, budget and percent belong to items of the topic development."
    if content.percent is not None and not 0 <= content.percent <= 100:
        return "percent lies between 0 and 100."
    if content.budget is not None and not 0 <= content.budget < 10**15:
        return "budget is a whole amount in rupiah."
    if content.quiz:
        return content.quiz.fault_of(content.texts, now, content.valid_from, content.valid_until)
    return ""
