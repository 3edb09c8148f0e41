"""The embedded servers: start, stop, kill, start again; as root and as an ordinary user."""

import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from config.settings import CHECKOUT
from gateway.local import postgres
from gateway.local.embedded import THROWAWAY, Embedded
from gateway.local.places import LocalError

Eventually = Callable[[Callable[[], object], str], None]
Processes = Callable[[Path], set[int]]

# To try what another account can reach, and to start the servers as one, a test must be able to become one.
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")

# What a process does that owns servers: it starts them, writes to them, says how much is there, and waits.
OWNER = """
import sys
from pathlib import Path
import psycopg, redis
from gateway.local import postgres
from gateway.local.embedded import Embedded
with Embedded(Path(sys.argv[1])) as servers:
    database, cache = servers.start_postgres(), servers.start_valkey()
    with psycopg.connect(postgres.plain(database), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        rows = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
    print(rows, redis.Redis.from_url(cache).incr("kept"), flush=True)
    sys.stdin.read()
"""


def write(database: str, cache: str) -> None:
    with psycopg.connect(postgres.plain(database), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    with redis.Redis.from_url(cache) as client:
        client.incr("kept")


def read(database: str, cache: str) -> tuple[int, int]:
    with psycopg.connect(postgres.plain(database)) as connection, redis.Redis.from_url(cache) as client:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return row[0], int(client.get("kept") or 0)


def test_data_outlives_a_stop_and_a_kill(data: Path, processes_of: Processes, eventually: Eventually) -> None:
    with Embedded(data) as servers:
        addresses = servers.start_postgres(), servers.start_valkey()
        write(*addresses)
    assert processes_of(data) == set()
    with Embedded(data) as servers:
        assert (servers.start_postgres(), servers.start_valkey()) == addresses
        write(*addresses)
        assert read(*addresses) == (2, 2)
        for name in ("postgres", "valkey"):
            os.kill(servers.pid(name), signal.SIGKILL)
        eventually(lambda: not (processes_of(data)), "killed servers are gone")
    with Embedded(data) as servers:
        assert read(servers.start_postgres(), servers.start_valkey()) == (2, 2)


def test_nobody_else_can_reach_the_servers(data: Path) -> None:
    with Embedded(data) as servers:
        database, cache = servers.start_postgres(THROWAWAY), servers.start_valkey()
        for path in (
            servers.place.postgres,
            servers.place.run,
            servers.place.valkey,
            *servers.place.run.glob("*.sock"),
        ):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        assert stat.S_IMODE((servers.place.run / ".s.PGSQL.5432").stat().st_mode) == 0o700
        with psycopg.connect(postgres.plain(database)) as connection:
            shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("listen_addresses", "timezone")]
            assert shown == [("",), ("UTC",)]
            rules = connection.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()
            assert rules == [("local", "peer")]
        with redis.Redis.from_url(cache) as client:
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}


@as_root
def test_another_account_is_no_way_in(data: Path) -> None:
    with Embedded(data) as servers:
        servers.start_postgres(THROWAWAY)
        # Even with its folder open, PostgreSQL knows the account by the kernel's word and lets it not in.
        data.chmod(0o755)
        servers.place.run.chmod(0o755)
        (servers.place.run / ".s.PGSQL.5432").chmod(0o777)
        psql = [
            str(servers.place.postgres_programs / "psql"),
            "-h",
            str(servers.place.run),
            "-U",
            postgres.OWNER,
            "kabar",
        ]
        nobody = pwd.getpwnam("nobody")
        done = subprocess.run(
            psql, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], capture_output=True, text=True
        )
        assert "Peer authentication failed" in done.stderr


def test_a_second_run_on_the_same_folder_is_refused_in_one_line(data: Path) -> None:
    with Embedded(data), pytest.raises(LocalError, match="Another run uses") as caught:
        Embedded(data)
    assert "\n" not in str(caught.value)
    Embedded(data).stop()


def test_a_stale_process_number_given_to_another_program_is_no_obstacle(data: Path) -> None:
    with Embedded(data) as servers:
        servers.start_postgres(THROWAWAY)
        file = servers.place.postgres / "postmaster.pid"
        found = file.read_text().split("\n", 1)[1]
        owner = file.stat()
    stranger = subprocess.Popen(["sleep", "300"], user=owner.st_uid if os.getuid() == 0 else None)
    try:
        file.write_text(f"{stranger.pid}\n{found}")
        os.chown(file, owner.st_uid, owner.st_gid)
        with Embedded(data) as servers:
            assert servers.start_postgres(THROWAWAY)
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_does_not_start_is_quoted(data: Path, processes_of: Processes) -> None:
    with Embedded(data) as servers, pytest.raises(LocalError, match=r"PostgreSQL does not start: .*max_connections"):
        servers.start_postgres({"max_connections": "many"})
    assert processes_of(data) == set()


def test_a_cluster_of_another_version_is_told(data: Path) -> None:
    with Embedded(data) as servers:
        postgres.initialise(servers.place, data / "log")
        (servers.place.postgres / "PG_VERSION").write_text("16\n")
        with pytest.raises(LocalError, match="was made by PostgreSQL 16, not 18"):
            servers.start_postgres()


def test_a_cluster_that_was_never_finished_is_made_again(data: Path) -> None:
    (data / "postgres.partial" / "base").mkdir(parents=True)
    with Embedded(data) as servers:
        assert servers.start_postgres(THROWAWAY)
    assert not (data / "postgres.partial").exists()


def test_failed_statements_do_not_get_into_the_log(data: Path) -> None:
    with Embedded(data) as servers:
        database = servers.start_postgres(THROWAWAY)
        with psycopg.connect(postgres.plain(database)) as connection, pytest.raises(psycopg.DataError):
            connection.execute("SELECT %s::int", ["Jalan rusak"])
    assert "Jalan rusak" not in (data / postgres.LOG_NAME).read_text()


def own(data: Path, python: str, environ: dict[str, str], user: str | None) -> subprocess.Popen[str]:
    """A process that owns the servers of `data`, run as `user` or as ourselves."""
    entry = pwd.getpwnam(user) if user else None
    return subprocess.Popen(
        [python, "-c", OWNER, str(data)],
        cwd=CHECKOUT,
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(None, id="as the user who tests"),
        pytest.param("nobody", id="as an ordinary user", marks=as_root),
    ],
)
def test_servers_end_with_an_owner_that_was_killed_and_lose_nothing(
    data: Path,
    user: str | None,
    request: pytest.FixtureRequest,
    processes_of: Processes,
    eventually: Eventually,
) -> None:
    if user:
        os.chown(data, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    python, environ = request.getfixturevalue("open_python") if user else (sys.executable, dict(os.environ))
    for count in (1, 2):
        with own(data, python, environ, user) as owner:
            assert owner.stdout is not None
            assert owner.stdout.readline().split() == [str(count), str(count)]
            owner.kill()
        if count == 2:
            eventually(lambda: not processes_of(data), "the servers ended with their owner")
