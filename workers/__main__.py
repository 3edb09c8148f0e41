"""`python -m workers QUEUE`: one worker on one queue; it outlives Redis, and SIGTERM lets the job in hand finish."""

import argparse
import gc
import logging
import signal
import sys
import time
from types import FrameType
from typing import Final

from redis import RedisError
from rq.exceptions import StopRequested

from config import checkout
from config import logging as lines
from config.settings import SettingsError
from gateway.kernel import phone
from gateway.state import connection, queue
from menus.loader import standard, standard_lexicon
from workers import jobs
from workers.lane import LaneWorker

POP_PATIENCE: Final = 25.0
"""Seconds; longer than a blocking pop, which lasts 5."""
PAUSES: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each new attempt while Redis is away; the last one repeats."""

log = logging.getLogger("workers")


def main(arguments: list[str]) -> int:
    """Works until SIGTERM or SIGINT; 0 then, 1 where the settings are wrong."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("queue", choices=queue.LANES, help="the one queue this worker runs the jobs of")
    lane = parser.parse_args(arguments).queue
    checkout.check()
    lines.configure(lane)
    try:
        redis_url = jobs.settings().redis_url
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    preload()
    run(lane, redis_url)
    return 0


def preload() -> None:
    """Read once what every job needs, so that a fork starts at once; connects nothing a job could share."""
    standard()
    standard_lexicon()
    # The library reads its table of a country at the first number of it.
    phone.is_mobile("+6281200000000")
    # What is here before the forks stays shared with them, as long as the collector does not write to it.
    gc.collect()
    gc.freeze()


def run(lane: str, redis_url: str) -> None:
    """Work, and begin again whenever RQ gives up because Redis is away."""
    log.info("working on %s", lane)
    failures = 0
    while True:
        # RQ's own handlers stand while it works; in between this one ends the process at once.
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        began = time.monotonic()
        if _work(lane, redis_url):
            return
        failures = 0 if time.monotonic() - began > PAUSES[-1] else failures + 1
        time.sleep(PAUSES[min(failures, len(PAUSES) - 1)])


def _work(lane: str, redis_url: str) -> bool:
    """Work until told to end (True), or until RQ cannot go on without Redis (False)."""
    worker = None
    client = connection.connect(redis_url, patience=POP_PATIENCE)
    try:
        worker = LaneWorker(lane, client)
        worker.work(logging_level=None)
    except StopRequested:
        return True
    except RedisError as error:
        log.warning("redis is away (%s): trying again until it is back", type(error).__name__)
    finally:
        client.close()
    return worker is not None and worker.is_ending


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
