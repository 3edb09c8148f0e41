"""What a dialogue is made of: actions, a session's state, what one step is told, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

# A screen goes out as "CON " or "END " plus text, and 160 septets is what every operator shows whole.
SCREEN_ROOM = 156
ROOT = "home"
BYE = "bye"
GIVE_UP = "give_up"
BASE_LANGUAGE = "id"


class Lookup(StrEnum):
    """Everything a screen can need to be shown: lists (plural names, answered by `Rows`) and single things."""

    AREAS = "areas"
    ITEMS = "items"
    ITEM = "item"
    TICKETS = "tickets"
    TICKET = "ticket"
    RUMOURS = "rumours"
    RUMOUR = "rumour"
    TOPICS = "topics"
    SIMILAR = "similar"
    MY_DATA = "my_data"
    VIEWS = "views"
    OFFICIAL = "official"
    OFFICIAL_TICKETS = "official_tickets"
    OFFICIAL_TICKET = "official_ticket"
    OFFICIAL_BROADCASTS = "official_broadcasts"
    OFFICIAL_BROADCAST = "official_broadcast"
    OFFICIAL_CLAIMS = "official_claims"
    OFFICIAL_CLAIM = "official_claim"


class Action(StrEnum):
    """Everything a resident can ask for. Flow effects and SMS keywords name members of this one enum."""

    REGISTER = "register"
    JOIN = "join"
    MOVE = "move"
    SET_LANGUAGE = "set_language"
    STOP = "stop"
    STOP_ALL = "stop_all"
    FILE_ASPIRATION = "file_aspiration"
    ADD_TO_ASPIRATION = "add_to_aspiration"
    SEND_BY_SMS = "send_by_sms"
    DRAFT_BY_SMS = "draft_by_sms"
    INFO = "info"
    REPORT = "report"
    ASPIRE = "aspire"
    ASK = "ask"
    STATUS = "status"
    HELP = "help"
    DATA_NOTICE = "data_notice"
    CONFIRM = "confirm"
    EMERGENCY = "emergency"
    SET_TOPICS = "set_topics"
    SEND_MY_DATA = "send_my_data"
    ERASE_MY_DATA = "erase_my_data"
    CONFIRM_ERASE = "confirm_erase"
    HURRY = "hurry"
    CONFIRM_CLOSED = "confirm_closed"
    RATE = "rate"
    SUPPORT = "support"
    ASK_RUMOUR = "ask_rumour"
    RUMOUR_RESULT = "rumour_result"
    CHECK_CODE = "check_code"
    REPORT_FORGED = "report_forged"
    CALL_BACK = "call_back"
    STATISTICS = "statistics"
    QUIZ = "quiz"
    MENU = "menu"
    SIGN_IN = "sign_in"
    APPROVE_BROADCAST = "approve_broadcast"
    ACT_ON_TICKET = "act_on_ticket"
    UNKNOWN = "unknown"


# What a step is told.


@dataclass(frozen=True, slots=True)
class Input:
    """What the person typed in this hop."""

    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an effect, or a need for one thing, ended: "ok", "refused", "gone" or a name of the flow's own."""

    name: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the value kept, the label shown, and slots for a label that the book words itself."""

    value: str
    label: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a need for a list; empty is a valid answer."""

    rows: tuple[Row, ...]


Said = Input | Outcome | Rows


# What a step answers.


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done by the caller, whose `Outcome` it hands to the next step."""

    action: Action
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Need:
    """Something for the caller to look up, who hands `Rows` (lists) or an `Outcome` (one thing) to the next step."""

    name: Lookup
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a list as it was shown: its number stays its own although the data may change behind it."""

    key: str
    value: str
    label: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen to which `0` returns, with the page and the slots it had."""

    screen: str
    page: int
    slots: Mapping[str, str]


_NONE: Final[Mapping[str, str]] = MappingProxyType({})


# A tuple, since a hop makes a dozen successors of a state, and `_replace` of a tuple costs a fifth of a dataclass's.
class State(NamedTuple):
    """Where a dialogue stands. `to_json` and `from_json` are each other's inverse.

    `waiting` is "" at rest, "rows" or "fetch" while a need is open, "effect" while an effect is; `after` and
    `done` then say which screen follows which outcome and which slots an "ok" sets. `book` is the fingerprint
    of the book that showed the screen, so that a number typed under an older menu never chooses from a newer one.
    `kept` are slots of the whole session, `slots` those of the present errand.
    """

    screen: str
    language: str
    book: str = ""
    slots: Mapping[str, str] = _NONE
    kept: Mapping[str, str] = _NONE
    stack: tuple[Frame, ...] = ()
    page: int = 0
    choices: tuple[Choice, ...] = ()
    wrong: int = 0
    waiting: str = ""
    after: Mapping[str, str] = _NONE
    done: Mapping[str, str] = _NONE
    dialled: tuple[str, ...] = ()
    notice: str = ""
    room: int = SCREEN_ROOM

    def to_json(self) -> dict[str, Any]:
        """A JSON object holding only what differs from a fresh state."""
        data: dict[str, Any] = {"screen": self.screen, "language": self.language}
        for name in ("book", "page", "wrong", "waiting", "notice"):
            if getattr(self, name):
                data[name] = getattr(self, name)
        for name in ("slots", "kept", "after", "done"):
            if getattr(self, name):
                data[name] = dict(getattr(self, name))
        if self.stack:
            data["stack"] = [[frame.screen, frame.page, dict(frame.slots)] for frame in self.stack]
        if self.choices:
            data["choices"] = [[c.key, c.value, c.label, dict(c.slots)] for c in self.choices]
        if self.dialled:
            data["dialled"] = list(self.dialled)
        if self.room != SCREEN_ROOM:
            data["room"] = self.room
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Reads what `to_json` wrote; anything else raises ValueError, upon which the caller starts afresh."""
        try:
            maps = {name: _worded(data.get(name, {})) for name in ("slots", "kept", "after", "done")}
            return cls(
                screen=str(data["screen"]),
                language=str(data["language"]),
                book=str(data.get("book", "")),
                slots=maps["slots"],
                kept=maps["kept"],
                stack=tuple(
                    Frame(str(screen), abs(int(page)), _worded(slots)) for screen, page, slots in data.get("stack", ())
                ),
                page=abs(int(data.get("page", 0))),
                choices=tuple(
                    Choice(str(int(key)), str(value), str(label), _worded(slots))
                    for key, value, label, slots in data.get("choices", ())
                ),
                wrong=int(data.get("wrong", 0)),
                waiting=str(data.get("waiting", "")),
                after=maps["after"],
                done=maps["done"],
                dialled=tuple(map(str, data.get("dialled", ()))),
                notice=str(data.get("notice", "")),
                room=max(SCREEN_ROOM // 2, int(data.get("room", SCREEN_ROOM))),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ValueError("not a dialogue state") from fault


def _worded(data: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in data.items()} if data else _NONE


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer: `text` without its "CON "/"END ", or "" when an `effect` or a `need` is to be met first."""

    text: str
    ends: bool
    state: State
    effect: Effect | None = None
    need: Need | None = None
