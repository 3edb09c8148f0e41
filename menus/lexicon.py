"""The words residents use, read from keywords.yaml into look-up tables; a word that stands twice is a fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from menus.model import Action
from menus.reading import Fault, Source, read

FILE = "keywords.yaml"
Shape = Literal["info", "report", "body", "ticket", "add", "join", "move", "language", "stop", "alone"]
Phrase = tuple[str, ...]


class KeywordShape(BaseModel):
    """A keyword in the file, whose head says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    action: Action
    shape: Shape
    words: list[str]
    firm: bool = False
    glued: bool = False
    needs: Literal["", "ticket"] = ""
    args: dict[str, str] = {}


class EmergencyShape(BaseModel):
    """Emergency words and the company in which they are none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: list[str]
    before: list[str]
    after: list[str]


class CategoryShape(BaseModel):
    """Words that speak for a category, and words that hint at it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: list[str]
    weak: list[str] = []


class KeywordFile(BaseModel):
    """menus/keywords.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    keywords: dict[str, KeywordShape]
    common: list[str]
    fillers: list[str]
    openers: list[str]
    closers: list[str]
    secret: list[str]
    languages: dict[str, list[str]]
    topics: dict[str, list[str]]
    stop_all: list[str]
    stop_followers: list[str]
    stop_topics: list[str]
    answers: dict[str, list[str]]
    emergency: EmergencyShape
    categories: dict[str, CategoryShape]


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a phrase stands for."""

    name: str
    action: Action
    shape: Shape
    firm: bool
    glued: bool
    needs: str
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words in capitals. `slips` are the words that may be guessed, `everyday` the single words of categories."""

    phrases: Mapping[Phrase, Keyword]
    longest: int
    slips: Mapping[str, Keyword]
    glue: tuple[str, ...]
    common: frozenset[str]
    fillers: frozenset[str]
    openers: frozenset[str]
    closers: frozenset[str]
    secret: frozenset[str]
    languages: Mapping[str, str]
    topics: Mapping[str, str]
    stop_all: frozenset[str]
    stop_followers: frozenset[str]
    stop_topics: frozenset[str]
    answers: Mapping[str, str]
    emergency: frozenset[Phrase]
    emergency_before: frozenset[str]
    emergency_after: frozenset[str]
    categories: Mapping[str, Mapping[Phrase, int]]
    everyday: frozenset[str]


def read_lexicon(folder: Path, faults: list[Fault]) -> Lexicon | None:
    """The keywords of a folder; what is wrong with them is added to `faults`, None where they cannot be used at all."""
    path = folder / FILE
    if not path.exists():
        faults.append(Fault(FILE, 1, "is missing"))
        return None
    source = read(path, FILE, faults)
    shape = source.validate(KeywordFile)
    if shape is None:
        return None
    _check(shape, source)
    return _built(shape)


def _check(shape: KeywordFile, source: Source) -> None:
    categories: list[tuple[tuple[str, ...], list[str]]] = []
    for name, entry in shape.categories.items():
        categories += [(("categories", name, "words"), entry.words), (("categories", name, "weak"), entry.weak)]
    groups: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {
        "keyword": [(("keywords", name, "words"), keyword.words) for name, keyword in shape.keywords.items()],
        "language": [(("languages", name), words) for name, words in shape.languages.items()],
        "topic": [(("topics", name), words) for name, words in shape.topics.items()],
        "answer": [(("answers", name), words) for name, words in shape.answers.items()],
        "category word": categories,
    }
    for kind, lists in groups.items():
        owner: dict[str, str] = {}
        for where, words in lists:
            for word in map(str.upper, words):
                if word in owner:
                    source.blame(f"{kind} {word} stands twice, under {owner[word]} and {where[1]}", *where)
                owner[word] = where[1]


def _phrase(text: str) -> Phrase:
    return tuple(text.upper().split())


def _upper(words: list[str]) -> frozenset[str]:
    return frozenset(map(str.upper, words))


def _by_word(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {word.upper(): name for name, words in groups.items() for word in words}


def _built(shape: KeywordFile) -> Lexicon:
    keywords = {
        _phrase(word): Keyword(name, entry.action, entry.shape, entry.firm, entry.glued, entry.needs, entry.args)
        for name, entry in shape.keywords.items()
        for word in entry.words
    }
    single = {phrase[0]: keyword for phrase, keyword in keywords.items() if len(phrase) == 1}
    categories: dict[str, dict[Phrase, int]] = {
        name: {_phrase(word): 2 for word in entry.words} | {_phrase(word): 1 for word in entry.weak}
        for name, entry in shape.categories.items()
    }
    return Lexicon(
        phrases=keywords,
        longest=max(map(len, keywords), default=0),
        slips={word: keyword for word, keyword in single.items() if len(word) >= 4 and not keyword.firm},
        glue=tuple(sorted((word for word, keyword in single.items() if keyword.glued), key=len, reverse=True)),
        common=_upper(shape.common),
        fillers=_upper(shape.fillers),
        openers=_upper(shape.openers),
        closers=_upper(shape.closers),
        secret=_upper(shape.secret),
        languages=_by_word(shape.languages),
        topics=_by_word(shape.topics),
        stop_all=_upper(shape.stop_all),
        stop_followers=_upper(shape.stop_followers),
        stop_topics=_upper(shape.stop_topics),
        answers=_by_word(shape.answers),
        emergency=frozenset(map(_phrase, shape.emergency.words)),
        emergency_before=_upper(shape.emergency.before),
        emergency_after=_upper(shape.emergency.after),
        categories=categories,
        everyday=frozenset(phrase[0] for words in categories.values() for phrase in words if len(phrase) == 1),
    )
