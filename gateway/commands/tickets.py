"""`tickets`: list, read and work on aspirations, each act by an official's own token."""

import argparse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from gateway.aspirations import casework, service
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import Verb
from gateway.commands.opening import acting, by_token

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

_LISTED: Final = 50
# Each act, what it needs besides the ticket, and what it does.
ACTS: Final[Mapping[Verb, tuple[tuple[str, ...], str]]] = {
    Verb.VERIFY: ((), "begin to sort it"),
    Verb.ASK: (("text",), "ask the resident for what is missing"),
    Verb.FORWARD: (("office",), "hand it to an office"),
    Verb.DECLINE: (("to", "text"), "say whose authority it is instead"),
    Verb.TAKE: ((), "take it, to be solved in the neighbourhood"),
    Verb.START: ((), "begin to work on it"),
    Verb.REPLY: (("text",), "tell its people how it goes"),
    Verb.RESOLVE: (("text",), "answer it; the resident is asked whether it is done"),
    Verb.MERGE: (("into",), "merge it into another ticket"),
    Verb.ARCHIVE: (("text",), "put it away with a reason"),
    Verb.REOPEN: (("text",), "open it again and say why"),
}
_HELP: Final = {
    "text": "words for the resident, 150 characters at most",
    "office": "its code, as `offices` lists it",
    "to": "who is competent, 40 characters at most",
    "into": "the other ticket",
}


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("tickets", help="list, read and work on residents' tickets")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    shared = by_token()
    listed = acts.add_parser("list", parents=[shared], help="the latest you may see")
    listed.add_argument("--before", metavar="CURSOR", help="the part that follows, as the end of a list names it")
    listed.set_defaults(run=_list)
    one = argparse.ArgumentParser(add_help=False, parents=[shared])
    one.add_argument("ticket", help="271-908-9, with any separators")
    acts.add_parser("show", parents=[one], help="one ticket with its events").set_defaults(run=_show)
    for verb, (needs, help) in ACTS.items():
        parser = acts.add_parser(verb.value, parents=[one], help=help)
        for name in needs:
            parser.add_argument(name, help=_HELP[name])
        parser.set_defaults(run=_act, verb=verb, needs=needs)


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = service.page(rt, official, args.before, _LISTED)
    for one in found.items:
        print(f"{one['ticket']}  {one['state']:20}  {one['category'] or one['kind']:13}  {one['area'] or '-':13}"
              f"  {one['office'] or '-':11}  {one['due'] or '-'}")  # fmt: skip
    if found.following:
        print(f"more: --before {found.following}")
    return 0


def _show(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        _print(service.read(rt, official, args.ticket))
    return 0


def _act(args: argparse.Namespace) -> int:
    said = {name: getattr(args, name) for name in args.needs}
    with acting(args) as (rt, official):
        _print(casework.act_and_show(rt, official, args.ticket, Act(args.verb, **said)))
    return 0


def _print(found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        if name == "events":
            _print_events(value)
        elif value not in (None, False):
            print(f"{name}: {value}")


def _print_events(events: Iterable[Mapping[str, Any]]) -> None:
    for event in events:
        print(f"{event['at']}  {event['by']}  {event['verb']}  {event['text'] or ''}".rstrip())
