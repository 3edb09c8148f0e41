"""What a description makes of calls: how they are written, batches, questions, many reports at once, times."""

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import uvloop

from gateway.providers import http
from gateway.providers.aggregator import Aggregator, parse_time
from gateway.providers.aggregator_description import Clock
from gateway.providers.aggregator_requests import Request, write
from gateway.providers.base import Hook, Outcome, Outgoing, Receipt, Status
from tests.providers.cases import NUMBER, OTHER, build, settings
from tests.providers.described import AUTH, ONE, TWO, A, N, R, U, described
from tests.standin.companies import Wire
from tests.standin.server import serve

A_NUMBER, B_NUMBER = NUMBER[1:], OTHER[1:]


@dataclass(frozen=True)
class Written:
    """How a company wants it, and what is written for it."""

    label: str
    send: dict[str, Any]
    url: str = "https://x.example/a"
    body: str = ""
    headers: list[str] = field(default_factory=list)
    call: Sequence[Outgoing] = tuple(ONE)


FORM, AS_JSON = "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json"
WRITTEN = [
    Written("a form", {"form": {"to": "{to}", "t": "{text}", "k": "{api_key}"}},
            body="to=%2B6281100000001&t=Banjir%20di%20Bendan&k=k3y%2Fof%20ours", headers=[FORM]),
    Written("numbers joined", {"form": {"to": "{to.msisdn}"}, "recipients": 9, "separator": ";"}, call=TWO,
            body=f"to={A_NUMBER}%3B{B_NUMBER}", headers=[FORM]),
    Written("a slot in the path", {"url": "https://x.example/{username}/{text}", "form": {}}, body="",
            url="https://x.example/kota/Banjir%20di%20Bendan", headers=[FORM]),
    Written("a query beside a form", {"query": {"a": "{{x}}"}, "form": {"b": "1"}}, body="b=1",
            url="https://x.example/a?a=%7Bx%7D", headers=[FORM]),
    Written("basic authentication", {"headers": {"Authorization": "Basic {basic}"}, "form": {}},
            headers=["Authorization: Basic a290YTprM3kvb2Ygb3Vycw==", FORM]),
    Written("a content type of their own", {"headers": {"content-type": "application/json; v=2"}, "json": ["{to}"]},
            body='["+6281100000001"]', headers=["content-type: application/json; v=2"]),
    Written("a fingerprint", {"form": {"auth": "{digest.auth}"}}, body=f"auth={AUTH}", headers=[FORM]),
    Written("a list in JSON", {"json": {"to": {"each": "{to.national}"}}, "recipients": 9}, call=TWO,
            body='{"to": ["081100000001", "081100000002"]}', headers=[AS_JSON]),
    Written("what is empty is left out, what is null stays", {"json": {"ttl": "{validity}", "x": None, "n": 5, "l": [
        "{encoding}", 1]}}, body='{"x": null, "n": 5, "l": [1]}', headers=[AS_JSON]),
    Written("a lifetime", {"form": {"ttl": "{validity}"}}, body="ttl=90", headers=[FORM],
            call=[Outgoing("k", NUMBER, "x", validity=90)]),
    Written("plain letters", {"form": {"type": "{encoding}"}, "encoding": {"gsm7": "text", "ucs2": "unicode"}},
            body="type=text", headers=[FORM]),
    Written("other letters", {"form": {"type": "{encoding}", "t": "{text}"}, "encoding": {"ucs2": "unicode"}},
            body="type=unicode&t=%F0%9F%8C%8A", headers=[FORM], call=[Outgoing("k", NUMBER, "🌊")]),
    Written("half a letter", {"form": {"t": "{text}"}}, body="t=%3F", headers=[FORM],
            call=[Outgoing("k", NUMBER, "\ud800")]),
    Written("a callback", {"form": {"cb": "{public_url}/hooks/aggregator/report?message={message}"}},
            body="cb=https%3A%2F%2Fkabar.example%2Fhooks%2Faggregator%2Freport%3Fmessage%3D202611-1-1", headers=[FORM]),
    Written("a number of another country", {"form": {"to": "{to.national}"}}, body="to=006591234567", headers=[FORM],
            call=[Outgoing("k", "+6591234567", "x")]),
    Written("a quote cannot leave its JSON", {"json": {"t": "{text}"}}, body='{"t": "a\\"},{\\"b"}', headers=[AS_JSON],
            call=[Outgoing("k", NUMBER, 'a"},{"b')]),
]  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN, ids=[case.label for case in WRITTEN])
def test_a_call_is_written_as_described(case: Written) -> None:
    config = described(**case.send)
    request = write(config, config.description.send, case.call)
    assert request == Request("POST", case.url, case.headers, case.body.encode())


def test_no_header_can_be_broken_out_of() -> None:
    config = described(headers={"X-Key": "{api_key}"}, form={})
    broken = dataclasses.replace(config, api_key="a\r\nX: b")
    assert write(broken, broken.description.send, ONE).headers == ["X-Key: aX: b", FORM]


def in_town(scene: Any, name: str, **changes: object) -> Any:
    """Runs `scene(provider, companies)` beside the stand-in companies."""

    async def play() -> Any:
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            provider = build(name, settings(base, **changes))
            try:
                return await scene(provider, companies)
            finally:
                await provider.aclose()

    return uvloop.run(play())


