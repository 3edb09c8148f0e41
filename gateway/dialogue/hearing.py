"""What the engine is told of one input: of free text only what may be stored, of a choice not its stray signs."""

from gateway.dialogue.typed import STAR
from gateway.kernel.text import redact
from menus.book import Book
from menus.model import Input, State

_LONGEST = 1600
_CHOICE = 3
"""Digits that are a choice and never hold anything to mask."""


def hear(book: Book, state: State, typed: str) -> Input:
    """The input as the screen of `state` takes it."""
    if typed.isdecimal() and typed.isascii() and len(typed) <= _CHOICE:
        return Input(typed)
    screen = book.screens.get(state.screen)
    said = redact(typed[:_LONGEST]).text
    if screen is None or screen.take is None:
        said = said.strip(f"{STAR}# ")
    elif not any(letter.isalnum() for letter in said):
        said = ""
    return Input(said)
