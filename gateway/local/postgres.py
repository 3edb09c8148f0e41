"""Embedded PostgreSQL 18: makes its cluster, says how to start it, waits until it answers.

Only its Unix socket exists, in a folder of mode 0700, and the system's own word for who connects is the only way in
(`peer`): no password, no port. Role `kabar_owner` owns everything.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from gateway.local.places import LocalError, Place

OWNER: Final = "kabar_owner"
DATABASE: Final = "kabar"
LOG_NAME: Final = "postgres.log"
HOSTS_NAME: Final = "pg_hba.conf"
PEOPLE_NAME: Final = "pg_ident.conf"
MAJOR: Final = "18"
READY_WITHIN: Final = 60.0
STOPPED_WITHIN: Final = 40.0

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement that fails quotes its values; the application reports its own failures without them.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def url(place: Place, database: str = DATABASE) -> str:
    """SQLAlchemy address of `database`; the port is named because libpq would take PGPORT from the environment."""
    return f"postgresql+psycopg://{OWNER}@/{database}?host={quote(str(place.run), safe='/')}&port={SETTINGS['port']}"


def command(place: Place, changes: Mapping[str, str] | None = None) -> list[str]:
    """Command line of the server, run as its account; SIGINT is its fast shutdown."""
    settings = {
        **SETTINGS,
        "unix_socket_directories": str(place.run),
        "hba_file": str(place.home / HOSTS_NAME),
        "ident_file": str(place.home / PEOPLE_NAME),
        **(changes or {}),
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return place.tethered("INT", [str(place.postgres_programs / "postgres"), "-D", str(place.postgres), *options])


def initialise(place: Place, log: Path) -> None:
    """Makes the cluster unless it exists, and writes who may connect. Raises LocalError quoting initdb."""
    if not (place.postgres / "PG_VERSION").exists():
        _make_cluster(place, log)
    found = (place.postgres / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise LocalError(f"{place.postgres} was made by PostgreSQL {found}, not {MAJOR}: restore a backup elsewhere.")
    people = sorted({place.account.name, pwd.getpwuid(os.getuid()).pw_name})
    # Outside the cluster: root writes nothing through a folder that another account owns.
    for name, text in (
        (HOSTS_NAME, "local all all peer map=kabar\n"),
        (PEOPLE_NAME, "".join(f'kabar "{person}" {OWNER}\n' for person in people)),
    ):
        (place.home / name).write_text(text)
        (place.home / name).chmod(0o644)


def _make_cluster(place: Place, log: Path) -> None:
    # initdb works in a folder of its own name, so that one that was cut off is never taken for a cluster.
    partial = place.home / "postgres.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    os.chown(partial, place.account.uid, place.account.gid)
    options = ["--username", OWNER, "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"]
    # The built-in locale sorts by code point alike on every system, whatever its C library knows.
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    line = place.tethered("TERM", [str(place.postgres_programs / "initdb"), "-D", str(partial), *options])
    with log.open("wb") as output:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment())
    if done.returncode:
        raise LocalError(f"PostgreSQL's cluster could not be made: {last_lines(log)}")
    partial.rename(place.postgres)


def environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL's programs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def retire_leftover(place: Place) -> None:
    """Clears what a killed run left: waits for its server, stops it if it stays, and removes a file that lies.

    The caller holds the data folder's lock, so a server that runs on it belongs to nobody. PostgreSQL itself refuses to
    start when the process number in a stale postmaster.pid has been given to another program of the same account.
    """
    file = place.postgres / "postmaster.pid"
    deadline = time.monotonic() + STOPPED_WITHIN
    asked = False
    while (pid := _serving(file)) is not None:
        if time.monotonic() > deadline:
            raise LocalError(f"A PostgreSQL of an earlier run (process {pid}) does not stop: end it and try again.")
        if not asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            asked = True
        time.sleep(0.05)
    if Path("/proc/self").exists():
        file.unlink(missing_ok=True)


def _serving(file: Path) -> int | None:
    """Process number of the server that wrote `file` and lives; None if it is gone."""
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if words[0].endswith(b"postgres") and os.fsencode(file.parent) in words else None


def wait_ready(place: Place, log: Path, is_alive: Callable[[], bool], within: float = READY_WITHIN) -> None:
    """Returns when the server answers, having made the database.

    Raises LocalError quoting its log when it has ended or `within` seconds are over.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            with psycopg.connect(plain(url(place, "postgres")), autocommit=True, connect_timeout=5) as connection:
                made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not made:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
                return
        except psycopg.OperationalError:
            if time.monotonic() > deadline or not is_alive():
                raise LocalError(f"PostgreSQL does not start: {last_lines(log)}") from None
            time.sleep(0.05)


def plain(address: str) -> str:
    """A SQLAlchemy address as libpq reads it."""
    return address.replace("postgresql+psycopg://", "postgresql://", 1)


def last_lines(log: Path, count: int = 5) -> str:
    """The last lines of a server's log on one line, or that there are none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return " | ".join(line.strip() for line in lines[-count:] if line.strip()) or f"it wrote nothing to {log}"
