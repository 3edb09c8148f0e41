"""`make bench`: the benchmarks as ratios within one run, each beside its target. Quote ratios; the times are this machine's."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg

from gateway import db
from gateway.local import postgres
from gateway.local.embedded import Embedded
from gateway.reference import store as reference
from tests.bench import alarm, flat, hop, kannel, ledger, memory, rumours, tickets
from tests.stack import Stack

PARTS = (
    "hop", "import", "planning", "twilio", "kannel", "africastalking", "receipts", "alarm", "tickets", "rumours",
    "memory",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the parts named, or all, and print a line for each figure as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--people", type=int, default=40_000, help="recipients of the sending parts")
    parser.add_argument("--planned", type=int, default=1_000_000, help="recipients of the planning part")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = given.parts or PARTS
    folder = Path(tempfile.mkdtemp(prefix="kabar-bench-"))
    try:
        with Embedded(folder) as servers:
            url = servers.start_postgres()
            redis_url = servers.start_valkey()
            _run(url, redis_url, folder, parts, given.people, given.planned)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _run(url: str, redis_url: str, folder: Path, parts: Iterable[str], people: int, planned: int) -> None:
    db.migrate(url)
    engine = db.connect(url, pool=1)
    with engine.begin() as conn:
        reference.load(conn, [2026, 2027])
    engine.dispose()

    def owner(sql: str) -> None:
        with psycopg.connect(postgres.plain(url), autocommit=True) as conn:
            conn.execute(sql)  # type: ignore[call-overload]

    def show(lines: Iterable[tuple[str, str]]) -> None:
        for name, figure in lines:
            print(f"{name:<78} {figure}", flush=True)

    made = Stack(url, redis_url, folder)
    steps: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "hop": lambda: hop.hops(made),
        "import": lambda: ledger.imports(made, people, folder),
        "twilio": lambda: ledger.sending(made, "twilio", people, owner, 50),
        "kannel": lambda: kannel.beside(made, people, owner, folder),
        "africastalking": lambda: ledger.sending(made, "africastalking", people, owner, 50),
        "receipts": lambda: ledger.receipts(made, min(people, 20_000), owner),
        "alarm": lambda: alarm.in_a_blast(made, owner, folder),
        "planning": lambda: ledger.planning(made, owner),
        "rumours": lambda: rumours.desk(made),
    }
    try:
        made.start("standin", "web")
        lines = steps["import"]()
        show(lines if "import" in parts else [])
        few = None
        if "hop" in parts:
            made.wait_serving()
            show(steps["hop"]())
            show(flat.in_a_session(made))
            show(flat.in_a_menu(made))
            few = flat.among_residents(made)
        made.end("web")
        for name in ("twilio", "kannel", "africastalking", "receipts"):
            if name in parts:
                show(steps[name]())
        if "alarm" in parts:
            made.start("web")
            show(steps["alarm"]())
            made.end("web")
        if "tickets" in parts:
            show(tickets.among(made, owner))
        if "memory" in parts:
            little = memory.of_workers(made, owner)
            ledger.imports(made, planned - people, folder, first=people)
            owner("VACUUM ANALYZE numbers, residents, messages")
            show(memory.compare(little, memory.of_workers(made, owner)))
        elif planned > people and {"hop", "planning"} & set(parts):
            owner(_GROW.format(more=planned - people))
        if few:
            show(flat.set_beside(few, flat.among_residents(made), people, planned))
        if "planning" in parts:
            show(steps["planning"]())
        if "rumours" in parts:
            show(steps["rumours"]())
    finally:
        made.stop()


# Planning needs rows, not readable numbers; every other one goes by the other company.
_GROW = """
    WITH made AS (
        INSERT INTO numbers (lookup, cipher, key_no, prefix)
        SELECT sha256(('grown ' || n)::bytea), ''::bytea, 1,
               CASE n % 2 WHEN 0 THEN '+6281155' ELSE '+6285640' END FROM generate_series(1, {more}) AS n RETURNING id)
    INSERT INTO residents (number_id, area, language, state, created_at, changed_at)
    SELECT id, '33.75.01.1006', 'id', 'active', now(), now() FROM made;
    ANALYZE numbers, residents;
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
