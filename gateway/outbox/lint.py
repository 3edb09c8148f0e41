"""What Indonesian operators may block in a text, and what readers cannot answer or hold us to: warnings, never refusals."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from config.settings import CHECKOUT
from menus.reading import BookError, Fault, read

FILE = CHECKOUT / "config" / "lint.yaml"

Phrase = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+( [a-z0-9]+)*$")]

_LONGEST_RUN = 3
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]*")
_RUN = re.compile(r"(?<!\d)\d{4,}(?!\d)")
_ADDRESS = r"(?:https?://|www\.)\S+|(?<![\w.@-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{domains})\b(?:/\S*)?"
_PHONE = re.compile(r"(?<![\d+])(?:\+\s?\d{1,3}|\(?0)(?:[\s.\-()/]{0,2}\d){7,12}(?!\d)")
_CODE = re.compile(r"\b[BC]\d{1,9}\b|\b\d{3}-\d{3}-\d\b")
# Codes of ours, tickets, times, dates and years are told apart from passwords by readers and operators alike.
_KNOWN = re.compile(
    r"\b[BC]\d{1,9}\b|\b\d{3}-\d{3}-\d\b|\b\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d\b|\b(?:19|20)\d\d\b"
    r"|\b(?:jam|pukul|pkl|wib)\.?\s*\d{4}\b|\b\d{4}\s*(?:wib|hrs)\b|\*\d+(?:\*\d+)*#",
    re.IGNORECASE,
)


class Group(BaseModel):
    """Words that are a risk for one reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    because: Annotated[str, StringConstraints(min_length=1)]
    of: list[Phrase]


class RuleFile(BaseModel):
    """config/lint.yaml, whose head says what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: list[Group]
    election: list[list[Phrase]]
    harmless: list[list[Phrase]]
    candidates: list[Phrase]
    sides: list[list[Phrase]]
    promises: list[list[Phrase]]
    answers: list[Phrase]
    calls: list[Phrase]
    numbers_allowed: list[Annotated[str, StringConstraints(pattern=r"^\d+$")]]
    domains: list[Phrase]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule file ready for use: phrases by reason, and the patterns built from its lists."""

    words: tuple[tuple[str, tuple[str, ...]], ...]
    election: tuple[str, ...]
    harmless: re.Pattern[str]
    sides: tuple[str, ...]
    promises: tuple[str, ...]
    answers: tuple[str, ...]
    address: re.Pattern[str]
    called: re.Pattern[str]
    allowed: frozenset[str]


@cache
def standard() -> Rules:
    """The rules of this installation, read once a process."""
    return read_rules(FILE)


def read_rules(path: Path) -> Rules:
    """The rules of a file. Raises BookError naming every fault with its line."""
    faults: list[Fault] = []
    source = read(path, f"config/{path.name}", faults)
    shape = source.validate(RuleFile)
    seen: set[str] = set()
    for at, group in enumerate(shape.words if shape else ()):
        for phrase in group.of:
            if phrase in seen:
                source.blame(f"{phrase} stands twice", "words", at)
            seen.add(phrase)
    if faults or shape is None:
        raise BookError(faults)
    harmless = "|".join(phrase.replace(" ", " +") for line in shape.harmless for phrase in line)
    calls = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in shape.calls)
    return Rules(
        words=tuple((group.because, tuple(group.of)) for group in shape.words),
        election=(*(phrase for line in shape.election for phrase in line), *shape.candidates),
        harmless=re.compile(rf"\b(?:{harmless})\b" if harmless else "(?!)", re.IGNORECASE),
        sides=tuple(phrase for line in shape.sides for phrase in line),
        promises=tuple(phrase for line in shape.promises for phrase in line),
        answers=tuple(shape.answers),
        address=re.compile(_ADDRESS.format(domains="|".join(shape.domains)), re.IGNORECASE),
        called=re.compile(rf"\b(?:{calls})\b[\s.:]*(?:ke\s+)?(\d{{3,}})\b", re.IGNORECASE),
        allowed=frozenset(shape.numbers_allowed),
    )


def lint(text: str, rules: Rules, *, known: Iterable[str] = (), can_be_answered: bool = True) -> list[str]:
    """Warnings about a text as it will be sent, as ends of a sentence that begins with "Text id ".

    `known` are our own numbers and codes, which may stand in it; `can_be_answered` whether an answer to the sender
    reaches us.
    """
    return [
        *_wording(text, rules),
        *_numbers(text, rules, known),
        *_promises(text, rules),
        *([] if can_be_answered else _questions(text, rules)),
    ]


def _wording(text: str, rules: Rules) -> Iterable[str]:
    for because, phrases in rules.words:
        if found := _said(text, phrases):
            yield f"says {_quoted(found)}: {because}."
    if found := _election(text, rules):
        yield f"speaks of an election or a candidate ({_quoted(found)}): KIM takes no side, an admin has to sign it."
    if found := _said(text, rules.sides):
        yield f"may take a side ({_quoted(found)}): let a second person read it."


def speaks_of_election(text: str, rules: Rules) -> bool:
    """Whether a text names an election, a party's matter or a candidate: it must not leave before an admin has signed."""
    return bool(_election(text, rules))


def _election(text: str, rules: Rules) -> list[str]:
    # A digit keeps apart what stood around the words that are overlooked.
    return _said(rules.harmless.sub(" 0 ", text), rules.election)


def _numbers(text: str, rules: Rules, known: Iterable[str]) -> Iterable[str]:
    if addresses := [match.group().rstrip(".,;:!?)") for match in rules.address.finditer(text)]:
        yield f"has an address ({', '.join(addresses)}): operators block links, and readers cannot open them."
    left = rules.address.sub(" ", text)
    for code in sorted(filter(None, known), key=len, reverse=True):
        left = re.sub(rf"(?<![\w*+]){re.escape(code)}(?![\w#])", " ", left)
    left = _KNOWN.sub(" ", left)
    phones = [match.group().strip() for match in _PHONE.finditer(left)]
    left = _PHONE.sub(" ", left)
    called = [match[1] for match in rules.called.finditer(left) if match[1] not in rules.allowed]
    if phones or called:
        yield f"has a phone number ({', '.join(phones + called)}): operators reject numbers in a text, only 112 is safe."
    if runs := [run for run in _RUN.findall(left) if run not in called]:
        yield (
            f"has more than {_LONGEST_RUN} digits together ({', '.join(runs)}): operators take them for a password;"
            " write amounts with dots or words."
        )


def _promises(text: str, rules: Rules) -> Iterable[str]:
    found: list[str] = []
    for sentence in _SENTENCE.findall(text):
        # The code at the end is a number too, but no promise.
        if not any(map(str.isdigit, _CODE.sub("", sentence))):
            found += _said(sentence, rules.promises)
    if found:
        yield f"promises a time without a number ({_quoted(dict.fromkeys(found))}): say by which day or hour."


def _questions(text: str, rules: Rules) -> Iterable[str]:
    asks = ["?"] if "?" in rules.address.sub("", text) else []
    if found := asks + _said(text, rules.answers):
        yield f"asks for an answer ({_quoted(found)}), but its sender cannot be answered: name the number to write to."


def _said(text: str, phrases: Sequence[str]) -> list[str]:
    """The phrases that stand in the text as whole words, in the order of the list."""
    words = f" {' '.join(_WORD.findall(text.lower()))} "
    return [phrase for phrase in phrases if f" {phrase} " in words]


def _quoted(found: Iterable[str]) -> str:
    return ", ".join(f"'{phrase}'" for phrase in found)
