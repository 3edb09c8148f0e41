"""`routing`: which office a category of tickets goes to in an area; list, set and strike routes."""

import argparse
from typing import TYPE_CHECKING

from gateway.aspirations import routing
from gateway.aspirations.routing import Change, Route
from gateway.commands.opening import acting, by_token, tools
from gateway.reference.store import CATEGORIES

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("routing", help="which office a category of tickets goes to in an area")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="every route on record")
    listed.add_argument("--area", default="", metavar="CODE", help="where each category goes from there, instead")
    listed.set_defaults(run=_list)
    one = argparse.ArgumentParser(add_help=False, parents=[by_token()])
    one.add_argument("area", help="its code, see `areas`; the whole city is 33.75")
    one.add_argument("category", help=", ".join(CATEGORIES))
    into = acts.add_parser("set", parents=[one], help="send it to an office, in the area and below it")
    into.add_argument("office", help="its code, see `offices`")
    into.set_defaults(run=_set)
    acts.add_parser("unset", parents=[one], help="strike the area's own route; the next above it holds").set_defaults(
        run=_unset
    )


def _list(args: argparse.Namespace) -> int:
    with tools() as rt:
        for one in routing.routes(rt, args.area):
            print(_line(one))
    return 0


def _set(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _say(routing.set_route(rt, official, args.area, args.category, args.office))


def _unset(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _say(routing.unset_route(rt, official, args.area, args.category))


def _line(one: Route) -> str:
    return f"{one.area:13}  {one.category:13}  {one.office:11}" + (
        f"  (route of {one.of})" if one.of != one.area else ""
    )


def _say(change: Change) -> int:
    one = change.route
    print(_line(one))
    back = f"set {one.area} {one.category} {change.before}" if change.before else f"unset {one.area} {one.category}"
    print(f"to take it back: routing {back}")
    return 0
