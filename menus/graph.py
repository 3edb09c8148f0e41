"""Draws the dialogue as a Mermaid flowchart: a node a screen, an arrow a choice, effects named on the way."""

from collections.abc import Iterator

from menus.book import Book
from menus.model import BASE_LANGUAGE
from menus.screens import Option, Screen, Way


def draw(book: Book) -> str:
    """The whole book as Mermaid text; screens that end the session are rounded."""
    lines = ["flowchart LR"]
    for screen in book.screens.values():
        name = screen.id.replace("_", " ")
        # A node may not be called `end`, a word of Mermaid's own, so every id carries a prefix.
        lines.append(f'  s_{screen.id}(["{name}"])' if screen.ends else f'  s_{screen.id}["{name}"]')
    for screen in book.screens.values():
        lines += dict.fromkeys(f"  s_{screen.id} -->|{label}| s_{target}" for label, target in arrows(book, screen))
    return "\n".join(lines)


def arrows(book: Book, screen: Screen) -> Iterator[tuple[str, str]]:
    """Everything that can lead away from a screen, as a label and a screen; the label begins with what is typed."""
    for option in screen.options:
        yield from _leads(_label(book, option), option.way)
    if screen.rows:
        yield from _leads(f"each of {screen.rows.need}", screen.rows.way)
    if screen.take:
        yield from _leads("words", screen.take.way)
    if screen.fetch:
        yield from ((f"{screen.fetch.need}: {name}", target) for name, target in screen.fetch.go.items())
    for other in (*screen.instead, *(screen.fetch.then if screen.fetch else ())):
        tests = " and ".join(
            ("" if condition.wanted else "not ") + condition.name + (f"={condition.value}" if condition.value else "")
            for condition in other.conditions
        )
        yield f"if {tests}", other.go


def _label(book: Book, option: Option) -> str:
    words = book.texts.say(option.label, {}, BASE_LANGUAGE)
    plain = "".join(letter for letter in words if letter.isalnum() or letter in " /&-")
    return f"{option.key} {plain}".strip()


def _leads(label: str, way: Way) -> Iterator[tuple[str, str]]:
    if way.do:
        yield from ((f"{label} / {way.do.action}: {name}", target) for name, target in way.do.go.items())
    else:
        yield label, way.go
