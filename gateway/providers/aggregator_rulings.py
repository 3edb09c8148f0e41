"""What a local company's answer means for each message of a call, by the rules of its description.

The first rule that fits decides. Where none does, 401 and 403 are the account's, 429 was not taken, and everything else
is a doubt: an answer nobody has described proves nothing about what was sent.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gateway.providers import http
from gateway.providers.aggregator_description import Fields, Place, Reading, Rule
from gateway.providers.base import Outcome, Outgoing, Ruling, Verdict, repair_number, safe_id

_LONGEST_TAG: Final = 1000
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)

Clean = Callable[[str], str]
"""Takes out of a company's words what may not be stored."""


def judge(reply: http.Reply, reading: Reading, call: Sequence[Outgoing], region: str, clean: Clean) -> list[Outcome]:
    """The outcome of every message of a call, from a whole answer to it."""
    part = _parsed(reading, reply.text)
    found = _values(reading.read, part, reading.fields)
    rule = _first(reading.rules, reply, found)
    if rule is None and reading.recipients is not None and _is_telling(reply.status):
        entries = _entries(reading.read, part, reading.recipients.at)
        if entries:
            return _judge_entries(reply, reading, entries, call, region, clean)
    ruling = _ruling(rule, reply) if rule else _unruled(reply)
    return [_outcome(ruling, message.key, reply, found, reading.fields, clean) for message in call]


def read_value(reply: http.Reply, reading: Reading, name: str) -> str:
    """The value of one field of an answer; empty where it is absent or the call failed."""
    if not 200 <= reply.status < 300:
        return ""
    return _values(reading.read, _parsed(reading, reply.text), reading.fields).get(name, "")


def _judge_entries(
    reply: http.Reply, reading: Reading, entries: Sequence[Any], call: Sequence[Outgoing], region: str, clean: Clean
) -> list[Outcome]:
    assert reading.recipients is not None
    described = reading.recipients.fields
    by_key = {message.key: message for message in call}
    by_number = {message.to: message for message in call}
    named: dict[str, Outcome] = {}
    for entry in entries:
        found = _values(reading.read, entry, described)
        # Our own id names one message; a number names the one that goes to it, as no call has a number twice.
        if found.get("message"):
            message = by_key.get(found["message"])
        else:
            message = by_number.get(repair_number(found.get("number", ""), region))
        if message is None:
            continue
        rule = _first(reading.recipients.rules, reply, found)
        ruling = _ruling(rule, reply) if rule else Ruling(Verdict.UNKNOWN)
        outcome = _outcome(ruling, message.key, reply, found, described, clean)
        if message.key not in named or outcome.verdict is Verdict.ACCEPTED:
            named[message.key] = outcome
    unnamed = Ruling(Verdict.UNKNOWN)
    return [named.get(one.key) or unnamed.outcome(one.key, "", "not named in the answer") for one in call]


def _is_telling(status: int) -> bool:
    """Whether the words of such an answer may decide anything without a rule that names its status."""
    return 200 <= status < 300 or (400 <= status < 500 and status not in (401, 403, 408, 429))


def _first(rules: Sequence[Rule], reply: http.Reply, found: Mapping[str, str]) -> Rule | None:
    for rule in rules:
        if rule.then is Verdict.ACCEPTED and not 200 <= reply.status < 300:
            continue
        if ("http" in rule.when or _is_telling(reply.status)) and all(
            _fits(word, pattern, reply, found) for word, pattern in rule.when.items()
        ):
            return rule
    return None


def _fits(word: str, pattern: str, reply: http.Reply, found: Mapping[str, str]) -> bool:
    if word == "http":
        return re.fullmatch(pattern, str(reply.status)) is not None
    if word == "body":
        return re.search(pattern, reply.text, re.IGNORECASE | re.DOTALL) is not None
    # What is absent fits nothing, not even `.*`.
    value = found.get(word, "")
    return bool(value) and re.fullmatch(pattern, value, re.IGNORECASE | re.DOTALL) is not None


