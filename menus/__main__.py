"""Tools for people who write menus: `check` lists every fault, `graph` draws the screens, `play` gives phones."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from menus import corpus, svg
from menus.book import Book
from menus.graph import draw
from menus.loader import PACKAGE, load
from menus.play import play
from menus.reading import BookError


def main(arguments: list[str], say: Callable[[str], None] = print, ask: Callable[[str], str] = input) -> int:
    """Runs one command and returns the exit code: 0, or 1 where the book has faults."""
    parser = argparse.ArgumentParser(prog="python -m menus", description=__doc__)
    parser.add_argument("--folder", type=Path, default=PACKAGE, help="another book than the one that is shipped")
    commands = parser.add_subparsers(dest="command", required=True)
    checker = commands.add_parser("check", help="list every fault of flows, texts and keywords")
    checker.add_argument("--unreviewed", action="store_true", help="list the texts that await a native speaker")
    drawer = commands.add_parser("graph", help="print the screens as a Mermaid flowchart")
    drawer.add_argument("--svg", action="store_true", help="print them as an SVG picture instead")
    judge = commands.add_parser(
        "corpus", help="judge the parser by labelled SMS: figures, confusion table, what was misread"
    )
    judge.add_argument("file", nargs="?", type=Path, default=corpus.STANDARD, help="another file of labelled SMS")
    player = commands.add_parser("play", help="phones in the terminal, over a city in memory")
    player.add_argument("--language", default="id", help="language of the phone's owner")
    player.add_argument("--new", action="store_true", help="a number that has not agreed yet")
    player.add_argument("--alert", default="", help="an active warning, e.g. 'SIAGA ROB Utara jam 14-18'")
    given = parser.parse_args(arguments)
    if given.command == "corpus":
        return corpus.show(given.file, say)
    try:
        book = load(given.folder)
    except BookError as error:
        say(str(error))
        say(f"{len(error.faults)} faults")
        return 1
    if given.command == "check":
        for line in _unreviewed(book) if given.unreviewed else ():
            say(line)
        say(_counts(book))
    elif given.command == "graph":
        say(svg.draw(book) if given.svg else draw(book))
    else:
        play(book, say, ask, language=given.language, known=not given.new, alert=given.alert)
    return 0


def _unreviewed(book: Book) -> Iterator[str]:
    for name, lines in book.unreviewed.items():
        yield from (f"lang/{name}.yaml:{line}: {key} is not reviewed" for key, line in lines.items())


def _counts(book: Book) -> str:
    waiting = ", ".join(f"{name} {len(lines)}" for name, lines in book.unreviewed.items() if lines)
    return (
        f"no faults: {len(book.screens)} screens, {book.texts.count()} texts, {len(book.messages)} messages,"
        f" {len(book.languages)} languages ({', '.join(book.languages)}); not yet reviewed: {waiting or 'none'}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
