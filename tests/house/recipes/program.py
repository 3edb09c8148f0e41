"""The recipes of a setting, a job, an API call and a table, followed."""

import re

from config.settings import CHECKOUT
from tests.house.recipes.tree import LINT, Recipe, Step, after, before, end, suite, swap

SETTINGS = suite("tests/house/test_tables.py", "-k", "setting")
EXAMPLE = suite("tests/config/test_settings.py")
JOBS = suite("tests/house/test_tables.py", "tests/workers/test_jobs.py", "-k", "job or queue")
DOCUMENT = suite("tests/web/test_openapi.py", "-k", "every_route")
ACCESS = suite("tests/web/test_app.py", "-k", "every_route")
CALLS = suite("tests/house/test_tables.py", "-k", "module_of_the_api")
OWNED = suite("tests/house/test_tables.py", "-k", "every_table_that_holds_people")
OWNERS = suite("tests/house/test_tables.py", "-k", "every_forget or erasing or way_to_tell")
RIGHTS = suite("tests/house/test_tables.py", "-k", "rights and information")
WAY_BACK = suite("tests/migrations/test_migrate.py", "-k", "forward_back")

SETTING = Recipe(
    "Add a setting",
    (
        Step(
            "its field",
            "config/settings.py",
            before("\n    quiet_hours:", "    feather_days: Annotated[int, _whole(1, 99)] = 12\n"),
            SETTINGS,
            "config/settings.py has no field for FEATHER_DAYS",
        ),
        Step(
            "its row",
            "README.md",
            before("| `QUIET_HOURS`", "| `FEATHER_DAYS` | 12 | days that feathers are kept |\n"),
            SETTINGS,
            "README.md has no row for FEATHER_DAYS",
        ),
        Step(
            "its line",
            ".env.example",
            end("\n#FEATHER_DAYS=12\n"),
            SETTINGS,
            ".env.example has no line for FEATHER_DAYS",
            wrong=(
                (
                    "another default in the example",
                    end("\n#FEATHER_DAYS=13\n"),
                    EXAMPLE,
                    "test_the_example_shows_every_setting_and_its_default",
                ),
            ),
        ),
    ),
    opens=(suite("tests/house/test_tables.py", "tests/config/test_settings.py", "-k", "setting"), LINT),
)

FUNCTION = '''

def count_feathers(id: int) -> None:
    """Count the feathers of a broadcast."""
    with tools() as rt:
        start(rt, id)
'''
LINE = '    "count_feathers": Job("workers.jobs.count_feathers", "{queue}"),\n'
LISTED = 'JOBS = {\n    "work_urgent"'


def queued(on: str) -> str:
    """The table of jobs with a line for the new one."""
    return LISTED.replace("{\n", "{\n" + LINE.format(queue=on))


JOB = Recipe(
    "Add a job",
    (
        Step(
            "its function",
            "workers/jobs.py",
            end(FUNCTION),
            JOBS,
            "workers.jobs has no function count_feathers",
            wrong=(
                (
                    "a function that takes more than an id",
                    end(FUNCTION.replace("id: int", "id: int, text: str")),
                    JOBS,
                    "test_every_job_is_a_function_that_takes_what_is_enqueued[count_feathers]",
                ),
            ),
        ),
        Step(
            "its line",
            "gateway/state/queue.py",
            swap(LISTED, queued("bulk")),
            JOBS,
            "JOBS in gateway/state/queue.py does not list workers.jobs.count_feathers",
            wrong=(
                (
                    "a queue that nobody works",
                    swap(LISTED, queued("feathers")),
                    JOBS,
                    "the Procfile has no worker of feathers",
                ),
            ),
        ),
    ),
    opens=(JOBS, LINT),
)

VIEWS = '''"""API calls on feathers."""

from typing import Any

from gateway.web.api.answers import Feathers
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("GET", "/feathers/{id}", "Count the feathers of a broadcast", Feathers)
def look(ask: Ask, id: int) -> dict[str, Any]:
    return {"feathers": id}
'''
MODEL = '''

class Feathers(Answer):
    """How many there are."""

    feathers: int
'''
JOINED = "    for call in CALLS:\n        app.add_url_rule("
PAST_THE_TABLE = '    app.add_url_rule(PREFIX + "/feathers", view_func={view}, endpoint="feathers")\n'


