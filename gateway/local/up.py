"""`make up`: settings kept, servers started, tables migrated, every process of the Procfile running until Ctrl-C."""

import fcntl
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from config import logging as lines
from config.settings import CHECKOUT, Settings, data_folder
from gateway.local import keep, places, postgres, valkey
from gateway.local.embedded import locked
from gateway.local.places import LocalError, Place
from gateway.local.supervise import Program, Supervisor, read_procfile, render, tethered

READY_WITHIN: Final = 120.0
LOOK_EVERY: Final = 1.0
STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

log = logging.getLogger("gateway.local")


class _Stopped(BaseException):
    """Somebody asked this run to end; not an Exception, so that nothing on the way takes it for a fault."""


def up(
    environ: Mapping[str, str],
    announce: Callable[[Settings], None],
    procfile: Path = CHECKOUT / "Procfile",
    ready_path: str = "/readyz",
) -> int:
    """Runs everything until SIGINT, SIGTERM or SIGHUP, then stops it all; 0 is the exit status of that end.

    `environ` is the environment, over the settings kept by an earlier run. `announce` gets the settings once the web
    process says that it is ready. Raises SettingsError, or LocalError with one line for people. Call it in the main
    thread: it handles signals, and the kernel ties its children to this thread.
    """
    kept = keep.gather(environ)
    data = data_folder(environ)
    settings = Settings.load({**kept, "GATEWAY_DATA_DIR": str(data)})
    lines.configure("up")
    _append_to_output()
    try:
        with _stoppable(), ExitStack() as stack:
            stack.enter_context(locked(data))
            keep.save(data, kept)
            lock = stack.enter_context(_after_earlier_run(data))
            place = places.prepare(data, _say)
            kept = _prepare_servers(place, data, kept)
            keep.save(data, kept)
            settings = Settings.load({**kept, "GATEWAY_DATA_DIR": str(data)})
            _check_port(settings.port)
            _run(place, settings, _environment(environ, kept, data), procfile, ready_path, announce, lock)
    except _Stopped:
        pass
    return 0


def _run(
    place: Place,
    settings: Settings,
    environment: Mapping[str, str],
    procfile: Path,
    ready_path: str,
    announce: Callable[[Settings], None],
    lock: int,
) -> None:
    commands = read_procfile(procfile)
    release = commands.pop("release", None)
    data = settings.gateway_data_dir
    programs = _servers(place, data, environment) + [
        Program(name, command, copies=settings.bulk_workers if name == "bulk" else 1)
        for name, command in commands.items()
    ]
    configuration = data / "supervisord.conf"
    configuration.write_text(render(programs, place.run, CHECKOUT))
    with _supervised(configuration, place.run, environment, lock) as supervisor:
        supervisor.wait_started()
        if any(program.name == "postgres" for program in programs):
            postgres.wait_ready(place, data / postgres.LOG_NAME, supervisor.is_alive)
        if any(program.name == "valkey" for program in programs):
            valkey.wait_ready(place, data / valkey.LOG_NAME, supervisor.is_alive)
        if release:
            _release(release, environment)
        supervisor.start_app()
        _wait_ready(supervisor, settings.port, ready_path)
        announce(settings)
        sys.stdout.flush()
        while supervisor.is_alive():
            for name in supervisor.restarted():
                log.warning("a program died and was started again", extra={"program": name})
            time.sleep(LOOK_EVERY)
        raise LocalError("The supervisor ended, so everything was stopped: start again.")


def _prepare_servers(place: Place, data: Path, kept: Mapping[str, str]) -> dict[str, str]:
    """Clears leftovers of the servers we run, makes the cluster, and adds their addresses to what is kept."""
    addresses: dict[str, str] = {}
    if "DATABASE_URL" not in kept:
        postgres.retire_leftover(place)
        postgres.initialise(place, data / postgres.LOG_NAME)
        addresses["EMBEDDED_DATABASE_URL"] = postgres.url(place)
    if "REDIS_URL" not in kept:
        valkey.retire_leftover(place)
        addresses["EMBEDDED_REDIS_URL"] = valkey.url(place)
    return {**kept, **addresses}


