"""Judges the parser by labelled SMS: how many intents, areas and categories it gets right, and what it confuses."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gateway.kernel.areas import Alias, Area, AreaBook
from menus.keywords import Command, guess_category, parse
from menus.lexicon import Lexicon
from menus.model import Action
from menus.reading import BookError, Fault, read

CHECKOUT = Path(__file__).parent.parent
STANDARD = CHECKOUT / "tests" / "corpus" / "sms.yaml"
REFERENCE = CHECKOUT / "gateway" / "migrations" / "reference"
_FILED = frozenset({Action.REPORT, Action.EMERGENCY, Action.UNKNOWN})
_STOPS = frozenset({Action.STOP, Action.STOP_ALL})


class CorpusFile(BaseModel):
    """A file of labelled SMS: rows of intent, kelurahan, category and text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tuned: list[tuple[Action, str, str, str]]
    unseen: list[tuple[Action, str, str, str]] = []


@dataclass(frozen=True, slots=True)
class Sample:
    """An SMS as a person reads it: `area` is a code or "", `category` is judged where words are filed as a report."""

    intent: Action
    area: str
    category: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample and what the parser made of it."""

    sample: Sample
    command: Command
    category: str

    @property
    def is_area_right(self) -> bool:
        return self.command.args.get("area", "") == self.sample.area

    @property
    def is_dropped(self) -> bool:
        """Whether the words are lost: neither a command nor kept whole as a draft."""
        kept = self.sample.text.strip() in (self.command.args.get("body"), self.command.raw)
        return self.command.action is Action.UNKNOWN and not kept


@dataclass(frozen=True, slots=True)
class Figures:
    """Right ones and how many were judged, of intents, areas and categories; STOP as (right, taken, meant)."""

    intents: tuple[int, int]
    areas: tuple[int, int]
    categories: tuple[int, int]
    stops: tuple[int, int, int]
    dropped: int


def read_areas(folder: Path = REFERENCE) -> AreaBook:
    """The city's areas from the reference tables that every installation is loaded with."""
    with (folder / "areas.csv").open(encoding="utf-8") as file:
        found = [
            Area(row["code"], row["name"], row["level"], row["parent"], row["sms_code_proposed"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        ]
    with (folder / "area_aliases.csv").open(encoding="utf-8") as file:
        return AreaBook(found, [Alias(row["alias"], row["code"], row["kind"]) for row in csv.DictReader(file)])


def read_corpus(path: Path, areas: AreaBook) -> dict[str, list[Sample]]:
    """The samples of a file by part. Raises BookError with every fault, each with its line."""
    faults: list[Fault] = []
    source = read(path, path.name, faults)
    shape = source.validate(CorpusFile)
    codes = {"": "", **{area.name: area.code for area in areas if area.level == "kelurahan"}}
    parts: dict[str, list[Sample]] = {}
    seen: set[str] = set()
    for part, rows in () if shape is None else (("tuned", shape.tuned), ("unseen", shape.unseen)):
        parts[part] = []
        for at, (intent, area, category, text) in enumerate(rows):
            if area not in codes:
                source.blame(f"{area} is no kelurahan", part, at)
            if text in seen:
                source.blame(f"{text!r} stands twice", part, at)
            seen.add(text)
            parts[part].append(Sample(intent, codes.get(area, ""), category, text))
    if faults:
        raise BookError(faults)
    return parts


def judge(samples: Iterable[Sample], areas: AreaBook, lexicon: Lexicon | None = None) -> list[Judged]:
    """What the parser makes of each sample."""
    judged = []
    for sample in samples:
        command = parse(sample.text, areas, lexicon)
        judged.append(Judged(sample, command, guess_category(command.args.get("body", ""), lexicon) or ""))
    return judged


def figures(judged: Sequence[Judged]) -> Figures:
    """Counts over judged samples. A category is judged where both see words to be filed, an area everywhere."""
    filed = [one for one in judged if one.sample.intent in _FILED and one.command.action in _FILED]
    stops = [one for one in judged if one.command.action in _STOPS]
    return Figures(
        intents=(sum(one.command.action is one.sample.intent for one in judged), len(judged)),
        areas=(sum(one.is_area_right for one in judged), len(judged)),
        categories=(sum(one.category == one.sample.category for one in filed), len(filed)),
        stops=(
            sum(one.sample.intent is one.command.action for one in stops),
            len(stops),
            sum(one.sample.intent in _STOPS for one in judged),
        ),
        dropped=sum(one.is_dropped for one in judged),
    )


def show(path: Path, say: Callable[[str], None] = print) -> int:
    """Says the figures of a file: 0, or 1 where it cannot be used or where words of it were dropped."""
    areas = read_areas()
    try:
        parts = read_corpus(path, areas)
    except (BookError, OSError) as error:
        say(str(error))
        return 1
    for line in report(parts, areas):
        say(line)
    return int(any(one.is_dropped for found in parts.values() for one in judge(found, areas)))


def report(parts: dict[str, list[Sample]], areas: AreaBook) -> list[str]:
    """The figures of each part and of the whole, then the confusion table, then every sample that was misread."""
    judged = {part: judge(samples, areas) for part, samples in parts.items() if samples}
    whole = [one for found in judged.values() for one in found]
    lines = [line for part, found in [*judged.items(), ("all", whole)] for line in _worded(part, figures(found))]
    lines += ["", *_confusion(whole), ""]
    for one in whole:
        wrong = []
        if one.command.action is not one.sample.intent:
            wrong.append(f"{one.sample.intent.value} read as {one.command.action.value}")
        if not one.is_area_right:
            wrong.append(f"area {one.sample.area or '-'} read as {one.command.args.get('area') or '-'}")
        if {one.sample.intent, one.command.action} <= _FILED and one.category != one.sample.category:
            wrong.append(f"category {one.sample.category or '-'} read as {one.category or '-'}")
        if wrong:
            lines.append(f"{'; '.join(wrong)}: {one.sample.text}")
    return lines


def _worded(part: str, found: Figures) -> list[str]:
    right, taken, meant = found.stops
    return [
        f"{part}: {found.intents[1]} SMS, intents {_share(*found.intents)}, areas {_share(*found.areas)},"
        f" categories {_share(*found.categories)} of {found.categories[1]},"
        f" STOP precision {_share(right, taken)} recall {_share(right, meant)}, dropped {found.dropped}"
    ]


def _share(right: int, of: int) -> str:
    return f"{100 * right / of:.1f}%" if of else "-"


def _confusion(judged: Sequence[Judged]) -> list[str]:
    """Rows are what was meant, columns what was read: how often right, and as what it was read otherwise."""
    meant = Counter(one.sample.intent for one in judged)
    wrong = Counter((one.sample.intent, one.command.action) for one in judged)
    lines = [f"{'meant':<20}{'SMS':>5}{'right':>7}  read as"]
    for intent in sorted(meant, key=lambda action: (-meant[action], action.value)):
        others = ", ".join(
            f"{read.value} {count}" for (was, read), count in sorted(wrong.items()) if was is intent is not read
        )
        lines.append(f"{intent.value:<20}{meant[intent]:>5}{wrong[intent, intent]:>7}  {others}".rstrip())
    return lines
