"""Descriptions of local companies: what may stand in one, and everything wrong with one said at once."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import SettingsError
from gateway.providers.aggregator_description import load
from tests.providers.local_cases import DESCRIPTIONS

PLAIN = yaml.safe_load(DESCRIPTIONS["aggregator"].read_text())
JSON = yaml.safe_load(DESCRIPTIONS["aggregator by json"].read_text())


def faults_of(folder: Path, text: str) -> list[str]:
    """The lines said of a description, without what they begin with."""
    path = folder / "ours.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(path, "ours.yaml")
    assert all(fault.startswith("AGGREGATOR_DESCRIPTION: ours.yaml:") for fault in caught.value.faults)
    return [fault.removeprefix("AGGREGATOR_DESCRIPTION: ours.yaml:") for fault in caught.value.faults]


def changed(base: dict[str, Any], path: str, value: object) -> str:
    """A description with one value changed, added, or (None) taken away."""
    tree = copy.deepcopy(base)
    *above, last = path.split(".")
    place = tree
    for name in above:
        place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump(tree)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_what_is_shipped_has_no_fault(name: str) -> None:
    assert load(DESCRIPTIONS[name], name).company in ("Pesan Nusa", "Jalur Data")


def test_what_is_sent_as_json_keeps_its_types_and_all_else_is_text() -> None:
    described = load(DESCRIPTIONS["aggregator by json"], "x")
    assert described.send.body["flash"] is False
    assert load(DESCRIPTIONS["aggregator"], "x").send.answer.rules[0].when == {"status": "0"}


FAULTS: list[tuple[str, dict[str, Any], str, object, str]] = [
    ("a key nobody knows", PLAIN, "sned", {}, "sned: Extra inputs are not permitted"),
    ("no company", PLAIN, "company", None, "company: Field required"),
    ("no way to send", PLAIN, "send", None, "send: Field required"),
    ("a method that is none", PLAIN, "send.method", "PUT", "send.method: Input should be 'GET' or 'POST'"),
    ("an address without a path", PLAIN, "send.url", "https://x.example", "send.url: write scheme, host and path"),
    ("an address with a query", PLAIN, "send.url", "https://x.example/a?b=c", "send.url: write scheme, host and path"),
    ("a slot in the host", PLAIN, "send.url", "https://{text}/a", "send.url: write scheme, host and path"),
    ("another protocol", PLAIN, "send.url", "ftp://x.example/a", "send.url: write scheme, host and path"),
    ("an address in the clear", PLAIN, "send.url", "http://x.example/a", "send.url: http sends the key and every text"),
    ("a secret in an address", PLAIN, "send.url", "https://u:hunter2@x.example/a", "send.url: secrets stand in the"),
    ("a secret in a field", PLAIN, "send.query.passkey", "hunter2", "send.query.passkey: a secret written out"),
    ("a secret in a header", JSON, "send.headers.Authorization", "Bearer hunter2",
     "send.headers.Authorization: a secret written out"),
    ("a secret within JSON", JSON, "send.json.content.api_key", "hunter2", "send.json.content.api_key: a secret"),
    ("a key by a short name", JSON, "send.query", {"x-key": "hunter2"}, "send.query.x-key: a secret written out"),
    ("a slot that does not exist", PLAIN, "send.query.x", "{number}", "send.query.x: there is no slot {number}"),
    ("a brace alone", PLAIN, "send.query.x", "a}", "send.query.x: a brace that belongs to no slot is written twice"),
    ("a slot deep in JSON", JSON, "send.json.content.x", ["{nobody}"], "send.json: there is no slot {nobody}"),
    ("a fingerprint not described", PLAIN, "send.query.x", "{digest.auth}", "send: {digest.auth} is not described"),
    ("a fingerprint of another kind", PLAIN, "digests", {"a": {"by": "crc", "of": "{text}"}}, "digests.a.by: Input"),
    ("no text", PLAIN, "send.query.pesan", None, "send: {text} stands nowhere"),
    ("no number", PLAIN, "send.query", {"t": "{text}"}, "send: names neither number nor message"),
    ("two bodies", JSON, "send.form", {"a": "b"}, "send: has form and json; a call has one body"),
    ("a GET with a body", PLAIN, "send.form", {"a": "b"}, "send: a GET has no body; write its fields in query"),
    ("a text in a header", PLAIN, "send.headers", {"X-Text": "{text}"}, "send.headers: numbers and texts have no place"),
    ("a header that is none", PLAIN, "send.headers", {"X Y": "z"}, "send.headers.X Y: not the name of a header"),
    ("many numbers and no way to write them", PLAIN, "send.recipients", 50, "send: several recipients want a separator"),
    ("our id of one for many", PLAIN, "send.recipients", 50, "send: {message} is of one message"),
    ("a number outside each", JSON, "send.json.first", "{to}", "send.json: {to} stands outside each"),
    ("more numbers than a call may have", PLAIN, "send.recipients", 5000, "send.recipients: Input should be less than"),
    ("a rule for a field not described", PLAIN, "send.answer.rules.0.when", {"state": "0"},
     "send.answer.rules.0.when.state: is neither http, body nor a field"),
    ("a rule without a condition", PLAIN, "send.answer.rules.0.when", {}, "send.answer.rules.0.when: Dictionary should"),
    ("a verdict that is none", PLAIN, "send.answer.rules.1.then", "fine", "send.answer.rules.1.then: Input should be"),
    ("no rule that accepts", PLAIN, "send.answer.rules", [{"when": {"http": "200"}, "then": "refused"}],
     "send.answer: no rule says accepted"),
    ("an acceptance by status alone", PLAIN, "send.answer.rules.0.when", {"http": "200"},
     "send.answer.rules.0: an HTTP status alone proves nothing"),
    ("a pattern that is none", PLAIN, "send.answer.rules.0.when.status", "(", "send.answer.rules.0.when.status: not a"),
    ("a place in a text that is no pattern", PLAIN, "send.answer.fields.id", "(", "send.answer.fields.id: not a regular"),
    ("at_once elsewhere", PLAIN, "send.answer.rules.1.at_once", True, "send.answer.rules.1: at_once goes with unusable"),
    ("retry_after elsewhere", PLAIN, "send.answer.rules.1.retry_after", 9, "send.answer.rules.1: retry_after goes with"),
    ("opted_out elsewhere", PLAIN, "send.answer.rules.3.opted_out", True, "send.answer.rules.3: opted_out goes with"),
    ("a wait of a day", PLAIN, "send.answer.rules.5.retry_after", 86400, "send.answer.rules.5.retry_after: Input should"),
    ("an acceptance of all where each is told", JSON, "send.answer.rules.0.then", "accepted",
     "send.answer.rules.0: accepted belongs to the rules of the recipients"),
    ("recipients nobody can tell apart", JSON, "send.answer.recipients.fields", {"id": "id", "status": "state"},
     "send.answer.recipients: a field number or message is wanted"),
    ("recipients in a text without a group", PLAIN, "send.answer.recipients",
     {"at": "x", "fields": {"number": "y"}, "rules": [{"when": {"number": "."}, "then": "accepted"}]},
     "send.answer.recipients.at: in a text a pattern with a group"),
    ("finding that says what no finding can", JSON, "find.answer.rules.1.then", "not_sent",
     "find.answer.rules.1: finding a message says accepted, refused or unknown"),
    ("a balance about a message", PLAIN, "balance.query.x", "{to}", "balance: {to} belongs to a message"),
    ("a balance without amount", PLAIN, "balance.answer.fields", {"x": "y"}, "balance.answer: a field amount is wanted"),
    ("a report by fax", PLAIN, "report.by", "fax", "report.by: Input should be 'form', 'query' or 'json'"),
    ("a report without status", PLAIN, "report.fields.status", None, "report.fields.status: Field required"),
    ("a report of nothing", PLAIN, "report.fields", {"status": "s"}, "report.fields: id or message is wanted"),
    ("a status of ours that is none", PLAIN, "report.statuses.9", "lost", "report.statuses.9: Input should be 'sent'"),
    ("several reports in a query", PLAIN, "report.each", "results", "report.each: several at once come in JSON only"),
    ("an SMS without id and time", PLAIN, "sms.fields", {"sender": "a", "text": "b"}, "sms.fields: id or at is wanted"),
    ("a zone nobody knows", PLAIN, "sms.time.zone", "Asia/Pekalongan", "sms.time.zone: write a time zone"),
    ("a time-out of no time", PLAIN, "timeout", 0, "timeout: Input should be greater than or equal to 1"),
    ("a crowd of calls", PLAIN, "concurrency", 5000, "concurrency: Input should be less than or equal to 200"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "base", "path", "value", "words"), FAULTS, ids=[case[0] for case in FAULTS])
def test_a_fault_is_named_by_its_path(
    tmp_path: Path, label: str, base: dict[str, Any], path: str, value: object, words: str
) -> None:
    said = faults_of(tmp_path, changed(base, path, value))
    assert any(fault.partition(": ")[2].startswith(words) for fault in said), said
    assert "hunter2" not in "\n".join(said)


def test_recipients_who_share_an_id_want_reports_with_their_number(tmp_path: Path) -> None:
    shared = {"read": "json", "fields": {"id": "batch"}, "rules": [{"when": {"body": "ok"}, "then": "accepted"}]}
    tree = JSON | {"send": JSON["send"] | {"answer": shared}}
    tree["report"] = JSON["report"] | {"fields": {"id": "event.id", "status": "event.state"}}
    said = faults_of(tmp_path, yaml.safe_dump(tree))
    assert [fault.partition(": ")[2] for fault in said] == [
        "report.fields: recipients of one call share its id, so number is wanted"
    ]


MANY = """\
company: ""
concurency: 4
timeout: soon
send:
  method: PATCH
  url: http://x.example/send
  query: {key: "{kunci}", token: abc, auth: "{digest.none}"}
  answer:
    read: text
    fields: {id: "("}
    rules:
      - {when: {state: "["}, then: sent}
      - {when: {http: "200"}, then: accepted}
