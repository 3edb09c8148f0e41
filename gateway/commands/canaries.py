"""`canaries`: the city's own phones that every broadcast goes to first, each act by an admin's own token."""

import argparse
from typing import TYPE_CHECKING

from gateway.broadcasts.service import canaries
from gateway.commands.opening import acting, by_token

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("canaries", help="phones of the city that every broadcast goes to first")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    add = acts.add_parser("add", parents=[token], help="add a phone; one for each operator tells most")
    add.add_argument("phone", metavar="+62…")
    add.add_argument("place", help="what it is called in alarms, such as Telkomsel")
    add.set_defaults(run=_add)
    acts.add_parser("list", parents=[token], help="all of them").set_defaults(run=_list)
    remove = acts.add_parser("remove", parents=[token], help="send it no more broadcasts")
    remove.add_argument("id", type=int, help="its id, as `canaries list` shows it")
    remove.set_defaults(run=_remove)


def _add(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        is_new = canaries.add(rt, official, args.phone, args.place)
    print("added" if is_new else "it was there already")
    return 0


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = canaries.every(rt, official)
    for one in found:
        print(f"{one.id:>4}  {one.place:20}  {one.prefix}…")
    return 0


def _remove(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        canaries.remove(rt, official, args.id)
    print("removed")
    return 0
