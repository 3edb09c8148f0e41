"""The SQL of a ticket's deadlines: what is due, who was silent too long, and deadlines counted anew; always in sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.aspirations.rules import Step
from gateway.aspirations.store import COLUMNS, Aspiration, read_row
from gateway.db import Connection, statement

_STEP = f"""
    CASE WHEN due <= :very_late THEN {Step.VERY_LATE.value} WHEN due <= :late THEN {Step.LATE.value}
         WHEN due = :today THEN {Step.ON.value} WHEN due > :today THEN {Step.BEFORE.value} ELSE 0 END
"""
# Rows are held, and passed over by another clock; what was said once for this deadline is not said again.
_REMIND = statement(f"""
    UPDATE aspirations a SET reminded = d.step,
        escalated_at = CASE WHEN d.step >= {Step.LATE.value} THEN :now ELSE a.escalated_at END
    FROM (SELECT id, {_STEP} AS step, reminded AS before FROM aspirations
          WHERE due <= :soon AND reminded < {Step.VERY_LATE.value} AND reminded < {_STEP}
          ORDER BY due LIMIT :most FOR UPDATE SKIP LOCKED) AS d
    WHERE a.id = d.id
    RETURNING a.id, d.step, d.before
""")
_LAPSE = statement(f"""
    UPDATE aspirations a SET state = CASE a.state WHEN 'needs_info' THEN 'archived' ELSE 'closed_automatically' END,
        waits_until = NULL, changed_at = :now
    FROM (SELECT id AS held FROM aspirations WHERE waits_until <= :now AND state IN ('needs_info', 'answered')
          ORDER BY waits_until LIMIT :most FOR UPDATE SKIP LOCKED) AS silent
    WHERE a.id = silent.held
    RETURNING {COLUMNS}
""")
_PASS_LIMIT = statement(f"""
    UPDATE aspirations a SET limit_at = :now, escalated_at = :now
    FROM (SELECT id AS held FROM aspirations
          WHERE created_at <= :before AND limit_at IS NULL AND state IN
              ('received', 'verifying', 'needs_info', 'forwarded', 'local', 'in_progress', 'reopened')
          ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED) AS old
    WHERE a.id = old.held
    RETURNING {COLUMNS}
""")
# One number wakes people once an hour: whoever writes "kebakaran" all night is heard, and fills no one's inbox.
_ALARM = statement(f"""
    WITH new AS (
        SELECT id AS held, row_number() OVER (PARTITION BY number_id ORDER BY id) = 1
            AND NOT EXISTS (SELECT 1 FROM aspirations o WHERE o.number_id = e.number_id AND o.alarmed_at > :lately) AS wakes
        FROM aspirations e WHERE id IN (SELECT id FROM aspirations WHERE is_emergency AND alarmed_at IS NULL
                                        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)),
    marked AS (UPDATE aspirations a SET alarmed_at = :now FROM new WHERE a.id = new.held)
    SELECT {COLUMNS} FROM aspirations JOIN new ON id = held WHERE wakes ORDER BY id
""")
_EVENTS = statement("""
    INSERT INTO aspiration_events (aspiration_id, cause, at, by, verb, body)
    SELECT aspiration_id, cause, :now, 'clock', verb, body
    FROM unnest(CAST(:ids AS bigint[]), CAST(:causes AS text[]), CAST(:verbs AS text[]), CAST(:bodies AS text[]))
         AS e(aspiration_id, cause, verb, body)
    ON CONFLICT DO NOTHING RETURNING aspiration_id, id
""")
_RUNNING = statement("""
    SELECT DISTINCT clock_from, clock_days, due FROM aspirations WHERE due >= :today AND clock IS NOT NULL
""")
_RECOUNT = statement("""
    UPDATE aspirations a SET due = n.due, is_due_provisional = n.is_provisional,
        reminded = CASE WHEN n.due > a.due THEN 0 ELSE a.reminded END
    FROM unnest(CAST(:starts AS date[]), CAST(:days AS smallint[]), CAST(:befores AS date[]), CAST(:dues AS date[]),
                CAST(:provisional AS boolean[])) AS n(start, days, before, due, is_provisional)
    WHERE a.clock_from = n.start AND a.clock_days = n.days AND a.due = n.before AND a.clock IS NOT NULL
      AND (a.due < n.due OR a.is_due_provisional <> n.is_provisional)
""")


@dataclass(frozen=True, slots=True)
class Event:
    """Something the clock did to a ticket; `cause` makes it unique for ever."""

    aspiration_id: int
    cause: str
    verb: str
    body: str | None = None


def remind(conn: Connection, now: datetime, today: date, soon: date, late: date, very_late: date,
           most: int) -> list[tuple[int, Step, Step | None]]:  # fmt: skip
    """Tickets whose deadline has come nearer or passed: id, the step reached, and the one before, None for none.

    soon: the last day whose deadlines are near; late, very_late: the last days whose deadlines are that far behind.
    """
    values = {"now": now, "today": today, "soon": soon, "late": late, "very_late": very_late, "most": most}
    return [(id, Step(step), Step(before) if before else None) for id, step, before in conn.execute(_REMIND, values)]


def lapse(conn: Connection, now: datetime, most: int) -> list[Aspiration]:
    """Archive or close the tickets whose people were silent too long; as they are now."""
    return [read_row(row) for row in conn.execute(_LAPSE, {"now": now, "most": most})]


def pass_limit(conn: Connection, now: datetime, before: datetime, most: int) -> list[Aspiration]:
    """Mark the tickets that were filed up to `before` and that somebody still works on."""
    return [read_row(row) for row in conn.execute(_PASS_LIMIT, {"now": now, "before": before, "most": most})]


def alarm(conn: Connection, now: datetime, lately: datetime, most: int) -> list[Aspiration]:
    """Mark the emergencies of which no official was told yet, and give those whose number woke nobody since `lately`."""
    return [read_row(row) for row in conn.execute(_ALARM, {"now": now, "lately": lately, "most": most})]


def add_events(conn: Connection, now: datetime, events: Sequence[Event]) -> dict[int, int]:
    """Add to the histories of many tickets; ids of the events that are new, by ticket."""
    columns = {
        "ids": [one.aspiration_id for one in events],
        "causes": [one.cause for one in events],
        "verbs": [one.verb for one in events],
        "bodies": [one.body for one in events],
    }
    return {row.aspiration_id: row.id for row in conn.execute(_EVENTS, {**columns, "now": now})}


def running(conn: Connection, today: date) -> list[tuple[date, int, date]]:
    """Deadlines that are not over: the day the clock began, its working days, and the day it runs out; each once."""
    return [tuple(row) for row in conn.execute(_RUNNING, {"today": today})]


def recount(conn: Connection, counted: Sequence[tuple[date, int, date, date, bool]]) -> int:
    """Move running deadlines: start, working days, due before, due now, whether provisional. How many tickets changed."""
    names = ("starts", "days", "befores", "dues", "provisional")
    values = {name: [one[at] for one in counted] for at, name in enumerate(names)}
    return conn.execute(_RECOUNT, values).rowcount
