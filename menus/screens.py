"""What the dialogue book is made of: screens, the ways out of them, conditions, and the slots that texts fill."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from menus.model import Action, Lookup


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when slot or fact `name` is filled or, with `value`, equal to it; `wanted` False turns it round."""

    name: str
    value: str = ""
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Doing:
    """An effect on the way to the next screen: args may name slots; `go` maps an outcome, or "else", to a screen."""

    action: Action
    args: Mapping[str, str]
    done: Mapping[str, str]
    go: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a choice leads: slots it sets, language it switches to (by present language), effect, screen."""

    set: Mapping[str, str]
    language: Mapping[str, str]
    go: str
    do: Doing | None


@dataclass(frozen=True, slots=True)
class Option:
    """A numbered line of a screen. `key` is "" for one that is numbered after the list's rows."""

    key: str
    label: str
    way: Way
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a screen's text, shown where all its conditions hold; pieces are joined by spaces."""

    key: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a screen: the need that gives them, the text of a line (none: its own label), where each leads."""

    need: Lookup
    args: Mapping[str, str]
    label: tuple[Part, ...]
    empty: str
    way: Way


@dataclass(frozen=True, slots=True)
class Instead:
    """Another screen shown in place of this one where all conditions hold."""

    conditions: tuple[Condition, ...]
    go: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """The need for one thing before a screen can be shown; outcomes other than "ok" lead elsewhere.

    `then` are the screens shown in place of this one for what an "ok" has found.
    """

    need: Lookup
    args: Mapping[str, str]
    go: Mapping[str, str]
    then: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """Free text into a slot, then on. What is `secret` reaches the effect's arguments alone and is kept nowhere."""

    slot: str
    way: Way
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. `title`: a wrong-choice line may replace its text. `deep`: a deep dial may walk onto it.

    `checkpoint`: a dropped session may be resumed here. `inline`: options share the line of `0`.
    `long`: may take several pages. `back`: text key for the word at `0`; `cancels`: `0` leads home instead of back;
    `home`: print `00` too. `entry`: the caller starts sessions here, so nothing in the book need lead to it.
    """

    id: str
    text: tuple[Part, ...]
    options: tuple[Option, ...] = ()
    rows: Listing | None = None
    fetch: Fetch | None = None
    take: Take | None = None
    instead: tuple[Instead, ...] = ()
    ends: bool = False
    title: bool = False
    deep: bool = False
    checkpoint: bool = False
    inline: bool = False
    long: bool = False
    home: bool = False
    cancels: bool = False
    entry: bool = False
    back: str = "nav.back"


@dataclass(frozen=True, slots=True)
class Slot:
    """A name that texts may fill: at most `width` septets, or a code named by the texts under `names`.

    `like` takes the value of another slot, `upper` shows it in capitals, `long` is text without limit,
    `kept` lasts for the whole session. `units`: the value is a number and one of these (`3 day`), worded by the texts
    `unit.day.one` and `unit.day.many`; the width is the number's.
    """

    name: str
    width: int = 0
    names: str = ""
    like: str = ""
    upper: bool = False
    long: bool = False
    kept: bool = False
    units: tuple[str, ...] = ()


def fingerprint(content: bytes) -> str:
    """Eight hexadecimal digits that change with the book's flows."""
    return hashlib.sha256(content).hexdigest()[:8]
