"""Register many: from the API, and from a CSV file of any length with a report for each row that could not be taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.kernel.errors import Forbidden, Invalid
from gateway.kernel.table import Result, read_rows
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import LANE_OF, Class, choose_route
from gateway.outbox.service.post import quiet
from gateway.outbox.store import messages
from gateway.questions import store as questions
from gateway.reference import service as reference
from gateway.residents import store
from gateway.residents.rules import Judge, Refusal, Registration
from gateway.runtime import Runtime
from gateway.state import queue

REGISTRARS = (Role.ADMIN, Role.KIM, Role.LURAH)
MOST = 1000
ANSWER_WITHIN = timedelta(hours=72)
_BLOCK = 5000
COLUMNS = ("phone", "area", "language", "name", "rt", "rw", "topics", "groups", "consent_how", "consent_when")
_REQUIRED = ("phone", "area", "consent_how", "consent_when")


def register(rt: Runtime, official: Official, rows: Sequence[Mapping[str, Any]]) -> list[Result]:
    """Register up to 1,000 people for the API. Raises Forbidden for other roles, Invalid for too many or none."""
    if official.role not in REGISTRARS:
        raise Forbidden("Registering residents is for admin, KIM and lurah.")
    if not 0 < len(rows) <= MOST:
        raise Invalid(f"Send between 1 and {MOST} residents in one call.")
    judge = _judge(rt)
    return _write(rt, judge, list(enumerate(rows, start=1)), official.actor, official)


def import_csv(
    rt: Runtime,
    path: Path,
    *,
    by: str = "operator",
    is_demo: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Result]:
    """Import a CSV file in blocks of 5,000 rows, each in a transaction of its own, yielding a result for every row.

    Memory stays flat. The file may be imported again: rows that are there are updated. Columns are parted by commas, or
    by semicolons as spreadsheets here write them. Raises Invalid where the file is no CSV with the columns
    `phone, area, consent_how, consent_when` at least. `progress` is told of rows done.
    """
    judge = _judge(rt)
    numbered = enumerate(read_rows(path, _REQUIRED), start=1)
    while block := list(islice(numbered, _BLOCK)):
        rows = [(at, _with_consent(row)) for at, row in block]
        yield from _write(rt, judge, rows, by, None, is_demo=is_demo)
        if progress:
            progress(len(block))


def _with_consent(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "consent": {"how": row.get("consent_how"), "when": row.get("consent_when")}}


def _judge(rt: Runtime) -> Judge:
    return Judge(reference.areas(rt), rt.settings.languages, rt.settings.region, rt.now())


def _write(
    rt: Runtime,
    judge: Judge,
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    by: str,
    official: Official | None,
    *,
    is_demo: bool = False,
) -> list[Result]:
    results: list[Result] = []
    taken: list[tuple[int, Registration]] = []
    for at, row in rows:
        judged = judge.judge(row, at)
        if isinstance(judged, Registration) and official and not official.is_over(judged.area):
            judged = Refusal("area", "lies outside your own area")
        if isinstance(judged, Refusal):
            results.append(Result(at, "refused", judged.column, f"{judged.column} {judged.reason}"))
        else:
            taken.append((at, judged))
    if taken:
        with rt.engine.begin() as conn:
            ids = numbers.ensure_many(conn, rt.vault, [person.number for _, person in taken], is_demo=is_demo)
            people = [(ids[person.number], person) for _, person in taken]
            states = store.register_many(conn, people, by, rt.now(), is_demo=is_demo)
            is_asked = _ask(rt, conn, [(id, person) for id, person in people if states[id][0] == "pending"])
            audit.record(conn, rt.now(), by, "register residents", "residents", count=len(people))
        if is_asked:
            queue.wake(rt.redis, "reply")
        for at, person in taken:
            state, is_new = states[ids[person.number]]
            if state == "stopped":
                results.append(Result(at, "updated", "", "stopped: stays so until the person sends DAFTAR"))
            else:
                results.append(Result(at, "pending" if state == "pending" else "created" if is_new else "updated"))
    return sorted(results, key=lambda result: result.row)


def _ask(rt: Runtime, conn: Connection, people: Sequence[tuple[int, Registration]]) -> bool:
    """Ask each for the YA that makes them active: one SMS, and a question that waits for the answer.

    Who was asked already and may still answer is left in peace, however often the list is imported. False where nobody
    was left to ask.
    """
    now = rt.now()
    asked_before = questions.waiting(conn, [id for id, _ in people], "join", now) if people else set()
    people = [(id, person) for id, person in people if id not in asked_before]
    if not people:
        return False
    asked = [(id, "", {"area": person.area, "language": person.language}) for id, person in people]
    questions.ask_many(conn, asked, "join", now, now + ANSWER_WITHIN, instead_of=["join"])
    areas = reference.areas(rt, conn)
    singles = [
        messages.Single(
            cause=f"join:{id}:{now:%Y%m%d}",
            number_id=id,
            body=rt.say("sms.join_ask", {"area_name": areas[person.area].name}, person.language),
            lane=LANE_OF[Class.REPLY],
            message_class=Class.REPLY,
            route=choose_route(rt.settings.sms_routes, person.number),
            language=person.language,
            at=now,
            wants_answer=True,
            not_before=quiet_until(now, quiet(rt)),
            expires_at=now + ANSWER_WITHIN,
        )
        for id, person in people
    ]
    messages.add_many(conn, [single for single in singles if single.route])
    return True
