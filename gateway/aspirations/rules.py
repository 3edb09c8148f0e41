"""The life of a ticket as data: states, what may follow what, and the clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from gateway.kernel.text import clean


class State(StrEnum):
    """Where a ticket stands. The API speaks these words; residents see the book's."""

    RECEIVED = "received"
    VERIFYING = "verifying"
    NEEDS_INFO = "needs_info"
    FORWARDED = "forwarded"
    LOCAL = "local"
    DECLINED = "declined"
    MERGED = "merged"
    ARCHIVED = "archived"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    CLOSED = "closed"
    CLOSED_PARTLY = "closed_partly"
    CLOSED_AUTOMATICALLY = "closed_automatically"
    REOPENED = "reopened"


class Verb(StrEnum):
    """What may be done to a ticket, by staff, by the resident or by the clock."""

    VERIFY = "verify"
    ASK = "ask"
    INFORM = "inform"
    LAPSE = "lapse"
    FORWARD = "forward"
    TAKE = "take"
    DECLINE = "decline"
    MERGE = "merge"
    ARCHIVE = "archive"
    START = "start"
    REPLY = "reply"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    CONFIRM_PARTLY = "confirm_partly"
    DENY = "deny"
    REOPEN = "reopen"


_WORKING = (State.FORWARDED, State.LOCAL, State.IN_PROGRESS)
OVER = (
    State.ARCHIVED,
    State.CLOSED,
    State.CLOSED_PARTLY,
    State.CLOSED_AUTOMATICALLY,
)

SETTLED = (*OVER, State.DECLINED, State.MERGED)
"""Nothing is done about these tickets any more."""

# From, verb, to. A verb that is not here from a state is not allowed there; `reply` leaves the state as it is.
TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.RECEIVED, Verb.VERIFY): State.VERIFYING,
    (State.VERIFYING, Verb.ASK): State.NEEDS_INFO,
    (State.NEEDS_INFO, Verb.INFORM): State.VERIFYING,
    (State.NEEDS_INFO, Verb.LAPSE): State.ARCHIVED,
    (State.VERIFYING, Verb.FORWARD): State.FORWARDED,
    (State.VERIFYING, Verb.TAKE): State.LOCAL,
    (State.VERIFYING, Verb.DECLINE): State.DECLINED,
    (State.VERIFYING, Verb.MERGE): State.MERGED,
    (State.VERIFYING, Verb.ARCHIVE): State.ARCHIVED,
    (State.FORWARDED, Verb.START): State.IN_PROGRESS,
    (State.LOCAL, Verb.START): State.IN_PROGRESS,
    **{(state, Verb.REPLY): state for state in _WORKING},
    **{(state, Verb.RESOLVE): State.ANSWERED for state in _WORKING},
    (State.ANSWERED, Verb.CONFIRM): State.CLOSED,
    (State.ANSWERED, Verb.CONFIRM_PARTLY): State.CLOSED_PARTLY,
    (State.ANSWERED, Verb.DENY): State.REOPENED,
    (State.ANSWERED, Verb.LAPSE): State.CLOSED_AUTOMATICALLY,
    (State.REOPENED, Verb.FORWARD): State.FORWARDED,
    (State.REOPENED, Verb.TAKE): State.LOCAL,
    (State.REOPENED, Verb.START): State.IN_PROGRESS,
    (State.REOPENED, Verb.RESOLVE): State.ANSWERED,
    **{(state, Verb.REOPEN): State.REOPENED for state in OVER},
}


class Clock(StrEnum):
    """Which deadline runs on a ticket; days of each are the setting CASEWORK_DAYS, in working days."""

    VERIFY = "verify"
    FIRST = "first"
    DONE = "done"
    AGAIN = "again"


STARTS: Mapping[Verb, Clock] = {
    Verb.INFORM: Clock.VERIFY,
    Verb.FORWARD: Clock.FIRST,
    Verb.TAKE: Clock.FIRST,
    Verb.DENY: Clock.AGAIN,
    Verb.REOPEN: Clock.AGAIN,
}
"""Verbs that start a clock anew, from the day of the act."""
TURNS: Mapping[Verb, Clock] = {Verb.START: Clock.DONE, Verb.REPLY: Clock.DONE}
"""Verbs after which another clock runs, still from the day on which the one before began."""
KEEPS = frozenset({Verb.VERIFY})
"""Verbs that leave the clock as it is; all others end it."""
WAITS: Mapping[Verb, str] = {Verb.ASK: "info", Verb.RESOLVE: "close"}
"""Verbs after which the resident's word is waited for, and which of CASEWORK_DAYS says how many calendar days."""


@dataclass(frozen=True, slots=True)
class Course:
    """How the clocks of a ticket stand. All None: nothing runs. `days` are working days after `start`."""

    clock: Clock | None = None
    start: date | None = None
    days: int | None = None
    due: date | None = None
    is_provisional: bool = False
    reminded: int = 0
    waits_until: datetime | None = None


class Step(IntEnum):
    """What is due around a deadline: T-2 and T remind, T+1 and T+3 escalate; all in working days."""

    BEFORE = 1
    ON = 2
    LATE = 3
    VERY_LATE = 4


KINDS = ("complaint", "proposal", "question")
SAME_WITHIN = timedelta(minutes=10)
"""The same words from the same number within this time are the same ticket."""
DRAFT_KEPT = timedelta(hours=72)
GROWS_WITHIN = timedelta(hours=1)
LONGEST = 1600
LONGEST_SAID = 150
"""Septets of an official's words to a resident: with the text around them they make two parts of an SMS at most."""
HURRY_AGAIN = timedelta(days=7)
"""A ticket is hurried once in this time."""
CLOSING = {"yes": Verb.CONFIRM, "partly": Verb.CONFIRM_PARTLY, "no": Verb.DENY}
"""What the resident's answer to "is it done?" does to the ticket."""
RATED = (State.CLOSED, State.CLOSED_PARTLY, State.CLOSED_AUTOMATICALLY)


@dataclass(frozen=True, slots=True)
class Filing:
    """What a resident wants to file. Codes are empty where they were not said; `words` is redacted text."""

    kind: str
    category: str
    area: str
    words: str
    is_confidential: bool
    channel: str
    cause: str
    rt: str = ""
    rw: str = ""
    is_emergency: bool = False
    on_behalf: bool = False
    landmark: str = ""


def following(state: State, verb: Verb) -> State | None:
    """The state that a verb leads to, or None where it is not allowed."""
    return TRANSITIONS.get((state, verb))


def fold(words: str) -> str:
    """Words as compared for repetition: case and spacing do not count."""
    return " ".join(clean(words).lower().split())
