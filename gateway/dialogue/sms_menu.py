"""The menu that is open by SMS: a question whose payload is a dialogue's state, and what answers it."""

from collections.abc import Sequence

from gateway.dialogue.says import Done, Told
from gateway.kernel.codes import parse_ticket
from gateway.questions.store import Question
from menus.book import Book
from menus.keywords import Command
from menus.layout import lay_out
from menus.model import Action, State

KIND = "menu"
_WORDS = (KIND, "words", "place")
_COMMANDS = frozenset({"0", "00"})


def find(found: Sequence[Question]) -> Question | None:
    """The open menu among a number's open questions."""
    return next((question for question in found if question.kind == KIND), None)


def state_of(question: Question) -> State:
    """Where the menu stands. Raises ValueError where that cannot be read."""
    return State.from_json(question.payload["state"])


def fits(book: Book, question: Question, typed: str) -> bool:
    """Whether a number chooses something on the screen that stands open, or leads back, home or on."""
    try:
        state = state_of(question)
    except ValueError:
        return False
    screen = book.screens.get(state.screen)
    if screen is None:
        return False
    if typed in _COMMANDS:
        return True
    shown = lay_out(book, screen, state, question.payload["facts"])
    return typed in shown.ways or (typed == "9" and len(shown.pages) > 1)


def take_words(book: Book, found: Sequence[Question], command: Command, said: str) -> Done | None:
    """The menu's step where its screen asks for words, these are words, and nothing later was asked that takes words.

    A command stays a command: whoever writes BERHENTI or LAPOR is not filling in a form.
    """
    asked = next((question for question in found if question.kind in _WORDS), None)
    if asked is None or asked.kind != KIND:
        return None
    try:
        screen = book.screens.get(state_of(asked).screen)
    except ValueError:
        return None
    if screen is None or screen.take is None or not (command.action is Action.UNKNOWN or _is_bare(said)):
        return None
    return Done("ok", menu=Told(said, asked))


def _is_bare(said: str) -> bool:
    """A ticket or a code without any word of ours before it, as a screen asks for them."""
    parts = said.split()
    return parse_ticket(said) is not None or (len(parts) == 1 and len(said) > 2 and any(map(str.isdigit, said)))
