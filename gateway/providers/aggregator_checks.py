"""What the parts of a local company's description owe each other, checked on the file as read, so that all is told at once."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from config import values
from gateway.providers.aggregator_templates import EACH, OF_MESSAGE, OF_NUMBER, OF_ONE, slots_of, walk
from menus.reading import Source

CALLS: Final = ("send", "find", "balance")
_SECRET: Final = re.compile(
    r"authorization|(?:.*[_-])?(?:pass(?:key|word|wd|phrase)?|(?:api[_-]?)?key|pwd|sandi|secret|token)", re.IGNORECASE
)
_FINDS: Final = ("accepted", "refused", "unknown")


def check(source: Source) -> None:
    """Blames everything that no single key shows: values that have to agree, secrets, answers that prove nothing."""
    data = source.data
    for name in CALLS:
        if isinstance(call := data.get(name), dict):
            _check_call(source, name, call, data)
    _check_batch(source, data)
    _check_hooks(source, data)


def _section(tree: Any, *names: str) -> dict[str, Any]:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _check_call(source: Source, name: str, call: dict[str, Any], data: dict[str, Any]) -> None:
    url = str(call.get("url", ""))
    try:
        is_plain = values.is_plain(url)
        has_user = urlsplit(url).username is not None
    except ValueError:
        is_plain = has_user = False
    if is_plain and str(data.get("unencrypted", "")).lower() != "true":
        words = (
            "http sends the key and every text in the clear: write https, or `unencrypted: true` if they offer no other"
        )
        source.blame(f"{name}.url: {words}", name, "url")
    if has_user:
        source.blame(f"{name}.url: secrets stand in the settings; write a header with {{basic}}", name, "url")
    if "form" in call and "json" in call:
        source.blame(f"{name}: has form and json; a call has one body", name, "json")
    if call.get("method") == "GET" and ("form" in call or "json" in call):
        source.blame(f"{name}: a GET has no body; write its fields in query", name)
    parts = {part: call.get(part) for part in ("url", "headers", "query", "form", "json")}
    for where, text in walk(parts):
        if _SECRET.fullmatch(where[-1]) and not slots_of(text):
            words = "a secret written out; it stands in the settings, and here as {api_key}, {token} or {basic}"
            source.blame(f"{name}.{'.'.join(where)}: {words}", name, *where)
    if slots_of(call.get("headers")) & OF_MESSAGE - {"message"}:
        source.blame(f"{name}.headers: numbers and texts have no place in a header", name, "headers")
    known = {f"digest.{digest}" for digest in _section(data, "digests")}
    for slot in sorted(slots_of(parts)):
        if slot.startswith("digest.") and slot not in known:
            source.blame(f"{name}: {{{slot}}} is not described under digests", name)
        if name == "balance" and slot in OF_MESSAGE:
            source.blame(f"balance: {{{slot}}} belongs to a message, and a balance is of none", "balance")
    if name == "send" and "text" not in slots_of(parts):
        source.blame("send: {text} stands nowhere", "send")
    if not slots_of(parts) & set(OF_ONE) and name != "balance":
        source.blame(f"{name}: names neither number nor message", name)
    _check_answer(source, name, _section(call, "answer"))


def _rules(answer: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    rules = answer.get("rules")
    yield from (
        (at, rule) for at, rule in enumerate(rules if isinstance(rules, list) else []) if isinstance(rule, dict)
    )


def _check_answer(source: Source, name: str, answer: dict[str, Any]) -> None:
    here = (name, "answer")
    if name == "balance":
        if "amount" not in _section(answer, "fields"):
            source.blame("balance.answer: a field amount is wanted", *here)
        return
    entries = _section(answer, "recipients")
    if entries and answer.get("read", "text") == "text" and "(" not in str(entries.get("at", "")):
        source.blame(f"{name}.answer.recipients.at: in a text a pattern with a group finds the entries", *here)
    if answer.get("read", "text") == "text":
        _check_texts(source, here, answer)
    if entries and not {"number", "message"} & _section(entries, "fields").keys():
        source.blame(f"{name}.answer.recipients: a field number or message is wanted, to tell them apart", *here)
    deciding = (*here, "recipients") if entries else here
    found = {str(rule.get("then")) for _, rule in _rules(entries or answer)}
    if "accepted" not in found:
        source.blame(f"{'.'.join(deciding)}: no rule says accepted, so every message would stay in doubt", *deciding)
    for inside, part in ((here, answer), ((*here, "recipients"), entries)):
        fields = _section(part, "fields").keys()
        for at, rule in _rules(part):
            where = (*inside, "rules", str(at))
            _check_rule(source, name, where, rule, fields)
            if entries and inside == here and rule.get("then") == "accepted":
                source.blame(f"{'.'.join(where)}: accepted belongs to the rules of the recipients", *where)


def _check_texts(source: Source, here: tuple[str, ...], answer: dict[str, Any]) -> None:
    """In a text a place is a pattern."""
    entries = _section(answer, "recipients")
    places = [((*here, "fields", name), value) for name, value in _section(answer, "fields").items()]
    places += [((*here, "recipients", "fields", name), value) for name, value in _section(entries, "fields").items()]
    places += [((*here, "recipients", "at"), entries["at"])] if "at" in entries else []
    for where, value in places:
        pattern = value.get("at") if isinstance(value, dict) else value
        try:
            re.compile(str(pattern))
        except re.error as error:
            source.blame(f"{'.'.join(where)}: not a regular expression: {error.msg}", *where)


def _check_rule(source: Source, name: str, where: tuple[str, ...], rule: dict[str, Any], fields: Any) -> None:
    shown, when = ".".join(where), _section(rule, "when")
    for word in when:
        if word not in ("http", "body") and word not in fields:
            source.blame(f"{shown}.when.{word}: is neither http, body nor a field described here", *where, "when", word)
    if rule.get("then") == "accepted" and set(when) <= {"http"}:
        source.blame(f"{shown}: an HTTP status alone proves nothing, a proxy's page has it too", *where)
    if name == "find" and rule.get("then") not in _FINDS:
        source.blame(f"{shown}: finding a message says accepted, refused or unknown", *where)
    if "at_once" in rule and rule.get("then") != "unusable":
        source.blame(f"{shown}: at_once goes with unusable", *where)
    if "retry_after" in rule and rule.get("then") != "not_sent":
        source.blame(f"{shown}: retry_after goes with not_sent", *where)
    if "opted_out" in rule and rule.get("then") != "refused":
        source.blame(f"{shown}: opted_out goes with refused", *where)


def _check_batch(source: Source, data: dict[str, Any]) -> None:
    send = _section(data, "send")
    if str(send.get("recipients", "1")) in ("1", ""):
        return
    each = list(_each(send.get("json")))
    outside = {part: send.get(part) for part in ("url", "headers", "query", "form")}
    loose = slots_of(outside) | slots_of(_without_each(send.get("json")))
    digests = _section(data, "digests")
    loose |= {slot for name in digests if f"digest.{name}" in loose for slot in slots_of(digests[name])}
    if not each and not send.get("separator"):
        source.blame("send: several recipients want a separator, or `each` in json", "send", "recipients")
    if each and loose & set(OF_NUMBER):
        source.blame("send.json: {to} stands outside each", "send", "json")
    if "message" in loose:
        source.blame("send: {message} is of one message; with several recipients it stands within each", "send")
    if not _section(send, "answer", "recipients"):
        fields = _section(data, "report", "fields")
        if fields.get("id") and not fields.get("number"):
            source.blame("report.fields: recipients of one call share its id, so number is wanted", "report", "fields")


def _each(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        if set(tree) == {EACH}:
            yield tree[EACH]
        for child in tree.values():
            yield from _each(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _each(child)


def _without_each(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {} if set(tree) == {EACH} else {name: _without_each(child) for name, child in tree.items()}
    return [_without_each(child) for child in tree] if isinstance(tree, list) else tree


def _check_hooks(source: Source, data: dict[str, Any]) -> None:
    report, sms = _section(data, "report", "fields"), _section(data, "sms", "fields")
    for name in ("report", "sms"):
        hook = _section(data, name)
        if hook.get("each") and hook.get("by") != "json":
            source.blame(f"{name}.each: several at once come in JSON only", name, "each")
    if report and not (report.get("id") or report.get("message")):
        source.blame("report.fields: id or message is wanted, to know which message it tells of", "report", "fields")
    if sms and not (sms.get("id") or sms.get("at")):
        source.blame("sms.fields: id or at is wanted, or the same words sent twice would count once", "sms", "fields")
