"""The whole gateway as real processes over real servers, to be used and to be hurt: for fault tests, benches and soaks."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from twilio.request_validator import RequestValidator

T = TypeVar("T")
CHECKOUT = Path(__file__).parents[1]
STANDIN = CHECKOUT / "tests" / "standin" / "server.py"
HOME = "33.75.01.1006"
"""Bendan Kergon."""
AT_TOKEN, TWILIO_TOKEN = "africastalking-token-of-tests", "twilio-auth-token-of-tests"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(seconds: float, reached: Callable[[], T], what: str) -> T:
    """Look again and again until something is so, and give it; TimeoutError naming it after `seconds`.

    Five looks a second, as an official may call the API ten times a second and a `Watch` looks as often.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := reached():
            return value
        time.sleep(0.2)
    raise TimeoutError(f"not reached in {seconds} s: {what}")


def ask(url: str, body: Any = None, token: str = "", method: str = "", **headers: str) -> tuple[int, Any]:
    """One HTTP call with a JSON body: status and JSON answer (or text)."""
    given = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token:
        given["Authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, given, method=method or ("POST" if data is not None else "GET"))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # our own address
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
        error.close()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode()


class Stack:
    """Web, workers and clock, each a process that is started again when it dies, as a supervisor would."""

    def __init__(self, database_url: str, redis_url: str, data: Path, **settings: str) -> None:
        self.port, self.company_port = free_port(), free_port()
        self.base, self.company = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.company_port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_MODE": "development",
            "GATEWAY_DATA_DIR": str(data),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": "a secret key for tests, long enough",
            "DATA_KEY": "a data key for tests, also long enough",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "SIMULATOR_HOOK_TOKEN": "simulator-token-of-tests",
            "SMS_ROUTES": "+62811=twilio;*=africastalking",
            "AFRICASTALKING_USERNAME": "kabar",
            "AFRICASTALKING_API_KEY": "key",
            "AFRICASTALKING_HOOK_TOKEN": AT_TOKEN,
            "AFRICASTALKING_BASE_URL": self.company,
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_SENDER": "+15005550006",
            "TWILIO_BASE_URL": self.company,
            "AGGREGATOR_BASE_URL": self.company,
            "QUIET_HOURS": "",
            "QUIET_FRIDAY": "",
            "UNDO_WINDOW": "1s",
            "ROUTINE_PER_WEEK": "0",
            **settings,
        }
        self._commands: dict[str, list[str]] = {
            "standin": [str(STANDIN), "--port", str(self.company_port), "--gateway", self.base, "--at-token", AT_TOKEN,
                        "--twilio-token", TWILIO_TOKEN],
            "web": ["-m", "gateway.web"],
            "urgent": ["-m", "workers", "urgent"],
            "reply": ["-m", "workers", "reply"],
            "bulk-1": ["-m", "workers", "bulk"],
            "bulk-2": ["-m", "workers", "bulk"],
            "clock": ["-m", "workers.clock"],
        }  # fmt: skip
        self._log = (data / "stack.log").open("ab")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start these processes, or all."""
        for name in names or self._commands:
            # A session of its own: a signal for the test's own group must not reach it.
            self.running[name] = subprocess.Popen(
                [sys.executable, *self._commands[name]],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL a process (its children live on, as after a crash) and start it again."""
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def children(self, name: str) -> list[int]:
        """The processes that a worker has forked."""
        path = Path(f"/proc/{self.running[name].pid}/task/{self.running[name].pid}/children")
        with contextlib.suppress(OSError):
            return [int(pid) for pid in path.read_text().split()]
        return []

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until everything that should run says so."""
        deadline = time.monotonic() + seconds
        answer: Any = "nothing listens"
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                status, answer = ask(self.base + "/readyz")
                if status == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"not ready: {answer}")

    def wait_serving(self, seconds: float = 60) -> None:
        """Wait until the web answers, whatever else runs."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if ask(self.base + "/healthz")[0] == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError("the web does not answer")

    def end(self, name: str) -> None:
        """End one process and what it has forked, for good."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()

    def plan(self, **plan: Any) -> None:
        """Tell the companies' stand-in what to do."""
        status, answer = ask(self.company + "/_control", plan)
        if status != 200:
            raise ValueError(answer)

    def counts(self) -> dict[str, Any]:
        """What the companies have taken, from whom and for whom."""
        return dict(ask(self.company + "/_counts")[1])

    def stop(self) -> None:
        """End every process and whatever they have forked."""
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._log.close()


@contextlib.contextmanager
def stack(database_url: str, redis_url: str, data: Path, **settings: str) -> Iterator[Stack]:
    """A stack that is ready, and is gone afterwards."""
    made = Stack(database_url, redis_url, data, **settings)
    try:
        made.start()
        made.wait_ready()
        yield made
    finally:
        made.stop()


def write_people(path: Path, count: int, first: int = 0, area: str = HOME) -> None:
    """A CSV of `count` residents of an area, in turn of a number that goes by Twilio and one by Africa's Talking."""
    with path.open("w") as file:
        file.write("phone,area,language,consent_how,consent_when\n")
        for at in range(first, first + count):
            file.write(f"+62{811 if at % 2 else 812}{at:08d},{area},id,paper,2026-11-01\n")


def credentials(printed: str) -> Mapping[str, str]:
    """The `name: value` lines that a command printed."""
    return dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line)


def twilio_sms(sender: str, body: str, sid: str) -> dict[str, str]:
    """The form by which Twilio passes an SMS on."""
    return {
        "MessageSid": sid, "SmsSid": sid, "AccountSid": "AC" + "0" * 32, "From": sender, "To": "+15005550006",
        "Body": body, "NumMedia": "0", "NumSegments": "1", "FromCountry": "ID", "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }  # fmt: skip


def post_twilio(
    made: Stack, form: Mapping[str, str], *, signed_for: str, token: str = TWILIO_TOKEN, signature: str = ""
) -> tuple[int, str]:
    """Post it to our own port, as a proxy would, signed by the company's SDK for the public address; status and answer."""
    path = "/hooks/twilio/sms"
    signed = signature or RequestValidator(token).compute_signature(signed_for + path, dict(form))
    request = urllib.request.Request(  # noqa: S310  # our own address
        made.base + path, urllib.parse.urlencode(form).encode(), {"X-Twilio-Signature": signed}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
