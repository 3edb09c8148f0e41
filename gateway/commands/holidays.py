"""`holidays`: list, add and strike out the city's days off."""

import argparse
from typing import TYPE_CHECKING

from gateway.aspirations import holidays
from gateway.commands.opening import acting, by_token, tools
from gateway.kernel.calendar import parse_day
from gateway.reference.store import KINDS

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("holidays", help="list, add and strike out the city's days off")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="a year's days off")
    listed.add_argument("year", type=int, nargs="?", help="this year where absent")
    listed.set_defaults(run=_list)
    shared = by_token()
    add = acts.add_parser("add", parents=[shared], help="put one on record; deadlines that run move to later days")
    add.add_argument("day", help="2026-12-24")
    add.add_argument("name", help="what it is")
    add.add_argument("--kind", choices=KINDS, default="city")
    add.set_defaults(run=_add)
    remove = acts.add_parser("remove", parents=[shared], help="strike one out; no deadline moves to an earlier day")
    remove.add_argument("day", help="2026-12-24")
    remove.set_defaults(run=_remove)


def _list(args: argparse.Namespace) -> int:
    with tools() as rt:
        found = holidays.of_year(rt, args.year or rt.now().astimezone(rt.settings.timezone).year)
    for one in found["days"]:
        print(f"{one['day']}  {one['kind']:11}  {one['name']}  ({one['source']})")
    if found["provisional"]:
        print(f"provisional: the joint leave of {found['year']} is not on record")
    return 0


def _add(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        made = holidays.add(rt, official, parse_day(args.day), args.name, args.kind)
    print(f"{made['day']}  {made['kind']}  {made['name']}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        holidays.remove(rt, official, parse_day(args.day))
    print(f"{args.day} is a day like any other.")
    return 0
