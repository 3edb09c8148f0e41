"""`residents groups`: list groups, put residents in and take them out, and say which may be drilled."""

import argparse
from typing import TYPE_CHECKING

from gateway.commands.opening import acting, by_token
from gateway.residents.service import groups

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(acts: "Commands") -> None:
    """Add the parsers below `residents`."""
    group = acts.add_parser("groups", help="groups that broadcasts can be addressed to")
    inner = group.add_subparsers(dest="what", required=True, metavar="ACT")
    token = by_token()
    inner.add_parser("list", parents=[token], help="all groups, your own area's people counted").set_defaults(run=_list)
    for name, text in (("add", "put residents into a group"), ("remove", "take residents out of a group")):
        act = inner.add_parser(name, parents=[token], help=text)
        act.add_argument("name", help="the group, such as ketua-rt")
        act.add_argument("phone", nargs="+", metavar="+62…", help="phone numbers of residents")
        act.set_defaults(run=_change)
    flag = inner.add_parser("flag", parents=[token], help="say whether drills may be sent to a group")
    flag.add_argument("name", help="the group")
    flag.add_argument("kind", choices=["test", "real"], help="test: drills may be sent to it")
    flag.set_defaults(run=_flag)


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = groups.every(rt, official)
    for group in found:
        print(f"{group.name:32}  {group.people:>7} people" + ("  test" if group.is_test else ""))
    return 0


def _change(args: argparse.Namespace) -> int:
    is_add = args.what == "add"
    with acting(args) as (rt, official):
        done = groups.change(rt, official, args.name, args.phone if is_add else (), () if is_add else args.phone)
    print(f"{'added' if is_add else 'removed'}: {done.added + done.removed}")
    if done.unknown:
        places = ", ".join(map(str, done.unknown))
        print(f"unknown: number {places} of those given belongs to no resident of your area")
    return 1 if done.unknown else 0


def _flag(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        groups.flag(rt, official, args.name, is_test=args.kind == "test")
    print(f"{args.name}: {args.kind}")
    return 0
