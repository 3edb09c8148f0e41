"""Migrations go forward, back and forward again to the same schema, from any number of machines at once."""

import threading
from collections.abc import Callable
from datetime import date

import psycopg
import pytest

from gateway import db
from gateway.local.postgres import plain

SCHEMA = {
    "columns": """
        SELECT table_name, column_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), data_type,
               is_nullable, column_default, is_identity,
               generation_expression FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "functions": """
        SELECT proname, pg_get_functiondef(oid), proacl::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "rights": """
        SELECT relname, relkind, relacl::text, reloptions::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace""",
    "partitions": "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits",
}


def schema(url: str) -> dict[str, set[tuple[object, ...]]]:
    with psycopg.connect(plain(url)) as conn:
        return {what: {tuple(row) for row in conn.execute(query)} for what, query in SCHEMA.items()}


@pytest.fixture(scope="module")
def url(make_database: Callable[[], str]) -> str:
    """A migrated database of this module's own."""
    return make_database()


def test_forward_back_and_forward_leaves_the_same_schema(url: str) -> None:
    before = schema(url)
    assert len(before["columns"]) > 200
    db.migrate(url, revision="base")
    left = {row[0] for row in schema(url)["columns"]}
    assert left == {"alembic_version"}
    assert schema(url)["functions"] == set()
    db.migrate(url)
    after = schema(url)
    assert {what: after[what] ^ before[what] for what in SCHEMA} == {what: set() for what in SCHEMA}


def test_each_revision_goes_back_and_forward_by_itself(url: str) -> None:
    before = schema(url)
    steps = len(list((db.MIGRATIONS / "versions").glob("[0-9]*.py")))
    for step in range(1, steps + 1):
        db.migrate(url, revision=f"-{step}")
        db.migrate(url)
        assert schema(url) == before


def test_migrating_twice_and_from_four_machines_at_once_is_safe(url: str) -> None:
    before, failures = schema(url), []
    db.migrate(url, revision="base")

    def migrate() -> None:
        try:
            db.migrate(url)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.migrate(url)
    assert schema(url) == before


def test_the_code_knows_whether_the_schema_is_its_own(url: str) -> None:
    engine = db.connect(url)
    with engine.begin() as conn:
        assert db.is_migrated(conn)
    with psycopg.connect(plain(url), autocommit=True) as owner:
        head = owner.execute("SELECT version_num FROM alembic_version").fetchone()
        owner.execute("UPDATE alembic_version SET version_num = '0001'")
        with engine.begin() as conn:
            assert not db.is_migrated(conn)
        owner.execute("UPDATE alembic_version SET version_num = %s", head)
    engine.dispose()


def months(conn: psycopg.Connection, parent: str) -> set[str]:
    rows = conn.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"
                        " AND relname LIKE %s", [f"{parent}_%"])  # fmt: skip
    return {name for (name,) in rows}


def test_the_application_opens_the_months_to_come_and_no_further(url: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as conn:
        (today,) = conn.execute("SELECT current_date").fetchone()  # type: ignore[misc]
        conn.execute("SET ROLE kabar_app")
        before = months(conn, "messages")
        assert len(before) == 6
        assert conn.execute("SELECT open_months((current_date + interval '3 months')::date)").fetchone() == (0,)
        # Two tables, two months more.
        assert conn.execute("SELECT open_months((current_date + interval '5 months')::date)").fetchone() == (4,)
        assert len(months(conn, "messages") - before) == len(months(conn, "attempts")) - 6 == 2
        with pytest.raises(psycopg.errors.RaiseException):
            conn.execute("SELECT open_months((current_date + interval '26 months')::date)")
        this = date(today.year, today.month, 1)
        conn.execute(
            "INSERT INTO messages (month, number_id, lane, class, language, route, created_at)"
            " VALUES (%s, 1, 'reply', 'reply', 'id', 'simulator', now())",
            [this],
        )
        row = conn.execute("SELECT tableoid::regclass::text FROM messages").fetchone()
        assert row == (f"messages_{this:%Y_%m}",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("DROP TABLE messages_" + f"{this:%Y_%m}")


def test_a_login_of_its_own_is_let_into_the_applications_role(url: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS kabar_test_app")
        owner.execute("CREATE ROLE kabar_test_app LOGIN")
        db.migrate(url, app_url="postgresql://kabar_test_app:x@127.0.0.1/kabar")
        assert owner.execute("SELECT pg_has_role('kabar_test_app', 'kabar_app', 'MEMBER')").fetchone() == (True,)
        owner.execute("DROP ROLE kabar_test_app")


@pytest.mark.parametrize(
    ("label", "written", "understood"),
    [
        ("as people write it", "postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("as clouds write it", "postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("as it should be", "postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_addresses(label: str, written: str, understood: str) -> None:
    assert db.driver_url(written) == understood, label
