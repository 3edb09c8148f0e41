"""A described company in the ledger: batches, receipts by our own id alone, doubts asked about, a route that pauses."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from config.settings import CHECKOUT
from gateway.db import statement
from gateway.outbox.service import receive
from gateway.outbox.service.work import work
from gateway.outbox.store import routes
from gateway.providers.base import Hook
from gateway.runtime import wire
from tests.outbox.conftest import number, plan_batch, reply, routed, statuses

EXAMPLE, JALUR = CHECKOUT / "config" / "aggregator.example.yaml", CHECKOUT / "tests" / "standin" / "jalur.yaml"
KEY = "key-of-the-company"


@pytest.fixture
def by(rt, standin, city):
    """Gives tools whose one route is the company of a description."""

    def route(path: Path):
        tools = routed(
            rt,
            standin.base,
            SMS_ROUTES="*=aggregator",
            AGGREGATOR_DESCRIPTION=str(path),
            AGGREGATOR_USERNAME="kota",
            AGGREGATOR_API_KEY=KEY,
            AGGREGATOR_HOOK_TOKEN="l",
            AGGREGATOR_SENDER="KOTA",
            AGGREGATOR_BASE_URL=standin.base,
        )
        return dataclasses.replace(tools, providers=wire(tools.settings))

    return route


def without(path: Path, *places: str) -> dict:
    """A description with these places of it left out."""
    tree = yaml.safe_load(path.read_text())
    for place in places:
        *above, last = place.split(".")
        part = tree
        for name in above:
            part = part[name]
        del part[last]
    return tree


def report(tools, **fields: str) -> None:
    """A report as the company of the example brings it, applied."""
    provider = tools.providers["aggregator"]
    receive.take(tools, "aggregator", provider.read(Hook("report", "", {}, list(fields.items()), {})))
    receive.apply(tools)


def sent(tools) -> list[tuple[str, str | None]]:
    """Our own id and the company's of every attempt."""
    with tools.engine.begin() as conn:
        found = conn.execute(
            statement("""
            SELECT to_char(month, 'YYYYMM') || '-' || message_id || '-' || number AS key, provider_id FROM attempts
            ORDER BY message_id""")
        )
        return [(row.key, row.provider_id) for row in found]


@pytest.mark.parametrize(("path", "calls"), [(EXAMPLE, 230), (JALUR, 3)], ids=["one number a call", "100 a call"])
def test_a_batch_reaches_each_once(by, standin, path: Path, calls: int) -> None:
    tools, targets = by(path), [number(at) for at in range(230)]
    plan_batch(tools, targets)
    work(tools, "bulk")
    assert statuses(tools) == {("sent", ""): 230}
    assert standin.accepted() == dict.fromkeys(targets, 1)
    assert standin.posts() == calls


def test_a_company_without_ids_is_matched_by_ours(by, standin, tmp_path: Path) -> None:
    (tmp_path / "mute.yaml").write_text(yaml.safe_dump(without(EXAMPLE, "send.answer.fields.id", "report.fields.id")))
    tools = by(tmp_path / "mute.yaml")
    plan_batch(tools, [number(0), number(1)])
    work(tools, "bulk")
    [(first, no_id), (second, _)] = sent(tools)
    assert (statuses(tools), no_id) == ({("sent", ""): 2}, None)
    report(tools, ref=first, status="22")
    report(tools, ref=second, status="50", alasan="ABSEN")
    assert statuses(tools) == {("delivered", ""): 1, ("failed", "ABSEN"): 1}


def test_a_call_cut_off_is_proven_by_a_receipt_with_our_own_id_and_never_made_again(by, standin) -> None:
    tools = by(EXAMPLE)
    standin.plan(script=["fin"])
    plan_batch(tools, [number(0)])
    work(tools, "bulk")
    assert statuses(tools) == {("sending", ""): 1}
    work(tools, "bulk")
    [(key, _)] = sent(tools)
    report(tools, ref=key, id="PN00000001", status="22")
    assert (statuses(tools), sent(tools)) == ({("delivered", ""): 1}, [(key, "PN00000001")])
    assert standin.posts() == 1


ASKED = [("one that can be asked", JALUR, {("sent", ""): 1}), ("one that cannot", EXAMPLE, {("unconfirmed", ""): 1})]


@pytest.mark.parametrize(("label", "path", "ends"), ASKED, ids=[case[0] for case in ASKED])
def test_a_doubt_is_settled_by_asking_or_left_to_people(
    by, standin, clock, label: str, path: Path, ends: object
) -> None:
    tools = by(path)
    standin.plan(script=["fin"])
    plan_batch(tools, [number(0)])
    work(tools, "bulk")
    clock.ahead(minutes=15)
    work(tools, "bulk")
    assert statuses(tools) == ends
    assert standin.posts() == 1


def test_an_answer_that_nobody_has_described_is_a_doubt_too(by, standin) -> None:
    tools = by(EXAMPLE)
    standin.plan(script=["not_json"])
    plan_batch(tools, [number(0)])
    work(tools, "bulk")
    work(tools, "bulk")
    assert (statuses(tools), standin.posts()) == ({("sending", ""): 1}, 1)


def test_a_wrong_key_pauses_the_route_and_keeps_the_messages(by, standin, caplog) -> None:
    tools = by(JALUR)
    standin.plan(wire={"http_401": 1.0})
    plan_batch(tools, [number(0)])
    work(tools, "bulk")
    with tools.engine.begin() as conn:
        assert routes.paused(conn)["aggregator"].reason == "AUTH"
    assert sum(statuses(tools).values()) == statuses(tools)[("queued", "")]
    assert KEY not in caplog.text


def test_a_question_can_be_answered_only_where_the_company_brings_answers_in(by, standin, tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text(yaml.safe_dump(without(EXAMPLE, "sms")))
    assert by(EXAMPLE).providers["aggregator"].answerable
    tools = by(tmp_path / "out.yaml")
    assert not tools.providers["aggregator"].answerable
    reply(tools, number(0), "Sudah dibaca? 1 Ya", wants_answer=True)
    work(tools, "reply")
    assert standin.accepted() == {number(0): 1}
