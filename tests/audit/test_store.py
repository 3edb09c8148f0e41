"""The trail: written with the act, sealed behind it, and changed by nobody without a trace."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from gateway import db
from gateway.audit import store
from gateway.db import Connection, statement
from gateway.local.postgres import plain
from gateway.runtime import Runtime

NOW = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)


def record(conn: Connection, act: str, **detail: object) -> None:
    store.record(conn, NOW, "operator", act, "ticket:2719089", **detail)


def seal(rt: Runtime) -> int:
    with rt.engine.begin() as conn:
        return store.seal(conn, NOW)


def verify(rt: Runtime) -> tuple[int, int | None]:
    with rt.engine.begin() as conn:
        return store.verify(conn)


@pytest.fixture
def owner(rt: Runtime) -> Iterator[psycopg.Connection]:
    """The database's owner, whom nothing stops."""
    with psycopg.connect(plain(rt.settings.database_url), autocommit=True) as conn:
        yield conn


def test_an_act_that_is_rolled_back_leaves_no_row(rt: Runtime) -> None:
    with rt.engine.connect() as conn:
        record(conn, "lost")
        conn.rollback()
        record(conn, "kept", count=3, role="admin")
        conn.commit()
        assert [(row["act"], row["detail"]) for row in store.of(conn, "ticket:2719089")] == [
            ("kept", {"count": 3, "role": "admin"})
        ]


