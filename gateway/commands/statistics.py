"""`statistics`: the public figures of a month, as a table, as CSV, or in SP4N-LAPOR's words."""

import argparse
from typing import TYPE_CHECKING

from gateway.commands.opening import tools
from gateway.kernel.hiding import SMALLEST
from gateway.statistics import service
from gateway.statistics.rules import Figures

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

_HEADS = ("in", "checked", "on time", "late", "done", "not done", "lapsed", "median", "gap %")

_OFFICE_HEADS = ("held", *_HEADS[2:])


def declare(commands: "Commands") -> None:
    """Add the parser."""
    group = commands.add_parser(
        "statistics", help="the public figures of a month; what few people stand behind is hidden"
    )
    group.add_argument("--month", default="", metavar="2026-10", help="a month that is over; the newest where absent")
    group.add_argument(
        "--area", default="", metavar="CODE", help="an area with all below it; the whole city where absent"
    )
    group.add_argument("--offices", action="store_true", help="by the office that held the reports, instead of by area")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV")
    form.add_argument("--lapor", action="store_true", help="the city's reports of the month, by kind and state of today in"
                      " SP4N-LAPOR's words, as CSV")  # fmt: skip
    group.set_defaults(run=_show)


def _show(args: argparse.Namespace) -> int:
    with tools() as rt:
        month = service.month_of(rt, args.month)
        if args.lapor:
            lines = [(month, *cell) for cell in service.lapor(rt, month)]
            print(service.write_csv(("bulan", "klasifikasi", "status", "jumlah"), lines), end="")
            return 0
        report = service.report(rt, month)
        shown = report.offices if args.offices else service.areas_of(rt, month, args.area)
        if args.csv:
            print(service.offices_as_csv(report) if args.offices else service.as_csv(month, shown), end="")
            return 0
    print(f"{month}   ({SMALLEST} is the least that is shown; - is hidden)")
    heads = _OFFICE_HEADS if args.offices else _HEADS
    print(f"{'':22}" + "".join(f"{head:>10}" for head in heads))
    for one in shown:
        print(_line(one))
    print(
        "Rumours of the city: "
        + ", ".join(f"{name.replace('_', ' ')} {_cell(n)}" for name, n in report.rumours.items())
    )
    return 0


def _line(figures: Figures) -> str:
    cells = [*figures.counts.values(), figures.median_days, figures.gap_percent]
    name = (figures.area or figures.name) if figures.level == "office" else figures.name
    return f"{name:22}" + "".join(f"{_cell(n):>10}" for n in cells)


def _cell(n: float | None) -> str:
    return "-" if n is None else f"{n}"
