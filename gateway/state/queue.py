"""Jobs: the one table of what may be enqueued, and waking the workers of a lane.

Jobs carry ids only, in JSON. Losing every job costs a second: the clock wakes whatever SQL says is unfinished.
"""

import logging
from dataclasses import dataclass

from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

__all__ = [
    "JOBS",
    "LANES",
    "WORK_SECONDS",
    "Job",
    "beat",
    "beating",
    "enqueue",
    "is_awake",
    "queue",
    "try_enqueue",
    "wake",
]

log = logging.getLogger(__name__)

LANES = ("urgent", "reply", "bulk")
WORK_SECONDS = 20
"""How long a job works before it gives its place to the next."""
_WAKE_TTL = 5
_LOOKED_AT = 50
"""Waiting jobs that are looked at: more to start can only stand before work where nobody runs at all."""


@dataclass(frozen=True, slots=True)
class Job:
    """A function of `workers`, by dotted name since the gateway never imports workers, and the queue it runs on."""

    path: str
    queue: str
    timeout: int = WORK_SECONDS + 60


JOBS = {
    "work_urgent": Job("workers.jobs.work_urgent", "urgent"),
    "work_reply": Job("workers.jobs.work_reply", "reply"),
    "work_bulk": Job("workers.jobs.work_bulk", "bulk"),
    "start_urgent": Job("workers.jobs.start_broadcast", "urgent", 600),
    "start_bulk": Job("workers.jobs.start_broadcast", "bulk", 600),
}


def wake(redis: Redis, lane: str, workers: int = 1) -> None:
    """See to it that `workers` jobs of this lane run soon. Many calls at once make no more jobs than that.

    A mark stands in Redis from the wake until the job begins, and the job takes it away before it looks for work; so
    work committed before a wake is seen by that wake's job. A lost mark costs a spare job, a lost job five seconds. Where
    that many jobs of this kind wait already, because no worker runs, none is added; what waits to start a broadcast does
    not send, so it stands in for none.
    """
    for slot in range(workers):
        try:
            if redis.set(f"wake:{lane}:{slot}", "1", nx=True, ex=_WAKE_TTL) and _sending(redis, lane) < workers:
                enqueue(redis, f"work_{lane}", slot)
        except RedisError:
            log.warning("redis is down: lane %s is woken by the clock once it is back", lane)
            return


def _sending(redis: Redis, lane: str) -> int:
    waiting = queue(redis, lane)
    jobs = waiting.get_jobs(0, _LOOKED_AT) if waiting.count else []
    return sum(job.description == f"work_{lane}" for job in jobs)


def is_awake(redis: Redis, lane: str, slot: int) -> None:
    """Take the mark of a wake away: called by the job before it looks for work."""
    redis.delete(f"wake:{lane}:{slot}")


def enqueue(redis: Redis, name: str, *ids: int) -> None:
    """Put one job of `JOBS` on its queue. Raises RedisError."""
    job = JOBS[name]
    queue(redis, job.queue).enqueue(
        job.path, *ids, job_timeout=job.timeout, result_ttl=0, failure_ttl=3600, description=name
    )


def try_enqueue(redis: Redis, name: str, *ids: int) -> bool:
    """As `enqueue`, for jobs that the clock finds again: False where Redis is down."""
    try:
        enqueue(redis, name, *ids)
    except RedisError:
        log.warning("redis is down: %s is enqueued by the clock once it is back", name)
        return False
    return True


def queue(redis: Redis, name: str) -> Queue:
    """The RQ queue of this name, speaking JSON."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def beat(redis: Redis, process: str, seconds: int = 30) -> None:
    """Say that `process` (such as `bulk:4711`) is alive for the next `seconds`."""
    redis.set(f"beat:{process}", "1", ex=seconds)


def beating(redis: Redis) -> set[str]:
    """The kinds of process (`urgent`, `reply`, `bulk`, `clock`) of which at least one is alive."""
    return {key.decode().split(":")[1] for key in redis.scan_iter("beat:*", count=500)}
