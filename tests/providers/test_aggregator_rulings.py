"""What described answers mean: shapes that no shipped description has, doubts, batches, and echoes of secrets."""

from collections.abc import Mapping, Sequence

import pytest

from gateway.providers.aggregator_requests import Cleaner, Config
from gateway.providers.aggregator_rulings import judge
from gateway.providers.base import Outcome, Outgoing, Verdict
from gateway.providers.http import Reply
from tests.providers.cases import NUMBER, OTHER, build, settings
from tests.providers.described import AUTH, ONE, TWO, A, N, R, U, X, described

XML = {
    "read": "xml",
    "fields": {"status": "response.message.status", "id": "response.message.id", "words": "response.message.text"},
    "rules": [
        {"when": {"status": "0"}, "then": "accepted"},
        {"when": {"status": "[12]"}, "then": "refused"},
        {"when": {"status": "7"}, "then": "not_sent", "retry_after": 30},
    ],
}
TEXT = {
    "fields": {"status": r"^(\d+)", "id": {"at": r"\|(\S+)", "pattern": "[1-9][0-9]*"}},
    "rules": [
        {"when": {"http": "503", "body": "tutup"}, "then": "not_sent"},
        {"when": {"http": "402"}, "then": "unusable", "at_once": True},
        {"when": {"body": "stop list"}, "then": "refused", "opted_out": True},
        {"when": {"status": "0"}, "then": "accepted"},
        {"when": {"status": "1701|5"}, "then": "unusable"},
        {"when": {"status": ".*"}, "then": "refused"},
    ],
}

ANSWERS: list[tuple[str, Mapping[str, object], int, str, Verdict]] = [
    ("XML that accepts", XML, 200, "<?xml version='1.0'?><response><message><to>0811</to><status>0</status><id>Z9</id>"
     "<text>Success</text></message></response>", A),
    ("XML with attributes and CDATA", XML, 200, '<response v="1"><message n="1"><status x="y"><![CDATA[0]]></status>'
     "<id><![CDATA[Z9]]></id></message></response>", A),
    ("XML that refuses", XML, 200, "<response><message><status>1</status></message></response>", R),
    ("XML that was busy", XML, 200, "<response><message><status>7</status></message></response>", N),
    ("XML that was busy and yet gives an id", XML, 200,
     "<response><message><status>7</status><id>Z9</id></message></response>", U),
    ("XML that accepts and gives no id", XML, 200, "<response><message><status>0</status></message></response>", U),
    ("XML with an empty id", XML, 200, "<response><message><status>0</status><id/></message></response>", U),
    ("XML cut short", XML, 200, "<response><message><status>0</status><id>Z9", U),
    ("XML with the status elsewhere", XML, 200, "<response><status>0</status><id>Z9</id></response>", U),
    ("XML with a status of tomorrow", XML, 200, "<response><message><status>99</status></message></response>", U),
    ("XML with an entity that would grow", XML, 200,
     '<!DOCTYPE r [<!ENTITY a "0">]><response><message><status>&a;</status><id>Z9</id></message></response>', U),
    ("a page of a proxy", XML, 200, "<html><body>Login</body></html>", U),
    ("text that accepts", TEXT, 200, "0|12345", A),
    ("text that accepts with an id that is none", TEXT, 200, "0|0", U),
    ("text of the account", TEXT, 200, "1701", X),
    ("text with any other number", TEXT, 200, "42", R),
    ("text without a number fits not even everything", TEXT, 200, "<html>", U),
    ("text by its words", TEXT, 200, "On the STOP LIST", R),
    ("nothing", TEXT, 200, "", U),
    ("a status with a rule of its own", TEXT, 402, "", X),
    ("an inner error with a rule of its own", TEXT, 503, "Sedang tutup", N),
    ("an inner error whose words fit no rule that names it", TEXT, 500, "0|12345", U),
    ("an inner error that says refused", TEXT, 502, "42", U),
    ("an acceptance with a status of refusal is refused by what comes next", TEXT, 400, "0|12345", R),
    ("a time-out of theirs", TEXT, 408, "42", U),
    ("a redirect", TEXT, 302, "0|12345", U),
    ("a wrong key", TEXT, 401, "", X),
    ("forbidden", TEXT, 403, "0", X),
    ("forbidden, and yet with an id", TEXT, 403, "0|12345", U),
    ("too many", TEXT, 429, "42", N),
    ("not found", XML, 404, "", U),
]  # fmt: skip


def judged(config: Config, reply: Reply, call: Sequence[Outgoing] = ONE) -> list[Outcome]:
    return judge(reply, config.description.send.answer, call, "ID", Cleaner(config, call))


