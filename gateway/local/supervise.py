"""Runs programs under supervisord, which restarts what dies: writes its configuration, starts it, talks to it, ends it.

Programs come in two groups. `servers` (PostgreSQL, Valkey) start with supervisord; `app` (the Procfile) waits until its
release step has succeeded and is then started through supervisord's socket (in the run folder, 0700). So one supervisor
minds everything, and the application never meets a database without its tables. Groups stop one after the other, the
last first, so the servers outlive everybody who needs them.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from supervisor.xmlrpc import SupervisorTransport

from config.settings import CHECKOUT
from gateway.local.places import TETHER, LocalError

SERVERS: Final = "servers"
APP: Final = "app"
DRAIN: Final = 27
"""Seconds a program has between SIGTERM and SIGKILL: it drains within 25."""
STOP_WITHIN: Final = 2.0 * DRAIN + 20
STARTED_WITHIN: Final = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """One line of a Procfile, or a server. `log` is None for output that goes to standard output."""

    name: str
    command: Sequence[str]
    copies: int = 1
    log: Path | None = None
    stop_signal: str = "TERM"
    is_server: bool = False


def read_procfile(path: Path) -> dict[str, list[str]]:
    """Name to command of each line `name: command`; `python` is the Python that reads it."""
    programs: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, command = line.partition(":")
        words = shlex.split(command)
        if not colon or not words or not name.strip().isidentifier() or name.strip() in programs:
            raise LocalError(f"{path}: write each line as NAME: COMMAND, each name once.")
        programs[name.strip()] = [sys.executable, *words[1:]] if words[0] == "python" else words
    return programs


def tethered(command: Sequence[str]) -> list[str]:
    """`command` ended by SIGTERM when its parent ends."""
    return [sys.executable, "-I", str(TETHER), "TERM", "--", *command]


def render(programs: Sequence[Program], run: Path, checkout: Path) -> str:
    """The text of supervisord.conf."""
    lines = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={_plain(run / 'supervisord.log')}",
        "logfile_maxbytes=1MB",
        "logfile_backups=1",
        f"pidfile={_plain(run / 'supervisord.pid')}",
        f"childlogdir={_plain(run)}",
        f"directory={_plain(checkout)}",
        # Without it supervisord warns that it runs as root; each program drops what it need not have.
        *(["user=root"] if os.getuid() == 0 else []),
        "[unix_http_server]",
        f"file={_plain(run / 'supervisor.sock')}",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for program in programs:
        lines += _section(program)
    for group, priority, is_server in ((SERVERS, 1, True), (APP, 2, False)):
        if members := [program.name for program in programs if program.is_server is is_server]:
            lines += [f"[group:{group}]", f"programs={','.join(members)}", f"priority={priority}"]
    return "\n".join(lines) + "\n"


def _section(program: Program) -> list[str]:
    command = program.command if program.is_server else tethered(program.command)
    many = program.copies > 1
    return [
        f"[program:{program.name}]",
        f"command={_plain(shlex.join(command))}",
        f"process_name={program.name}{'-%(process_num)d' if many else ''}",
        f"numprocs={program.copies}",
        "numprocs_start=1",
        f"autostart={'true' if program.is_server else 'false'}",
        "autorestart=true",
        # Each failed start waits a second longer than the one before; giving up is not ours to decide.
        "startretries=1000000",
        "startsecs=1",
        f"stopsignal={program.stop_signal}",
        f"stopwaitsecs={DRAIN}",
        # The program alone is asked to stop, as a worker's child must finish what it sends; what then still runs of its
        # group is killed.
        "stopasgroup=false",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_plain(program.log) if program.log else '/dev/fd/1'}",
        f"stdout_logfile_maxbytes={'1MB' if program.log else '0'}",
        f"stdout_logfile_backups={'1' if program.log else '0'}",
    ]


def _plain(text: object) -> str:
    """Text that supervisord's own substitution leaves alone."""
    return str(text).replace("%", "%%")


class Supervisor:
    """A running supervisord; start it from the main thread, as it is tied to the thread that made it."""

    def __init__(self, configuration: Path, run: Path, environ: Mapping[str, str], output: int, lock: int) -> None:
        """Starts it. `output` is where programs write; `lock` is a descriptor it keeps open as long as it lives."""
        self._run = run
        self._seen: dict[str, int] = {}
        command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(configuration)]
        # A session of its own: Ctrl-C reaches us alone, and what descends from it can be found by the session.
        self._process = subprocess.Popen(
            tethered(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            env=environ,
            cwd=CHECKOUT,
            pass_fds=(lock,),
            start_new_session=True,
        )

    def is_alive(self) -> bool:
        """Whether supervisord itself still runs."""
        return self._process.poll() is None

    def states(self) -> dict[str, tuple[str, int]]:
        """State (`RUNNING`, `BACKOFF` …) and process number of every program, by its name."""
        found = self._call("supervisor.getAllProcessInfo")
        assert isinstance(found, list)
        return {info["name"]: (info["statename"], info["pid"]) for info in found}

    def wait_started(self) -> None:
        """Returns when supervisord answers; LocalError when it does not."""
        deadline = time.monotonic() + STARTED_WITHIN
        while True:
            try:
                self._call("supervisor.getState")
                return
            except (OSError, xmlrpc.client.Error):
                if not self.is_alive() or time.monotonic() > deadline:
                    raise LocalError(f"supervisord does not start; see {self._run / 'supervisord.log'}.") from None
                time.sleep(0.05)

    def start_app(self) -> None:
        """Starts the programs of the Procfile, all at once."""
        self._call("supervisor.startProcessGroup", APP, False)

    def restarted(self) -> list[str]:
        """Names of the programs that died and run again since the last call."""
        try:
            now = {name: pid for name, (state, pid) in self.states().items() if state == "RUNNING"}
        except (OSError, xmlrpc.client.Error):
            return []
        again = [name for name, pid in now.items() if self._seen.get(name, pid) != pid]
        self._seen |= now
        return again

    def stop(self) -> None:
        """Stops every program, the servers last, and returns when no process of them is left."""
        if self.is_alive():
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # A supervisord that was killed leaves programs that have just been told to end.
        deadline = time.monotonic() + DRAIN
        while (left := session_members(self._process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in left:
            _kill(pid)

    def _call(self, method: str, *arguments: object) -> object:
        transport = SupervisorTransport(None, None, f"unix://{self._run / 'supervisor.sock'}")
        with xmlrpc.client.ServerProxy("http://localhost", transport) as proxy:
            call: Callable[..., object] = getattr(proxy, method)
            return call(*arguments)


def session_members(session: int) -> list[int]:
    """Process numbers of a session that live (not zombies); empty where there is no /proc."""
    members = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The name in brackets may hold anything, so fields are counted from its end.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(int(entry.name))
    return members


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
