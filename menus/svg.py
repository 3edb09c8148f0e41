"""Draws the dialogue as an SVG: screens in columns by their distance from the main menu, arrows for choices."""

from collections.abc import Mapping
from html import escape

from menus.book import Book
from menus.graph import arrows
from menus.model import BASE_LANGUAGE, ROOT

BOX_WIDTH, BOX_HEIGHT = 200, 46
COLUMN, ROW = 330, 62
MARGIN = 24
_SWEEPS = 8
_SHORT = 26
_TYPED = ("each", "words", "if")
_STYLE = (
    "text{font:12px sans-serif;fill:#111}.id{font-weight:bold}.way{font-size:10px;fill:#444}"
    "rect{fill:#fff;stroke:#333}.ends{fill:#eee}path{fill:none;stroke:#567;stroke-width:1}.back{stroke-dasharray:4 3;"
    "stroke:#bbb}"
)

Links = Mapping[tuple[str, str], list[str]]


def draw(book: Book) -> str:
    """The whole book as one SVG document. Ends are grey and rounded; dashed arrows lead back to an earlier column."""
    links = _links(book)
    columns = _columns(book, links)
    spots = {
        name: (MARGIN + at * COLUMN, MARGIN + row * ROW)
        for at, column in enumerate(columns)
        for row, name in enumerate(column)
    }
    width = 2 * MARGIN + (len(columns) - 1) * COLUMN + BOX_WIDTH
    height = 2 * MARGIN + (max(map(len, columns)) - 1) * ROW + BOX_HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<style>{_STYLE}</style>",
    ]
    lines += (_arrow(spots[source], spots[target], labels) for (source, target), labels in links.items())
    lines += (_box(book, name, spot) for name, spot in spots.items())
    return "\n".join([*lines, "</svg>"])


def _links(book: Book) -> dict[tuple[str, str], list[str]]:
    """Every pair of screens that follow each other, with all that leads from one to the other."""
    links: dict[tuple[str, str], dict[str, None]] = {}
    for screen in book.screens.values():
        for label, target in arrows(book, screen):
            links.setdefault((screen.id, target), {})[label] = None
    return {pair: list(labels) for pair, labels in links.items()}


def _columns(book: Book, links: Links) -> list[list[str]]:
    """The screens by distance from the main menu; each column is sorted by where its neighbours stand."""
    after: dict[str, list[str]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
    # What the engine alone leads to stands beside the main menu.
    reached = {target for _, target in links}
    columns = [[ROOT, *(name for name in book.screens if name != ROOT and name not in reached)]]
    seen = set(columns[0])
    while True:
        fresh = dict.fromkeys(target for name in columns[-1] for target in after.get(name, ()) if target not in seen)
        if not fresh:
            break
        seen.update(fresh)
        columns.append(list(fresh))
    for sweep in range(_SWEEPS):
        rows = {name: row for column in columns for row, name in enumerate(column)}
        for column in columns if sweep % 2 else reversed(columns):
            column.sort(key=lambda name: (_middle(name, links, rows), rows[name]))
    return columns


def _middle(name: str, links: Links, rows: Mapping[str, int]) -> float:
    beside = [rows[b if a == name else a] for a, b in links if name in (a, b)]
    return sum(beside) / len(beside) if beside else rows[name]


def _box(book: Book, name: str, spot: tuple[int, int]) -> str:
    x, y = spot
    screen = book.screens[name]
    key = screen.text[0].key
    names = {book.slots[name].like or name for name in book.texts.names_of(key, BASE_LANGUAGE)}
    said = book.texts.say(key, {name: name for name in names}, BASE_LANGUAGE).split("\n")[0]
    shape = f'class="ends" rx="{BOX_HEIGHT // 2}"' if screen.ends else 'rx="3"'
    short = said if len(said) <= _SHORT else said[:_SHORT].rstrip() + ".."
    return (
        f'<g id="{name}"><title>{escape(said)}</title>'
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" {shape}/>'
        f'<text class="id" x="{x + 12}" y="{y + 18}">{name.replace("_", " ")}</text>'
        f'<text x="{x + 12}" y="{y + 36}">{escape(short)}</text></g>'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int], labels: list[str]) -> str:
    half = BOX_HEIGHT // 2
    x1, y1, x2, y2 = start[0] + BOX_WIDTH, start[1] + half, end[0], end[1] + half
    is_back = x2 <= x1
    if is_back:
        # Back and sideways arrows leave and arrive below the box, so that they are told from those that go on.
        x1, y1, x2, y2 = start[0] + BOX_WIDTH // 2, start[1] + BOX_HEIGHT, end[0] + BOX_WIDTH // 2, end[1] + BOX_HEIGHT
        curve = f"M{x1} {y1}C{x1} {y1 + 30} {x2} {y2 + 30} {x2} {y2}"
    else:
        bend = (x2 - x1) // 2
        curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    keys = ",".join(dict.fromkeys(word for label in labels if (word := label.split()[0]) in _TYPED or word.isdecimal()))
    beside = "" if is_back else f'<text class="way" x="{x2 - 8}" y="{y2 - 4}" text-anchor="end">{escape(keys)}</text>'
    kind = "back" if is_back else "on"
    return f'<g><title>{escape(chr(10).join(labels))}</title><path class="{kind}" d="{curve}"/>{beside}</g>'
