"""A short soak: two minutes in which workers, jobs, web, clock, Redis, PostgreSQL and both companies break at random."""

import shutil
import tempfile
from pathlib import Path

from gateway import db
from gateway.local.embedded import Embedded
from gateway.reference import store as reference
from tests.soak.run import soak
from tests.stack import stack


def test_nobody_is_lost_and_nobody_is_sent_to_twice_while_everything_breaks():
    # Servers of its own, since it restarts them.
    folder = Path(tempfile.mkdtemp(prefix="kabar-test-soak-"))
    try:
        with Embedded(folder) as servers:
            url, redis_url = servers.start_postgres(), servers.start_valkey()
            db.migrate(url)
            engine = db.connect(url, pool=1)
            with engine.begin() as conn:
                reference.load(conn, [2026, 2027])
            engine.dispose()
            limits = {"TWILIO_PER_SECOND": "25", "AFRICASTALKING_PER_SECOND": "25"}
            with stack(url, redis_url, folder, DOUBT_AFTER="20s", **limits) as made:
                report = soak(made, servers, redis_url, folder, 6000, 120, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(report.lines()))
    assert report.is_sound, report.lines()
    assert report.events.total() > 30
