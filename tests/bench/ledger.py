"""Both broadcast paths with their ledger beside the bare tuned client; planning, receipts and imports in rows a second."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import uvloop

from config.settings import Settings
from gateway import runtime
from gateway.db import statement
from gateway.outbox.rules import Class
from gateway.outbox.service import receive, work
from gateway.outbox.store import batches, fanout
from gateway.providers import build
from gateway.providers.base import Outgoing, Receipt, Status
from gateway.residents import store as residents
from gateway.residents.service import register
from gateway.runtime import Runtime
from gateway.state import queue
from tests.stack import Stack, write_people

PROCESSES = 2
Line = tuple[str, str]


def tools(made: Stack, changes: Mapping[str, str] | None = None) -> Runtime:
    """The tools of a process of the stack, with some settings changed."""
    return runtime.build(Settings.load({**made.environment, **(changes or {})}), process="bench")


def send_all(made: Stack, changes: Mapping[str, str] | None = None) -> None:
    """Work the lane of broadcasts until it is empty."""
    rt = tools(made, changes)
    # Workers run jobs of twenty seconds one after the other; here each runs one job as long as there is work.
    queue.WORK_SECONDS = 600  # type: ignore[misc]
    work.work(rt, "bulk")
    rt.close()


def fork(act: Callable[[int], None]) -> float:
    """Run `act(0..)` in two forked processes at once; the seconds they took."""
    context = multiprocessing.get_context("fork")
    began = time.perf_counter()
    running = [context.Process(target=act, args=(at,)) for at in range(PROCESSES)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return time.perf_counter() - began


def imports(made: Stack, count: int, folder: Path, first: int = 0) -> list[Line]:
    """Import `count` residents from CSV, whose numbers begin with the one at `first`."""
    path = folder / "people.csv"
    write_people(path, count, first)
    rt = tools(made)
    began = time.perf_counter()
    taken = sum(result.result == "created" for result in register.import_csv(rt, path))
    took = time.perf_counter() - began
    rt.close()
    return [(f"import of {taken:,} residents (target > 5,000/s)", f"{taken / took:,.0f}/s")]


def plan(rt: Runtime, route: str | None = None) -> int:
    """Fan a batch out to every resident, all by one route where it is named; the batch's id."""
    routes = rt.settings.sms_routes
    if route:
        routes = tuple(type(one)("", (route,)) for one in routes[:1])
    with rt.engine.begin() as conn:
        batch = batches.get(conn, batches.add(conn, rt.now(), Class.IMPORTANT, {"id": "Air naik. Kode B1"}))
        audience = residents.audience({"areas": ["33.75"]}, is_emergency=False)
        fanout.fan_out(conn, batch, audience, routes, set(), [], rt.now(), 0)
    return batch.id


_BARE = statement("""
    INSERT INTO bare_plan (month, batch_id, number_id, lane, class, language, route, status, created_at)
    SELECT DATE '2026-11-01', 1, r.number_id, 'bulk', 'important', r.language, 'twilio', 'queued', now()
    FROM residents r JOIN numbers n ON n.id = r.number_id WHERE r.state = 'active'
""")


def planning(made: Stack, owner: Callable[[str], None]) -> list[Line]:
    """The fan-out beside a bare INSERT … SELECT of as many rows into a table with the same columns and one index."""
    rt = tools(made)
    owner("CREATE TABLE bare_plan (LIKE messages INCLUDING DEFAULTS); ALTER TABLE bare_plan ADD PRIMARY KEY (month, id);"
          "GRANT ALL ON bare_plan TO kabar_app")  # fmt: skip
    ratios = []
    for _ in range(3):
        began = time.perf_counter()
        with rt.engine.begin() as conn:
            rows = conn.execute(_BARE).rowcount
        bare = time.perf_counter() - began
        began = time.perf_counter()
        plan(rt)
        ours = time.perf_counter() - began
        ratios.append((ours / bare, rows / ours))
        owner("TRUNCATE bare_plan; TRUNCATE chunks, messages, attempts")
    owner("DROP TABLE bare_plan")
    rt.close()
    ratio, rate = sorted(ratios)[1]
    return [(f"planning {rows:,} recipients / bare INSERT … SELECT (target <= 2)", f"{ratio:.2f} ({rate:,.0f} rows/s)")]


def sending(made: Stack, route: str, count: int, owner: Callable[[str], None], latency: int) -> list[Line]:
    """Send to everyone by one route through the ledger, and as many through the bare adapter with as much in flight."""
    made.plan(latency_ms=latency)

    def bare(at: int) -> None:
        settings = Settings.load(made.environment)
        uvloop.run(_bare(settings, route, count // PROCESSES, at))

    ratios = []
    for _ in range(3):
        rt = tools(made)
        plan(rt, route)
        rt.close()
        took = fork(lambda _: send_all(made))
        rt = tools(made)
        with rt.engine.begin() as conn:
            sent = conn.execute(statement("SELECT count(*) FROM messages WHERE status = 'sent'")).scalar_one()
        rt.close()
        alone = fork(bare)
        ratios.append((alone / took, sent / took, count / alone))
        owner("TRUNCATE chunks, messages, attempts")
    ratio, rate, tuned = sorted(ratios)[1]
    target = "target >= 0.85, >= 2,000/s" if route == "twilio" else "target >= 12,000/s"
    name = f"{route}, {latency} ms, {PROCESSES} workers"
    return [(f"{name}: with ledger / bare client ({target})", f"{ratio:.2f} ({rate:,.0f}/s / {tuned:,.0f}/s)")]


async def _bare(settings: Settings, route: str, count: int, at: int) -> None:
    provider = build(route, settings)
    slots = asyncio.Semaphore(provider.concurrency)
    prefix = 811 if route == "twilio" else 812

    async def send(first: int) -> None:
        call = [
            Outgoing(f"bench-{at}-{n}", f"+62{prefix}{at}{n:07d}", "Air naik. Kode B1")
            for n in range(first, min(first + provider.batch, count))
        ]
        async with slots:
            await provider.send(call)

    await asyncio.gather(*(send(first) for first in range(0, count, provider.batch)))
    await provider.aclose()


def receipts(made: Stack, count: int, owner: Callable[[str], None]) -> list[Line]:
    """Take `count` receipts one commit each from eight threads, as hooks do, and apply them in batches, as the clock does."""
    rt = tools(made)
    plan(rt)
    with rt.engine.begin() as conn:
        keys = conn.execute(
            statement("""
                UPDATE messages SET status = 'sending', attempt = 1, claimed_at = now()
                WHERE (month, id) IN (SELECT month, id FROM messages ORDER BY id LIMIT :n)
                RETURNING to_char(month, 'YYYYMM') || '-' || id || '-1'
            """),
            {"n": count},
        ).scalars()
        keys = list(keys)
    from concurrent.futures import ThreadPoolExecutor

    began = time.perf_counter()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: receive.take(rt, "twilio", Receipt(key[-20:], key, None, Status.DELIVERED)), keys))
    taken = time.perf_counter() - began
    began = time.perf_counter()
    used = receive.apply(rt, 1000)
    applied = time.perf_counter() - began
    owner("TRUNCATE chunks, messages, attempts, receipts")
    rt.close()
    both = len(keys) / (taken + applied)
    return [
        ("receipts taken, one commit each", f"{len(keys) / taken:,.0f}/s"),
        ("receipts applied in batches", f"{used / applied:,.0f}/s"),
        ("receipts taken and applied (target >= 2,500/s)", f"{both:,.0f}/s"),
    ]
