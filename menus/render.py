"""The only place that makes words for residents: any text of the book, in any language, filled and fitted to GSM-7."""

from collections.abc import Mapping

from menus.book import Book
from menus.loader import standard
from menus.texts import shorten

__all__ = ["longest_parts", "render", "shorten"]


def render(book: Book, key: str, slots: Mapping[str, str], language: str) -> str:
    """The text under `key` with its slots filled, as it goes out; `book` is bound to the settings, as a runtime's is.

    Values are fitted to GSM-7 and cut to the width that the book declares; codes such as a category or a state
    are worded. A language without the text, or an unknown one, speaks Indonesian. Raises KeyError for an unknown
    key and for a slot that is not given.
    """
    spoken = language if language in book.languages else "id"
    for name in book.texts.names_of(key, spoken):
        if (book.slots[name].like or name) not in slots:
            raise KeyError(f"{key} needs a value for {name}")
    return book.texts.say(key, slots, spoken)


def longest_parts(key: str) -> int:
    """The SMS parts that a message may take at its longest."""
    return standard().messages[key]