def _ruling(rule: Rule, reply: http.Reply) -> Ruling:
    wait = None
    if rule.then is Verdict.NOT_SENT:
        wait = rule.retry_after if reply.retry_after is None else reply.retry_after
    return Ruling(rule.then, at_once=rule.at_once, opted_out=rule.opted_out, retry_after=wait)


def _unruled(reply: http.Reply) -> Ruling:
    if reply.status in (401, 403):
        return Ruling(Verdict.UNUSABLE, at_once=True)
    if reply.status == 429:
        return Ruling(Verdict.NOT_SENT, retry_after=reply.retry_after)
    return Ruling(Verdict.UNKNOWN)


def _outcome(
    ruling: Ruling, key: str, reply: http.Reply, found: Mapping[str, str], described: Fields, clean: Clean
) -> Outcome:
    provider_id = safe_id(found["id"]) if found.get("id") else None
    is_accepted = ruling.verdict is Verdict.ACCEPTED
    # An id says that the message exists, the rule that it was not taken, or the other way round: that proves nothing.
    if (is_accepted and "id" in described and provider_id is None) or (
        provider_id is not None and ruling.verdict in (Verdict.NOT_SENT, Verdict.UNUSABLE)
    ):
        ruling, is_accepted = Ruling(Verdict.UNKNOWN), False
    code = found.get("code") or found.get("status") or ("" if 200 <= reply.status < 300 else str(reply.status))
    words = found.get("words") or ("" if is_accepted else reply.text.strip() or f"HTTP {reply.status}")
    parts = found.get("parts", "")
    return replace(
        ruling.outcome(key, clean(code)[:80], clean(words)[:200]),
        provider_id=provider_id,
        parts=int(parts) if re.fullmatch("[1-9][0-9]?", parts) else None,
        cost=clean(found["cost"])[:80] if found.get("cost") else None,
    )


def _parsed(reading: Reading, text: str) -> Any:
    if reading.read != "json":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _values(read: str, part: Any, described: Fields) -> dict[str, str]:
    return {name: _value(read, part, place) for name, place in described.items()}


def _value(read: str, part: Any, place: Place) -> str:
    if read == "text":
        found = re.search(place.at, part, re.DOTALL)
        value = "" if found is None else found[1 if found.re.groups else 0] or ""
    elif read == "xml":
        value = _leaf(next(_elements(part, place.at), ""))
    else:
        value = _scalar(_at(part, place.at))
    if place.pattern is None:
        return value.strip()
    fitting = re.fullmatch(place.pattern, value.strip(), re.DOTALL)
    return "" if fitting is None else fitting[1 if fitting.re.groups else 0] or ""


def _entries(read: str, part: Any, at: str) -> list[Any]:
    if read == "text":
        return [found[1] or "" for found in re.finditer(at, part)]
    if read == "xml":
        return list(_elements(part, at))
    listed = _at(part, at)
    return listed if isinstance(listed, list) else [listed] if isinstance(listed, dict) else []


def _at(tree: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        if isinstance(tree, dict):
            tree = tree.get(name)
        elif isinstance(tree, list) and re.fullmatch("[0-9]{1,6}", name) and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            return None
    return tree


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _elements(text: str, path: str) -> Iterator[str]:
    """What stands within the elements of a path such as `message.status`, outer ones first. No entity is resolved, so
    that an answer cannot grow."""
    name, _, rest = path.partition(".")
    opening = re.compile(rf"<{re.escape(name)}(?:\s[^>]{{0,{_LONGEST_TAG}}}?)?(/?)>")
    at = 0
    while found := opening.search(text, at):
        at = found.end()
        inside = ""
        if not found[1]:
            end = text.find(f"</{name}", at)
            if end < 0:
                return
            inside, at = text[at:end], end
        if rest:
            yield from _elements(inside, rest)
        else:
            yield inside


def _leaf(inside: str) -> str:
    plain = _CDATA.sub(lambda found: html.escape(found[1], quote=False), inside)
    return "" if "<" in plain else html.unescape(plain)
