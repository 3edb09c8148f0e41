"""`make up` with a small Procfile: start, restart of what dies, every way to end, and that nothing is left."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.settings import CHECKOUT, read_kept
from gateway.local import postgres

Eventually = Callable[[Callable[[], object], str], None]
Processes = Callable[[Path], set[int]]

# Starts everything as `python -m gateway up` does.
UP = """
import os, signal, sys
from pathlib import Path
# Whoever runs the tests under nohup has SIGHUP ignored, which `up` honours; here it must be heard.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from config.settings import SettingsError
from gateway.local.places import LocalError
from gateway.local.up import up
try:
    sys.exit(up(os.environ, lambda settings: print("announced", settings.port), Path(sys.argv[1])))
except (SettingsError, LocalError) as error:
    sys.exit(str(error))
"""

# A web process that is ready at once, and tells its number and which settings it was given.
WEB = """
import http.server, json, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"pid": os.getpid(), "environ": dict(os.environ)}).encode()
        self.send_response(200 if self.path in ("/readyz", "/") else 404)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""

# A worker whose child, in a process group of its own as RQ's are, ignores everybody for a while.
BULK = """
import os, signal, time
if os.fork() == 0:
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(2)
    os._exit(0)
signal.signal(signal.SIGTERM, lambda *_: (os.wait(), os._exit(0)))
print("bulk works", flush=True)
while True:
    time.sleep(60)
"""

RELEASE = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS runs (n int)")
    connection.execute("INSERT INTO runs VALUES (1)")
