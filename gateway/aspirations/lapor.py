"""The exchange with SP4N-LAPOR: our tickets in its words, without a number of anyone; its tickets, and its numbers, into ours."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from gateway.aspirations import clocks, notices, store
from gateway.aspirations import lapor_rules as rules
from gateway.aspirations import lapor_store as written
from gateway.aspirations.follow import places
from gateway.aspirations.lapor_rules import COLUMNS, REQUIRED, Import, Judge, Link, Refusal
from gateway.aspirations.lapor_store import Scope
from gateway.aspirations.notices import Told
from gateway.aspirations.roles import EXPORT, IMPORT, SEE
from gateway.aspirations.rules import State
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kernel.codes import make_ticket, show_ticket
from gateway.kernel.errors import Forbidden, Invalid
from gateway.kernel.table import Result, read_rows, write_rows
from gateway.officials.rules import Official, Role
from gateway.outbox.service.post import wake_replies
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from gateway.runtime import Runtime

BLOCK: Final = 1000
"""Tickets a transaction, on the way out and in."""
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)
Row = dict[str, str | None]


def export(rt: Runtime, official: Official, since: date = _FIRST, until: date = _LAST) -> Iterator[Row]:
    """Tickets in the official's scope that were filed from `since` to `until` (a day, included), the oldest first.

    Read block by block, each in a transaction of its own: memory stays flat, and a slow reader holds none open. No
    row names a person or a number. Words are left out of confidential tickets, and for roles that read no tickets; an
    office reads what it holds. Raises Forbidden for other roles and Invalid for days in the wrong order, at once.
    """
    if official.role not in EXPORT:
        raise Forbidden("Your role may not export tickets.", reason="role")
    if until < since:
        raise Invalid("The first day must not be later than the last.")
    zone = rt.settings.timezone
    days = max(since, _FIRST), min(until, _LAST) + timedelta(days=1)
    begins, ends = (datetime.combine(day, time(), zone) for day in days)
    with rt.engine.begin() as conn:
        office = official.office if official.role is Role.OFFICE else None
        scope = Scope(places(rt, conn, official), office, begins, ends, rt.settings.gateway_demo)
        areas = reference.areas(rt, conn)
        audit.record(conn, rt.now(), official.actor, "export tickets", "aspirations", since=str(since), until=str(until),
                     channel=official.channel)  # fmt: skip
    return _exported(rt, scope, areas, with_words=official.role in SEE)


def _exported(rt: Runtime, scope: Scope, areas: AreaBook, *, with_words: bool) -> Iterator[Row]:
    names, after = _category_names(rt), 0
    while True:
        with rt.engine.begin() as conn:
            block = written.page(conn, scope, after, BLOCK)
            ids = [one.id for one in block if not one.is_confidential] if with_words else []
            answers = written.news(conn, ids) if ids else {}
        for one in block:
            shown = with_words and not one.is_confidential
            yield {
                "tiket_kabar": show_ticket(one.ticket),
                "nomor_lapor": one.lapor,
                "tanggal": one.created_at.astimezone(rt.settings.timezone).date().isoformat(),
                "klasifikasi": rules.KINDS[one.kind],
                "kategori": names.get(one.category or ""),
                "kelurahan": areas[one.area].name if one.area else None,
                "kode_wilayah": one.area,
                "instansi": one.office,
                "status": rules.STATES[one.state],
                "status_kabar": one.state.value,
                "tenggat": one.due.isoformat() if one.due else None,
                "rahasia": "ya" if one.is_confidential else "tidak",
                "isi": one.body if shown else None,
                "tindak_lanjut": answers.get(one.id) if shown else None,
            }
        if len(block) < BLOCK:
            return
        after = block[-1].id


def as_csv(rows: Iterator[Row]) -> Iterator[str]:
    """A line of column names, then one for each ticket."""
    yield write_rows([COLUMNS])
    while block := list(islice(rows, BLOCK)):
        yield write_rows(row.values() for row in block)


def as_json(rows: Iterator[Row]) -> Iterator[str]:
    """One object whose `items` are the tickets, with a null for what is not there."""
    yield '{"items": ['
    mark = ""
    while block := list(islice(rows, BLOCK)):
        yield mark + ",\n".join(json.dumps(row, ensure_ascii=False) for row in block)
        mark = ",\n"
    yield "]}\n"


def import_csv(rt: Runtime, official: Official, path: Path,
               progress: Callable[[int], None] | None = None) -> Iterator[Result]:  # fmt: skip
    """Import tickets of LAPOR from a CSV file in blocks, each in a transaction of its own; a result for every row.

    A row without `tiket_kabar` becomes a ticket, once for each number of LAPOR, routed by area and category where it names
    no office; nobody's name or number is kept. A row with one keeps LAPOR's number beside our ticket. What was imported
    stays as it stands here, however often it comes again. Raises Forbidden for all but admins of the city, Invalid where
    the file is no CSV with the columns of REQUIRED.
    """
    if official.role not in IMPORT or not official.is_over(None):
        raise Forbidden("Importing tickets is for an admin of the whole city.", reason="role")
    with rt.engine.begin() as conn:
        offices = reference_store.offices(conn)
        judge = Judge(reference.areas(rt, conn), offices, _category_names(rt), clocks.today(rt))
    numbered = enumerate(read_rows(path, REQUIRED), start=1)
    while block := list(islice(numbered, BLOCK)):
        with rt.engine.begin() as conn:
            found = _take(rt, conn, official, [(at, judge.judge(row)) for at, row in block])
        wake_replies(rt)
        yield from found
        if progress:
            progress(len(block))


def _take(rt: Runtime, conn: Connection, official: Official,
          judged: Sequence[tuple[int, Import | Link | Refusal | None]]) -> list[Result]:  # fmt: skip
    """The results of a block, in its order."""
    written.hold(conn)
    results: dict[int, Result] = {}
    new: dict[str, tuple[int, Import]] = {}
    links: dict[str, tuple[int, Link]] = {}
    numbers = [one.lapor for _, one in judged if isinstance(one, Import | Link)]
    known = written.known(conn, numbers)
    ours = {one.ticket: one for one in store.get_many(conn, [one.ticket for _, one in judged if isinstance(one, Link)])}
    for at, one in judged:
        if one is None:
            results[at] = Result(at, "unchanged", "", "LAPOR has no number for it yet")
        elif isinstance(one, Refusal):
            results[at] = Result(at, "refused", one.column, f"{one.column} {one.reason}")
        elif isinstance(one, Link):
            if said := _link_or_say(at, one, ours, known, links):
                results[at] = said
        elif one.lapor in known or one.lapor in new:
            ticket, state = known.get(one.lapor, ("", ""))
            said_of = f"it is ticket {show_ticket(ticket)}, {state} here" if ticket else "it stands in the file twice"
            results[at] = Result(at, "unchanged", "", said_of)
        else:
            new[one.lapor] = (at, one)
    _file(rt, conn, official, [one for _, one in new.values()])
    results |= {at: Result(at, "created") for at, _ in new.values()}
    _link(rt, conn, official, [link for _, link in links.values()], ours)
    results |= {at: Result(at, "linked") for at, _ in links.values()}
    return [results[at] for at, _ in judged]


def _link_or_say(at: int, link: Link, ours: dict[str, Aspiration], known: dict[str, tuple[str, str]],
                 links: dict[str, tuple[int, Link]]) -> Result | None:  # fmt: skip
    """Put a link among those to make, or say why it is none."""
    one = ours.get(link.ticket)
    if one is None:
        return Result(at, "refused", "tiket_kabar", "tiket_kabar names no ticket here")
    if one.lapor == link.lapor:
        return Result(at, "unchanged")
    others = known.get(link.lapor, ("",))[0] or next(
        (k for k, (_, other) in links.items() if other.lapor == link.lapor), ""
    )
    if one.lapor or others or link.ticket in links:
        said = (
            f"nomor_lapor is that of ticket {show_ticket(others)}"
            if others
            else "nomor_lapor differs from the one on record"
        )
        return Result(at, "refused", "nomor_lapor", said)
    links[link.ticket] = (at, link)
    return None


def _file(rt: Runtime, conn: Connection, official: Official, new: Sequence[Import]) -> None:
    waiting = {one.lapor: (_routed(rt, conn, one), clocks.start(rt, conn, one.clock, one.day)) for one in new}
    while waiting:
        filed = written.file(conn, {make_ticket(rt.below): one for one in waiting.values()}, official.actor, rt.now())
        audit.record_many(
            conn, rt.now(), official.actor, "import", [(f"ticket:{ticket}", None) for ticket in filed.values()]
        )
        waiting = {lapor: one for lapor, one in waiting.items() if lapor not in filed}


def _routed(rt: Runtime, conn: Connection, one: Import) -> Import:
    if not one.is_at_office:
        return replace(one, office="")
    return replace(one, office=one.office or reference.route(rt, conn, one.area, one.category))


def _link(
    rt: Runtime, conn: Connection, official: Official, links: Sequence[Link], ours: dict[str, Aspiration]
) -> None:
    """Keep the numbers; whoever was told that their ticket is not the city's reads the number it has there."""
    if not links:
        return
    kept = written.link(conn, links)
    made = [(one, ours[one.ticket]) for one in links if one.lapor in kept]
    audit.record_many(
        conn, rt.now(), official.actor, "link", [(f"ticket:{one.ticket}", one.number_id) for _, one in made]
    )
    told = [(one, _spoken(link.lapor)) for link, one in made if one.state is State.DECLINED]
    notices.post(rt, conn, [
        Told((one.number_id,), "told.referred", {"ticket": show_ticket(one.ticket), "reference": number}, f"lapor:{one.id}")
        for one, number in told
    ])  # fmt: skip


def _spoken(number: str) -> str:
    """Digits in threes, which no operator takes for a one-time password; other numbers as they are."""
    return "-".join(number[at : at + 3] for at in range(0, len(number), 3)) if number.isdecimal() else number


def _category_names(rt: Runtime) -> dict[str, str]:
    return {code: rt.say(f"category.{code}", {}, "id") for code in reference_store.CATEGORIES}
