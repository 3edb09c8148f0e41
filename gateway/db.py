"""PostgreSQL: the engine, the two roles and the migrations.

The owner migrates; the application drops to the role `kabar_app` as soon as a connection is made, and that role can neither change
the audit trail nor the schema. Where `DATABASE_OWNER_URL` is set the application's own login has no way back either.
"""

import logging
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

APP_ROLE = "kabar_app"
MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 0x6B616261
log = logging.getLogger(__name__)

__all__ = [
    "APP_ROLE",
    "Connection",
    "Engine",
    "connect",
    "is_migrated",
    "joined",
    "migrate",
    "rows",
    "statement",
    "transaction",
]

statement = text


def driver_url(url: str) -> str:
    """`url` with our driver: people write postgresql:// or postgres://, SQLAlchemy wants postgresql+psycopg://."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def connect(url: str, *, pool: int = 10, process: str = "kabar") -> Engine:
    """A pool of at most `pool` connections, each in the application's role and in UTC. Connects when first used.

    A connection is looked at before it is lent, so that a restart of PostgreSQL costs one retry and no error.
    """
    engine = create_engine(
        driver_url(url),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=5,
        connect_args={"connect_timeout": 5, "application_name": process, "prepare_threshold": 3},
    )
    event.listen(engine, "connect", _drop_privileges)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _drop_privileges(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP_ROLE}")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _refuse_dead(connection: Any, _record: object, _fairy: object) -> None:
    """Have a dead connection replaced, and all that are as old.

    On an idle connection the server says nothing but that it ends it (or that it has read its settings anew, which costs
    a connection), so there is something to read only then. Asking it instead (`pool_pre_ping`) is three round trips of the
    seven that a short transaction takes.
    """
    heard = select.poll()
    try:
        heard.register(connection.fileno(), select.POLLIN)
        is_dead = bool(heard.poll(0))
    except psycopg.Error:
        is_dead = True
    if is_dead:
        raise InvalidatePoolError


def rows(conn: Connection, sql: sqlalchemy.TextClause, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """Every row of one statement, as named tuples."""
    return conn.execute(sql, values or {}).all()


@contextmanager
def transaction(engine: Engine, within: Connection | None = None) -> Iterator[Connection]:
    """A transaction of its own; or a savepoint of the one that `within` is in, so that use cases can be parts of one act."""
    if within is None:
        with engine.begin() as conn:
            yield conn
    else:
        with within.begin_nested():
            yield within


def joined(conn: Connection) -> Engine:
    """An engine whose transactions are savepoints of the one that `conn` is in: use cases without a `within` join it too."""
    return cast(Engine, _Joined(conn))


@dataclass(frozen=True, slots=True)
class _Joined:
    conn: Connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self.conn.begin_nested():
            yield self.conn


def migrate(url: str, app_url: str | None = None, revision: str = "head") -> None:
    """Bring the database to `revision` as its owner; safe to run twice and from several machines at once.

    `app_url` is the application's own login where it differs: it is let into the application's role.
    """
    engine = create_engine(driver_url(url), poolclass=sqlalchemy.NullPool, connect_args={"connect_timeout": 10})
    with engine.connect() as conn:
        conn.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        conn.commit()
        try:
            _make_role(conn, make_url(app_url).username if app_url else None)
            config = _alembic()
            config.attributes["connection"] = conn
            downgrade = revision == "base" or revision.startswith("-")
            (command.downgrade if downgrade else command.upgrade)(config, revision)
            if not downgrade:
                conn.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))
            conn.commit()
        finally:
            conn.rollback()
            conn.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            conn.commit()
    engine.dispose()


def is_migrated(conn: Connection) -> bool:
    """Whether the schema is the one this code was written for."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == head


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _make_role(conn: Connection, login: str | None) -> None:
    # Roles belong to the whole server, so several databases (and tests) share this one.
    exists = conn.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}).scalar()
    if not exists:
        conn.execute(text(f"CREATE ROLE {APP_ROLE} NOLOGIN"))
    is_member = conn.execute(text("SELECT pg_has_role(current_user, :name, 'MEMBER')"), {"name": APP_ROLE}).scalar()
    if not is_member:
        conn.execute(text(f"GRANT {APP_ROLE} TO CURRENT_USER"))
    if login:
        quoted = conn.dialect.identifier_preparer.quote(login)
        conn.execute(text(f"GRANT {APP_ROLE} TO {quoted}"))
    conn.commit()
