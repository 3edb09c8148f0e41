"""The words residents use, read from keywords.yaml into look-up tables; a word that stands twice is a fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from menus.model import Action
from menus.reading import Fault, Source, read

FILE = "keywords.yaml"
Shape = Literal[
    "info", "report", "body", "ticket", "add", "join", "move", "language", "stop", "alone",
    "proxy", "rumour", "claim", "code", "topics", "change", "digits", "rate", "support", "call", "area",
]  # fmt: skip
Phrase = tuple[str, ...]


class KeywordShape(BaseModel):
    """A keyword in the file, whose head says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    action: Action
    shape: Shape
    words: list[str]
    firm: bool = False
    glued: bool = False
    needs: Literal["", "ticket", "code", "digits"] = ""
    args: dict[str, str] = {}


class EmergencyShape(BaseModel):
    """Emergency words and the company in which they are none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: list[str]
    before: list[str]
    far: list[str]
    after: list[str]
    over: list[str]


class CategoryShape(BaseModel):
    """Words that speak for a category, and words that hint at it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: list[str]
    weak: list[str] = []


class KeywordFile(BaseModel):
    """menus/keywords.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    keywords: dict[str, KeywordShape]
    orders: dict[str, list[str]]
    order_levels: dict[str, list[str]]
    order_city: list[str]
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
    answer_tails: dict[str, list[str]]
    numbers: dict[str, list[str]]
    before_digit: list[str]
    stars: dict[str, list[str]]
    fields: dict[str, list[str]]
    code_words: list[str]
    call_words: list[str]
    rumour_ends: list[str]
    questions: list[str]
    place_words: list[str]
    not_places: list[str]
    slang: dict[str, str]
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
    """All words in capitals. `slips` are the words that may be guessed, `everyday` the single words of categories,
    `subjects` what categories know by the first word of each phrase, with its weight; `own` words of every other sort,
    which are no slips of a category's."""

    named: Mapping[str, Keyword]
    phrases: Mapping[Phrase, Keyword]
    longest: int
    slips: Mapping[str, Keyword]
    glue: tuple[str, ...]
    orders: Mapping[Phrase, str]
    order_levels: Mapping[str, str]
    order_city: frozenset[str]
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
    answer_tails: Mapping[str, frozenset[str]]
    numbers: Mapping[str, str]
    before_digit: frozenset[str]
    stars: Mapping[str, str]
    fields: Mapping[str, str]
    code_words: frozenset[str]
    call_words: frozenset[str]
    rumour_ends: tuple[Phrase, ...]
    questions: frozenset[str]
    place_words: frozenset[str]
    not_places: frozenset[str]
    slang: Mapping[str, str]
    emergency: frozenset[Phrase]
    emergency_before: frozenset[str]
    emergency_far: frozenset[str]
    emergency_after: frozenset[str]
    emergency_over: frozenset[Phrase]
    categories: tuple[str, ...]
    subjects: Mapping[str, tuple[tuple[str, Phrase, int], ...]]
    everyday: frozenset[str]
    own: frozenset[str]


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
        "order": [(("orders", name), words) for name, words in shape.orders.items()],
        "level of an order": [(("order_levels", name), words) for name, words in shape.order_levels.items()],
        "language": [(("languages", name), words) for name, words in shape.languages.items()],
        "topic": [(("topics", name), words) for name, words in shape.topics.items()],
        "answer": [(("answers", name), words) for name, words in shape.answers.items()],
        "number": [(("numbers", name), words) for name, words in shape.numbers.items()],
        "word for stars": [(("stars", name), words) for name, words in shape.stars.items()],
        "field": [(("fields", name), words) for name, words in shape.fields.items()],
        "category word": categories,
    }
    for kind, lists in groups.items():
        owner: dict[str, str] = {}
        for where, words in lists:
            for word in map(str.upper, words):
                if word in owner:
                    source.blame(f"{kind} {word} stands twice, under {owner[word]} and {where[1]}", *where)
                owner[word] = where[1]
    for name in shape.fields:
        if name not in shape.keywords:
            source.blame(f"fields.{name} names no keyword", "fields", name)
    own = {word for keyword in shape.keywords.values() for word in map(str.upper, keyword.words)}
    for short, written in shape.slang.items():
        # BERHENTI and its kin must stand as such, so nothing may be read as one of them, or one as something else.
        if short.upper() in own or written.upper() in own:
            source.blame(f"slang {short.upper()} may be no keyword, nor stand for one", "slang", short)


