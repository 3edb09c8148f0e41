"""A worker on one lane: RQ's forking worker, made to outlive Redis and to let the job in hand finish what it sends.

RQ leaves six things that this class mends: it ends when Redis is away; a job's process dies from SIGTERM; a second
SIGTERM kills that process in the middle of a send; a worker that FLUSHALL has forgotten stays unseen; a thread for
remote commands is there to be forked; the texts of exceptions, which may quote a resident, go to the log and to Redis.
"""

import logging
import os
import signal
from types import FrameType
from typing import Any, Final

from redis import Redis, RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from config import logging as lines
from gateway.local.tether import tie
from gateway.state import queue
from workers import jobs

log = logging.getLogger(__name__)

WORKER_TTL: Final = 20
"""RQ waits this less 15 seconds for a job, then beats."""
MONITORING: Final = 5
"""Seconds between beats while a job runs."""


class LaneWorker(Worker):
    """Runs the jobs of one queue, each in a process of its own, until SIGTERM; then `is_ending` is true."""

    max_connection_wait_time = 5.0
    log_result_lifespan = False

    def __init__(self, lane: str, connection: Redis) -> None:
        """`connection` must be this worker's alone, and wait longer than RQ's blocking pop. Raises RedisError."""
        super().__init__(
            [queue.queue(connection, lane)],
            connection=connection,
            worker_ttl=WORKER_TTL,
            job_monitoring_interval=MONITORING,
            serializer=JSONSerializer,
            log_job_description=False,
        )
        self.is_ending = False
        self._beat = f"{lane}:{os.getpid()}"

    def subscribe(self) -> None:
        """No remote commands: nobody sends any, and a thread is not to be there at a fork."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's beat and ours; ours needs no registration, so it is there again right after a FLUSHALL."""
        super().heartbeat(timeout, pipeline)
        queue.beat(self.connection, self._beat)

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Beat while a job runs. Redis may be away meanwhile: the job's process must still be waited for."""
        if self.is_ending:
            self._end_job()
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError:
            log.warning("redis is away while a job runs")

    def handle_warm_shutdown_request(self) -> None:
        """Pass SIGTERM on to the job, which stops claiming and records what is in flight."""
        self.is_ending = True
        log.info("ending after the job in hand" if self.horse_pid else "ending")
        self._end_job()

    def set_shutdown_requested_date(self) -> None:
        """Nothing: a signal handler that asks Redis fails where Redis is away, and would abandon the job."""

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """Another SIGTERM ends nothing sooner: who cannot wait has SIGKILL."""
        self._end_job()

    def _end_job(self) -> None:
        if self.horse_pid:
            try:
                os.kill(self.horse_pid, signal.SIGTERM)
            except ProcessLookupError:
                return

    def setup_work_horse_signals(self) -> None:
        """In the job's process: note SIGTERM instead of dying from it, and get one when this worker is killed."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, frame: jobs.ending.set())
        tie(signal.SIGTERM)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run the job with its id in every line of the log."""
        with lines.bind(job=job.id):
            return bool(super().perform_job(job, queue, execution))

    def handle_execution_ended(self, job: Job, queue: Queue, heartbeat_ttl: int) -> None:
        """What is left is to tell Redis. The event loop of a send leaves SIGTERM deadly behind, so it is ignored."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().handle_execution_ended(job, queue, heartbeat_ttl)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log a failure by what it is and where, never with the job's arguments or the exception's own text."""
        log.error("job %s failed", job.func_name, exc_info=exc_info)

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Mark the job as failed, without the exception's text: Redis keeps no words of residents."""
        super().handle_job_failure(job, queue, started_job_registry, "", execution)
