"""What calls of the hoax desk, of information and of relay tasks answer, as the OpenAPI document shows it."""

from typing import Literal

from gateway.web.api.answers import Answer


class Found(Answer):
    """What the desk found: label, kind, the claim in a few words, what is true, who says so."""

    label: str
    kind: str | None
    summary: str
    text: str
    sources: list[str]


class Proposed(Found):
    """A finding that waits for a second person; `hash` is what an approval is bound to."""

    by: int
    hash: str


class Published(Found):
    """A version of a result, with author and approver."""

    version: int
    by: int
    approved_by: int | None
    at: str | None


class Alike(Answer):
    """A known claim that this one might be; `differs`: one of them denies what the other does not."""

    code: str
    claim: str
    state: str
    likeness: int
    differs: bool


class Rumour(Answer):
    """A claim: who asks is a count, never a number. `due`: when those who asked get a first word."""

    code: str
    state: Literal["open", "published", "merged", "moved", "erased"]
    claim: str
    area: str | None
    harm: int
    askers: int
    areas: int
    due: str | None
    label: str | None
    kind: str | None
    summary: str | None
    text: str | None
    sources: list[str]
    version: int
    checked_at: str | None
    waiting: Proposed | None
    alike: list[Alike]


class FullRumour(Rumour):
    """A claim with every version of its result."""

    versions: list[Published]


class Rumours(Answer):
    """Part of the desk's list: open claims by askers times harm, then results, the newest first."""

    items: list[Rumour]
    next: str | None


class Moved(Answer):
    """The ticket that a claim became."""

    ticket: str


class Script(Answer):
    """Words to be read aloud."""

    code: str
    texts: dict[str, str]


class Quiz(Answer):
    """What an item asks: answers by digit, the right one, and why, by language."""

    options: dict[str, str]
    right: str
    facts: dict[str, str]


class AreaScore(Answer):
    """How many of an area answered, and how many percent rightly; no area for those registered in none."""

    area: str | None
    people: int | None
    percent: int | None


class QuizResult(Answer):
    """What came of a quiz, once all who answered were told; a null is hidden, or not known before that."""

    code: str
    options: dict[str, str]
    right: str
    people: int | None
    percent: int | None
    areas: list[AreaScore]
    results_at: str | None


class Item(Answer):
    """An item of information. `useful`: readers by SMS who found it so, who did not, and all of them."""

    code: str
    state: Literal["draft", "submitted", "published", "retired"]
    topic: str
    area: str
    titles: dict[str, str]
    texts: dict[str, str]
    source: str
    author: int
    approver: int | None
    valid_from: str
    valid_until: str
    corrects: str | None
    hash: str
    note: str | None
    office: str | None
    budget: int | None
    percent: int | None
    quiz: Quiz | None
    useful: dict[str, int]


class Items(Answer):
    """Part of the items one may see, newest first."""

    items: list[Item]
    next: str | None


class Miss(Answer):
    """What people looked for in vain; nobody's number is kept with it."""

    words: str
    topic: str
    area: str
    times: int
    last: str


class Misses(Answer):
    """The most frequent first."""

    items: list[Miss]


class Project(Answer):
    """A line of the development board."""

    code: str
    area: str
    title: str
    text: str
    source: str
    office: str | None
    budget: int | None
    percent: int | None


class Board(Answer):
    """The projects of an area and of what it lies in."""

    area: str
    items: list[Project]


class RelayTask(Answer):
    """One kelurahan: in how many RT it was to be read aloud, where that was said, and in how many it was."""

    area: str
    name: str
    wanted: int | None
    reached: int
    at: str | None


class Relay(Answer):
    """How far something got beyond the phone: kelurahan asked and heard of, RT reached."""

    code: str
    script: str
    asked: int
    reported: int
    reached: int
    tasks: list[RelayTask]


class AreaScript(Answer):
    """Words to be read aloud in about half a minute."""

    code: str
    text: str


class Bulletin(Answer):
    """An A4 page as HTML that prints by itself, and what may be read aloud, one by one."""

    area: str
    html: str
    scripts: list[AreaScript]
