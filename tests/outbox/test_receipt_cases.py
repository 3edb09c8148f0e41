"""Receipts as companies really send them: twice, days late, one for each part, in floods; none is lost after its 200."""

import itertools
from threading import Barrier, Thread

import pytest

from gateway.db import statement
from gateway.outbox.rules import Class
from gateway.outbox.service import receive, sweep
from gateway.outbox.service.work import work
from gateway.outbox.store import receipts
from gateway.providers.base import Receipt, Status
from tests.outbox.conftest import AFRICASTALKING, attempts, number, plan_batch, statuses

LONG = "Air naik di Jenggot dan Medono, siapkan barang penting dan dokumen di tempat tinggi. " * 3


def ids(sender):
    with sender.engine.begin() as conn:
        found = conn.execute(statement("SELECT provider_id FROM attempts ORDER BY message_id"))
        return list(found.scalars())


def take(sender, status, provider_id, code=""):
    receive.take(sender, AFRICASTALKING, Receipt(provider_id, None, None, Status(status), code, "", False))


def kept(sender):
    with sender.engine.begin() as conn:
        return conn.execute(statement("SELECT count(*) FROM receipts")).scalar_one()


def sent(sender, count=1, text="Air naik"):
    plan_batch(sender, [number(at) for at in range(count)], Class.IMPORTANT, text)
    work(sender, "bulk")
    return ids(sender)


def test_the_same_receipt_again_changes_nothing(sender, standin):
    [id] = sent(sender)
    for _ in range(3):
        take(sender, "failed", id, code="DeliveryFailure")
        take(sender, "failed", id, code="DeliveryFailure")
        receive.apply(sender)
    assert statuses(sender) == {("failed", "DeliveryFailure"): 1}
    assert attempts(sender) == [(1, AFRICASTALKING, 2, "DeliveryFailure")]
    assert kept(sender) == 0


def test_a_receipt_counts_long_after_the_batch_is_over(sender, standin, clock):
    batch = plan_batch(sender, [number(0)])
    work(sender, "bulk")
    assert sweep.finish(sender) == [batch.id]
    clock.ahead(days=5)
    take(sender, "delivered", ids(sender)[0])
    receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}


REPORTS = [
    pytest.param(["delivered", "delivered"], ("delivered", ""), id="both parts arrived"),
    pytest.param(["delivered", "failed"], ("failed", "DeliveryFailure"), id="one part was lost"),
    pytest.param(["failed", "failed"], ("failed", "DeliveryFailure"), id="both were lost"),
    pytest.param(["sent", "delivered", "failed"], ("failed", "DeliveryFailure"), id="one was lost, after a first word"),
    pytest.param(["sent", "delivered"], ("delivered", ""), id="one word for all parts"),
]


@pytest.mark.parametrize("in_one_batch", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize(("said", "shown"), REPORTS)
def test_of_several_parts_the_worst_counts_in_any_order(sender, standin, said, shown, in_one_batch):
    """A warning without its second half warns of nothing, so it was not delivered."""
    for at, order in enumerate(sorted(set(itertools.permutations(said)))):
        plan_batch(sender, [number(at)], text=LONG)
        work(sender, "bulk")
        for status in order:
            take(sender, status, ids(sender)[-1], "DeliveryFailure" if status == "failed" else "")
            if not in_one_batch:
                receive.apply(sender)
        receive.apply(sender)
        assert set(statuses(sender)) == {shown}, order


def test_of_one_part_a_later_delivery_beats_a_failure(sender, standin):
    """A phone that was off may come back."""
    [id] = sent(sender)
    take(sender, "failed", id, code="AbsentSubscriber")
    receive.apply(sender)
    take(sender, "delivered", id)
    receive.apply(sender)
    assert statuses(sender) == {("delivered", ""): 1}


@pytest.mark.parametrize("order", [["failed", "delivered"], ["delivered", "failed"]])
def test_parts_reported_before_our_own_commit_are_judged_once_their_number_is_known(sender, standin, order):
    plan_batch(sender, [number(0)], text=LONG)
    for status in order:
        take(sender, status, "ATXid_00000001", code="DeliveryFailure" if status == "failed" else "")
    receive.apply(sender)
    work(sender, "bulk")
    sweep.match_receipts(sender)
    receive.apply(sender)
    assert statuses(sender) == {("failed", "DeliveryFailure"): 1}


def test_a_flood_is_applied_in_batches_by_clocks_at_once_and_each_receipt_once(sender, standin):
    people = 2500
    known = sent(sender, people)
    for at, id in enumerate(known):
        take(sender, "delivered" if at % 5 else "failed", id, "" if at % 5 else "DeliveryFailure")
    used, barrier = [], Barrier(3)

    def apply():
        barrier.wait()
        used.append(receive.apply(sender))

    threads = [Thread(target=apply) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used.append(receive.apply(sender))
    assert sum(used) == people
    assert kept(sender) == 0
    assert statuses(sender) == {("delivered", ""): 2000, ("failed", "DeliveryFailure"): 500}


def test_a_clock_that_dies_while_it_applies_loses_none(sender, standin):
    [id] = sent(sender)
    take(sender, "delivered", id)
    with sender.engine.connect() as conn:
        assert receipts.apply(conn, sender.now()) == (1, 1, 0)
    assert statuses(sender) == {("sent", ""): 1}
    assert receive.apply(sender) == 1
    assert statuses(sender) == {("delivered", ""): 1}