"""


@dataclass
class Run:
    """One `up` over a data folder, and what it wrote."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path

    def text(self) -> str:
        return self.output.read_text()

    def page(self) -> dict[str, object] | None:
        """What the web process answers; None while nobody does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            page: dict[str, object] = json.loads(connection.getresponse().read())
            return page
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


Start = Callable[..., Run]


@pytest.fixture
def port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def start(data: Path, port: int, processes_of: Processes) -> Iterator[Start]:
    """Starts `up` over `data`, with settings; whatever still runs in the end is killed and is a failure."""
    programs = {"release": RELEASE, "web": WEB, "bulk": BULK}
    for name, code in programs.items():
        (data / f"{name}.py").write_text(code)
    (data / "Procfile").write_text("".join(f"{name}: python {data / name}.py\n" for name in programs))
    runs: list[Run] = []

    def begin(output: int | None = None, **environ: str) -> Run:
        written = data / f"output-{len(runs)}"
        with written.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-c", UP, str(data / "Procfile")],
                cwd=CHECKOUT,
                env={**os.environ, "GATEWAY_DATA_DIR": str(data), "PORT": str(port), "BULK_WORKERS": "2", **environ},
                stdin=subprocess.DEVNULL,
                stdout=file if output is None else output,
                stderr=file,
                start_new_session=True,
            )
        runs.append(Run(process, port, written))
        return runs[-1]

    yield begin
    for run in runs:
        with contextlib.suppress(ProcessLookupError):
            run.process.kill()
        run.process.wait()
    left = processes_of(data)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert not left, "\n".join(run.text() for run in runs)


def wait_announced(run: Run, eventually: Eventually) -> None:
    eventually(lambda: "announced" in run.text() or run.process.poll() is not None, "everything is up")
    assert f"announced {run.port}\n" in run.text()


def ended(run: Run) -> int:
    return run.process.wait(60)


def test_what_dies_is_started_again_and_ctrl_c_ends_everything(
    data: Path, start: Start, processes_of: Processes, eventually: Eventually
) -> None:
    run = start()
    wait_announced(run, eventually)
    eventually(lambda: run.text().count("bulk works") == 2, "as many workers run as were asked for")
    page = run.page()
    assert page is not None
    environ = page["environ"]
    assert isinstance(environ, dict)
    assert environ["GATEWAY_MODE"] == "development"
    assert environ["DATA_KEY"] == read_kept(data)["DATA_KEY"]

    web = page["pid"]
    assert isinstance(web, int)
    os.kill(web, signal.SIGKILL)
    eventually(lambda: (run.page() or {"pid": web})["pid"] != web, "the web process is started again")
    server = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)

    def is_back() -> bool:
        with contextlib.suppress(psycopg.Error), psycopg.connect(postgres.plain(environ["DATABASE_URL"])) as connection:
            return connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        return False

    eventually(is_back, "PostgreSQL is started again with its data")
    eventually(lambda: '"program":"postgres"' in run.text(), "the restart is a line of the log")

    os.kill(run.process.pid, signal.SIGINT)
    assert ended(run) == 0
    assert processes_of(data) == set()
    assert not run.text().count("Traceback")


def test_a_second_run_keeps_data_and_secrets(data: Path, start: Start, eventually: Eventually) -> None:
    first = start()
    wait_announced(first, eventually)
    kept = read_kept(data)
    os.kill(first.process.pid, signal.SIGTERM)
    assert ended(first) == 0
    second = start()
    wait_announced(second, eventually)
    assert read_kept(data) == kept
    with psycopg.connect(postgres.plain(kept["EMBEDDED_DATABASE_URL"])) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (2,)

    third = start()
    assert ended(third) == 1
    assert third.text().count("\n") == 1
    assert "Another run uses" in third.text()
    assert second.page() is not None

    os.kill(second.process.pid, signal.SIGHUP)
    assert ended(second) == 0


def test_a_killed_run_leaves_nothing_and_the_next_one_waits_for_it(
    data: Path, start: Start, processes_of: Processes, eventually: Eventually
) -> None:
    killed = start()
    wait_announced(killed, eventually)
    killed.process.kill()
    killed.process.wait()
    again = start()
    wait_announced(again, eventually)
    again.process.kill()
    eventually(lambda: not processes_of(data), "everything ended with the killed run")


def test_a_killed_supervisor_ends_the_run_and_its_programs(
    data: Path, start: Start, processes_of: Processes, eventually: Eventually
) -> None:
    run = start()
    wait_announced(run, eventually)
    os.kill(int((data / "run" / "supervisord.pid").read_text()), signal.SIGKILL)
    assert ended(run) == 1
    assert "The supervisor ended" in run.text()
    assert processes_of(data) == set()


def test_a_release_that_fails_starts_nothing(data: Path, start: Start, processes_of: Processes) -> None:
    (data / "release.py").write_text("raise SystemExit('no migration')")
    run = start()
    assert ended(run) == 1
    assert "no migration\n" in run.text()
    assert "The release step of the Procfile failed" in run.text()
    assert "bulk works" not in run.text()
    assert processes_of(data) == set()


def test_a_port_that_is_taken_is_told_before_anything_starts(data: Path, start: Start, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        run = start()
        assert ended(run) == 1
    assert f"PORT {port} cannot be used" in run.text()


def test_wrong_settings_are_told_and_not_kept(data: Path, start: Start) -> None:
    run = start(UNDO_WINDOW="soon", QUIET_HOURS="night")
    assert ended(run) == 1
    assert [line.partition(":")[0] for line in run.text().splitlines()] == ["QUIET_HOURS", "UNDO_WINDOW"]
    assert read_kept(data) == {}


def test_a_reader_of_the_output_that_went_away_stops_nothing(data: Path, start: Start, eventually: Eventually) -> None:
    reader, writer = os.pipe()
    run = start(output=writer)
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert any(line.startswith("announced") for line in lines)
    page = run.page()
    assert page is not None
    web = page["pid"]
    assert isinstance(web, int)
    os.kill(web, signal.SIGKILL)
    eventually(lambda: (run.page() or {"pid": web})["pid"] != web, "the web process is started again")
    os.kill(run.process.pid, signal.SIGINT)
    assert ended(run) == 0
