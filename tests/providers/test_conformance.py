"""What every provider owes the gateway, run over each entry of PROVIDERS; a provider without cases fails."""

import asyncio
import logging
from dataclasses import replace

import pytest
import uvloop

from gateway.providers import PROVIDERS
from gateway.providers import build as build_provider
from gateway.providers.base import Hook, MissingField, Outcome, Outgoing, Verdict
from tests.providers.cases import CASES, DESCRIPTIONS, NUMBER, OTHER, SECRETS, WireIn, build, proven_hook, settings
from tests.standin.companies import Companies, Plan, Wire
from tests.standin.server import serve

MESSAGE = Outgoing("att_1-A", NUMBER, "Halo & awas: 100% é")
EVERY = pytest.mark.parametrize("name", CASES)

WIRE_IN = [
    pytest.param(name, case, id=f"{name}: {case.label}") for name, cases in CASES.items() for case in cases.wire_in
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
    assert set(CASES) == set(PROVIDERS) | set(DESCRIPTIONS)
    for name, cases in CASES.items():
        provider = build(name, settings())
        assert provider.name == name.partition(" ")[0]
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
    assert provider.foreign is (name in ("africastalking", "twilio"))


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
    changed = [*good.form[1:], (good.form[0][0], "another")]
    tokens = [{}, {"token": ""}, {"token": "wrong"}, {"token": good.query.get("token", "")[:-1]}, {"token": "é\udce9"}]
    signatures = [{}, {"x-twilio-signature": ""}, {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}]
    bad = (
        [replace(good, headers=headers) for headers in signatures]
        + [replace(good, form=changed), replace(good, url=good.url + "x"), replace(good, form=[("a", "\udce9")])]
        if name == "twilio"
        else [replace(good, query=query) for query in tokens]
    )
    assert provider.verify(good)
    assert [provider.verify(hook) for hook in bad] == [False] * len(bad)


@EVERY
def test_without_a_secret_nothing_is_proven(name: str) -> None:
    bare = dict.fromkeys(("africastalking_hook_token", "simulator_hook_token", "twilio_auth_token"), "")
    bare["aggregator_hook_token"] = ""
    provider = build(name, settings(**bare))
    hook = Hook("sms", "https://kabar.example/hooks/x/sms", {"token": ""}, [], {"x-twilio-signature": ""})
    assert not provider.verify(hook)


@EVERY
def test_a_hook_that_no_company_has_is_a_fault_of_ours(name: str) -> None:
    with pytest.raises(LookupError, match="no such hook"):
        build(name, settings()).read(proven_hook(name, "fax", {}))


@EVERY
def test_answers_take_the_company_s_form(name: str) -> None:
    provider = build(name, settings())
    answers = {kind: provider.answer(proven_hook(name, kind, {}), None, False) for kind in provider.hooks}
    assert {answer.status for answer in answers.values()} == {200}
    if name == "twilio":
        assert answers["sms"].body == '<?xml version="1.0" encoding="UTF-8"?><Response />'
        assert answers["sms"].content_type.startswith("text/xml")
    elif name in DESCRIPTIONS:
        is_plain = name == "aggregator"
        assert answers["report"].body == ("OK" if is_plain else '{"ok":true}')
        assert answers["report"].content_type == ("text/plain; charset=utf-8" if is_plain else "application/json")
        assert answers["sms"].body == "OK"
    else:
        hook = proven_hook(name, "ussd", {})
        assert provider.answer(hook, "1. Lapor\n0. Keluar", False).body == "CON 1. Lapor\n0. Keluar"
        assert provider.answer(hook, "Terima kasih", True).body == "END Terima kasih"
        assert provider.answer(hook, "Terima kasih", True).content_type.startswith("text/plain")
        assert answers["sms"].body == "OK"


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
    assert headers.items() >= cases.headers.items()
    assert headers.get("content-type") == cases.content_type
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
    for secret in (*SECRETS, NUMBER, NUMBER[1:], "jalan", "awas"):
        assert secret not in shown


@EVERY
def test_senders_follow_what_the_message_asks(name: str) -> None:
    """reply_from wins for replies, and a question leaves from a number that can be answered."""
    field, numeric = CASES[name].sender, CASES[name].numeric

    async def scene(provider, companies: Companies) -> list[str | None]:
        for message in (
            replace(MESSAGE, reply_from="+628150000"),
            replace(MESSAGE, reply_from="PEKALONGAN", wants_answer=True),
            replace(MESSAGE, wants_answer=True),
        ):
            await provider.send([message])
        return [form[field] for _, _, form in companies.requests]

    assert in_town(name, scene) == ["+628150000", numeric, numeric]


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
