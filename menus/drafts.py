"""A book on its way from YAML to use: what was read, where each piece stands, and the faults found so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from menus.reading import Fault, Source
from menus.screens import Doing, Screen, Slot, Way


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of one language by key, with their lines; `fallback` keys show Indonesian for now."""

    name: str
    source: Source
    texts: dict[str, str]
    lines: dict[str, int]
    reviewed: frozenset[str]
    fallback: frozenset[str]

    def blame(self, key: str, text: str) -> None:
        """Records a fault at a text."""
        self.source.faults.append(Fault(self.source.file, self.lines.get(key, 1), text))


@dataclass(slots=True)
class Draft:
    """Everything read so far."""

    faults: list[Fault]
    screens: dict[str, Screen] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    slot_sources: dict[str, Source] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    message_sources: dict[str, Source] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)

    def blame(self, screen: str, text: str, *path: object) -> None:
        """Records a fault at a screen, or a path inside it."""
        self.sources[screen].blame(f"{screen}: {text}", "screens", screen, *path)


Path = tuple[object, ...]


def ways_of(screen: Screen) -> Iterator[tuple[Path, Way]]:
    """Every way out of a screen that a person can take, with its place in the file."""
    late = 0
    for option in screen.options:
        if option.key:
            yield ("options", option.key), option.way
        else:
            yield ("then", late), option.way
            late += 1
    if screen.rows:
        yield ("rows",), screen.rows.way
    if screen.take:
        yield ("take",), screen.take.way


def targets_of(screen: Screen) -> Iterator[tuple[Path, str]]:
    """Every screen that can follow this one, with the place that names it."""
    for path, way in ways_of(screen):
        if way.do:
            yield from (((*path, "do", "go", name), target) for name, target in way.do.go.items())
        else:
            yield (*path, "go"), way.go
    if screen.fetch:
        yield from ((("fetch", "go", name), target) for name, target in screen.fetch.go.items())
        yield from ((("fetch", "then", at, "go"), other.go) for at, other in enumerate(screen.fetch.then))
    yield from ((("instead", at, "go"), other.go) for at, other in enumerate(screen.instead))


def effects_of(screen: Screen) -> Iterator[tuple[Path, Doing]]:
    """Every effect that this screen can lead to."""
    for path, way in ways_of(screen):
        if way.do:
            yield (*path, "do"), way.do
