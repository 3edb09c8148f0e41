"""`make soak`: a broadcast to 50,000 for ten minutes while processes, servers and companies break; prints the table."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from gateway import db
from gateway.local.embedded import Embedded
from gateway.reference import store as reference
from tests.soak.run import soak
from tests.stack import stack


def main(arguments: list[str]) -> int:
    """0 where nobody was lost and nobody was sent to twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=600)
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="kabar-soak-"))
    try:
        with Embedded(folder) as servers:
            url, redis_url = servers.start_postgres(), servers.start_valkey()
            db.migrate(url)
            engine = db.connect(url, pool=1)
            with engine.begin() as conn:
                reference.load(conn, [2026, 2027])
            engine.dispose()
            # Slow enough that there is something left to break until the end.
            rate = max(10, int(given.people / given.seconds / 2))
            limits = {"TWILIO_PER_SECOND": str(rate), "AFRICASTALKING_PER_SECOND": str(rate)}
            with stack(url, redis_url, folder, DOUBT_AFTER="20s", **limits) as made:
                report = soak(made, servers, redis_url, folder, given.people, given.seconds, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(report.lines()))
    return 0 if report.is_sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
