"""What every provider owes the gateway, run over each entry of PROVIDERS; a provider without cases fails."""

import asyncio
import logging
from dataclasses import replace

import pytest
import uvloop

from config.providers import PROVIDERS as SET_UP
from gateway.providers import PROVIDERS
from gateway.providers import build as build_provider
from gateway.providers.base import MissingField, Outcome, Outgoing, Verdict
from tests.providers.cases import CASES, NUMBER, OTHER, WireIn, WireOut, build, proven_hook, provider_of, settings
from tests.standin.companies import Companies, Plan, Wire
from tests.standin.server import serve

MESSAGE = Outgoing("att_1-A", NUMBER, "Halo & awas: 100% é")
EVERY = pytest.mark.parametrize("name", CASES)

WIRE_IN = [
    pytest.param(name, case, id=f"{name}: {case.label}") for name, cases in CASES.items() for case in cases.wire_in
]
WIRE_OUT = [
    pytest.param(name, case, id=f"{name}: {case.kind} {'END' if case.ends else 'CON' if case.screen else ''}".strip())
    for name, cases in CASES.items()
    for case in cases.wire_out
]
REQUIRED = [
    pytest.param(name, kind, missing, blank, id=f"{name}: {kind} {'with an empty' if blank else 'without'} {missing}")
    for name, cases in CASES.items()
    for kind, fields in cases.required.items()
    for missing in fields
    for blank in (True, False)
]


def in_town(name: str, scene, **changes: object):
    """Runs `scene(provider, companies)` in one loop with the stand-in companies."""

    async def play():
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            provider = build(name, settings(base, **changes))
            try:
                return await scene(provider, companies)
            finally:
                await provider.aclose()

    return uvloop.run(play())


def test_every_provider_has_cases_and_every_hook_of_it_too() -> None:
    assert not set(PROVIDERS) - set(CASES), f"a provider without cases: {', '.join(set(PROVIDERS) - set(CASES))}"
    assert {provider_of(name) for name in CASES} == set(PROVIDERS)
    for name, cases in CASES.items():
        provider = build(name, settings())
        assert provider.name == provider_of(name)
        assert {case.kind for case in cases.wire_in} == provider.hooks == set(cases.required)


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(LookupError, match="pigeon"):
        build_provider("pigeon", settings())


@EVERY
def test_limits_are_sane_and_only_the_simulator_sends_to_demo_people(name: str) -> None:
    provider = build(name, settings())
    assert provider.batch >= 1
    assert provider.concurrency >= 1
    assert provider.timeout > 0
    assert provider.per_second == 0
    assert provider.answerable
    assert provider.sends_to_demo is (name == "simulator")
    assert provider.foreign is CASES[name].foreign


@pytest.mark.parametrize(("name", "case"), WIRE_IN)
def test_a_hook_is_proven_and_read(name: str, case: WireIn) -> None:
    provider = build(name, settings())
    hook = proven_hook(name, case.kind, case.form, case.query)
    assert provider.verify(hook)
    assert provider.read(hook) == case.event


@pytest.mark.parametrize(("name", "kind", "missing", "blank"), REQUIRED)
def test_a_hook_without_a_required_field_names_it(name: str, kind: str, missing: str, blank: bool) -> None:
    provider = build(name, settings())
    form = {field: "x" for field in CASES[name].required[kind] if field != missing} | ({missing: ""} if blank else {})
    with pytest.raises(MissingField, match=missing) as raised:
        provider.read(proven_hook(name, kind, form))
    assert raised.value.field == missing


@EVERY
def test_an_unproven_hook_is_refused(name: str) -> None:
    provider = build(name, settings())
    case = CASES[name].wire_in[0]
    good = proven_hook(name, case.kind, case.form, case.query)
    bad = CASES[name].forge(good)
    assert provider.verify(good)
    assert len(bad) >= 3
    assert [provider.verify(hook) for hook in bad] == [False] * len(bad)


