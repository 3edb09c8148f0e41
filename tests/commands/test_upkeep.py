"""`routes`, `audit` and `doctor`: the state of an installation as an operator sees it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import psycopg
import pytest

from gateway.audit import store as audit
from gateway.local import postgres
from gateway.outbox.store import routes
from gateway.runtime import Runtime
from gateway.state import queue

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_paused_route_is_shown_and_resumed(run: Run, rt: Runtime) -> None:
    assert run("routes").stdout == "No route is paused.\n"
    with rt.engine.begin() as conn:
        routes.pause(conn, "twilio", "20003 Authenticate", rt.now())
    shown = run("routes").stdout
    assert shown.startswith("twilio: paused since ")
    assert "20003 Authenticate" in shown
    assert "FAIL  route twilio: paused: 20003" in run("doctor").stdout
    assert run("routes", "resume", "twilio").returncode == 0
    assert run("routes").stdout == "No route is paused.\n"
    with rt.engine.begin() as conn:
        assert [act["act"] for act in audit.of(conn, "route:twilio")] == ["resume route"]


def test_what_is_left_on_an_account_is_shown(run: Run, rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        routes.note_balance(conn, "twilio", "14.20 USD", rt.now(), is_low=True)
        routes.note_balance(conn, "africastalking", "KES 1785.50", rt.now(), is_low=False)
    at = f"{rt.now().astimezone(rt.settings.timezone):%Y-%m-%d %H:%M}"
    assert run("routes").stdout.splitlines() == [
        "No route is paused.",
        f"africastalking: balance KES 1785.50 at {at}",
        f"twilio: balance 14.20 USD at {at}, below its reserve since {at}: news wait",
    ]


def test_a_trail_that_was_changed_is_found(run: Run, rt: Runtime, environ: dict[str, str]) -> None:
    for _ in range(2):
        with rt.engine.begin() as conn:
            audit.record(conn, rt.now(), "operator", "test", "nothing:1")
        with rt.engine.begin() as conn:
            assert audit.seal(conn, rt.now()) >= 1
    assert json.loads(run("audit", "verify").stdout) == {"seals": 2, "intact": True}
    with psycopg.connect(postgres.plain(environ["DATABASE_URL"])) as owner:
        owner.execute("UPDATE audit SET actor = 'resident' WHERE id = (SELECT max(id) FROM audit)")
    done = run("audit", "verify")
    assert done.returncode == 1
    assert "Seal 2 does not match" in done.stderr
    assert len(done.stderr.splitlines()) == 1


class _Companies(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/2010-04-01/Accounts/") and self.path.endswith("/Balance.json"):
            answer: dict[str, Any] = {"account_sid": "AC1", "balance": "14.20", "currency": "USD"}
        elif self.path.startswith("/version1/user?username="):
            answer = {"UserData": {"balance": "KES 1785.50"}}
        else:
            answer = {}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def companies() -> Iterator[str]:
    """Both companies' balance calls; the address."""
    server = HTTPServer(("127.0.0.1", 0), _Companies)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_whole_installation_is_fine(run: Run, rt: Runtime, companies: str) -> None:
    for process in ("urgent:1", "reply:2", "bulk:3", "clock:4"):
        queue.beat(rt.redis, process)
    done = run(
        "doctor",
        TWILIO_ACCOUNT_SID="AC1",
        TWILIO_AUTH_TOKEN="secret-of-twilio",
        TWILIO_SENDER="+15005550006",
        TWILIO_BASE_URL=companies,
        AFRICASTALKING_USERNAME="kabar",
        AFRICASTALKING_API_KEY="secret-of-at",
        AFRICASTALKING_HOOK_TOKEN="secret-of-hook",
        AFRICASTALKING_SENDER="PEKALONGAN",
        AFRICASTALKING_BASE_URL=companies,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "FAIL" not in done.stdout
    for line in (
        "ok    tables: those of this version",
        "ok    months: open",
        "ok    process clock: at least one is alive",
        "ok    provider twilio: balance 14.20 USD",
        "ok    provider africastalking: balance KES 1785.50",
        "note  provider twilio: passes on 1 a second from this sender, and TWILIO_PER_SECOND hands over more: an emergency"
        " would wait in the company's queue; set it to 1, or give emergencies a sender of their own",
        "note  provider twilio: foreign provider: sign-off needed (PP 71/2019, UU 27/2022)",
        "ok    provider africastalking: sends as PEKALONGAN",
    ):
        assert line in done.stdout.splitlines()
    assert "secret" not in done.stdout


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        pytest.param({}, "FAIL  process bulk: none is alive", id="no process runs"),
        pytest.param({"DATABASE_URL": "postgresql://nobody@/kabar?host=/nonexistent"}, "FAIL  postgresql: does not answer",
                     id="PostgreSQL is away"),
        pytest.param({"REDIS_URL": "unix:///nonexistent/valkey.sock"}, "FAIL  redis: does not answer", id="Redis is away"),
        pytest.param({"DATABASE_URL": ""}, "FAIL  postgresql: no address", id="nothing was started"),
        pytest.param({"PORT": "zero"}, "FAIL  settings: PORT", id="a setting is wrong"),
        pytest.param({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_BASE_URL": "http://127.0.0.1:9"},
                     "FAIL  provider twilio: balance cannot be asked", id="a company cannot be reached"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(run: Run, rt: Runtime, settings: dict[str, str], line: str) -> None:
    done = run("doctor", **settings)
    assert done.returncode == 1
    assert line in done.stdout
    assert len(done.stderr.splitlines()) == 1