def joined(text: str) -> str:
    """CALLS with those of the new module."""
    text = re.sub(
        r"(?<=from gateway\.web\.api import )(.+)",
        lambda now: ", ".join(sorted([*now[1].split(", "), "feathers"])),
        text,
    )
    # Each of the tables stands on a line of its own, or all on one.
    opened = re.search(r"tuple\[Call, \.\.\.\]\] = \((\s*)", text)
    assert opened
    return swap(opened[0], f"{opened[0]}*feathers.table,{opened[1] or ' '}")(text)


def served_past(view: str) -> str:
    """What serves a route that is not in the table."""
    return PAST_THE_TABLE.replace("{view}", view)


CALL = Recipe(
    "Add an API call",
    (
        Step("its view", "gateway/web/api/feathers.py", lambda _: VIEWS, CALLS, "cannot import name 'feathers'"),
        Step("its answer", "gateway/web/api/answers.py", end(MODEL), CALLS, "cannot import name 'Feathers'"),
        Step(
            "its place in CALLS",
            "gateway/web/api/__init__.py",
            joined,
            CALLS,
            "CALLS in gateway/web/api/__init__.py does not hold gateway.web.api.feathers",
            wrong=(
                (
                    "a route past the table",
                    lambda text: before(JOINED, served_past("access('public')(lambda: 'x')"))(joined(text)),
                    DOCUMENT,
                    "/api/v1/feathers",
                ),
                (
                    "a route without declared access",
                    lambda text: before(JOINED, served_past("lambda: 'x'"))(joined(text)),
                    ACCESS,
                    "declares no access",
                ),
            ),
        ),
    ),
    opens=(suite("tests/web/test_openapi.py", "tests/web/test_app.py", "-k", "every_route or valid"), CALLS, LINT),
)

VERSIONS = "gateway/migrations/versions"
LATEST = max(path.name for path in (CHECKOUT / VERSIONS).glob("[0-9]*.py"))[:4]
NEXT = f"{int(LATEST) + 1:04d}"
GRANT = "    GRANT SELECT, INSERT, DELETE ON feathers TO kabar_app;\n"
BACK = 'op.execute("DROP TABLE feathers")'
MIGRATION = f'''"""Feathers that people found."""

from alembic import op

revision = "{NEXT}"
down_revision = "{LATEST}"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE feathers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        at timestamptz NOT NULL
    );
    CREATE INDEX feathers_number ON feathers (number_id);

{GRANT}    """)


def downgrade() -> None:
    {BACK}
'''
STATEMENTS = '''

_FORGET_FEATHERS = statement("DELETE FROM feathers WHERE number_id = :number_id")
_ABOUT_FEATHERS = statement("SELECT at FROM feathers WHERE number_id = :number_id ORDER BY at")


def forget(conn: Connection, number_id: int) -> None:
    """Drop what a person found."""
    conn.execute(_FORGET_FEATHERS, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What this person found, oldest first."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT_FEATHERS, {"number_id": number_id})]
'''


def erased(text: str) -> str:
    """The owners that erasing reaches, with the new one."""
    text = before("from gateway.numbers import", "from gateway.information import store as information\n")(text)
    return swap("OWNERS = (\n    questions,", "OWNERS = (\n    information, questions,")(text)


TABLE = Recipe(
    "Add a table",
    (
        Step(
            "its migration",
            f"{VERSIONS}/{NEXT}_feathers.py",
            lambda _: MIGRATION,
            OWNED,
            "no migration makes a table with people feathers",
            wrong=(
                (
                    "no rights for the application",
                    lambda _: MIGRATION.replace(GRANT, ""),
                    RIGHTS,
                    "permission denied for table feathers",
                ),
                ("no way back", lambda _: MIGRATION.replace(BACK, "pass"), WAY_BACK, "feathers"),
            ),
        ),
        Step(
            "its statements",
            "gateway/information/store.py",
            end(STATEMENTS),
            OWNERS,
            "gateway.information.store has no forget",
        ),
        Step(
            "its owner",
            "tests/house/test_tables.py",
            after("\nOWNERS = {\n", '    "feathers": "gateway.information.store",\n'),
            OWNED,
            "OWNERS in tests/house/test_tables.py does not list feathers",
        ),
        Step(
            "its owner among those that erasing reaches",
            "gateway/privacy/service.py",
            erased,
            OWNERS,
            "OWNERS in gateway/privacy/service.py does not list gateway.information.store",
        ),
    ),
    opens=(
        suite("tests/house/test_tables.py", "-k", "people or forget or erasing or (rights and information)"),
        WAY_BACK,
        LINT,
    ),
)

PROGRAM = (SETTING, JOB, CALL, TABLE)
