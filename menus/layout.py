"""Turns a screen and a state into numbered lines, the ways behind the numbers, and pages that fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from menus.book import Book
from menus.model import Choice, State
from menus.pager import pages
from menus.screens import Option, Part, Screen, Way
from menus.texts import shorten
from menus.words import holds, words_of

ROW = "list.row"
NEXT = "nav.next"
HOME = "nav.home"
Reached = tuple[Way, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen laid out: its pages, the one to show, and what each number leads to with the slots of its row.

    `notice` is the line above it where there are several pages: it stays, so that they are cut alike until they are read.
    """

    pages: tuple[str, ...]
    page: int
    ways: Mapping[str, Reached]
    notice: str = ""


def lay_out(book: Book, screen: Screen, state: State, facts: Mapping[str, str]) -> Shown:
    """The screen as `state` shows it, in the state's language and room."""
    words = words_of(state, facts)
    ways = ways_of(screen, state, words)
    if not _says_the_same(book, screen):
        made = _cut(book, screen, state, words, ways)
    else:
        head = tuple(holds(part.conditions, words) for part in screen.text)
        # By their ways, since two options may take turns under one number.
        options = tuple((key, id(way)) for key, (way, _) in ways.items())
        key = (screen.id, state.language, state.room, state.notice, options, head)
        if key not in book.cut:
            book.cut[key] = _cut(book, screen, state, words, ways)
        made = book.cut[key]
    return Shown(made, min(state.page, len(made) - 1), ways, state.notice if len(made) > 1 else "")


def _says_the_same(book: Book, screen: Screen) -> bool:
    """Whether the screen is worded without slots, so that it differs only by what is shown of it."""
    known = book.slotless.get(screen.id)
    if known is None:
        keys = [*(part.key for part in screen.text), *(option.label for option in screen.options), screen.back]
        has_slots = any(book.texts.names_of(key, language) for key in keys for language in book.languages)
        known = book.slotless[screen.id] = not has_slots and not screen.rows
    return known


def _cut(
    book: Book, screen: Screen, state: State, words: Mapping[str, str], ways: Mapping[str, Reached]
) -> tuple[str, ...]:
    """The pages of the screen."""
    lines: list[str] = []
    if screen.rows:
        parts = screen.rows.label or (Part(ROW),)
        lines += [f"{one.key} {_joined(book, parts, ways[one.key][1], state.language)}" for one in state.choices]
    options = [
        f"{key} {book.texts.say(option.label, words, state.language)}"
        for key, option in _numbered(screen, state.choices)
        if key in ways
    ]
    beside = options if screen.inline else []
    lines += [] if screen.inline else options
    head = _head(book, screen, state, words)
    if screen.ends:
        return (shorten(_with_notice(book, state, head, ways), state.room),)
    back, home, further = (book.texts.say(key, {}, state.language) for key in (screen.back, HOME, NEXT))
    last = " ".join((*beside, back, home) if screen.home else (*beside, back))
    more = " ".join((further, *beside, back, home)) if screen.inline else f"{further}\n{back} {home}"

    def paged(top: str) -> tuple[str, ...]:
        return pages(top, lines, last, more, state.room)

    made = paged(head)
    if state.notice:
        plain = len(made)
        made = paged(_with_notice(book, state, head, ways))
        if len(made) > plain and screen.title:
            made = paged(_with_notice(book, state, "", ways))
    return made


def ways_of(screen: Screen, state: State, words: Mapping[str, str]) -> dict[str, Reached]:
    """What each number on the screen leads to now, with the slots of its row; a choice needs no more than this."""
    ways: dict[str, Reached] = {}
    if screen.rows:
        for choice in state.choices:
            row = {**words, **choice.slots, "value": choice.value, "label": choice.label}
            ways[choice.key] = (screen.rows.way, row)
    for key, option in _numbered(screen, state.choices):
        if holds(option.conditions, words):
            ways[key] = (option.way, {})
    return ways


def _head(book: Book, screen: Screen, state: State, words: Mapping[str, str]) -> str:
    if screen.rows and not state.choices and screen.rows.empty:
        return book.texts.say(screen.rows.empty, words, state.language)
    return _joined(book, screen.text, words, state.language)


def _joined(book: Book, parts: tuple[Part, ...], words: Mapping[str, str], language: str) -> str:
    return " ".join(book.texts.say(part.key, words, language) for part in parts if holds(part.conditions, words))


def _with_notice(book: Book, state: State, head: str, ways: Mapping[str, object]) -> str:
    if not state.notice or not book.texts.has(state.notice):
        return head
    line = book.texts.say(state.notice, {"choices": ranges([int(key) for key in ways])}, state.language)
    return f"{line}\n{head}".strip()


def _numbered(screen: Screen, choices: tuple[Choice, ...]) -> Iterator[tuple[str, Option]]:
    taken = {option.key for option in screen.options if option.key} | {choice.key for choice in choices}
    keys = free_keys(taken)
    for option in screen.options:
        yield option.key or next(keys), option


def free_keys(taken: set[str]) -> Iterator[str]:
    """The numbers that lines may have, in order: 9 is always the next page, and 0 the way back."""
    number = 0
    while True:
        number += 1
        if number != 9 and str(number) not in taken:
            yield str(number)


def ranges(numbers: list[int]) -> str:
    """Numbers as a person says them: `1-3,5,7`; none at all is `0`, the way back."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs) or "0"
