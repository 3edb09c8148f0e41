"""API calls for anyone: how reports and rumours were dealt with, month by month, and which KIM there are."""

from typing import Any, Final, Literal

from flask import Response

from gateway.kim import service as kim
from gateway.runtime import Runtime
from gateway.statistics import service
from gateway.web.api.answers import Answer
from gateway.web.api.calls import Table, Visit

_MONTH: Final = {"month": "A month that is over, as 2026-10; the newest where absent"}
_QUERY: Final = {
    **_MONTH,
    "area": "The code of an area, shown with all below it; the whole city where absent",
}
_CSV: Final = "text/csv"
_KIM_KEPT: Final = 60.0


class AreaFigures(Answer):
    """An area's month: what happened to its reports in it. A null is hidden, since few people stand behind it or beside it."""

    area: str
    name: str
    level: str
    received: int | None
    verified: int | None
    answered_on_time: int | None
    answered_late: int | None
    confirmed: int | None
    denied: int | None
    closed_automatically: int | None
    median_working_days: float | None
    gap_percent: int | None


class OfficeFigures(Answer):
    """An office's month: what happened to the reports it held. An empty `office` stands for what none held.

    gap_percent: of the reports called done, those that their residents denied, found partly done or said nothing of.
    """

    office: str
    name: str
    forwarded: int | None
    answered_on_time: int | None
    answered_late: int | None
    confirmed: int | None
    denied: int | None
    closed_automatically: int | None
    median_working_days: float | None
    gap_percent: int | None


class RumourFigures(Answer):
    """The city's month: rumours asked about, judged, and whether whoever asked heard a first word in time."""

    asked: int | None
    judged: int | None
    first_word_on_time: int | None
    first_word_late: int | None


class Statistics(Answer):
    """A month that is over. smallest: the least that is ever shown."""

    month: str
    smallest: int
    areas: list[AreaFigures]
    offices: list[OfficeFigures]
    rumours: RumourFigures


class Kim(Answer):
    """A KIM as it is today. areas: codes of the areas it serves; board: how many sit on it."""

    id: int
    name: str
    since: str
    areas: list[str]
    board: int


class KimToday(Answer):
    """KIM of today, and who serves the kelurahan without one that can be reached, by code."""

    items: list[Kim]
    others: dict[str, Literal["lurah", "city"]]


table = Table()


@table.call("GET", "/statistics", "Figures of a month; a null is hidden", Statistics, query=_QUERY, is_public=True)
def look(visit: Visit) -> dict[str, Any]:
    report = service.report(visit.rt, service.month_of(visit.rt, visit.query.get("month", "")))
    return service.as_json(report, service.areas_of(visit.rt, report.month, visit.query.get("area", "")))


@table.call("GET", "/statistics.csv", "The same of reports as CSV; empty is hidden", _CSV, query=_QUERY, is_public=True)
def download(visit: Visit) -> Response:
    month = service.month_of(visit.rt, visit.query.get("month", ""))
    return _file(
        service.as_csv(month, service.areas_of(visit.rt, month, visit.query.get("area", ""))), f"kabar-{month}"
    )


@table.call(
    "GET", "/statistics/offices.csv", "The same by office as CSV; empty is hidden", _CSV, query=_MONTH, is_public=True
)
def download_offices(visit: Visit) -> Response:
    report = service.report(visit.rt, service.month_of(visit.rt, visit.query.get("month", "")))
    return _file(service.offices_as_csv(report), f"kabar-{report.month}-opd")


def _file(lines: str, name: str) -> Response:
    named = {"Content-Disposition": f"attachment; filename={name}.csv"}
    return Response(lines, headers=named, content_type=f"{_CSV}; charset=utf-8")


@table.call("GET", "/kim", "Community information groups of today", KimToday, is_public=True)
def list_kim(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = visit.rt.remember("kim", _KIM_KEPT, lambda: _read_kim(visit.rt))
    return found


def _read_kim(rt: Runtime) -> dict[str, Any]:
    day = kim.today(rt)
    with rt.engine.begin() as conn:
        serving = kim.serving(rt, conn, day)
    items = [
        {"id": one.id, "name": one.name_on(day), "since": one.life.since.isoformat(), "areas": one.areas_on(day),
         "board": len(one.board_on(day))}
        for one in kim.every(rt) if one.life.holds_on(day)
    ]  # fmt: skip
    return {"items": items, "others": {code: by.kind for code, by in serving.items() if by.kind != "kim"}}
