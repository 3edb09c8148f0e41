"""Understands an SMS: any text becomes one command, at worst `UNKNOWN` with the whole text kept as a draft."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rapidfuzz.distance import OSA

from gateway.kernel.codes import parse_ticket
from menus.lexicon import Keyword, Lexicon
from menus.loader import standard_lexicon
from menus.model import Action
from menus.shaping import Matched, shape_of
from menus.subjects import Token, find_rt_rw, guess_category, is_emergency, tokens_of

__all__ = ["Areas", "Command", "find_rt_rw", "guess_category", "parse"]

_SPACE_WORD = re.compile(r"<\s*spasi\s*>|\(\s*spasi\s*\)|\[\s*spasi\s*\]", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,2}")
_SHORTEST_SLIP = 4
_LONG_WORD = 8


class Areas(Protocol):
    """What the parser asks of the city's areas; `gateway.kernel.areas.AreaBook` is one."""

    def match(self, words: Sequence[str]) -> tuple[str, int] | None: ...

    def mentioned(self, text: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Command:
    """What an SMS asks for.

    `args` by action: `area` (code or ""), `ticket` (7 digits or "") and `typed` (digits that are no ticket), `topic`,
    `language`, `confidential` ("yes" or "no"), `kind`, `answer` ("1", "yes", "no", "not_yet", "partly", "a"), `body`.
    `word` is the keyword a slip was taken for, to be named in the reply; `rest` what was not understood of the text.
    """

    action: Action
    args: Mapping[str, str]
    word: str = ""
    rest: str = ""


def parse(text: str, areas: Areas, lexicon: Lexicon | None = None) -> Command:
    """The one command of an SMS. Takes any string and never raises; the first command wins, the rest is its body."""
    lexicon = lexicon or standard_lexicon()
    text = _SPACE_WORD.sub(" ", text)
    tokens = tokens_of(text)
    words = [token.word for token in tokens]
    command = _understood(text, tokens, areas, lexicon)
    if is_emergency(words, lexicon):
        carried = {name: command.args[name] for name in ("ticket", "confidential") if name in command.args}
        body = command.args.get("body") or text.strip()
        area = command.args.get("area") or areas.mentioned(text) or ""
        return Command(
            Action.EMERGENCY, {"kind": "complaint", "confidential": "no", **carried, "area": area, "body": body}
        )
    return command


def _understood(text: str, tokens: list[Token], areas: Areas, lexicon: Lexicon) -> Command:
    if answer := _answer(text, tokens, lexicon):
        return answer
    if ticket := parse_ticket(text):
        return Command(Action.STATUS, {"ticket": ticket, "typed": ""})
    if (tokens or "?" in text) and all(token.word in lexicon.fillers for token in tokens):
        return Command(Action.HELP, {})
    at, polite = _opening(tokens, lexicon)
    for matched in _candidates(text, tokens[at:], areas, lexicon):
        if polite and matched.keyword.shape == "stop":
            continue
        if (found := shape_of(matched)) is not None:
            return Command(found.action, {**matched.keyword.args, **found.args}, matched.word, found.rest)
    return Command(Action.UNKNOWN, {"body": text.strip(), "area": areas.mentioned(text) or ""}, rest=text.strip())


def _answer(text: str, tokens: list[Token], lexicon: Lexicon) -> Command | None:
    """A bare digit, a digit with the one word it was offered with ("2 banjir"), or YA and its kin alone."""
    words = [token.word for token in tokens]
    if not words or len(words) > 4:
        return None
    if _DIGITS.fullmatch(words[0]) and len(words) <= 2 and not any(_DIGITS.fullmatch(word) for word in words[1:]):
        return Command(Action.CONFIRM, {"answer": words[0].lstrip("0") or "0"}, rest=" ".join(words[1:]))
    if len(words) == 1 and words[0] in ("A", "B"):
        return Command(Action.CONFIRM, {"answer": words[0].lower()})
    answer = lexicon.answers.get(words[0])
    if answer and all(lexicon.answers.get(word) == answer or word in lexicon.closers for word in words[1:]):
        return Command(Action.CONFIRM, {"answer": answer})
    return None


def _opening(tokens: list[Token], lexicon: Lexicon) -> tuple[int, bool]:
    """How many leading words are greetings and fillers, and whether any is one that STOP does not allow."""
    at, polite = 0, False
    while at < len(tokens):
        word = tokens[at].word
        if word == "REG" and not (at + 1 < len(tokens) and (tokens[at + 1].word,) in lexicon.phrases):
            break
        if word not in lexicon.fillers and word not in lexicon.openers:
            break
        polite = polite or word not in lexicon.fillers
        at += 1
    return at, polite


def _candidates(text: str, tokens: list[Token], areas: Areas, lexicon: Lexicon) -> Iterator[Matched]:
    """The readings of the first words, best first: a phrase, a keyword run into the next word, a slip of the pen."""
    if not tokens:
        return
    build: Callable[[Keyword, list[Token]], Matched] = lambda keyword, rest: Matched(  # noqa: E731
        keyword, text, tuple(rest), areas.match, areas.mentioned, lexicon
    )
    for length in range(min(lexicon.longest, len(tokens)), 0, -1):
        keyword = lexicon.phrases.get(tuple(token.word for token in tokens[:length]))
        if keyword:
            yield build(keyword, tokens[length:])
    first = tokens[0]
    if (first.word,) in lexicon.phrases:
        return
    for word in lexicon.glue:
        if first.word.startswith(word) and len(first.word) == first.end - first.start:
            rest = Token(first.word[len(word) :].strip("-_'"), first.start + len(word), first.end)
            if rest.word and _is_known(rest.word, areas, lexicon):
                yield build(lexicon.phrases[(word,)], [rest, *tokens[1:]])
                return
    if slip := _slip(first.word, areas, lexicon):
        yield replace(build(lexicon.phrases[(slip,)], tokens[1:]), word=slip)


def _is_known(word: str, areas: Areas, lexicon: Lexicon) -> bool:
    """Whether a word that a keyword ran into is one: a number, or a name this service knows."""
    if word.replace("-", "").isdecimal() or word in lexicon.everyday or word in lexicon.topics:
        return True
    if word in lexicon.languages or word in lexicon.secret:
        return True
    return len(word) >= 3 and areas.match([word]) is not None


def _slip(word: str, areas: Areas, lexicon: Lexicon) -> str:
    """The one keyword that `word` is a slip away from, or "". Words of their own are never taken for slips."""
    if len(word) < _SHORTEST_SLIP or not word.isalpha() or word in lexicon.common or word in lexicon.everyday:
        return ""
    if word in lexicon.topics or word in lexicon.answers or areas.match([word]):
        return ""
    near: dict[str, str] = {}
    for known, keyword in lexicon.slips.items():
        allowed = 2 if len(known) >= _LONG_WORD else 1
        if OSA.distance(word, known, score_cutoff=allowed) <= allowed:
            near.setdefault(keyword.name, known)
    return next(iter(near.values())) if len(near) == 1 else ""