def _phrase(text: str) -> Phrase:
    return tuple(text.upper().split())


def _upper(words: list[str]) -> frozenset[str]:
    return frozenset(map(str.upper, words))


def _by_word(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {word.upper(): name for name, words in groups.items() for word in words}


def _built(shape: KeywordFile) -> Lexicon:
    named = {
        name: Keyword(name, entry.action, entry.shape, entry.firm, entry.glued, entry.needs, entry.args)
        for name, entry in shape.keywords.items()
    }
    phrases = {_phrase(word): named[name] for name, entry in shape.keywords.items() for word in entry.words}
    slips = {phrase[0]: keyword for phrase, keyword in phrases.items() if len(phrase) == 1 and not keyword.firm}
    # A phrase may be run together (CEKTIKET), where that is no keyword of its own.
    for phrase in [phrase for phrase in phrases if len(phrase) > 1]:
        phrases.setdefault(("".join(phrase),), phrases[phrase])
    single = {phrase[0]: keyword for phrase, keyword in phrases.items() if len(phrase) == 1}
    subjects: dict[str, list[tuple[str, Phrase, int]]] = {}
    for name, entry in shape.categories.items():
        for weight, words in ((2, entry.words), (1, entry.weak)):
            for phrase in map(_phrase, words):
                subjects.setdefault(phrase[0], []).append((name, phrase, weight))
    return Lexicon(
        named=named,
        phrases=phrases,
        longest=max(map(len, phrases), default=0),
        slips={word: keyword for word, keyword in slips.items() if len(word) >= 4},
        glue=tuple(sorted((word for word, keyword in single.items() if keyword.glued), key=len, reverse=True)),
        orders={_phrase(word): name for name, words in shape.orders.items() for word in words},
        order_levels=_by_word(shape.order_levels),
        order_city=_upper(shape.order_city),
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
        answer_tails={name: _upper(words) for name, words in shape.answer_tails.items()},
        numbers=_by_word(shape.numbers),
        before_digit=_upper(shape.before_digit),
        stars=_by_word(shape.stars),
        fields=_by_word(shape.fields),
        code_words=_upper(shape.code_words),
        call_words=_upper(shape.call_words),
        rumour_ends=tuple(map(_phrase, shape.rumour_ends)),
        questions=_upper(shape.questions),
        place_words=_upper(shape.place_words),
        not_places=_upper(shape.not_places),
        slang={short.upper(): written.upper() for short, written in shape.slang.items()},
        emergency=frozenset(map(_phrase, shape.emergency.words)),
        emergency_before=_upper(shape.emergency.before),
        emergency_far=_upper(shape.emergency.far),
        emergency_after=_upper(shape.emergency.after),
        emergency_over=frozenset(map(_phrase, shape.emergency.over)),
        categories=tuple(shape.categories),
        subjects={word: tuple(entries) for word, entries in subjects.items()},
        own=_upper(
            [*shape.common, *shape.fillers, *shape.openers, *shape.closers, *shape.questions, *shape.slang.values()]
            + [word for phrase in (*phrases, *map(_phrase, shape.emergency.words)) for word in phrase]
        ),
        everyday=frozenset(phrase[0] for entries in subjects.values() for _, phrase, _ in entries if len(phrase) == 1),
    )
