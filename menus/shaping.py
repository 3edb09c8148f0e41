"""What follows a keyword: takes area, ticket, topic, language and body out of the words, or says it is no command."""

from collections.abc import Callable, Mapping

from menus import errands
from menus.matching import Found, Matched, find_place, find_ticket
from menus.model import Action
from menus.subjects import find_rt_rw, guess_category

_FEW = 3
_NAME_AND_PLACE = 4
_LONG_NUMBER = 6
_OF_STREETS = frozenset({"roads", "flood", "waste"})


def shape_of(matched: Matched) -> Found | None:
    """The command that keyword and words make together, or None where the words belong to no such command."""
    return _SHAPES[matched.keyword.shape](matched)


def _report(matched: Matched) -> Found:
    at = 0
    words = matched.words()
    secret = bool(words) and words[0] in matched.lexicon.secret
    area, at = find_place(matched, int(secret), kelurahan=True)
    if not secret and at < len(words) and words[at] in matched.lexicon.secret:
        secret, at = True, at + 1
    return _with_body(matched, at, area, {"confidential": "yes" if secret else "no"})


def _body(matched: Matched) -> Found:
    area, at = find_place(matched, 0, kelurahan=True)
    return _with_body(matched, at, area, {"confidential": "no"})


def _with_body(matched: Matched, at: int, area: str, args: dict[str, str]) -> Found:
    body = matched.said(at)
    args = {**matched.keyword.args, **args, "area": area or matched.area_of(body), "body": body}
    return Found(matched.keyword.action, args)


def _info(matched: Matched) -> Found | None:
    topic, area, left, at = "", "", [], 0
    words = matched.words()
    few = 0 if matched.word else _FEW
    while at < len(words):
        if not topic and words[at] in matched.lexicon.topics:
            topic, at = matched.lexicon.topics[words[at]], at + 1
            continue
        code, behind = ("", at) if area else find_place(matched, at, kelurahan=False)
        if code:
            area, at = code, behind
            continue
        if words[at] not in matched.lexicon.closers and words[at] not in matched.lexicon.place_words:
            left.append(words[at])
            if len(left) > few:
                return None
        at += 1
    said = " ".join(left)
    if not topic and (len(left) == _FEW or (len(left) > 1 and guess_category(said, matched.lexicon) in _OF_STREETS)):
        return None
    return Found(Action.INFO, {"topic": topic, "area": area}, said)


def _ticket(matched: Matched) -> Found | None:
    ticket, typed, at = find_ticket(matched)
    if matched.keyword.needs == "ticket" and not ticket and len(typed.replace("-", "")) < _LONG_NUMBER:
        return None
    if not ticket and not typed and len(matched.left(0)) >= _FEW:
        return None
    return Found(matched.keyword.action, {"ticket": ticket, "typed": typed}, matched.said(at))


def _add(matched: Matched) -> Found | None:
    ticket, typed, at = find_ticket(matched)
    if not ticket and len(typed.replace("-", "")) < _LONG_NUMBER:
        return None
    return Found(matched.keyword.action, {"ticket": ticket, "typed": typed, "body": matched.said(at)})


def _join(matched: Matched) -> Found | None:
    area, at = find_place(matched, 0, kelurahan=True)
    words = matched.words(at)
    topics = [matched.lexicon.topics[word] for word in words if word in matched.lexicon.topics]
    place = find_rt_rw(matched.said(at))
    left = [word for word in matched.left(at) if word not in matched.lexicon.topics]
    # A complaint never subscribes anyone: more words than a name and an RT hold, words of a complaint or of a question
    # ("daftar bansos gimana") are a report.
    allowed = _NAME_AND_PLACE + (4 if any(place) else 0) if area else _FEW
    if len(left) > allowed or guess_category(" ".join(left), matched.lexicon, least=1) or (matched.word and not area):
        return None
    if matched.lexicon.questions.intersection(left) or (left and topics and not area):
        return None
    return Found(matched.keyword.action, {"area": area, "topic": " ".join(dict.fromkeys(topics))}, " ".join(left))


def _move(matched: Matched) -> Found | None:
    area, at = find_place(matched, 0, kelurahan=True)
    left = matched.left(at, matched.lexicon.place_words)
    if len(left) >= _FEW or guess_category(" ".join(left), matched.lexicon, least=1) or (matched.word and not area):
        return None
    return Found(matched.keyword.action, {"area": area}, " ".join(left))


def _language(matched: Matched) -> Found | None:
    words = matched.left(0)
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
    return None if matched.left(0) else Found(matched.keyword.action, {})


def _change(matched: Matched) -> Found | None:
    return errands.change(matched, shape_of)


def _proxy(matched: Matched) -> Found | None:
    return errands.proxy(matched, shape_of)


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
    "proxy": _proxy,
    "rumour": errands.rumour,
    "claim": errands.claim,
    "code": errands.code,
    "topics": errands.topics,
    "change": _change,
    "digits": errands.digits,
    "rate": errands.rate,
    "support": _add,
    "call": errands.call,
    "area": errands.area,
}