@pytest.mark.parametrize(("label", "answer", "status", "body", "verdict"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_an_answer_is_judged_by_what_it_proves(
    label: str, answer: Mapping[str, object], status: int, body: str, verdict: Verdict
) -> None:
    headers = {"retry-after": "9"} if status == 429 else {}
    [outcome] = judged(described(answer), Reply(status, headers, body.encode()))
    assert (outcome.key, outcome.verdict) == (ONE[0].key, verdict)
    assert outcome.at_once is (verdict is X and status != 200)
    assert outcome.opted_out is ("STOP LIST" in body)
    assert outcome.retry_after == ({429: 9.0, 200: 30.0}.get(status) if verdict is N else None)
    assert outcome.text or verdict is A


LINES = {
    "fields": {"status": r"^ERR (\d+)"},
    "rules": [{"when": {"status": "13"}, "then": "unusable", "at_once": True}],
    "recipients": {
        "at": r"(?m)^(62\d+:.*)$",
        "fields": {"number": r"^(\d+):", "status": r":(\w+)", "id": r"#(\w+)"},
        "rules": [
            {"when": {"status": "OK"}, "then": "accepted"},
            {"when": {"status": "BAD"}, "then": "refused"},
            {"when": {"status": "LATER"}, "then": "not_sent", "retry_after": 60},
        ],
    },
}
A_NUMBER, B_NUMBER = NUMBER[1:], OTHER[1:]
LISTS = [
    ("each by its number", f"{B_NUMBER}:BAD\n{A_NUMBER}:OK #7", [A, R]),
    ("one not named", f"{A_NUMBER}:OK #7", [A, U]),
    ("a stranger named", f"{A_NUMBER}:OK #7\n628999999999:OK #8", [A, U]),
    ("one named twice, once taken", f"{A_NUMBER}:LATER\n{A_NUMBER}:OK #7\n{A_NUMBER}:BAD\n{B_NUMBER}:LATER", [A, N]),
    ("a word of tomorrow", f"{A_NUMBER}:MAYBE\n{B_NUMBER}:OK #8", [U, A]),
    ("taken without id", f"{A_NUMBER}:OK\n{B_NUMBER}:OK #8", [U, A]),
    ("all refused for the account", "ERR 13", [X, X]),
    ("nobody named", "OK", [U, U]),
]


@pytest.mark.parametrize(("label", "body", "verdicts"), LISTS, ids=[case[0] for case in LISTS])
def test_an_answer_for_many_is_read_entry_by_entry(label: str, body: str, verdicts: list[Verdict]) -> None:
    outcomes = judged(described(LINES), Reply(200, {}, body.encode()), TWO)
    assert [(one.key, one.verdict) for one in outcomes] == list(zip([one.key for one in TWO], verdicts, strict=True))


def test_xml_for_many_is_read_entry_by_entry() -> None:
    answer = {
        "read": "xml",
        "recipients": {
            "at": "response.message",
            "fields": {"message": "ref", "number": "to", "status": "status", "id": "id"},
            "rules": [{"when": {"status": "0"}, "then": "accepted"}],
        },
    }
    entry = "<message><to>{}</to><ref>{}</ref><status>0</status><id>Z{}</id></message>"
    # Our own id wins over a number that says otherwise.
    body = f"<response>{entry.format('', TWO[1].key, 2)}{entry.format(B_NUMBER, TWO[0].key, 1)}</response>"
    outcomes = judged(described(answer), Reply(200, {}, body.encode()), TWO)
    assert [(one.verdict, one.provider_id) for one in outcomes] == [(A, "Z1"), (A, "Z2")]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b"7", b'{"data":7}', b'{"data":[7,null]}', b'{"data":[]}', b"[" * 100_000,
             b'{"data":[{"ref":["x"],"to":{"a":1},"state":null}]}', b"\xff\xfe"],
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 404, 500])
def test_json_of_any_other_shape_is_a_doubt(body: bytes, status: int) -> None:
    jalur = build("aggregator by json", settings())._config
    assert [one.verdict for one in judged(jalur, Reply(status, {}, body), TWO)] == [U, U]


PARTS = [("2", 2), ("99", 99), ("0", None), ("-1", None), ("100000", None), ("٣", None), ("dua", None), ("", None)]


@pytest.mark.parametrize(("said", "parts"), PARTS)
def test_parts_are_counted_where_they_are_a_count(said: str, parts: int | None) -> None:
    fields = {"parts": "parts=(.*)"}
    answer = {"fields": fields, "rules": [{"when": {"body": "ok"}, "then": "accepted"}]}
    [outcome] = judged(described(answer), Reply(200, {}, f"ok parts={said}".encode()))
    assert (outcome.verdict, outcome.parts) == (A, parts)


def test_an_answer_for_500_finds_each_in_whatever_order() -> None:
    call = [Outgoing(f"202611-{at}-1", f"+62811{at:07d}", "Air naik") for at in range(500)]
    body = "\n".join(f"{one.to[1:]}:OK #{at}" for at, one in reversed(list(enumerate(call))))
    outcomes = judged(described(LINES), Reply(200, {}, body.encode()), call)
    assert [one.provider_id for one in outcomes] == [str(at) for at in range(500)]


ECHOES = [
    ("the key", "wrong key k3y/of ours!", "wrong key ***!"),
    ("the key as a query spells it", "GET /a?k=k3y%2Fof%20ours&x", "GET /a?k=***&x"),
    ("the key as a query spells it, in small letters", "k=k3y%2fof%20ours", "k=***"),
    ("the hook token", "callback hook-token refused", "callback *** refused"),
    ("basic authentication", "Basic a290YTprM3kvb2Ygb3Vycw== refused", "Basic *** refused"),
    ("the fingerprint", f"auth {AUTH} wrong", "auth *** wrong"),
    ("the fingerprint in capitals", f"auth {AUTH.upper()} wrong", "auth *** wrong"),
    ("the text", "cannot send 'Banjir di Bendan'", "cannot send '***'"),
    ("the number", "no such number 081100000001", "no such number [no HP]"),
    ("control characters", "a\x00b\x1bc", "abc"),
]


@pytest.mark.parametrize(("label", "body", "kept"), ECHOES, ids=[case[0] for case in ECHOES])
@pytest.mark.parametrize("place", ["the whole answer", "its words", "its code"])
def test_an_answer_that_echoes_what_we_sent_is_masked(label: str, body: str, kept: str, place: str) -> None:
    rules = [{"when": {"body": "."}, "then": "refused"}]
    fields = {"its words": {"words": "(?s)(.+)"}, "its code": {"code": "(?s)(.+)"}}.get(place, {})
    [outcome] = judged(described({"fields": fields, "rules": rules}), Reply(200, {}, body.encode()))
    assert outcome.verdict is R
    assert (outcome.code if place == "its code" else outcome.text) == kept
