"""The dialogue engine: a pure reducer from a book, a state and what was said to the next screen, effect or need."""

import re
from collections.abc import Mapping, Sequence

from menus.book import Book
from menus.layout import free_keys, lay_out, ways_of
from menus.model import (
    BASE_LANGUAGE,
    BYE,
    GIVE_UP,
    ROOT,
    SCREEN_ROOM,
    Choice,
    Effect,
    Frame,
    Input,
    Need,
    Row,
    Rows,
    Said,
    State,
    Turn,
)
from menus.screens import Screen, Way
from menus.words import fill, holds, words_of

PATIENCE = 5
LOST = "notice.lost"
WRONG = "notice.wrong"
CHANGED = "notice.changed"
SORRY = "sorry"
_NUMBER = re.compile(r"(\d{1,3})\s*[.)#*]*")


def start(
    book: Book,
    facts: Mapping[str, str],
    language: str,
    screen: str = ROOT,
    dialled: Sequence[str] = (),
    room: int = SCREEN_ROOM,
    notice: str = "",
    slots: Mapping[str, str] | None = None,
) -> Turn:
    """The first turn of a session.

    `dialled` are the inputs of a deep dial: they are walked only onto screens marked `deep`, never over an effect
    or free text, and what is left of them is dropped. `notice` is the key of a line shown above the first screen,
    `room` the septets of a screen, `slots` what is already known of the errand.
    """
    spoken = language if language in book.languages else BASE_LANGUAGE
    state = State(screen="", language=spoken, book=book.fingerprint, dialled=tuple(dialled), room=room, notice=notice)
    if screen == ROOT:
        return _enter(book, state, ROOT, facts)
    state = state._replace(slots=dict(slots or {}), stack=(Frame(ROOT, 0, {}),))
    return _enter(book, state, screen, facts)


def step(book: Book, state: State, said: Said, facts: Mapping[str, str]) -> Turn:
    """The turn after `said`: what the person typed, or the answer to the effect or need of the turn before.

    Never raises on any input or any state that `State.from_json` accepts.
    """
    if state.language not in book.languages:
        state = state._replace(language=BASE_LANGUAGE)
    if state.waiting:
        return _answered(book, state, said, facts)
    if not isinstance(said, Input):
        return _show(book, state, facts)
    return _typed(book, state, said.text.strip(), facts)


def _answered(book: Book, state: State, said: Said, facts: Mapping[str, str]) -> Turn:
    waiting = state.waiting
    rest = state._replace(waiting="", after={}, done={})
    if isinstance(said, Input):
        # The answer was lost with the process that should have brought it. A need is asked again; an effect may
        # have happened or not, so it is never repeated on its own.
        if waiting == "effect" or state.screen not in book.screens:
            return _home(book, rest, facts, LOST)
        return _arrive(book, rest._replace(dialled=()), facts)
    if isinstance(said, Rows):
        if waiting != "rows" or state.screen not in book.screens:
            return _home(book, rest, facts, LOST)
        return _show_or_walk(book, rest._replace(choices=_number(book.screens[state.screen], said.rows)), facts)
    rest = _remember(book, rest, said.slots)
    if waiting == "effect":
        if said.name == "ok":
            filled = words_of(rest, facts)
            rest = _remember(book, rest, {name: fill(value, filled) for name, value in state.done.items()})
        rest = rest._replace(stack=(Frame(ROOT, 0, {}),), dialled=())
    elif said.name == "ok" and waiting == "fetch":
        return _found(book, rest, facts)
    target = state.after.get(said.name) or state.after.get("else") or SORRY
    return _enter(book, rest, target, facts)


def _found(book: Book, state: State, facts: Mapping[str, str]) -> Turn:
    """Shows the screen that waited for one thing, or the one that stands in for it, given what was found."""
    screen = book.screens.get(state.screen)
    if screen is None:
        return _home(book, state, facts, LOST)
    words = words_of(state, facts)
    if screen.fetch and (away := next((other.go for other in screen.fetch.then if holds(other.conditions, words)), "")):
        return _enter(book, state, away, facts)
    return _show_or_walk(book, state, facts)


def _typed(book: Book, state: State, text: str, facts: Mapping[str, str]) -> Turn:
    screen = book.screens.get(state.screen)
    if screen is None or screen.ends:
        return _home(book, state, facts, LOST if screen is None else "")
    if not text:
        return _show(book, state, facts)
    if text == "00":
        return _home(book, state, facts)
    if text == "0":
        state = state._replace(notice="")
        return _home(book, state, facts) if screen.cancels else _back(book, state, facts)
    stale = state.book != book.fingerprint
    if text == "9":
        shown = lay_out(book, screen, state, facts)
        if len(shown.pages) > 1:
            return _show(book, state._replace(page=(shown.page + 1) % len(shown.pages), wrong=0), facts)
    state = state._replace(notice="")
    words = words_of(state, facts)
    if (number := _NUMBER.fullmatch(text)) and (way := ways_of(screen, state, words).get(number[1])):
        if stale:
            return _show(book, state._replace(book=book.fingerprint, notice=CHANGED), facts)
        return _follow(book, state, *way, facts)
    if screen.take:
        keep = "" if screen.take.secret else screen.take.slot
        return _follow(book, state, screen.take.way, {screen.take.slot: text}, facts, keep=keep)
    if state.wrong + 1 >= PATIENCE:
        return _enter(book, state._replace(wrong=0), GIVE_UP, facts)
    return _show(book, state._replace(wrong=state.wrong + 1, notice=WRONG, book=book.fingerprint), facts)


