"""What follows a keyword: takes area, ticket, topic, language and body out of the words, or says it is no command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.kernel.codes import parse_ticket
from menus.lexicon import Keyword, Lexicon
from menus.model import Action
from menus.subjects import Token, find_rt_rw, guess_category

_TRIM = " \t\r\n#*,;:/.-=>|"
_BEFORE_AREA = frozenset({"DI", "KEL", "KELURAHAN", "DESA", "DS", "NING", "ING", "WONTEN", "KE"})
_BEFORE_TICKET = frozenset({"TIKET", "NO", "NOMOR", "NOMER", "LAPORAN", "TICKET"})
_FEW = 3
_NAME_AND_PLACE = 4


@dataclass(frozen=True, slots=True)
class Matched:
    """A keyword found and what stands behind it. `word` is set where the keyword was guessed from a slip."""

    keyword: Keyword
    text: str
    rest: tuple[Token, ...]
    match: Callable[[Sequence[str]], tuple[str, int] | None]
    mentioned: Callable[[str], str | None]
    lexicon: Lexicon
    word: str = ""

    def words(self, start: int = 0) -> list[str]:
        """The words behind the keyword, from the `start`th."""
        return [token.word for token in self.rest[start:]]

    def said(self, start: int = 0) -> str:
        """The text as it was written, from the `start`th word behind the keyword."""
        return self.text[self.rest[start].start :].strip(_TRIM) if start < len(self.rest) else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A command that the words bear out."""

    action: Action
    args: Mapping[str, str]
    rest: str = ""


def shape_of(matched: Matched) -> Found | None:
    """The command that keyword and words make together, or None where the words belong to no such command."""
    return _SHAPES[matched.keyword.shape](matched)


def _place(matched: Matched, start: int, kelurahan: bool) -> tuple[str, int]:
    """The area named at the `start`th word and the word behind it; ("", start) where none is."""
    words = matched.words()
    at = start
    while at < len(words) and words[at] in _BEFORE_AREA:
        at += 1
    found = matched.match(words[at:]) if at < len(words) else None
    if found is None:
        return "", start
    code, used = found
    # Everyday words such as "jalan" may lie a slip away from a name; whole districts are no place of a report.
    if (used == 1 and words[at] in matched.lexicon.everyday) or (kelurahan and code.count(".") != 3):
        return "", start
    return code, at + used


def _report(matched: Matched) -> Found:
    at = 0
    words = matched.words()
    secret = bool(words) and words[0] in matched.lexicon.secret
    area, at = _place(matched, int(secret), kelurahan=True)
    if not secret and at < len(words) and words[at] in matched.lexicon.secret:
        secret, at = True, at + 1
    return _with_body(matched, at, area, {"confidential": "yes" if secret else "no"})


def _body(matched: Matched) -> Found:
    area, at = _place(matched, 0, kelurahan=True)
    return _with_body(matched, at, area, {"confidential": "no"})


def _with_body(matched: Matched, at: int, area: str, args: dict[str, str]) -> Found:
    body = matched.said(at)
    return Found(matched.keyword.action, {**args, "area": area or matched.mentioned(body) or "", "body": body})


def _info(matched: Matched) -> Found | None:
    topic, area, left, at = "", "", [], 0
    words = matched.words()
    while at < len(words):
        if not topic and words[at] in matched.lexicon.topics:
            topic, at = matched.lexicon.topics[words[at]], at + 1
            continue
        code, behind = ("", at) if area else _place(matched, at, kelurahan=False)
        if code:
            area, at = code, behind
            continue
        if words[at] not in matched.lexicon.closers and words[at] not in _BEFORE_AREA:
            left.append(words[at])
        at += 1
    if len(left) > (0 if matched.word else _FEW) or (len(left) == _FEW and not topic):
        return None
    return Found(Action.INFO, {"topic": topic, "area": area}, " ".join(left))


def _number(matched: Matched) -> tuple[str, str, int]:
    """A valid ticket, else the digits that stand in its place, and the word behind them."""
    words = matched.words()
    at = 0
    while at < len(words) and words[at] in _BEFORE_TICKET:
        at += 1
    end = at
    while end < len(words) and words[end].replace("-", "").isdecimal() and end - at < 7:
        end += 1
        if ticket := parse_ticket(" ".join(words[at:end])):
            return ticket, "", end
    return "", "".join(words[at:end]), end


def _ticket(matched: Matched) -> Found | None:
    ticket, typed, at = _number(matched)
    if matched.keyword.needs == "ticket" and not ticket:
        return None
    if not ticket and not typed and len(matched.rest) >= _FEW:
        return None
    return Found(matched.keyword.action, {"ticket": ticket, "typed": typed}, matched.said(at))


def _add(matched: Matched) -> Found | None:
    ticket, typed, at = _number(matched)
    if not ticket and len(typed.replace("-", "")) < 6:
        return None
    return Found(matched.keyword.action, {"ticket": ticket, "typed": typed, "body": matched.said(at)})


def _join(matched: Matched) -> Found | None:
    area, at = _place(matched, 0, kelurahan=True)
    words = matched.words(at)
    topics = [matched.lexicon.topics[word] for word in words if word in matched.lexicon.topics]
    place = find_rt_rw(matched.said(at))
    left = [word for word in words if word not in matched.lexicon.topics and word not in matched.lexicon.closers]
    # A complaint never subscribes anyone: more words than a name and an RT hold, or words of a complaint, are a report.
    allowed = _NAME_AND_PLACE + (4 if any(place) else 0) if area else _FEW
    if len(left) > allowed or guess_category(" ".join(left), matched.lexicon) or (matched.word and not area):
        return None
    return Found(matched.keyword.action, {"area": area, "topic": " ".join(dict.fromkeys(topics))}, " ".join(left))


def _move(matched: Matched) -> Found | None:
    area, at = _place(matched, 0, kelurahan=True)
    left = [word for word in matched.words(at) if word not in matched.lexicon.closers and word not in _BEFORE_AREA]
    if len(left) >= _FEW or guess_category(" ".join(left), matched.lexicon) or (matched.word and not area):
        return None
    return Found(matched.keyword.action, {"area": area}, " ".join(left))


def _language(matched: Matched) -> Found | None:
    words = [word for word in matched.words() if word not in matched.lexicon.closers]
    languages = [matched.lexicon.languages[word] for word in words if word in matched.lexicon.languages]
    if len(words) != len(languages) or len(languages) > 1 or (matched.word and not languages):
        return None
    return Found(matched.keyword.action, {"language": languages[0] if languages else ""})


def _stop(matched: Matched) -> Found | None:
    lexicon, words = matched.lexicon, matched.words()
    allowed = lexicon.stop_all | lexicon.stop_followers | lexicon.stop_topics
    if any(word not in allowed for word in words):
        return None
    if any(word in lexicon.stop_all for word in words):
        return Found(Action.STOP_ALL, {})
    topic = next((lexicon.topics[word] for word in words if word in lexicon.stop_topics), "")
    return Found(Action.STOP, {"topic": topic})


def _alone(matched: Matched) -> Found | None:
    return (
        Found(matched.keyword.action, {}) if all(word in matched.lexicon.closers for word in matched.words()) else None
    )


_SHAPES: Mapping[str, Callable[[Matched], Found | None]] = {
    "report": _report,
    "body": _body,
    "info": _info,
    "ticket": _ticket,
    "add": _add,
    "join": _join,
    "move": _move,
    "language": _language,
    "stop": _stop,
    "alone": _alone,
}