report:
  by: pigeon
  fields: {status: s}
  statuses: {ok: fine}
sms: {by: query, fields: {text: t}}
balance: {method: GET, url: "https://x.example/b", answer: {}}
"""


def test_every_fault_of_every_kind_is_told_in_one_message_with_its_line(tmp_path: Path) -> None:
    said = faults_of(tmp_path, MANY)
    assert [fault.partition(": ")[0] + " " + fault.partition(": ")[2].partition(":")[0] for fault in said] == [
        "1 company",
        "2 concurency",
        "3 timeout",
        "4 send",
        "4 send",
        "4 send",
        "5 send.method",
        "6 send.url",
        "7 send.query.key",
        "7 send.query.token",
        "10 send.answer.fields.id",
        "12 send.answer.rules.0.then",
        "12 send.answer.rules.0.when.state",
        "12 send.answer.rules.0.when.state",
        "13 send.answer.rules.1",
        "15 report.by",
        "16 report.fields",
        "17 report.statuses.ok",
        "18 sms.fields.sender",
        "18 sms.fields",
        "19 balance.answer",
    ]
    assert "abc" not in "\n".join(said)


UNREADABLE: list[tuple[str, Callable[[Path], object], str]] = [
    ("nothing is there", lambda path: None, "1: cannot be read (FileNotFoundError)"),
    ("it is a folder", lambda path: path.mkdir(), "1: cannot be read (IsADirectoryError)"),
    ("it is empty", lambda path: path.write_text(""), "1: describes no company"),
    ("it is a list", lambda path: path.write_text("- a\n"), "1: describes no company"),
    ("it is no YAML", lambda path: path.write_text("a: 1\nb: [\n"), "3: not YAML: "),
    ("it is no UTF-8", lambda path: path.write_bytes(b"company: caf\xe9\n"), "1: cannot be read (UnicodeDecodeError)"),
    ("it holds NUL", lambda path: path.write_bytes(b"company: a\0b\n"), "1: not YAML: "),
    ("it is huge", lambda path: path.write_text("#" * 70_000), "1: longer than the 64 kB"),
    ("a key stands twice", lambda path: path.write_text("company: a\ncompany: b\n"), "2: company stands twice"),
    ("it grows by aliases", lambda path: path.write_text("a: &a [x]\nb: [*a, *a]\n"), "2: aliases and nesting"),
    ("it is nested without end", lambda path: path.write_text("a: " + "[" * 30_000), "1: aliases and nesting"),
]


@pytest.mark.parametrize(("label", "make", "words"), UNREADABLE, ids=[label for label, *_ in UNREADABLE])
def test_a_file_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, label: str, make: Callable[[Path], object], words: str
) -> None:
    make(tmp_path / "ours.yaml")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "ours.yaml", "ours.yaml")
    said = f"AGGREGATOR_DESCRIPTION: ours.yaml:{words}"
    assert any(fault.startswith(said) for fault in caught.value.faults), caught.value.faults