def _follow(
    book: Book, state: State, way: Way, extra: Mapping[str, str], facts: Mapping[str, str], keep: str = ""
) -> Turn:
    """Takes a way: sets its slots, switches the language, then an effect or the next screen."""
    before = Frame(state.screen, state.page, state.slots)
    filled = {**words_of(state, facts), **extra}
    given = {name: fill(value, filled) for name, value in way.set.items()}
    if keep:
        given[keep] = extra[keep]
    state = _remember(book, state._replace(wrong=0), given)
    language = way.language.get(state.language) or way.language.get("*") or state.language
    state = state._replace(language=language)
    if way.do:
        # A row carries the slots it was laid out with; what this choice sets is newer, and wins.
        filled = {**words_of(state, facts), **extra, **given}
        args = {name: fill(value, filled) for name, value in way.do.args.items()}
        state = state._replace(waiting="effect", after=dict(way.do.go), done=dict(way.do.done), choices=(), dialled=())
        return Turn("", False, state, effect=Effect(way.do.action, args))
    return _enter(book, state._replace(stack=(*state.stack, before)), way.go, facts)


def _enter(book: Book, state: State, target: str, facts: Mapping[str, str]) -> Turn:
    """Goes onto a screen, or the one that stands in for it; a screen that is gone leads home with a line."""
    if target == ROOT:
        state = state._replace(slots={}, stack=())
    resolved = _resolve(book, state, target, facts)
    if resolved is None:
        return _home(book, state, facts, LOST)
    # Coming back to a screen that is already underneath unwinds to it, so that `0` never walks in circles.
    below = next((at for at, frame in enumerate(state.stack) if frame.screen == resolved), len(state.stack))
    state = state._replace(
        screen=resolved, stack=state.stack[:below], page=0, choices=(), wrong=0, book=book.fingerprint
    )
    return _arrive(book, state, facts)


def _resolve(book: Book, state: State, target: str, facts: Mapping[str, str]) -> str | None:
    filled = words_of(state, facts)
    while screen := book.screens.get(target):
        away = next((other.go for other in screen.instead if holds(other.conditions, filled)), None)
        if away is None:
            return target
        target = away
    return None


def _arrive(book: Book, state: State, facts: Mapping[str, str]) -> Turn:
    """Shows the screen of the state, or asks first for what it stands on."""
    screen = book.screens[state.screen]
    if screen.rows or screen.fetch:
        asked = screen.rows or screen.fetch
        assert asked is not None
        filled = words_of(state, facts)
        args = {name: fill(value, filled) for name, value in asked.args.items()}
        after = dict(screen.fetch.go) if screen.fetch else {}
        state = state._replace(waiting="fetch" if screen.fetch else "rows", after=after)
        return Turn("", False, state, need=Need(asked.need, args))
    return _show_or_walk(book, state, facts)


def _show_or_walk(book: Book, state: State, facts: Mapping[str, str]) -> Turn:
    if not state.dialled:
        return _show(book, state, facts)
    first, rest = state.dialled[0], state.dialled[1:]
    screen = book.screens[state.screen]
    found = ways_of(screen, state, words_of(state, facts)).get(first) if screen.deep else None
    if found:
        way, extra = found
        target = _resolve(book, state, way.go, facts)
        if not way.do and not way.language and target and book.screens[target].deep:
            return _follow(book, state._replace(dialled=rest), way, extra, facts)
    return _show(book, state._replace(dialled=()), facts)


def _show(book: Book, state: State, facts: Mapping[str, str]) -> Turn:
    screen = book.screens.get(state.screen)
    if screen is None:
        return _home(book, state, facts, LOST)
    shown = lay_out(book, screen, state, facts)
    return Turn(shown.pages[shown.page], screen.ends, state._replace(page=shown.page, notice=shown.notice))


def _back(book: Book, state: State, facts: Mapping[str, str]) -> Turn:
    if not state.stack:
        return _enter(book, state, BYE, facts)
    *below, frame = state.stack
    if frame.screen not in book.screens:
        return _home(book, state, facts, LOST)
    state = state._replace(
        screen=frame.screen, slots=frame.slots, stack=tuple(below), page=frame.page, choices=(), wrong=0
    )
    if frame.screen == ROOT:
        return _enter(book, state, ROOT, facts)
    return _arrive(book, state._replace(book=book.fingerprint), facts)


def _home(book: Book, state: State, facts: Mapping[str, str], notice: str = "") -> Turn:
    return _enter(book, state._replace(notice=notice, dialled=(), waiting="", after={}, done={}), ROOT, facts)


def _remember(book: Book, state: State, slots: Mapping[str, str]) -> State:
    """Keeps slots: those of the whole session apart from those of the errand."""
    if not slots:
        return state
    lasting = {name: value for name, value in slots.items() if name in book.slots and book.slots[name].kept}
    passing = {name: value for name, value in slots.items() if name not in lasting}
    return state._replace(slots={**state.slots, **passing}, kept={**state.kept, **lasting})


def _number(screen: Screen, rows: Sequence[Row]) -> tuple[Choice, ...]:
    taken = {option.key for option in screen.options if option.key}
    keys = free_keys(taken)
    return tuple(Choice(next(keys), row.value, row.label, dict(row.slots)) for row in rows)
