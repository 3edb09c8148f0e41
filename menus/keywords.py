"""Understands an SMS: any text becomes one command, at worst `UNKNOWN` with the whole text kept as a draft."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from gateway.kernel.codes import parse_ticket
from gateway.kernel.text import redact
from menus.lexicon import Lexicon
from menus.loader import standard_lexicon
from menus.matching import Areas, Matched, find_code
from menus.model import Action
from menus.shaping import shape_of
from menus.spelling import READ, Token, shortened, tokens_of, unwrap
from menus.subjects import find_area, find_rt_rw, guess_category, is_emergency

__all__ = ["Areas", "Command", "find_area", "find_rt_rw", "guess_category", "parse", "unwrap"]

_SPACE_WORD = re.compile(r"<\s*spasi\s*>|\(\s*spasi\s*\)|\[\s*spasi\s*\]", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,2}", re.ASCII)
_HOME = "00"
_SHORTEST_SLIP = 4
_LONG_WORD = 8
_LONGEST_ANSWER = 6
_STEM = 4
# "Laporkan", "tanyakan": what is glued to the keyword is its ending, and no word nor the area KAN.
_ENDINGS = frozenset({"KAN", "IN", "NYA", "AN", "I", "AKE", "NE"})


@dataclass(frozen=True, slots=True)
class Command:
    """What an SMS asks for.

    `args` by action: `area` (code or ""), `ticket` (7 digits or "") and `typed` (what stood in a number's place and is
    none), `topic`, `language`, `confidential` ("yes" or "no"), `kind`, `behalf` ("yes" where WAKIL speaks for another),
    `body`, `answer` ("1", "00", "yes", "no", "not_yet", "partly", "a"); of ASK_RUMOUR `words` (may be ""), of
    RUMOUR_RESULT `claim` ("C48" or ""), of CHECK_CODE and REPORT_FORGED `code` ("B27" or ""), of SET_TOPICS `topics`
    ("alert,services", "" for all, absent where none was named and we ask), of CONFIRM_ERASE `digits`, of RATE `stars`
    ("1" to "4", or "" to ask) with a `ticket` that may be "".
    `word` is the keyword a slip was taken for, to be named in the reply; `rest` what was not understood of the text;
    `raw` the body as it came where it was wrapped in base64, else "".
    """

    action: Action
    args: Mapping[str, str]
    word: str = ""
    rest: str = ""
    raw: str = ""


def parse(text: str, areas: Areas, lexicon: Lexicon | None = None) -> Command:
    """The one command of an SMS. Takes any string and never raises; the first command wins, the rest is its body.

    Commands are looked for in the first `READ` characters, so that the longest text costs no more; bodies are whole.
    """
    lexicon = lexicon or standard_lexicon()
    raw, inner = "", unwrap(text)
    if inner is not None:
        raw, text = text.strip(), redact(inner).text
    text = _SPACE_WORD.sub(" ", text)
    tokens = tokens_of(text, lexicon.slang)
    command = _understood(text, tokens, areas, lexicon)
    if is_emergency([token.word for token in tokens], lexicon):
        carried = {name: command.args[name] for name in ("ticket", "confidential", "behalf") if name in command.args}
        body = command.args.get("body") or text.strip()
        area = command.args.get("area") or find_area(text, areas, lexicon)
        args = {"kind": "complaint", "confidential": "no", **carried, "area": area, "body": body}
        return Command(Action.EMERGENCY, args, raw=raw)
    return replace(command, raw=raw)


def _understood(text: str, tokens: list[Token], areas: Areas, lexicon: Lexicon) -> Command:
    words = [token.word for token in tokens]
    if (answer := _answer(words, lexicon)) or (answer := _number_alone(text[:READ], words, lexicon)):
        return answer
    if (tokens or "?" in text) and all(word in lexicon.fillers and word != "REG" for word in words):
        return Command(Action.HELP, {})
    at, polite = _opening(words, lexicon)
    for matched in _candidates(text, tokens[at:], areas, lexicon):
        if polite and matched.keyword.shape == "stop":
            continue
        if (found := shape_of(matched)) is not None:
            return Command(found.action, {**matched.keyword.args, **found.args}, matched.word, found.rest)
    area = find_area(text, areas, lexicon)
    left = [word for word in words if word not in lexicon.closers]
    if any(tuple(left[-len(end) :]) == end for end in lexicon.rumour_ends):
        return Command(Action.ASK_RUMOUR, {"words": text.strip(), "area": area})
    return Command(Action.UNKNOWN, {"body": text.strip(), "area": area}, rest=text.strip())


def _answer(words: list[str], lexicon: Lexicon) -> Command | None:
    """A bare digit or its word, a digit with the one word it was offered with ("2 banjir"), or YA and its kin alone."""
    if not words or len(words) > _LONGEST_ANSWER:
        return None
    if len(words) > 1 and words[0] in lexicon.before_digit and _digit(words[1], lexicon):
        words = words[1:]
    left = [word for word in words[1:] if word not in lexicon.closers]
    if digit := _digit(words[0], lexicon):
        # "Satu lampu" is a phrase, "1 lampu" hardly; two digits are no answer to anything.
        is_said = words[0] in lexicon.numbers
        if len(left) <= 1 and all(
            (word in lexicon.answers or not is_said) and not _digit(word, lexicon) for word in left
        ):
            shown = digit if digit == _HOME else digit.lstrip("0") or "0"
            return Command(Action.CONFIRM, {"answer": shown}, rest=" ".join(left))
    if len(words) == 1 and words[0] in ("A", "B"):
        return Command(Action.CONFIRM, {"answer": words[0].lower()})
    answer = lexicon.answers.get(words[0])
    if answer and all(lexicon.answers.get(word) == answer or word in lexicon.answer_tails[answer] for word in left):
        return Command(Action.CONFIRM, {"answer": answer})
    return None


def _digit(word: str, lexicon: Lexicon) -> str:
    return word if _DIGITS.fullmatch(word) else lexicon.numbers.get(word, "")


def _number_alone(text: str, words: list[str], lexicon: Lexicon) -> Command | None:
    """A ticket, a broadcast's code or a claim's code and nothing else but politeness."""
    if ticket := parse_ticket(text):
        return Command(Action.STATUS, {"ticket": ticket, "typed": ""})
    code, at = find_code(words, lexicon) if len(words) <= _LONGEST_ANSWER else ("", 0)
    if not code or any(word not in lexicon.closers for word in words[at:]):
        return None
    if code.startswith("B"):
        return Command(Action.CHECK_CODE, {"code": code, "typed": ""})
    return Command(Action.RUMOUR_RESULT, {"claim": code})


def _opening(words: list[str], lexicon: Lexicon) -> tuple[int, bool]:
    """How many leading words are greetings and fillers, and whether any is one that STOP does not allow."""
    at, polite = 0, False
    while at < len(words):
        word = words[at]
        if word == "REG" and not (at + 1 < len(words) and (words[at + 1],) in lexicon.phrases):
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
    for length in range(min(lexicon.longest, len(tokens)), 0, -1):
        keyword = lexicon.phrases.get(tuple(token.word for token in tokens[:length]))
        if keyword:
            yield Matched(keyword, text, tuple(tokens[length:]), areas, lexicon)
    first = tokens[0]
    if (first.word,) in lexicon.phrases:
        return
    yield from _glued(text, tokens, areas, lexicon)
    if slip := _slip(first.word, areas, lexicon):
        yield Matched(lexicon.phrases[(slip,)], text, tuple(tokens[1:]), areas, lexicon, slip)


def _glued(text: str, tokens: list[Token], areas: Areas, lexicon: Lexicon) -> Iterator[Matched]:
    first = tokens[0]
    for word in lexicon.glue:
        if not first.word.startswith(word) or len(first.word) != first.end - first.start:
            continue
        keyword, ending = lexicon.phrases[(word,)], first.word[len(word) :]
        rest = Token(ending.strip("-_'"), first.start + len(word), first.end)
        if ending in _ENDINGS:
            if keyword.shape in ("report", "body"):
                yield Matched(keyword, text, tuple(tokens[1:]), areas, lexicon)
            return
        if rest.word and _is_known(rest.word, areas, lexicon):
            yield Matched(keyword, text, (rest, *tokens[1:]), areas, lexicon)
            return


def _is_known(word: str, areas: Areas, lexicon: Lexicon) -> bool:
    """Whether a word that a keyword ran into is one: a number, or a name this service knows, or begins with one."""
    if word.replace("-", "").isdecimal() or word in lexicon.everyday or word in lexicon.topics:
        return True
    if word in lexicon.languages or word in lexicon.secret:
        return True
    if any(word.startswith(known) for known in lexicon.everyday if len(known) >= _STEM):
        return True
    return len(word) >= 3 and areas.match([word]) is not None


def _slip(word: str, areas: Areas, lexicon: Lexicon) -> str:
    """The one keyword that `word` is a slip away from, or "". Words of their own are never taken for slips."""
    if len(word) < _SHORTEST_SLIP or not word.isalpha() or word in lexicon.common or word in lexicon.everyday:
        return ""
    if word in lexicon.topics or word in lexicon.answers or areas.match([word]):
        return ""
    near: dict[int, dict[str, str]] = {1: {}, 2: {}}
    for spelled in {word, shortened(word)}:
        for known, keyword in lexicon.slips.items():
            allowed = 2 if len(known) >= _LONG_WORD else 1
            if (distance := OSA.distance(spelled, known, score_cutoff=allowed)) <= allowed:
                near[max(1, distance)].setdefault(keyword.name, known)
    nearest = near[1] or near[2]
    return next(iter(nearest.values())) if len(nearest) == 1 else ""
