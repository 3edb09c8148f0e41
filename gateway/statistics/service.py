"""Public figures as anyone may read them: worked out once, hidden where few people stand behind them, kept for a while."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.db import Connection, transaction
from gateway.kernel.areas import Area
from gateway.kernel.errors import Invalid
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.statistics import rules, store
from gateway.statistics.rules import Figures, Month

CITY: Final = "33.75"
_KEPT: Final = 600.0
HEADER: Final = ("month", "area", "name", "level", *rules.MEASURES, "median_working_days")
RUMOUR_HEADER: Final = ("month", "measure", "count")


@dataclass(frozen=True, slots=True)
class Report:
    """A month of the whole city. areas: in the order of their codes, the city first; rumours: None where hidden."""

    month: Month
    areas: Sequence[Figures]
    rumours: dict[str, int | None]

    def of(self, code: str) -> Figures:
        """One area's figures. Raises KeyError."""
        return next(one for one in self.areas if one.area == code)


def month_of(rt: Runtime, written: str = "") -> Month:
    """The month that is asked for, the newest that is over for "". Raises Invalid."""
    return rules.read_month(written, rt.now(), rt.settings.timezone)


def report(rt: Runtime, month: Month, within: Connection | None = None) -> Report:
    """What may be shown of a month. Kept in this process for ten minutes: anyone may ask, and as often as they like."""

    def work_out() -> Report:
        span = _span(rt, month)
        with transaction(rt.engine, within) as conn:
            found = store.tickets(conn, span, CITY, rt.settings.casework_days["done"])
            rumours = store.rumours(conn, span)
        return Report(month, _figures(_tree(rt, within), found), rules.show_rumours(rumours))

    return rt.remember(f"statistics:{month}", _KEPT, work_out)


def areas_of(rt: Runtime, month: Month, area: str = "") -> list[Figures]:
    """An area's figures and those of all below it; the whole city's for "". Raises Invalid for no area of the city."""
    shown = report(rt, month).areas
    if not area:
        return list(shown)
    found = [one for one in shown if one.area == area or one.area.startswith(f"{area}.")]
    if not found:
        raise Invalid("area must be the code of the city or of an area in it, such as 33.75.01.1006.")
    return found


def lapor(rt: Runtime, month: Month) -> list[tuple[str, str, int | None]]:
    """Reports filed in a month by kind and state of today, in SP4N-LAPOR's words: kind, state, count (None: hidden)."""
    with rt.engine.begin() as conn:
        return rules.show_lapor(store.states(conn, _span(rt, month)))


def as_json(report: Report, areas: Sequence[Figures]) -> dict[str, Any]:
    """What the API answers; a hidden count is null."""
    shown = [
        {"area": one.area, "name": one.name, "level": one.level, **one.counts, "median_working_days": one.median_days}
        for one in areas
    ]
    return {"month": str(report.month), "smallest": rules.SMALLEST, "areas": shown, "rumours": report.rumours}


def as_csv(month: Month, areas: Sequence[Figures]) -> str:
    """A line for each area, hidden counts empty."""
    lines = [[month, one.area, one.name, one.level, *one.counts.values(), one.median_days] for one in areas]
    return write_csv(HEADER, lines)


def write_csv(header: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Lines as CSV; None is empty."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(lines)
    return written.getvalue()


def _span(rt: Runtime, month: Month) -> store.Span:
    zone = rt.settings.timezone
    return store.Span(*month.bounds(zone), zone.key, rt.settings.gateway_demo)


def _tree(rt: Runtime, conn: Connection | None) -> list[Area]:
    """The city and every area in it, in the order of their codes."""
    book = reference.areas(rt, conn)
    return sorted(
        (one for one in book if one.code == CITY or one.code.startswith(f"{CITY}.")), key=lambda one: one.code
    )


def _figures(areas: Sequence[Area], found: Sequence[tuple[str, str, int, float | None]]) -> list[Figures]:
    parents = {area.code: area.parent if area.code != CITY else "" for area in areas}
    counts: dict[str, dict[str, int]] = {name: {} for name in rules.MEASURES}
    medians: dict[str, float | None] = {}
    for code, what, n, median in found:
        if what == "median":
            medians[code] = median
        else:
            counts[what][code] = n
    hidden = {name: rules.hide(parents, counts[name]) for name in rules.MEASURES}
    shown: list[Figures] = []
    for area in areas:
        cells = {name: None if area.code in hidden[name] else counts[name].get(area.code, 0) for name in rules.MEASURES}
        has_answers = cells["answered_on_time"] is not None or cells["answered_late"] is not None
        median = medians.get(area.code) if has_answers else None
        shown.append(Figures(area.code, area.name, area.level, cells, median))
    return shown
