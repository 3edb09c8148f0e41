"""Loads the dialogue book from its folder and refuses it with every fault at once, each with file and line."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from menus.book import Book
from menus.checks import check_book
from menus.drafts import Draft, Language
from menus.lexicon import Lexicon, read_lexicon
from menus.model import BASE_LANGUAGE
from menus.reading import BookError, Fault, Source, read
from menus.screens import fingerprint
from menus.shapes import FlowFile, LanguageFile
from menus.texts import Texts

PACKAGE = Path(__file__).parent


@cache
def standard() -> Book:
    """The book that lies in this package, loaded once a process."""
    return load()


@lru_cache(maxsize=8)
def bound(values: tuple[tuple[str, str], ...]) -> Book:
    """The standard book with these slots filled; a process has one set of them, the settings'."""
    return standard().bound(dict(values))


@cache
def standard_lexicon() -> Lexicon:
    """The keywords that lie in this package, loaded once a process."""
    return load_lexicon()


def load_lexicon(folder: Path = PACKAGE) -> Lexicon:
    """The keywords of a folder. Raises BookError listing every fault."""
    faults: list[Fault] = []
    lexicon = read_lexicon(folder, faults)
    if faults or lexicon is None:
        raise BookError(faults)
    return lexicon


def load(folder: Path = PACKAGE) -> Book:
    """The book of a folder with `flows/*.yaml`, `lang/*.yaml` and `keywords.yaml`.

    Raises BookError listing every fault of every file: unknown keys, targets, slots, actions and needs, unreachable
    screens, dead ends, texts that are missing, unused, untranslated or too long at their longest, and keywords that
    stand twice.
    """
    faults: list[Fault] = []
    draft = Draft(faults)
    content = b""
    for path in sorted((folder / "flows").glob("*.yaml")):
        content += path.read_bytes()
        _take_flow(draft, read(path, f"flows/{path.name}", faults))
    for path in sorted((folder / "lang").glob("*.yaml")):
        _take_language(draft, read(path, f"lang/{path.name}", faults))
    read_lexicon(folder, faults)
    if BASE_LANGUAGE not in draft.languages:
        faults.append(Fault(f"lang/{BASE_LANGUAGE}.yaml", 1, "the language every other falls back to is missing"))
    if faults:
        raise BookError(faults)
    texts = Texts({name: language.texts for name, language in draft.languages.items()}, draft.slots)
    check_book(draft, texts)
    if faults:
        raise BookError(faults)
    # Indonesian is the language the texts were written in; the others wait for their readers.
    unreviewed = {
        name: {key: line for key, line in language.lines.items() if key not in language.reviewed}
        for name, language in draft.languages.items()
        if name != BASE_LANGUAGE
    }
    return Book(draft.screens, texts, draft.slots, draft.messages, fingerprint(content), unreviewed)


def _take_flow(draft: Draft, source: Source) -> None:
    shape = source.validate(FlowFile)
    if shape is None:
        return
    for name, screen in shape.screens.items():
        if name in draft.screens:
            source.blame(f"screen {name} stands also in {draft.sources[name].file}", "screens", name)
            continue
        draft.screens[name] = screen.built(name)
        draft.sources[name] = source
    for name, slot in shape.slots.items():
        if name in draft.slots:
            source.blame(f"slot {name} stands in two files", "slots", name)
        draft.slots[name] = slot.built(name)
        draft.slot_sources[name] = source
    for key, message in shape.messages.items():
        draft.messages[key] = message.parts
        draft.message_sources[key] = source


def _take_language(draft: Draft, source: Source) -> None:
    shape = source.validate(LanguageFile)
    if shape is None:
        return
    if source.file != f"lang/{shape.language}.yaml":
        source.blame(f"language {shape.language} belongs into lang/{shape.language}.yaml", "language")
    texts: dict[str, str] = {}
    lines: dict[str, int] = {}
    _flatten(shape.texts, ("texts",), source, texts, lines)
    draft.languages[shape.language] = Language(
        shape.name, source, texts, lines, frozenset(shape.reviewed), frozenset(shape.fallback)
    )


def _flatten(
    data: dict[str, Any], where: tuple[str, ...], source: Source, texts: dict[str, str], lines: dict[str, int]
) -> None:
    for name, value in data.items():
        here = (*where, name)
        if isinstance(value, dict):
            _flatten(value, here, source, texts, lines)
        elif isinstance(value, str) and value:
            texts[".".join(here[1:])] = value
            lines[".".join(here[1:])] = source.line(*here)
        else:
            source.blame(f"{'.'.join(here[1:])} is not a text", *here)
