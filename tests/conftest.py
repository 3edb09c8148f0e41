"""Real PostgreSQL and Valkey for every test that asks, in a temporary folder; nothing of them outlives the session.

The servers are children tied to this process, so a killed pytest leaves none running; folders that killed sessions left
are removed by the next one.
"""

import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import psycopg
import pytest
import redis
from hypothesis import settings as properties

from config.settings import Settings
from gateway import runtime
from gateway.kernel.areas import AreaBook
from gateway.local import postgres
from gateway.local.embedded import THROWAWAY, Embedded, locked
from gateway.local.places import LocalError
from gateway.reference import store as reference
from gateway.runtime import Runtime

PREFIX = "kabar-test-"
ABANDONED_AFTER = 6 * 3600.0
TEMPLATE = "kabar_template"

MakeDatabase = Callable[[], str]

# How long one example takes says how busy the machine is, not whether the property holds.
properties.register_profile("kabar", deadline=None)
properties.load_profile("kabar")


def remove_abandoned() -> None:
    """Removes the folders of sessions that were killed: older than any session lasts, and locked by nobody."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < ABANDONED_AFTER:
                continue
            with locked(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except (LocalError, OSError):
            continue


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """The servers of this session, none started yet."""
    remove_abandoned()
    # Not pytest's own folder: it is closed to the account that runs PostgreSQL for root.
    data = Path(tempfile.mkdtemp(prefix=PREFIX))
    with Embedded(data) as servers:
        yield servers
    for folder in {data, servers.place.home, servers.place.run}:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(embedded: Embedded) -> str:
    """Address of the server's first database `kabar`, empty and owned by `kabar_owner`."""
    return embedded.start_postgres(THROWAWAY)


@pytest.fixture(scope="session")
def make_database(postgres_url: str, embedded: Embedded) -> MakeDatabase:
    """A function that makes a fresh migrated database, a copy of one template, and gives its address."""
    from gateway.db import migrate  # late, as tests without a database must not need it

    numbers = count(1)
    with psycopg.connect(postgres.plain(postgres_url), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(postgres.url(embedded.place, TEMPLATE))

    def make() -> str:
        name = f"kabar_test_{next(numbers)}"
        with psycopg.connect(postgres.plain(postgres_url), autocommit=True) as server:
            # PostgreSQL copies a database only while nobody is connected to it.
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEMPLATE])
            server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return postgres.url(embedded.place, name)

    return make


@pytest.fixture(scope="session")
def database_url(make_database: MakeDatabase) -> str:
    """One migrated database that the tests of this session share; who writes to it cleans up."""
    return make_database()


@pytest.fixture(scope="session")
def redis_url(embedded: Embedded) -> str:
    """Address of this session's Valkey."""
    return embedded.start_valkey()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty Valkey, giving bytes."""
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of development over the session's servers, untouched by this machine's environment and data folder."""
    return Settings.load(
        {
            "GATEWAY_MODE": "development",
            "GATEWAY_DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": "a secret key for tests, long enough",
            "DATA_KEY": "a data key for tests, also long enough",
            "SIMULATOR_HOOK_TOKEN": "simulator-token-of-tests",
            "AFRICASTALKING_HOOK_TOKEN": "africastalking-token-of-tests",
        }
    )


class Clock:
    """A clock that stands still until a test moves it: `rt.now` of the fixture `rt`. Starts on a Wednesday, 10:00 WIB."""

    START = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)

    def __init__(self) -> None:
        self.moment = self.START

    def __call__(self) -> datetime:
        return self.moment

    def ahead(self, **by: float) -> datetime:
        """Move on by `timedelta(**by)` and return the new moment."""
        self.moment += timedelta(**by)
        return self.moment

    def at(self, moment: datetime) -> datetime:
        """Set the clock to `moment` (aware)."""
        self.moment = moment
        return moment


@pytest.fixture
def clock() -> Clock:
    """The clock of `rt`. Months from October 2026 to March 2027 are open in the session's database."""
    return Clock()


@pytest.fixture(scope="session")
def city(database_url: str) -> AreaBook:
    """The city's areas; offices, routing and holidays (2025 to 2028) are loaded with them into `database_url`, once."""
    from gateway import db  # late, as tests without a database must not need it

    with psycopg.connect(postgres.plain(database_url), autocommit=True) as owner:
        for parent in ("messages", "attempts"):
            for begin, end in pairwise(_MONTHS):
                owner.execute(
                    f"CREATE TABLE IF NOT EXISTS {parent}_{begin[:4]}_{begin[5:7]}"
                    f" PARTITION OF {parent} FOR VALUES FROM ('{begin}') TO ('{end}')"
                )
    engine = db.connect(database_url, pool=1)
    with engine.begin() as conn:
        reference.load(conn, range(2025, 2029))
        book = reference.area_book(conn)
    engine.dispose()
    return book


_MONTHS = [f"2026-{month}-01" for month in ("10", "11", "12")] + [f"2027-0{month}-01" for month in range(1, 5)]
_REFERENCE = {"alembic_version", "areas", "area_aliases", "offices", "routing", "holidays"}


def wipe(database_url: str) -> None:
    """Empty every table but the reference data, as the owner: the application may not. Ids go on, so none is reused."""
    with psycopg.connect(postgres.plain(database_url), autocommit=True) as owner:
        tables = [
            name
            for (name,) in owner.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace ORDER BY relname"
            )
            if name not in _REFERENCE
        ]
        # Names of our own catalogue.
        probe = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)  # noqa: S608
        if full := [name for (name,) in owner.execute(probe)]:
            owner.execute(f"TRUNCATE {', '.join(full)} CASCADE")


@pytest.fixture
def rt(settings: Settings, redis_client: redis.Redis, city: AreaBook, clock: Clock) -> Iterator[Runtime]:
    """The tools of one process over real servers, with a clock that the test moves. All but reference data is wiped after.

    `dataclasses.replace(rt, below=...)` or `settings=...` gives a variant; it shares the connections.
    """
    tools = dataclasses.replace(runtime.build(settings, process="kabar-test"), now=clock)
    yield tools
    tools.close()
    wipe(settings.database_url)
