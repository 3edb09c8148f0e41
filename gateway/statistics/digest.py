"""The week by SMS to whoever serves an area: its KIM, else its lurah, else the city; Mondays at half past eight, once."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.aspirations.rules import SETTLED, State
from gateway.audit import store as audit
from gateway.broadcasts.service import words
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kim import rules as kim_rules
from gateway.kim import service as kim
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.outbox.service.post import wake_replies
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.statistics import digest_store as store
from gateway.statistics.service import CITY

AT: Final = time(8, 30)
_MONDAY: Final = 0
_WEEK: Final = timedelta(days=7)
_CLAIMS: Final = 3
_OVER: Final = (*SETTLED, State.ANSWERED)
"""What nobody in the city has to do anything about: an answered report waits for its resident."""


def week_due(now: datetime, zone: ZoneInfo) -> date | None:
    """The Monday whose digest is due at a moment: from half past eight until that day ends."""
    local = now.astimezone(zone)
    is_due = local.weekday() == _MONDAY and local.time() >= AT
    return local.date() if is_due else None


def tick(rt: Runtime) -> int:
    """Write to everyone who was not written to this week; how many that were. Quiet hours hold a message back.

    The row that says so and the message are one transaction, so a crash costs neither and doubles none.
    """
    now = rt.now()
    week = week_due(now, rt.settings.timezone)
    if week is None:
        return 0
    book = reference.areas(rt)
    with rt.engine.begin() as conn:
        scopes = readers(rt, conn, week)
        if scopes.keys() <= store.written(conn, week):
            return 0
        told = store.claim(conn, scopes, week, now)
        _write(rt, conn, book, week, {id: scopes[id] for id in told})
    wake_replies(rt)
    return len(told)


def readers(rt: Runtime, conn: Connection, day: date) -> dict[int, set[str]]:
    """Which officials are written to about which areas. The city's desk reads of the whole city, and of no part apart."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for code, by in kim.serving(rt, conn, day).items():
        for id in by.official_ids:
            found[id].add(code)
    for id in kim_rules.city_desk(officials.active(conn)):
        found[id] = {CITY}
    return dict(found)


def _write(rt: Runtime, conn: Connection, book: AreaBook, week: date, scopes: dict[int, set[str]]) -> None:
    since = datetime.combine(week, AT, rt.settings.timezone) - _WEEK
    counts = store.reports(conn, CITY, _OVER, week, since)
    claims = ", ".join(f"C{number} ({people})" for number, people in store.claims(conn, since, _CLAIMS))
    for official in officials.active(conn):
        if official.id not in scopes:
            continue
        codes = scopes[official.id]
        name = book[next(iter(codes))].name if len(codes) == 1 else f"{len(codes)} kelurahan"
        figures = (sum(counts.get(code, (0, 0, 0))[at] for code in codes) for at in range(3))
        slots = dict(zip(("open", "overdue", "solved"), map(words.show_count, figures), strict=True))
        language = words.language_of(rt, conn, numbers.get(conn, official.number_id))
        body = rt.say("order.digest", {**slots, "place_name": name, "claims": claims or "-"}, language)
        words.write_to(rt, conn, official, body, f"digest:{week}:{official.id}", language, at_once=False)
    audit.record(conn, rt.now(), "clock", "write digest", f"week:{week}", officials=len(scopes))
