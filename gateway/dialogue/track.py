"""What PostgreSQL is told of a dialogue: at which screens, and with which of its words."""

from menus.book import Book
from menus.drafts import ways_of
from menus.model import State, Turn


def is_armed(book: Book, name: str) -> bool:
    """Whether the next input on this screen may have an effect, or be free text that may hold stars."""
    screen = book.screens.get(name)
    return screen is not None and (screen.take is not None or any(way.do for _, way in ways_of(screen)))


def without_words(book: Book, turn: Turn) -> State:
    """The state of a turn as it is kept: once a dialogue has ended, only what its last screen shows."""
    if not turn.ends:
        return turn.state
    screen = book.screens[turn.state.screen]
    shown = {name for part in screen.text for name in book.texts.names_of(part.key, turn.state.language)}
    shown |= {book.slots[name].like for name in shown}
    kept = {name: value for name, value in turn.state.slots.items() if name in shown}
    return turn.state._replace(slots=kept, stack=(), choices=())