def _servers(place: Place, data: Path, environment: Mapping[str, str]) -> list[Program]:
    servers = []
    if environment["DATABASE_URL"] == postgres.url(place):
        command = postgres.command(place)
        servers.append(Program("postgres", command, 1, data / postgres.LOG_NAME, "INT", is_server=True))
    if environment["REDIS_URL"] == valkey.url(place):
        servers.append(Program("valkey", valkey.command(place), 1, data / valkey.LOG_NAME, is_server=True))
    return servers


def _environment(environ: Mapping[str, str], kept: Mapping[str, str], data: Path) -> dict[str, str]:
    """The children's environment: ours and every kept setting, so that they need no kept file."""
    addresses = {"DATABASE_URL": kept.get("EMBEDDED_DATABASE_URL"), "REDIS_URL": kept.get("EMBEDDED_REDIS_URL")}
    given = {name: text for name, text in kept.items() if not name.startswith("EMBEDDED_")}
    made = {name: text for name, text in addresses.items() if text and name not in given}
    return {**environ, **given, **made, "GATEWAY_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}


@contextmanager
def _after_earlier_run(data: Path) -> Iterator[int]:
    """A lock that supervisord holds as well: a run that was killed is over when its processes have drained."""
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(locked(data, "run.lock"))
        except LocalError:
            _say("An earlier run is still stopping; waiting for it.")
            descriptor = stack.enter_context(locked(data, "run.lock", wait=True))
        yield descriptor


@contextmanager
def _supervised(configuration: Path, run: Path, environment: Mapping[str, str], lock: int) -> Iterator[Supervisor]:
    # supervisord opens the file it is told to write to, which cannot be done with a socket; so it gets a pipe, and a
    # thread copies what comes out to our own output.
    reader, writer = os.pipe()
    pump = threading.Thread(target=_copy, args=(reader,), daemon=True)
    supervisor = Supervisor(configuration, run, environment, writer, lock)
    os.close(writer)
    pump.start()
    try:
        yield supervisor
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        _say("Stopping.")
        supervisor.stop()
        pump.join(5)


def _copy(reader: int) -> None:
    with os.fdopen(reader, "rb") as source:
        while piece := source.read1():
            try:
                sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
            except (OSError, ValueError):
                # Nobody reads our output any more; the programs must not notice.
                continue


def _release(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(tethered(command), env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise LocalError("The release step of the Procfile failed, so nothing was started; its reason is above.")


def _wait_ready(supervisor: Supervisor, port: int, path: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    said = "the web process does not answer"
    while time.monotonic() < deadline and supervisor.is_alive():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status == http.HTTPStatus.OK:
                return
            said = f"{path} answers {answer.status}: {lines.mask(answer.read(400).decode(errors='replace')).strip()}"
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        time.sleep(0.2)
    if not supervisor.is_alive():
        raise LocalError("The supervisor ended while the programs started: start again.")
    states = ", ".join(f"{name} {state}" for name, (state, _) in sorted(supervisor.states().items()))
    raise LocalError(f"Not ready after {READY_WITHIN:.0f} seconds: {said} ({states}).")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LocalError(f"PORT {port} cannot be used ({error.strerror}): stop what uses it or set PORT.") from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turns the signals that end a run into one exception, so that every `with` on the way cleans up."""

    def stop(number: int, frame: FrameType | None) -> None:
        for other in STOPS:
            signal.signal(other, signal.SIG_IGN)
        raise _Stopped

    before = {number: signal.getsignal(number) for number in STOPS}
    for number, handler in before.items():
        # A run that was started under nohup shall survive its terminal.
        if number != signal.SIGHUP or handler is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _append_to_output() -> None:
    """Makes writers that share a file as standard output append, or they would write over each other's lines."""
    try:
        flags = fcntl.fcntl(1, fcntl.F_GETFL)
        fcntl.fcntl(1, fcntl.F_SETFL, flags | os.O_APPEND)
    except OSError:
        return


def _say(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:
        # Nobody reads any more. Python would fail once again, and with its exit status, when it flushes at its end.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