def test_who_touched_a_persons_number_is_told(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        store.record(conn, NOW, "official:3", "reveal", "number:7", number_id=7)
        store.record(conn, NOW, "official:3", "reveal", "number:8", number_id=8)
        assert store.about(conn, 7) == [{"at": NOW, "actor": "official:3", "act": "reveal"}]
        store.forget(conn, 7)
        assert len(store.about(conn, 7)) == 1


def test_rows_are_sealed_once_and_the_chain_holds(rt: Runtime) -> None:
    sealed = []
    for block in range(3):
        with rt.engine.begin() as conn:
            for at in range(block + 1):
                record(conn, f"act {at}")
        sealed.append(seal(rt))
        assert seal(rt) == 0
    assert sealed == [1, 2, 3]
    assert verify(rt) == (3, None)


def test_rows_of_a_transaction_that_is_open_during_sealing_are_sealed_later_none_missed_none_twice(
    rt: Runtime, owner: psycopg.Connection
) -> None:
    with rt.engine.connect() as slow:
        record(slow, "slow, begun first")
        with rt.engine.begin() as quick:
            record(quick, "quick, begun and done meanwhile")
        first = seal(rt)
        record(slow, "slow, goes on")
        slow.commit()
    second = seal(rt)
    # The quick row is younger than the oldest open transaction, so it waits with it.
    assert (first, second) == (0, 3)
    with rt.engine.connect() as begun_late:
        begun_late.execute(statement("SELECT 1"))
        with rt.engine.begin() as conn:
            record(conn, "done before the other writes")
        assert seal(rt) == 1
        record(begun_late, "written after that seal")
        begun_late.commit()
    assert seal(rt) == 1
    assert verify(rt) == (3, None)
    assert owner.execute("SELECT sum(rows)::int, (SELECT count(*) FROM audit) FROM audit_seals").fetchone() == (5, 5)


def test_two_clocks_never_seal_at_once(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        record(conn, "act")
    with rt.engine.begin() as first, rt.engine.begin() as second:
        assert store.seal(first, NOW) == 1
        assert store.seal(second, NOW) == 0
    assert verify(rt) == (1, None)


def test_a_subtransaction_does_not_hide_a_row_from_its_seal(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        with conn.begin_nested():
            record(conn, "inside")
        record(conn, "outside")
    assert seal(rt) == 2


@pytest.mark.parametrize(
    ("label", "tampering", "first_bad"),
    [
        ("a word changed", "UPDATE audit SET act = 'nothing' WHERE act = 'act 1'", 2),
        ("a detail changed", "UPDATE audit SET detail = '{}' WHERE act = 'act 0'", 1),
        ("a moment changed", "UPDATE audit SET at = at + interval '1 second' WHERE act = 'act 2'", 3),
        ("a row taken out", "DELETE FROM audit WHERE act = 'act 1'", 2),
        ("a row slipped in", "INSERT INTO audit (tx, at, actor, act, subject) SELECT tx, at, actor, act, subject"
         " FROM audit WHERE act = 'act 0'", 1),
        ("a seal taken out", "DELETE FROM audit_seals WHERE id = (SELECT min(id) FROM audit_seals)", 1),
        ("a seal's count changed", "UPDATE audit_seals SET rows = 9 WHERE id = (SELECT max(id) FROM audit_seals)", 3),
        ("two rows exchanged", "UPDATE audit a SET tx = b.tx FROM audit b WHERE a.act = 'act 0' AND b.act = 'act 1'",
         1),
    ],
)  # fmt: skip
def test_tampering_by_the_owner_is_found(
    rt: Runtime, owner: psycopg.Connection, label: str, tampering: str, first_bad: int
) -> None:
    for at in range(3):
        with rt.engine.begin() as conn:
            record(conn, f"act {at}", count=at)
        seal(rt)
    assert verify(rt) == (3, None)
    assert owner.execute(tampering).rowcount == 1  # type: ignore[arg-type]
    assert verify(rt) == (first_bad - 1, first_bad), label


def test_the_chain_holds_on_a_connection_in_another_time_zone(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        record(conn, "act")
    seal(rt)
    with rt.engine.begin() as conn:
        conn.execute(statement("SET LOCAL TIME ZONE 'Asia/Jakarta'"))
        assert store.verify(conn) == (1, None)


LOGIN = "kabar_test_login"


@pytest.fixture
def login(rt: Runtime, owner: psycopg.Connection, postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection as a separate login would have it: a member of the application's role and of nothing else."""
    owner.execute(f"DROP ROLE IF EXISTS {LOGIN}")
    owner.execute(f"CREATE ROLE {LOGIN} LOGIN IN ROLE {db.APP_ROLE}")
    with psycopg.connect(plain(rt.settings.database_url), autocommit=True) as conn:
        # The server lets one system account in, so the session takes the login on for good instead of signing in.
        conn.execute(f"SET SESSION AUTHORIZATION {LOGIN}")
        yield conn
    owner.execute(f"DROP ROLE {LOGIN}")


FORBIDDEN = [
    *(f"{verb} {table}{rest}" for table in ("audit", "audit_seals", "consents", "aspiration_events")
      for verb, rest in (("DELETE FROM", ""), ("TRUNCATE", ""), ("DROP TABLE", " CASCADE"))),
    "UPDATE audit SET act = 'x'",
    "UPDATE audit_seals SET rows = 0",
    "UPDATE consents SET given = true",
    "UPDATE aspiration_events SET verb = 'x'",
    "ALTER TABLE audit ADD COLUMN x int",
    "ALTER TABLE audit OWNER TO kabar_app",
    "ALTER TABLE consents DISABLE TRIGGER ALL",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE RULE mine AS ON INSERT TO audit DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON audit EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "GRANT UPDATE ON audit TO kabar_app",
    "DELETE FROM numbers",
    "UPDATE alembic_version SET version_num = 'x'",
    "SET session_replication_role = replica",
    "COPY audit TO PROGRAM 'cat'",
]  # fmt: skip


@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_the_application_may_not_change_the_trail_or_the_schema(
    login: psycopg.Connection, owner: psycopg.Connection, attempt: str
) -> None:
    # A grant that the granter has no right to is a warning and does nothing, so the right itself is looked at.
    for way_out in ("SELECT 1", f"SET ROLE {db.APP_ROLE}", "RESET ROLE", "RESET ALL"):
        login.execute(way_out)  # type: ignore[arg-type]
        try:
            login.execute(sql.SQL(attempt))  # type: ignore[arg-type]
        except psycopg.errors.InsufficientPrivilege:
            continue
        assert attempt.startswith("GRANT")
        assert owner.execute("SELECT has_table_privilege('kabar_app', 'audit', 'UPDATE')").fetchone() == (False,)


@pytest.mark.parametrize(
    "way_out", ["SET ROLE kabar_owner", "SET ROLE pg_database_owner", "SET ROLE pg_write_all_data"]
)
def test_a_login_of_its_own_has_no_way_back_to_the_owner(login: psycopg.Connection, way_out: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
        login.execute(way_out)  # type: ignore[arg-type]


def test_every_connection_of_ours_is_in_the_applications_role_and_in_utc(rt: Runtime) -> None:
    for _ in range(2):
        with rt.engine.begin() as conn:
            found = conn.execute(statement("SELECT current_user, current_setting('TimeZone')")).one()
            assert tuple(found) == (db.APP_ROLE, "UTC")
            conn.execute(statement("SET LOCAL TIME ZONE 'Asia/Jakarta'"))
