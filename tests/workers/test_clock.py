"""The clock: its table, that one of many acts, and that nothing holds it up."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from redis import Redis
from rq.job import Job

from gateway.audit import store as audit
from gateway.db import statement
from gateway.inbox import store as inbox
from gateway.runtime import Runtime
from gateway.state import queue
from tests.workers.processes import Eventually, Running, Start
from workers.clock import DUTIES, TICK, Clock, Duty, aside, tidy_queues

ACTS = '"event":"this clock acts"'
_END_LEAD = statement("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'clock lead' AND datname = current_database()
""")


def test_each_duty_is_done_as_often_as_its_line_says(rt: Runtime) -> None:
    done: Counter[str] = Counter()

    def count(name: str) -> Callable[[Runtime], object]:
        return lambda rt: done.update([name])

    clock = Clock(rt, tuple(Duty(duty.name, duty.every, count(duty.name)) for duty in DUTIES))
    seconds = 60
    for tick in range(int(seconds / TICK)):
        clock.tick(1000 + tick * TICK)
    assert done == {duty.name: max(1, seconds / duty.every) for duty in DUTIES}


def test_the_table_names_each_duty_once_and_no_more_often_than_the_clock_ticks() -> None:
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)
    assert all(duty.every >= TICK for duty in DUTIES)


def test_a_clock_that_was_held_up_makes_up_for_nothing(rt: Runtime) -> None:
    done: list[float] = []
    clock = Clock(rt, (Duty("any", 1, lambda rt: done.append(1)),))
    for now in (0.0, 100.0, 100.5):
        clock.tick(now)
    assert len(done) == 2


def test_a_failing_duty_holds_up_no_other(rt: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail(rt: Runtime) -> None:
        raise ValueError("broken")

    clock = Clock(rt, (Duty("first", 1, fail), Duty("second", 1, lambda rt: done.append("second"))))
    for now in (0.0, 1.0, 2.0):
        clock.tick(now)
    assert done == ["second"] * 3
    assert [record.getMessage() for record in caplog.records] == ["duty failed: first (ValueError)"], "said once"


def test_a_company_that_hangs_is_asked_once_and_holds_up_no_tick(
    rt: Runtime, caplog: pytest.LogCaptureFixture, eventually: Eventually
) -> None:
    asked, ticks, answered = list[int](), list[int](), threading.Event()

    def ask(rt: Runtime) -> None:
        asked.append(1)
        answered.wait(20)
        raise ValueError("no answer")

    clock = Clock(rt, (Duty("ask", 1, aside("ask a company", ask)), Duty("tick", 1, lambda rt: ticks.append(1))))
    for now in (0.0, 1.0, 2.0):
        clock.tick(now)
    assert (len(asked), len(ticks)) == (1, 3)
    answered.set()
    eventually(lambda: "failed: ask a company (ValueError)" in caplog.text, "the fault is logged")
    eventually(lambda: all(thread.name != "ask a company" for thread in threading.enumerate()), "it is over")
    clock.tick(3.0)
    eventually(lambda: len(asked) == 2, "it is asked again")


def test_every_duty_works_on_an_empty_city(rt: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    Clock(rt).tick(0)
    assert [record.getMessage() for record in caplog.records] == []


def _leaders(clocks: list[Running]) -> list[int]:
    return [at for at, clock in enumerate(clocks) if ACTS in clock.said]


def test_one_of_two_clocks_acts_and_the_other_takes_over(
    start: Start, rt: Runtime, redis_client: Redis, eventually: Eventually
) -> None:
    clocks = [start("workers.clock"), start("workers.clock")]
    eventually(lambda: len(_beating(redis_client)) == 2, "both clocks beat")
    eventually(lambda: _leaders(clocks), "one acts")
    first = _leaders(clocks)
    assert len(first) == 1
    clocks[first[0]].process.kill()
    eventually(lambda: len(_leaders(clocks)) == 2, "the other acts once the first is gone")


def _beating(client: Redis) -> list[bytes]:
    return list(client.scan_iter("beat:clock:*"))


def test_a_clock_that_loses_its_connection_acts_again(start: Start, rt: Runtime, eventually: Eventually) -> None:
    clock = start("workers.clock")
    eventually(lambda: ACTS in clock.said, "it acts")
    with rt.engine.connect() as conn:
        conn.execute(statement("RESET ROLE"))
        assert conn.execute(_END_LEAD).all()
    eventually(lambda: clock.said.count(ACTS) == 2, "it acts again")
    assert "the lock is lost" in clock.said
    clock.process.terminate()
    assert clock.process.wait(25) == 0


def test_a_clock_without_its_servers_waits(start: Start, redis_client: Redis, eventually: Eventually) -> None:
    away = start("workers.clock", DATABASE_URL="postgresql://nobody@/kabar?host=/nonexistent")
    eventually(lambda: _beating(redis_client), "it beats though PostgreSQL is away")
    deaf = start("workers.clock", REDIS_URL="unix:///nonexistent/valkey.sock?db=0")
    eventually(lambda: "duty failed: beat" in deaf.said and ACTS in deaf.said, "it acts though Redis is away")
    for clock in (away, deaf):
        assert clock.process.poll() is None
        clock.process.terminate()
        assert clock.process.wait(25) == 0
        assert "Traceback" not in clock.said


def test_a_message_whose_job_was_lost_is_understood(
    start: Start, rt: Runtime, redis_client: Redis, eventually: Eventually
) -> None:
    with rt.engine.begin() as conn:
        inbox.add(conn, "simulator", "sms-1", rt.now(), number_id=None, sender="PROMO", recipient="54600",
                  body="Menang undian", had_identity=False, carrier_opt=None)  # fmt: skip
    assert not redis_client.keys("rq:*"), "no job is there"
    start("workers", "reply")
    start("workers.clock")

    def is_handled() -> bool:
        with rt.engine.begin() as conn:
            return inbox.count_waiting(conn) == 0

    eventually(is_handled, "the clock wakes the lane")


def test_what_a_killed_worker_left_in_redis_is_cleared(rt: Runtime, redis_client: Redis) -> None:
    lane = queue.queue(redis_client, "bulk")
    job = lane.enqueue(queue.JOBS["work_bulk"].path, 0)
    lane.connection.lmove(lane.key, lane.intermediate_queue_key, "LEFT", "RIGHT")
    tidy_queues(rt)
    assert lane.intermediate_queue.get_job_ids() == [job.id], "a job that was just taken is left alone"
    redis_client.set(lane.intermediate_queue.get_first_seen_key(job.id), 1)
    tidy_queues(rt)
    assert lane.intermediate_queue.get_job_ids() == []
    assert Job.fetch(job.id, redis_client, lane.serializer).is_failed
    assert rt.redis.connection_pool.connection_kwargs["socket_timeout"] < 10, "our own connection keeps its time-out"


def test_the_clock_seals_the_trail(start: Start, rt: Runtime, eventually: Eventually) -> None:
    with rt.engine.begin() as conn:
        audit.record(conn, rt.now(), "operator", "test", "nothing:1")
    start("workers.clock")

    def seals() -> tuple[int, int | None]:
        with rt.engine.connect() as conn:
            return audit.verify(conn)

    eventually(lambda: seals() == (1, None), "the first seal holds")