def test_many_numbers_leave_in_one_call_and_bad_ones_in_none() -> None:
    async def scene(provider: Aggregator, companies: Any) -> Any:
        bad, again = Outgoing("bad", "0811", "x"), Outgoing("again", NUMBER, "x")
        outcomes = await provider.send([bad, *TWO, again])
        alone = await provider.send([bad])
        return provider.batch, [(one.key, one.verdict, one.cost) for one in outcomes + alone], companies.requests

    batch, outcomes, [(_, _, body)] = in_town(scene, "aggregator by json", aggregator_batch=200)
    assert batch == 200
    assert outcomes == [("bad", R, None), (TWO[0].key, A, "IDR 300"), (TWO[1].key, A, "IDR 300"), ("again", N, None),
                        ("bad", R, None)]  # fmt: skip
    assert [one["ref"] for one in body["messages"]] == [one.key for one in TWO]


def test_a_company_that_takes_one_number_is_given_one() -> None:
    assert build("aggregator", settings(aggregator_batch=200)).batch == 1


def test_a_message_cut_off_is_found_by_our_own_id_where_that_is_described() -> None:
    now = datetime.now(UTC)

    async def scene(provider: Aggregator, companies: Any) -> list[Any]:
        before = await provider.find(ONE[0], now)
        companies.plan.script = [Wire.FIN]
        [lost] = await provider.send(ONE)
        after = await provider.find(ONE[0], now)
        return [before, lost.verdict, after, await provider.missed(now)]

    before, lost, after, missed = in_town(scene, "aggregator by json")
    assert (before, lost, missed) == (None, U, [])
    assert (after.key, after.verdict, after.provider_id) == (ONE[0].key, A, "JB00000001")
    assert in_town(scene, "aggregator") == [None, U, None, []]


def test_a_question_nobody_answers_proves_nothing() -> None:
    async def scene() -> Outcome | None:
        provider = build("aggregator by json", settings())
        found = await provider.find(ONE[0], datetime.now(UTC))
        await provider.aclose()
        return found

    assert asyncio.run(scene()) is None


BALANCES = [("aggregator", "Rp 125.000"), ("aggregator by json", "IDR 98000")]


@pytest.mark.parametrize(("name", "amount"), BALANCES)
def test_the_balance_is_asked_as_described(name: str, amount: str) -> None:
    async def scene(provider: Aggregator, companies: Any) -> str | None:
        return await provider.balance()

    assert in_town(scene, name) == amount


def test_a_balance_that_cannot_be_asked_is_an_error_of_one_kind() -> None:
    async def scene() -> None:
        provider = build("aggregator", settings())
        try:
            await provider.balance()
        finally:
            await provider.aclose()

    with pytest.raises(http.NeverSent):
        asyncio.run(scene())


def test_many_reports_of_one_call_are_told_apart() -> None:
    fields = {"id": "id", "status": "state.name", "code": "batch"}
    report = {"by": "json", "each": "results", "fields": fields, "statuses": {"ok": "delivered"}}
    provider = Aggregator(described(report=report, form={"t": "{text}"}))
    form = [("results.0.id", "a"), ("results.0.state.name", "OK"), ("results.1.id", "b"), ("results.1.state.name", "?"),
            ("batch", "7")]  # fmt: skip
    parts = provider.parts(Hook("report", "", {}, form, {}))
    assert [provider.read(part) for part in parts] == [
        Receipt("a", None, None, Status.DELIVERED, "7", "OK"),
        Receipt("b", None, None, Status.UNKNOWN, "7", "?"),
    ]
    nothing = Hook("report", "", {}, [("results", "")], {})
    assert provider.parts(nothing) == (nothing,)


TIMES = [
    ("iso without a zone", "iso", "Asia/Jakarta", "2026-11-24T10:30:00", datetime(2026, 11, 24, 3, 30, tzinfo=UTC)),
    ("iso with a zone", "iso", "Asia/Jakarta", "2026-11-24 10:30:00+00:00", datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
    ("seconds", "unix", "Asia/Jakarta", "1795491000", datetime(2026, 11, 24, 3, 30, tzinfo=UTC)),
    ("a form of their own", "%d-%m-%Y %H.%M", "Asia/Makassar", " 24-11-2026 10.30 ",
     datetime(2026, 11, 24, 2, 30, tzinfo=UTC)),
    ("words", "iso", "UTC", "kemarin", None),
    ("nothing", "iso", "UTC", "", None),
    ("seconds beyond all time", "unix", "UTC", "1e99", None),
    ("seconds that are none", "unix", "UTC", "nan", None),
    ("before all time", "iso", "UTC", "0001-01-01T00:00:00+14:00", None),
]  # fmt: skip


@pytest.mark.parametrize(("label", "form", "zone", "raw", "at"), TIMES, ids=[case[0] for case in TIMES])
def test_a_time_is_read_as_the_company_writes_it(
    label: str, form: str, zone: str, raw: str, at: datetime | None
) -> None:
    assert parse_time(raw, Clock.model_validate({"form": form, "zone": zone})) == at
