"""`officials roster`: who is on duty when, and who is asked next."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands.opening import tools
from gateway.officials import roster
from gateway.officials.roster import Shift

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def declare(commands: "Commands") -> None:
    """Add the parsers, under `officials`."""
    group = commands.add_parser("roster", help="who is on duty when, and who is asked next")
    acts = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    acts.add_parser("show", help="every shift, and which run now").set_defaults(run=_show)
    load = acts.add_parser("load", help="replace the roster by a file; every fault in it is named")
    load.add_argument("file", type=Path, help=f"CSV or YAML with {', '.join(roster.COLUMNS)}")
    load.set_defaults(run=_load)
    put = acts.add_parser("set", help="give an official one shift more")
    put.add_argument("id", type=int, help="the official's id")
    put.add_argument("--place", default="1", help="1 is asked first, 2 is the deputy, up to 9")
    put.add_argument("--days", default="", help="such as mon-fri or sat,sun; every day where absent")
    put.add_argument("--from", dest="begins", required=True, metavar="HH:MM", help="beginning, in the city's time")
    put.add_argument(
        "--to", dest="ends", required=True, metavar="HH:MM", help="end; before the beginning: next morning"
    )
    put.add_argument("--first-day", default="", metavar="DATE")
    put.add_argument("--last-day", default="", metavar="DATE")
    put.set_defaults(run=_put)
    clear = acts.add_parser("clear", help="take an official off the roster")
    clear.add_argument("id", type=int, help="the official's id")
    clear.set_defaults(run=_clear)


def _show(args: argparse.Namespace) -> int:
    with tools() as rt:
        found = roster.show(rt)
    for official, duty, is_on in found:
        days = ",".join(_WEEK[day - 1] for day in duty.weekdays) or "every day"
        hours = f"{duty.begins:%H:%M}-{duty.ends:%H:%M}"
        bounds = f"{duty.first_day or ''}..{duty.last_day or ''}" if duty.first_day or duty.last_day else ""
        state = "on duty" if is_on else ""
        print(
            f"{official.id:>5}  {duty.place}  {hours}  {days:27}  {state:7}  {official.role:9}  {official.name}  {bounds}".rstrip()
        )
    if not found:
        print("Nobody is on the roster: whoever may approve is asked, three at a time.")
    return 0


def _load(args: argparse.Namespace) -> int:
    with tools() as rt:
        shifts = roster.load(rt, args.file)
    print(f"Shifts on the roster now: {shifts}.")
    return 0


def _put(args: argparse.Namespace) -> int:
    shift = Shift(str(args.id), args.place, args.days, args.begins, args.ends, args.first_day, args.last_day)
    with tools() as rt:
        roster.put(rt, args.id, shift)
    return _show(args)


def _clear(args: argparse.Namespace) -> int:
    with tools() as rt:
        roster.clear(rt, args.id)
    return _show(args)