@EVERY
def test_without_a_secret_nothing_is_proven(name: str) -> None:
    provider = build(name, settings(**{SET_UP[provider_of(name)].proof.lower(): ""}))
    good = proven_hook(name, "sms", {"id": "x"})
    hooks = [good, *CASES[name].forge(good), replace(good, query={}, headers={})]
    assert [provider.verify(hook) for hook in hooks] == [False] * len(hooks)


@EVERY
def test_a_hook_that_no_company_has_is_a_fault_of_ours(name: str) -> None:
    with pytest.raises(LookupError, match="no such hook"):
        build(name, settings()).read(proven_hook(name, "fax", {}))


@EVERY
def test_answers_take_the_company_s_form(name: str) -> None:
    provider = build(name, settings())
    answers = {kind: provider.answer(proven_hook(name, kind, {}), None, False) for kind in provider.hooks}
    assert {answer.status for answer in answers.values()} == {200}
    shown = {case.ends for case in CASES[name].wire_out if case.screen}
    assert shown == ({True, False} if "ussd" in provider.hooks else set()), "a screen that goes on, and one that ends"


@pytest.mark.parametrize(("name", "case"), WIRE_OUT)
def test_a_hook_is_answered_in_the_company_s_words(name: str, case: WireOut) -> None:
    answer = build(name, settings()).answer(proven_hook(name, case.kind, {}), case.screen, case.ends)
    assert (answer.status, answer.content_type, answer.body) == (200, case.content_type, case.body)


@EVERY
def test_a_message_goes_out_as_the_company_wants_it(name: str) -> None:
    async def scene(provider, companies: Companies):
        outcomes = await provider.send([MESSAGE])
        return outcomes, companies.requests, dict(companies.accepted)

    [outcome], [(path, headers, form)], accepted = in_town(name, scene)
    cases = CASES[name]
    assert (outcome.key, outcome.verdict, outcome.parts) == (MESSAGE.key, Verdict.ACCEPTED, CASES[name].parts)
    assert outcome.provider_id
    assert path == cases.path
    assert form == cases.form
    assert {name: headers.get(name) for name in cases.headers} == cases.headers
    assert "expect" not in headers
    assert accepted == {NUMBER: 1}


OUTCOMES = {
    Wire.TAKE: Verdict.ACCEPTED,
    Wire.INTERIM: Verdict.ACCEPTED,
    Wire.REFUSE: Verdict.REFUSED,
    Wire.REFUSE_ALL: Verdict.UNUSABLE,
    Wire.HTTP_401: Verdict.UNUSABLE,
    Wire.HTTP_429: Verdict.NOT_SENT,
    Wire.HTTP_5XX: Verdict.UNKNOWN,
    Wire.STALL: Verdict.UNKNOWN,
    Wire.FIN: Verdict.UNKNOWN,
    Wire.RST: Verdict.UNKNOWN,
    Wire.CUT_HEADERS: Verdict.UNKNOWN,
    Wire.CUT_BODY: Verdict.UNKNOWN,
    Wire.CUT_CHUNK: Verdict.UNKNOWN,
    Wire.NOT_JSON: Verdict.UNKNOWN,
    Wire.HUGE: Verdict.UNKNOWN,
}


def test_every_fate_of_a_call_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(Wire)


@EVERY
@pytest.mark.parametrize("fate", OUTCOMES, ids=lambda fate: f"the company's answer: {fate}")
def test_on_a_kept_connection_exactly_one_post_is_made_and_judged(name: str, fate: Wire) -> None:
    async def scene(provider, companies: Companies) -> tuple[Outcome, int]:
        [first] = await provider.send([replace(MESSAGE, key="first")])
        assert first.verdict is Verdict.ACCEPTED
        companies.plan.script = [fate]
        provider._client.timeout = 0.3 if fate is Wire.STALL else 10.0
        [outcome] = await provider.send([MESSAGE])
        # What a repeating client does, it does within this time.
        await asyncio.sleep(0.05)
        return outcome, companies.posts - 1

    outcome, posts = in_town(name, scene)
    assert outcome.verdict is OUTCOMES[fate]
    assert outcome.key == MESSAGE.key
    assert posts == 1
    assert outcome.at_once is (fate is Wire.HTTP_401)
    assert outcome.retry_after == (1.0 if fate is Wire.HTTP_429 else None)
    if outcome.verdict is not Verdict.ACCEPTED:
        assert outcome.text


