"""The tables of relay tasks and of what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement

_ADD = statement("""
    INSERT INTO relay_tasks (code, area, script, wanted, author_id, created_at)
    SELECT :code, area, :script, :wanted, :author_id, :now FROM unnest(CAST(:areas AS text[])) AS area
    ON CONFLICT (code, area) DO NOTHING RETURNING area
""")
_OF = statement("""
    SELECT t.id, t.code, t.area, t.script, t.wanted, coalesce(max(r.reached), 0) AS reached, count(r.official_id) AS reports,
           max(r.at) AS at
    FROM relay_tasks t LEFT JOIN relay_reports r ON r.task_id = t.id
    WHERE t.code = :code AND (t.area = :area OR starts_with(t.area, :area || '.'))
    GROUP BY t.id ORDER BY t.area
""")
# Two board members of one kelurahan may have read in the same RT, so the larger count stands, not the sum.
_REPORT = statement("""
    INSERT INTO relay_reports (task_id, official_id, reached, at) VALUES (:task_id, :official_id, :reached, :now)
    ON CONFLICT (task_id, official_id) DO UPDATE SET reached = excluded.reached, at = excluded.at
""")


@dataclass(frozen=True, slots=True)
class Task:
    """One kelurahan's task. wanted: in how many RT, where that was said; reached: in how many it was; at: the last report."""

    id: int
    code: str
    area: str
    script: str
    wanted: int | None
    reached: int
    reports: int
    at: datetime | None


def add(
    conn: Connection, code: str, areas: Sequence[str], script: str, wanted: int | None, author_id: int, now: datetime
) -> list[str]:
    """Write a task for each area that has none for this code yet; those areas."""
    values = {
        "code": code,
        "areas": list(areas),
        "script": script,
        "wanted": wanted,
        "author_id": author_id,
        "now": now,
    }
    return list(conn.execute(_ADD, values).scalars())


def of(conn: Connection, code: str, area: str) -> list[Task]:
    """The tasks for a code in an area and what lies in it."""
    return [Task(*row) for row in conn.execute(_OF, {"code": code, "area": area})]


def report(conn: Connection, task_id: int, official_id: int, reached: int, now: datetime) -> None:
    """Keep in how many RT an official has read it; a later count takes the place of an earlier one."""
    conn.execute(_REPORT, {"task_id": task_id, "official_id": official_id, "reached": reached, "now": now})
