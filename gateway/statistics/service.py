"""Public figures as anyone may read them: worked out once, hidden where few people stand behind them, kept for a while."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.db import Connection, transaction
from gateway.kernel.areas import Area
from gateway.kernel.errors import Invalid
from gateway.kernel.hiding import SMALLEST
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from gateway.runtime import Runtime
from gateway.statistics import rules, store
from gateway.statistics.rules import Figures, Month

CITY: Final = "33.75"
_KEPT: Final = 600.0
NOT_AN_OFFICE: Final = "KIM, lurah, desk"
"""What stands for reports that no office held."""
HEADER: Final = ("month", "area", "name", "level", *rules.MEASURES, "median_working_days", "gap_percent")
OFFICE_HEADER: Final = ("month", "office", "name", *rules.OFFICE_MEASURES, "median_working_days", "gap_percent")


@dataclass(frozen=True, slots=True)
class Report:
    """A month of the whole city. areas, offices: in the order of their codes, the city first, and last what no office held;
    rumours: None where hidden.
    """

    month: Month
    areas: Sequence[Figures]
    offices: Sequence[Figures]
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
            within_days = rt.settings.casework_days["done"]
            found = store.by_area(conn, span, CITY, within_days)
            held = store.by_office(conn, span, within_days)
            offices = reference_store.offices(conn)
            rumours = store.rumours(conn, span)
        return Report(
            month, _figures(_tree(rt, within), found), _of_offices(offices, held), rules.show_rumours(rumours)
        )

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
    shown = [{"area": one.area, "name": one.name, "level": one.level, **_cells(one)} for one in areas]
    offices = [{"office": one.area, "name": one.name, **_cells(one)} for one in report.offices]
    return {"month": str(report.month), "smallest": SMALLEST, "areas": shown, "offices": offices,
            "rumours": report.rumours}  # fmt: skip


def as_csv(month: Month, areas: Sequence[Figures]) -> str:
    """A line for each area, hidden counts empty."""
    return write_csv(HEADER, [[month, one.area, one.name, one.level, *_cells(one).values()] for one in areas])


def offices_as_csv(report: Report) -> str:
    """A line for each office, hidden counts empty."""
    lines = [[report.month, one.area, one.name, *_cells(one).values()] for one in report.offices]
    return write_csv(OFFICE_HEADER, lines)


def _cells(one: Figures) -> dict[str, float | None]:
    return {**one.counts, "median_working_days": one.median_days, "gap_percent": one.gap_percent}


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


def _figures(areas: Sequence[Area], found: store.Counts) -> list[Figures]:
    parents = {area.code: area.parent if area.code != CITY else "" for area in areas}
    counts, medians = _sorted(found)
    hidden = {name: rules.hide(parents, counts[name]) for name in rules.MEASURES}
    return [_show(area.code, area.name, area.level, counts, hidden, medians) for area in areas]


def _of_offices(offices: Mapping[str, str], found: store.Counts) -> list[Figures]:
    """Of each office, the closed ones among them that did something then, and of what none held."""
    counts, medians = _sorted(found)
    codes = sorted({*offices, *(code for code, *_ in found)} - {rules.ELSEWHERE})
    hidden = rules.hide_offices(codes, counts)
    shown = [(code, offices.get(code, code)) for code in codes] + [(rules.ELSEWHERE, NOT_AN_OFFICE)]
    return [_show(code, name, "office", counts, hidden, medians) for code, name in shown]


def _sorted(found: store.Counts) -> tuple[dict[str, dict[str, int]], dict[str, float | None]]:
    """Counts by measure and code, and medians by code."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    medians: dict[str, float | None] = {}
    for code, what, n, median in found:
        if what == "median":
            medians[code] = median
        else:
            counts[what][code] = n
    return counts, medians


def _show(code: str, name: str, level: str, counts: Mapping[str, Mapping[str, int]], hidden: Mapping[str, set[str]],
          medians: Mapping[str, float | None]) -> Figures:  # fmt: skip
    cells = {what: None if code in hiding else counts[what].get(code, 0) for what, hiding in hidden.items()}
    has_answers = cells["answered_on_time"] is not None or cells["answered_late"] is not None
    return Figures(code, name, level, cells, medians.get(code) if has_answers else None)