@EVERY
def test_a_company_that_does_not_listen_was_never_sent_to(name: str) -> None:
    async def scene() -> Outcome:
        provider = build(name, settings("http://127.0.0.1:9"))
        [outcome] = await provider.send([MESSAGE])
        await provider.aclose()
        return outcome

    assert uvloop.run(scene()).verdict is Verdict.NOT_SENT


@EVERY
def test_many_at_once_reach_each_number_once_whatever_goes_wrong(name: str) -> None:
    faults = {"refuse": 0.05, "http_429": 0.1, "http_5xx": 0.1}
    wire = {"fin": 0.15, "rst": 0.1, "cut_headers": 0.05, "cut_body": 0.05}

    async def scene(provider, companies: Companies) -> tuple[list[Outcome], Companies]:
        companies.set_plan(Plan.of({"faults": faults, "wire": wire, "latency_ms": 2}))
        calls = [[Outgoing(f"k{n}", f"+62811{n:07d}", "Banjir")] for n in range(400)]
        outcomes = await asyncio.gather(*(provider.send(call) for call in calls))
        return [outcome for [outcome] in outcomes], companies

    outcomes, companies = in_town(name, scene)
    by_verdict = {verdict: [o.key for o in outcomes if o.verdict is verdict] for verdict in Verdict}
    taken = {f"k{int(number[6:])}" for number in companies.accepted}
    assert max(companies.accepted.values()) == 1
    assert set(by_verdict[Verdict.ACCEPTED]) <= taken
    assert taken <= set(by_verdict[Verdict.ACCEPTED]) | set(by_verdict[Verdict.UNKNOWN])
    assert all(by_verdict[verdict] for verdict in Verdict if verdict is not Verdict.UNUSABLE)


@EVERY
def test_secrets_numbers_and_texts_reach_no_log_and_no_repr(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene(provider, companies: Companies) -> str:
        companies.plan.script = [Wire.TAKE, Wire.HTTP_401, Wire.FIN]
        outcomes = [await provider.send([MESSAGE]) for _ in range(3)]
        return repr((provider, provider._config, provider._client, MESSAGE, outcomes))

    shown = in_town(name, scene) + caplog.text
    for case in CASES[name].wire_in:
        hook = proven_hook(name, case.kind, case.form, case.query)
        shown += repr(hook) + repr(build(name, settings()).read(hook))
    for secret in (*CASES[name].secrets, NUMBER, NUMBER[1:], "jalan", "awas"):
        assert secret not in shown


@EVERY
def test_senders_follow_what_the_message_asks(name: str) -> None:
    """reply_from wins for replies, and a question leaves from a number that can be answered."""
    cases = CASES[name]

    async def scene(provider, companies: Companies) -> list[str | None]:
        for message in (
            replace(MESSAGE, reply_from="+628150000"),
            replace(MESSAGE, reply_from="PEKALONGAN", wants_answer=True),
            replace(MESSAGE, wants_answer=True),
        ):
            await provider.send([message])
        return [form.get(cases.sender) for _, _, form in companies.requests]

    assert in_town(name, scene) == ["+628150000", cases.numeric, cases.numeric]


@EVERY
def test_a_provider_works_in_one_loop_after_another(name: str) -> None:
    kept = {}

    async def second() -> Verdict:
        async with serve(int(kept["port"]), at_token="t", twilio_token="a"):
            verdict = (await kept["it"].send([replace(MESSAGE, to=OTHER)]))[0].verdict
            await kept["it"].aclose()
            return verdict

    async def first() -> Verdict:
        async with serve(0, at_token="t", twilio_token="a") as (_, base):
            kept["port"] = base.rpartition(":")[2]
            kept["it"] = build(name, settings(base))
            return (await kept["it"].send([MESSAGE]))[0].verdict

    assert [uvloop.run(first()), asyncio.run(second())] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
