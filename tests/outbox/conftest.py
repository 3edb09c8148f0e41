"""A ledger to send from: both companies' stand-in in a process of its own, and the tools routed to it."""

import dataclasses
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.db import statement
from gateway.kernel.areas import AreaBook
from gateway.numbers import store as numbers
from gateway.outbox.rules import Class
from gateway.outbox.service import post
from gateway.outbox.store import batches, fanout
from gateway.outbox.store.batches import Batch, Fragment
from gateway.providers import build
from gateway.runtime import Runtime

SERVER = Path(__file__).parents[1] / "standin" / "server.py"
TWILIO, AFRICASTALKING = "twilio", "africastalking"


class StandIn:
    """The stand-in's controls."""

    def __init__(self, base: str) -> None:
        self.base = base

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(self.base + path, data=data, timeout=10) as answer:  # noqa: S310  # our own address
            return dict(json.load(answer))

    def plan(self, **plan: Any) -> None:
        self._ask("/_control", plan)

    def accepted(self) -> Counter[str]:
        return Counter(self._ask("/_counts")["accepted"])

    def posts(self) -> int:
        return int(self._ask("/_counts")["posts"])

    def reset(self) -> None:
        self._ask("/_reset")
        self.plan()


@pytest.fixture(scope="session")
def companies() -> Iterator[StandIn]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--port", str(port), "--at-token", "t", "--twilio-token", "k"]
    server = subprocess.Popen([sys.executable, str(SERVER), *arguments])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield StandIn(f"http://127.0.0.1:{port}")
    server.terminate()
    server.wait()


@pytest.fixture
def standin(companies: StandIn) -> StandIn:
    companies.reset()
    return companies


def routed(rt: Runtime, base: str, **changes: Any) -> Runtime:
    """`rt` with both companies at the stand-in: numbers +62811… by Twilio first, all others by Africa's Talking first."""
    given = {
        "SMS_ROUTES": "+62811=twilio,africastalking;*=africastalking,twilio",
        "AFRICASTALKING_USERNAME": "kabar",
        "AFRICASTALKING_API_KEY": "key",
        "AFRICASTALKING_HOOK_TOKEN": "t",
        "AFRICASTALKING_BASE_URL": base,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "k",
        "TWILIO_SENDER": "+15005550006",
        "TWILIO_BASE_URL": base,
        "ROUTINE_PER_WEEK": "0",
        **changes,
    }
    held = {"GATEWAY_MODE": "development", "GATEWAY_DATA_DIR": str(rt.settings.gateway_data_dir)}
    held |= {"DATABASE_URL": rt.settings.database_url, "REDIS_URL": rt.settings.redis_url}
    held |= {"SECRET_KEY": rt.settings.secret_key, "DATA_KEY": rt.settings.data_key}
    settings = type(rt.settings).load({**held, **given})
    providers = {name: build(name, settings) for name in (TWILIO, AFRICASTALKING)}
    return dataclasses.replace(rt, settings=settings, providers=providers)


@pytest.fixture
def sender(rt: Runtime, standin: StandIn, city: AreaBook) -> Runtime:
    return routed(rt, standin.base)


Planned = Callable[..., Batch]


def number(at: int, route: str = AFRICASTALKING) -> str:
    """A made-up number that `routed` sends by this route."""
    return f"+62{'811' if route == TWILIO else '812'}{at:08d}"


def plan_batch(
    rt: Runtime, targets: list[str], level: Class = Class.IMPORTANT, text: str = "Air naik", **more: Any
) -> Batch:
    """A batch fanned out to these numbers."""
    with rt.engine.begin() as conn:
        ids = list(numbers.ensure_many(conn, rt.vault, targets).values())
        audience = Fragment("SELECT unnest(CAST(:ids AS bigint[])) AS number_id, 'id' AS language", {"ids": ids})
        batch = batches.get(conn, batches.add(conn, rt.now(), level, {"id": text}, **more))
        paused: set[str] = set()
        fanout.fan_out(conn, batch, audience, rt.settings.sms_routes, paused, [], rt.now(), 0)
        return batches.get(conn, batch.id)


def statuses(rt: Runtime) -> dict[tuple[str, str], int]:
    """How many messages have which status and reason."""
    with rt.engine.begin() as conn:
        found = conn.execute(
            statement("SELECT status, coalesce(reason, '') AS r, count(*) AS n FROM messages GROUP BY 1, 2")
        )
        return {(row.status, row.r): row.n for row in found}


def attempts(rt: Runtime) -> list[tuple[int, str, int, str]]:
    """Number, route, rank and code of every attempt, in order."""
    with rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT number, route, rank, code FROM attempts ORDER BY message_id, number"))
        return [tuple(row) for row in found]


def reply(sender: Runtime, to: str, body: str = "Tiket diterima", cause: str = "inbound:1", **more: Any) -> bool:
    """Post an answer to something received now."""
    with sender.engine.begin() as conn:
        known = numbers.ensure(conn, sender.vault, to)
        more.setdefault("received_at", sender.now())
        return post.post(sender, conn, known.id, known.prefix, body, cause, language="id", **more)
