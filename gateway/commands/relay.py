"""`relay`: tasks to read something aloud and their coverage, the page for notice boards, scripts."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.commands.opening import acting, by_token
from gateway.relay import bulletin, service

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("relay", help="beyond the phone: what a KIM reads aloud or puts up, and how far it got")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    ask = acts.add_parser("ask", parents=[token], help="have the KIM of each kelurahan read something aloud")
    ask.add_argument("code", help="such as B27, N101 or C48")
    ask.add_argument("--area", nargs="+", action="extend", default=[], metavar="CODE", help="those it is for, if none")
    ask.add_argument("--rt", type=int, metavar="N", help="in how many RT of each kelurahan")
    ask.set_defaults(run=_ask)
    show = acts.add_parser("show", parents=[token], help="how far it got in your area")
    show.add_argument("code", help="such as B27, N101 or C48")
    show.set_defaults(run=_show)
    for name, run, help in (
        ("scripts", _scripts, "what may be read aloud in an area now"),
        ("bulletin", _bulletin, "the A4 page of an area as HTML, to print"),
    ):
        one = acts.add_parser(name, parents=[token], help=help)
        one.add_argument("area", help="the area's code; the city is 33.75")
        one.add_argument("--language", default="id", help="id, jv or en")
        one.set_defaults(run=run)
        if name == "bulletin":
            one.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it")


def _print(found: dict[str, Any]) -> int:
    print(f"{found['code']}: {found['reported']} of {found['asked']} kelurahan reported, {found['reached']} RT reached")
    for task in found["tasks"]:
        wanted = f" of {task['wanted']}" if task["wanted"] else ""
        print(f"  {task['name']:20}  {task['reached']:>3}{wanted} RT  {task['at'] or ''}".rstrip())
    return 0


def _ask(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        tasks = service.ask(rt, official, args.code, args.area, args.rt)
        return _print(service.coverage(rt, official, tasks[0].code))


def _show(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(service.coverage(rt, official, args.code))


def _scripts(args: argparse.Namespace) -> int:
    with acting(args) as (rt, _):
        found = bulletin.scripts(rt, args.area, args.language)
    for one in found:
        print(f"{one.code}: {one.text}\n")
    if not found:
        print("Nothing holds there now.")
    return 0


def _bulletin(args: argparse.Namespace) -> int:
    with acting(args) as (rt, _):
        page = bulletin.page(rt, args.area, args.language)
    if args.out:
        args.out.write_text(page, encoding="utf-8")
    else:
        print(page)
    return 0
