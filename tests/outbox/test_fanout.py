"""The fan-out's chunks: every queued row in exactly one, of its own route, and a batch is fanned out once."""

from collections import defaultdict

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.db import statement
from gateway.kernel.areas import AreaBook
from gateway.numbers import store as numbers
from gateway.outbox.store import batches, fanout, messages
from gateway.runtime import Runtime
from tests.outbox.conftest import AFRICASTALKING, TWILIO, number, plan_batch, routed, statuses

SIZE = 5
TARGETS = {
    "one person": {AFRICASTALKING: 1},
    "one chunk that is full": {AFRICASTALKING: SIZE},
    "one row more than fits": {TWILIO: SIZE + 1},
    "two routes": {AFRICASTALKING: 2 * SIZE + 3, TWILIO: SIZE + 2},
    "some without a route between the others": {"": 4, AFRICASTALKING: SIZE, TWILIO: 3 * SIZE},
    "nobody with a route": {"": 3},
}


@pytest.fixture
def tools(rt: Runtime, city: AreaBook) -> Runtime:
    """Twilio for one prefix, Africa's Talking for another, no route for a third."""
    return routed(rt, "http://127.0.0.1:9", SMS_ROUTES="+62811=twilio;+62812=africastalking")


@pytest.mark.parametrize("targets", TARGETS.values(), ids=TARGETS)
def test_every_queued_row_lies_in_one_chunk_of_its_route(
    tools: Runtime, monkeypatch: pytest.MonkeyPatch, targets: dict[str, int]
) -> None:
    monkeypatch.setattr(fanout, "CHUNK", SIZE)
    people = [
        f"+62813{at:08d}" if route == "" else number(at, route) for route, n in targets.items() for at in range(n)
    ]
    others = [number(900 + at, TWILIO) for at in range(3)]
    plan_batch(tools, others, text="yang lain")
    batch = plan_batch(tools, people)
    assert batch.total == len(people)
    with tools.engine.begin() as conn:
        now, claimed = tools.now(), []
        sizes: dict[str, list[int]] = defaultdict(list)
        for route in (AFRICASTALKING, TWILIO):
            while chunk := batches.lease(conn, batch.lane, route, now, now, is_quiet=False):
                rows, seen = messages.claim_run(conn, chunk, chunk.first_id, chunk.last_id, now, takes_demo=False)
                assert len(rows) == seen <= SIZE
                assert {row.route for row in rows} == {route}
                ours = [row.id for row in rows if row.batch_id == batch.id]
                claimed += ours
                sizes[route if ours else ""].append(len(rows))
                batches.release(conn, chunk, now)
    assert len(claimed) == len(set(claimed)) == sum(n for route, n in targets.items() if route)
    # Ids of numbers follow their keyed hash, so those of both routes lie between each other; all the same each run of
    # message ids is full but for the last one, or a call to a company would go half empty.
    for route in (AFRICASTALKING, TWILIO):
        whole, rest = divmod(targets.get(route, 0), SIZE)
        assert sizes[route] == [SIZE] * whole + [rest] * (rest > 0)
    assert statuses(tools).get(("skipped", "no route"), 0) == targets.get("", 0)


def test_nobody_has_to_look_through_rows_that_were_all_skipped(tools: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "CHUNK", SIZE)
    people = [number(at) for at in range(2 * SIZE)]
    with tools.engine.begin() as conn:
        demo = sorted(numbers.ensure_many(conn, tools.vault, people).values())[:SIZE]
        conn.execute(statement("UPDATE numbers SET is_demo = true WHERE id = ANY(:ids)"), {"ids": demo})
    plan_batch(tools, people)
    with tools.engine.begin() as conn:
        [chunk] = conn.execute(statement("SELECT first_id, last_id FROM chunks")).all()
        held = conn.execute(
            statement("SELECT status FROM messages WHERE id BETWEEN :first_id AND :last_id"), dict(chunk._mapping)
        ).scalars()
        assert list(held) == ["queued"] * SIZE
    assert statuses(tools) == {("queued", ""): SIZE, ("skipped", "demo"): SIZE}


def test_a_second_run_fails_and_leaves_what_was_there(tools: Runtime) -> None:
    batch = plan_batch(tools, [number(1), number(2)])
    audience = batches.Fragment("SELECT id AS number_id, 'id' AS language FROM numbers", {})
    with pytest.raises(IntegrityError), tools.engine.begin() as conn:
        fanout.fan_out(conn, batch, audience, tools.settings.sms_routes, set(), [], tools.now(), 0)
    assert statuses(tools) == {("queued", ""): 2}
    with tools.engine.begin() as conn:
        assert batches.get(conn, batch.id) == batch
        assert conn.execute(statement("SELECT count(*) FROM chunks")).scalar_one() == 1
