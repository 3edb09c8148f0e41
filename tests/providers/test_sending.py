"""What each adapter makes of a call by its own rules: batches, senders, validity, looking for a doubtful message."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import uvloop

from gateway.providers import build
from gateway.providers.base import Outcome, Outgoing, Verdict
from tests.providers.cases import NUMBER, OTHER, settings
from tests.standin.companies import Plan, Wire
from tests.standin.server import serve

ONE = [Outgoing("k1", NUMBER, "Halo")]
TWO = [*ONE, Outgoing("k2", OTHER, "Halo")]


def in_town(scene, **changes: object):
    """Runs `scene(build, companies)` beside the stand-in companies."""

    async def play():
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            return await scene(lambda name: build(name, settings(base, **changes)), companies)

    return uvloop.run(play())


def test_a_batch_skips_bad_numbers_and_repeated_ones_and_keeps_the_order() -> None:
    call = [
        Outgoing("bad", "0811", "Halo"), *TWO, Outgoing("again", NUMBER, "Halo"),
        Outgoing("line", OTHER + "\n", "Halo"),
    ]  # fmt: skip

    async def scene(make, companies):
        provider = make("africastalking")
        outcomes = await provider.send(call)
        alone = await provider.send(call[:1])
        await provider.aclose()
        return outcomes, alone, companies.posts, companies.requests[0][2]["to"]

    outcomes, [alone], posts, to = in_town(scene)
    verdicts = [(outcome.key, outcome.verdict.value) for outcome in outcomes]
    assert verdicts == [("bad", "refused"), ("k1", "accepted"), ("k2", "accepted"), ("again", "not_sent"),
                        ("line", "refused")]  # fmt: skip
    assert (alone.verdict, posts, to) == (Verdict.REFUSED, 1, f"{NUMBER},{OTHER}")
    assert outcomes[1].provider_id != outcomes[2].provider_id


SENDERS = [
    ("its sender", {}, {}, {"From": "+15550001111"}),
    ("its service", {"twilio_messaging_service_sid": "MG1"}, {}, {"MessagingServiceSid": "MG1"}),
    ("its urgent sender", {"twilio_urgent_sender": "BPBD", "twilio_messaging_service_sid": "MG1"}, {"urgent": True},
     {"From": "BPBD"}),
    ("urgent without a sender of its own", {}, {"urgent": True}, {"From": "+15550001111"}),
    ("a question past the service", {"twilio_messaging_service_sid": "MG1"}, {"wants_answer": True},
     {"From": "+15550001111"}),
    ("a question with only a name", {"twilio_sender": "KABAR"}, {"wants_answer": True}, {"From": "KABAR"}),
    ("half an hour", {}, {"validity": 1800}, {"From": "+15550001111", "ValidityPeriod": "1800"}),
    ("longer than the company may", {}, {"validity": 90000}, {"From": "+15550001111", "ValidityPeriod": "36000"}),
    ("no time at all", {}, {"validity": 0}, {"From": "+15550001111", "ValidityPeriod": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("label", "given", "asked", "expected"), SENDERS, ids=[label for label, *_ in SENDERS])
def test_twilio_sends_from(label: str, given: dict[str, object], asked: dict[str, object], expected: object) -> None:
    async def scene(make, companies):
        provider = make("twilio")
        await provider.send([replace(ONE[0], **asked)])
        await provider.aclose()
        return companies.requests[0][2], provider.answerable

    form, answerable = in_town(scene, **given)
    assert {name: form[name] for name in ("From", "MessagingServiceSid", "ValidityPeriod") if name in form} == expected
    assert answerable is (given.get("twilio_sender") != "KABAR")


def test_africas_talking_without_a_sender_leaves_it_to_the_company_and_its_sandbox_has_its_own_address() -> None:
    async def scene(make, companies):
        provider = make("africastalking")
        await provider.send(ONE)
        await provider.aclose()
        return companies.requests[0][2]

    assert "from" not in in_town(scene, africastalking_sender="")
    bare = {"africastalking_base_url": None}
    assert build("africastalking", settings(**bare))._sdk._baseUrl == "https://api.africastalking.com/version1"
    sandbox = build("africastalking", settings(**bare, africastalking_username="sandbox"))
    assert sandbox._sdk._baseUrl == "https://api.sandbox.africastalking.com/version1"


def test_twilio_finds_a_doubtful_message_if_exactly_one_is_listed() -> None:
    western = datetime.now(UTC).astimezone(timezone(timedelta(hours=7))) - timedelta(minutes=1)

    async def scene(make, companies):
        provider = make("twilio")
        found = [await provider.find(ONE[0], western)]
        companies.plan.script = [Wire.FIN]
        [lost] = await provider.send(ONE)
        found += [
            await provider.find(ONE[0], western),
            await provider.find(replace(ONE[0], text="Lain"), western),
            await provider.find(ONE[0], western + timedelta(hours=1)),
        ]
        await provider.send(ONE)
        found.append(await provider.find(ONE[0], western))
        await provider.aclose()
        return lost, found, companies.lists

    lost, [before, after, another_text, another_time, twice], lists = in_town(scene)
    assert lost.verdict is Verdict.UNKNOWN
    assert (after.key, after.verdict) == ("k1", Verdict.ACCEPTED)
    assert after.provider_id
    assert [before, another_text, another_time, twice] == [None] * 4
    assert lists == 5


@pytest.mark.parametrize("base", ["http://127.0.0.1:9"], ids=["a company that does not listen"])
def test_a_list_that_errs_proves_nothing(base: str) -> None:
    async def scene() -> list[Outcome | None]:
        found = []
        for name in ("twilio", "africastalking"):
            provider = build(name, settings(base))
            found.append(await provider.find(ONE[0], datetime.now(UTC)))
            await provider.aclose()
        return found

    assert uvloop.run(scene()) == [None, None]


def test_twilio_speaks_only_get_and_post_and_reads_no_region_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")

    async def scene(make, companies):
        provider = make("twilio")
        [outcome] = await provider.send(ONE)
        with pytest.raises(ValueError, match="DELETE"):
            await provider._messages("SM1").delete_async()
        await provider.aclose()
        return outcome.verdict, companies.posts

    assert in_town(scene) == (Verdict.ACCEPTED, 1)


def test_the_plan_of_the_stand_in_names_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="refuses"):
        Plan.of({"faults": {"refuses": 1}})
