"""What work on tickets must not grow with: how many there are. Lists, counts, look-ups and the clock, among few and many."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from config.settings import Settings
from gateway import runtime
from gateway.aspirations import deadlines, follow, service, store
from gateway.db import statement
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from tests.stack import Stack

Line = tuple[str, str]
Owner = Callable[[str], None]
FEW, MANY = 10_000, 100_000
DUE = 50
"""Tickets whose deadline comes nearer at each run of the clock, however many others there are."""
_RUNS = 15
KELURAHAN = "33.75.01.1002"
# Every state and office, every area and none, and texts of which one in forty is alike. Sixty in a hundred are over.
_FILL = """
    WITH people AS (
        INSERT INTO numbers (lookup, cipher, key_no, prefix)
        SELECT sha256(('ticket ' || n)::bytea), '\\x00'::bytea, 1, '+6281255' FROM generate_series({first}, {last}) AS n
        RETURNING id),
    counted AS (SELECT id, row_number() OVER (ORDER BY id) + {first} - 1 AS n FROM people),
    places AS (SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM areas WHERE level = 'kelurahan')
    INSERT INTO aspirations (ticket, cause, number_id, kind, category, area, body, body_hash, state, office, due, clock,
                             clock_from, clock_days, reminded, channel, created_at, changed_at)
    SELECT lpad(n::text, 7, '0'), 'bench ' || n, c.id, 'complaint', (ARRAY['roads', 'waste', 'flood'])[1 + n % 3],
           CASE WHEN n % 50 > 0 THEN p.code END, 'lampu mati gg ' || n % 40, sha256(n::text::bytea), s.state,
           CASE WHEN s.state IN ('forwarded', 'in_progress', 'answered', 'closed')
                THEN (ARRAY['DPUPR', 'DLH', 'BPBD'])[1 + n % 3] END,
           CASE WHEN s.runs THEN current_date - 400 + (n % 300)::integer END, CASE WHEN s.runs THEN 'first' END,
           CASE WHEN s.runs THEN current_date - 410 END, CASE WHEN s.runs THEN 5 END, CASE WHEN s.runs THEN 4 ELSE 0 END,
           'sms', now() - interval '1 hour' * ({last} - n), now()
    FROM counted c JOIN places p ON p.at = n % 27
    CROSS JOIN LATERAL (SELECT (ARRAY['received', 'verifying', 'forwarded', 'in_progress', 'answered', 'closed', 'closed',
                                      'closed', 'archived', 'declined'])[1 + (n / 7) % 10] AS state) AS named
    CROSS JOIN LATERAL (SELECT named.state, named.state IN ('received', 'verifying', 'forwarded', 'in_progress') AS runs) AS s;
    UPDATE aspirations SET limit_at = now() WHERE limit_at IS NULL;
    ANALYZE numbers, aspirations;
"""
_ARM = """
    UPDATE aspirations SET due = '{today}', reminded = 0 WHERE id IN (
        SELECT id FROM aspirations WHERE state = 'forwarded' ORDER BY id DESC LIMIT {due});
"""


def among(made: Stack, owner: Owner) -> Iterator[Line]:
    """Each work's cost among MANY tickets beside its cost among FEW."""
    rt = dataclasses.replace(runtime.build(Settings.load(made.environment), process="bench"), now=lambda: moment)
    moment = _morning()
    try:
        hired = {role: _hire(rt, role) for role in ("admin", "kim", "office")}
        owner(_FILL.format(first=1, last=FEW))
        few = _measure(rt, hired, owner)
        owner(_FILL.format(first=FEW + 1, last=MANY))
        many = _measure(rt, hired, owner)
    finally:
        rt.close()
    for name, cost in few.items():
        label = f"{name} among {MANY:,} tickets / among {FEW:,} (target: 2 at most)"
        yield label, f"{many[name] / cost:.2f}  ({cost:.1f} and {many[name]:.1f} ms)"


def _morning() -> datetime:
    """Ten o'clock on the last Tuesday: no quiet hours, whenever this runs."""
    now = datetime.now(UTC)
    return (now - timedelta(days=(now.weekday() - 1) % 7)).replace(hour=3, minute=0, second=0, microsecond=0)


def _hire(rt: Runtime, role: str) -> Official:
    area, office = (KELURAHAN, None) if role == "kim" else ("33.75", "DLH" if role == "office" else None)
    number = {"admin": "+6281299900001", "kim": "+6281299900002", "office": "+6281299900003"}[role]
    found = officials.sign_in(rt, officials.add(rt, role, role, area, number, office).token)
    if found is None:
        raise RuntimeError("an official who was just added cannot sign in")
    return found


def _measure(rt: Runtime, hired: dict[str, Official], owner: Owner) -> dict[str, float]:
    """Milliseconds of each work."""
    with rt.engine.begin() as conn:
        newest = conn.execute(statement("SELECT max(number_id), max(ticket) FROM aspirations")).one()
    number_id, ticket = int(newest[0]), str(newest[1])

    def lists(official: Official) -> None:
        with rt.engine.begin() as conn:
            follow.count_waiting(rt, conn, official)
            for which in ("fresh", "late"):
                follow.waiting(rt, conn, official, which)

    def alike() -> None:
        with rt.engine.begin() as conn:
            follow.find_alike(rt, conn, number_id, "complaint", "roads", KELURAHAN, "lampu mati gg 5")

    def look() -> None:
        with rt.engine.begin() as conn:
            store.get(conn, ticket)
            store.own(conn, number_id)

    works: dict[str, Callable[[], object]] = {}
    for role, official in hired.items():
        works[f"first page of the list, {role}"] = lambda who=official: service.page(rt, who, None, 50)
        works[f"what waits and what is late, {role}"] = lambda who=official: lists(who)
    works["the page after 2,000 others, admin"] = lambda: service.page(
        rt, hired["admin"], str(_id_before(rt, 2_000)), 50
    )
    works["one ticket and a person's own"] = look
    works["a report like another's"] = alike
    costs = {name: _cost(work) for name, work in works.items()}
    today = rt.now().astimezone(rt.settings.timezone).date()
    arm = _ARM.format(today=today, due=DUE)
    costs[f"a run of the clock with {DUE} deadlines due"] = _cost(lambda: deadlines.tick(rt), lambda: owner(arm))
    return costs


def _id_before(rt: Runtime, others: int) -> int:
    with rt.engine.begin() as conn:
        return int(conn.execute(statement("SELECT max(id) FROM aspirations")).scalar_one()) - others


def _cost(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    waits = []
    for _ in range(_RUNS):
        before()
        began = time.perf_counter()
        work()
        waits.append(1000 * (time.perf_counter() - began))
    # The least, as whatever else the machine does only adds to it.
    return min(waits[1:])
