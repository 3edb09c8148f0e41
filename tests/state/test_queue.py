"""Jobs and wakes: many wakes make one job, and Redis away is a warning, never an error of the caller."""

import logging
import threading
from collections.abc import Iterator

import pytest
import redis

from gateway.state import connection, queue
from gateway.state.queue import JOBS, LANES, Job


def jobs(client: redis.Redis, lane: str) -> list[str]:
    return [job.func_name for job in queue.queue(client, lane).jobs]


@pytest.fixture
def nowhere() -> Iterator[redis.Redis]:
    """A client of a server that is not there."""
    client = connection.connect("redis://127.0.0.1:1/0", patience=0.2)
    yield client
    client.close()


def test_many_wakes_at_once_make_one_job_and_the_next_wake_after_it_began_another(redis_client: redis.Redis) -> None:
    threads = [threading.Thread(target=queue.wake, args=(redis_client, "reply")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert jobs(redis_client, "reply") == ["workers.jobs.work_reply"]
    queue.queue(redis_client, "reply").empty()
    queue.is_awake(redis_client, "reply", 0)
    queue.wake(redis_client, "reply")
    assert jobs(redis_client, "reply") == ["workers.jobs.work_reply"]
    assert jobs(redis_client, "bulk") == []


def test_where_no_worker_runs_jobs_do_not_pile_up(redis_client: redis.Redis) -> None:
    for _ in range(5):
        queue.wake(redis_client, "reply")
        queue.is_awake(redis_client, "reply", 0)
    assert len(jobs(redis_client, "reply")) == 1


def test_a_job_that_starts_a_broadcast_stands_in_for_none_that_sends(redis_client: redis.Redis) -> None:
    """An alarm waited five seconds for its first SMS when the clock had enqueued its start once more."""
    queue.enqueue(redis_client, "start_urgent", 7)
    queue.enqueue(redis_client, "start_urgent", 7)
    queue.wake(redis_client, "urgent")
    assert jobs(redis_client, "urgent") == ["workers.jobs.start_broadcast"] * 2 + ["workers.jobs.work_urgent"]
    queue.is_awake(redis_client, "urgent", 0)
    queue.wake(redis_client, "urgent")
    assert len(jobs(redis_client, "urgent")) == 3


def test_each_worker_of_a_lane_is_woken_once(redis_client: redis.Redis) -> None:
    queue.wake(redis_client, "bulk", workers=3)
    queue.wake(redis_client, "bulk", workers=3)
    assert [job.args for job in queue.queue(redis_client, "bulk").jobs] == [[0], [1], [2]]


def test_a_lost_job_is_made_up_for_once_its_mark_is_gone(redis_client: redis.Redis) -> None:
    queue.wake(redis_client, "urgent")
    queue.queue(redis_client, "urgent").empty()
    (mark,) = redis_client.keys("wake:*")
    assert 0 < redis_client.ttl(mark) <= 5
    redis_client.delete(mark)
    queue.wake(redis_client, "urgent")
    assert len(jobs(redis_client, "urgent")) == 1


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_lands_on_its_queue_with_ids_alone(redis_client: redis.Redis, name: str) -> None:
    queue.enqueue(redis_client, name, 7)
    (job,) = queue.queue(redis_client, JOBS[name].queue).jobs
    assert (job.func_name, job.args, job.kwargs) == (JOBS[name].path, [7], {})
    assert job.timeout == JOBS[name].timeout > queue.WORK_SECONDS
    assert JOBS[name].queue in LANES


def test_a_job_works_longer_than_it_may_only_by_a_minute() -> None:
    assert Job("x", "bulk").timeout == queue.WORK_SECONDS + 60


def test_with_redis_away_a_wake_is_a_warning_and_an_enqueue_tells(
    nowhere: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        queue.wake(nowhere, "reply", workers=4)
        assert queue.try_enqueue(nowhere, "start_bulk", 27) is False
    assert len(caplog.records) == 2
    with pytest.raises(redis.RedisError):
        queue.enqueue(nowhere, "start_bulk", 27)


def test_an_enqueue_that_went_well_says_so(redis_client: redis.Redis) -> None:
    assert queue.try_enqueue(redis_client, "start_bulk", 27)


def test_heartbeats_tell_which_kinds_of_process_live_and_end_by_themselves(redis_client: redis.Redis) -> None:
    queue.beat(redis_client, "bulk:1")
    queue.beat(redis_client, "bulk:2")
    queue.beat(redis_client, "clock:3", seconds=9)
    assert queue.beating(redis_client) == {"bulk", "clock"}
    assert all(0 < redis_client.ttl(key) <= 30 for key in redis_client.keys("beat:*"))
