"""The application over real servers, officials of any role, and everything that is logged."""

import io
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from config.logging import Lines
from config.settings import Settings
from gateway.local import postgres
from gateway.officials import service as officials
from gateway.runtime import Runtime
from gateway.web.app import create_app

PUBLIC = "https://kabar.example"
TWILIO_TOKEN = "twilio-token-of-tests"
SIMULATOR_TOKEN, AT_TOKEN = "simulator-token-of-tests", "africastalking-token-of-tests"
BENDAN, MEDONO, BARAT, CITY = "33.75.01.1006", "33.75.01.1002", "33.75.01", "33.75"
CHECKOUT = Path(__file__).resolve().parents[2]


DEAF = 18499
"""A port that nothing ever listens on: where an application in this process would report to itself."""


def free_port() -> int:
    """A port of this suite's range that nobody listens on; sessions at the same time begin at different ones."""
    for port in (18410 + (os.getpid() + step) % (DEAF - 18410) for step in range(DEAF - 18410)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("every port of the range is taken")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of development, with Twilio, and a public address that is not the one we listen on."""
    return settings.model_copy(
        update={
            "public_url": PUBLIC,
            "port": DEAF,
            "twilio_account_sid": "AC0123",
            "twilio_auth_token": TWILIO_TOKEN,
            "twilio_sender": "+15550001111",
        }
    )


@pytest.fixture
def client(rt: Runtime) -> FlaskClient:
    """Calls the application in this process."""
    return create_app(rt).test_client()


@pytest.fixture
def journal() -> Iterator[io.StringIO]:
    """Everything logged during the test, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines("test"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def rows(settings: Settings) -> Callable[..., list[tuple[Any, ...]]]:
    """Reads the database as its owner."""

    def read(sql: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres.plain(settings.database_url), autocommit=True) as owner:
            return owner.execute(sql, values).fetchall()

    return read


def sign(path: str, form: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request that Twilio has signed."""
    return {"X-Twilio-Signature": RequestValidator(TWILIO_TOKEN).compute_signature(PUBLIC + path, dict(form))}


@dataclass
class Caller:
    """One official's program."""

    client: FlaskClient
    id: int
    token: str

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.token}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=given)


@dataclass
class Staff:
    """Officials, made when they are first asked for."""

    rt: Runtime
    client: FlaskClient
    made: dict[tuple[str, str, int], Caller] = field(default_factory=dict)

    def __call__(self, role: str, area: str = CITY, which: int = 1) -> Caller:
        key = (role, area, which)
        if key not in self.made:
            office = "DPUPR" if role == "office" else None
            number = f"+62812{10_000_000 + len(self.made)}"
            made = officials.add(self.rt, f"{role} {which}", role, area, number, office)
            self.made[key] = Caller(self.client, made.id, made.token)
        return self.made[key]


@pytest.fixture
def staff(rt: Runtime, client: FlaskClient) -> Staff:
    return Staff(rt, client)


def a_broadcast(level: str = "routine", *areas: str) -> dict[str, object]:
    """A body that may be drafted."""
    body: dict[str, object] = {"level": level, "texts": {"id": "Posyandu besok pukul 08.00."}}
    return (
        body | {"audience": {"areas": list(areas or (BENDAN,))}} | ({"reason": "Rob"} if level == "emergency" else {})
    )


def drafted(caller: Caller, level: str = "routine", *areas: str) -> int:
    """Drafts a broadcast and gives its id."""
    answer = caller("POST", "/broadcasts", a_broadcast(level, *areas), Idempotency_Key=os.urandom(8).hex())
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def submitted(caller: Caller, level: str = "routine", *areas: str) -> int:
    """Drafts and submits a broadcast and gives its id."""
    id = drafted(caller, level, *areas)
    assert caller("POST", f"/broadcasts/{id}/submit").status_code == 200
    return id


@dataclass
class Server:
    """The real server process."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in found.split()]


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Waits until something holds; fails when it does not within a generous time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def answers(base: str) -> bool:
    """Whether a server answers there."""
    try:
        return requests.get(f"{base}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def server(rt: Runtime, tmp_path: Path) -> Iterator[Server]:
    """`python -m gateway.web` with two workers over the databases of `rt`."""
    settings, port = rt.settings, free_port()
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "GATEWAY_MODE": "development",
        "GATEWAY_DATA_DIR": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_KEY": settings.data_key,
        "SIMULATOR_HOOK_TOKEN": SIMULATOR_TOKEN,
        "AFRICASTALKING_HOOK_TOKEN": AT_TOKEN,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
    }
    log = tmp_path / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.web"], cwd=CHECKOUT, env=environ, stdout=out, stderr=out
        )
    base = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or answers(base))
        assert process.poll() is None, log.read_text()
        yield Server(base, process, log)
    finally:
        process.terminate()
        process.wait(30)
