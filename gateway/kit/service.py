"""Writes the kit's sheets as HTML for A4 paper, in every language, with the city's own codes; any browser prints them."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from config.figures import spoken
from config.settings import Settings
from gateway.officials.rules import CARD_COLUMNS, CARD_ROWS
from menus import render
from menus.loader import standard

_SHEET: Final = Template(Path(__file__).with_name("sheet.html").read_text(encoding="utf-8"))
_CARDS: Final = 2
_PEOPLE: Final = 19
_CALLS: Final = 18
_FRIDGE: Final = ("dial", "report", "genuine", "rumour", "stop")
_MEETING: Final = ("name", "phone", "place", "language", "sign")
_DOWN: Final = ("time", "name", "phone", "place", "what", "done")

Say = Callable[[str], str]


def write(settings: Settings, folder: Path) -> list[str]:
    """Write every sheet in every language into a folder, over what is there; their names. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    book = standard().bound(spoken(settings))
    written = []
    for language in settings.languages:

        def say(key: str, language: str = language) -> str:
            return escape(render.render(book, f"kit.{key}", {}, language))

        for name, draw in SHEETS.items():
            page = _SHEET.substitute(language=language, title=say(f"{name}.title"), body=draw(say))
            path = folder / f"{name}.{language}.html"
            path.write_text(page, encoding="utf-8")
            written.append(path.name)
    return written


def _fridge(say: Say) -> str:
    lines = "".join(f"<p>{say(f'fridge.{key}')}</p>" for key in _FRIDGE)
    card = f'<section class="card"><h1>{say("fridge.title")}</h1><p class="loud">{say("fridge.emergency")}</p>{lines}</section>'
    return f'<div class="cards">{card * _CARDS}</div>'


def _meeting(say: Say) -> str:
    head = f"<h1>{say('meeting.title')}</h1><p>{say('meeting.consent')}</p><p>{say('meeting.after')}</p>"
    return head + _table(say, _MEETING, _PEOPLE)


def _card(say: Say) -> str:
    head = f"<h1>{say('card.title')}</h1><p>{say('card.use')}</p><p>{say('card.keep')}</p>"
    columns = "".join(f"<th>{column}</th>" for column in CARD_COLUMNS)
    rows = "".join(f"<tr><th>{row}</th>{'<td></td>' * len(CARD_COLUMNS)}</tr>" for row in CARD_ROWS)
    return f'{head}<table class="codes"><thead><tr><th class="narrow"></th>{columns}</tr></thead><tbody>{rows}</tbody></table>'


def _fallback(say: Say) -> str:
    steps = "".join(f"<li>{say(f'fallback.step_{n}')}</li>" for n in range(1, 5))
    head = f"<h1>{say('fallback.title')}</h1><ol>{steps}</ol>"
    return head + _table(say, _DOWN, _CALLS)


def _table(say: Say, columns: Sequence[str], rows: int) -> str:
    named = "".join(f'<th class="{key}">{say(f"column.{key}")}</th>' for key in columns)
    head = f'<th class="narrow"></th>{named}'
    body = "".join(f"<tr><td>{n}</td>{'<td></td>' * len(columns)}</tr>" for n in range(1, rows + 1))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


SHEETS: Final[dict[str, Callable[[Say], str]]] = {
    "fridge": _fridge, "meeting": _meeting, "card": _card, "fallback": _fallback,
}  # fmt: skip
