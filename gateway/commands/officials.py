"""`officials`: who acts for the city, and with which credentials; `areas` and `offices`: the codes they need."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gateway.commands import roster
from gateway.commands.opening import tools
from gateway.officials import codes, service
from gateway.officials.rules import CARD_COLUMNS, CARD_ROWS, Role
from gateway.reference import service as reference
from gateway.reference import store as reference_store

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("officials", help="add officials, reissue what they hold, disable them")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="add an official; token, PIN and card are shown once")
    add.add_argument("name", help="name as colleagues know it")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--area", required=True, metavar="CODE", help="area of work; 33.75 is the city, see `areas`")
    add.add_argument("--phone", required=True, metavar="+62…", help="mobile number")
    add.add_argument("--office", metavar="CODE", help="agency of an officer (role office alone), see `offices`")
    add.set_defaults(run=_add)
    for name, run, text in (
        ("token", _token, "make a new API token; the old one stops at once"),
        ("card", _card, "make a new paper card; the old one is void at once"),
        ("totp", _totp, "make a new secret for an authenticator; the old one is void at once"),
        ("disable", _disable, "void token, PIN, card and authenticator at once"),
        ("lost", _disable, "the same as disable: what to do when an official's phone or card is lost"),
    ):
        act = acts.add_parser(name, help=text)
        act.add_argument("id", type=int, help="the official's id, see `officials list`")
        act.set_defaults(run=run)
    roster.declare(acts)
    acts.add_parser("list", help="all officials").set_defaults(run=_list)
    commands.add_parser("areas", help="the city's areas and their codes").set_defaults(run=_areas)
    commands.add_parser("offices", help="the city's agencies and their codes").set_defaults(run=_offices)


def _add(args: argparse.Namespace) -> int:
    with tools() as rt:
        made = service.add(rt, args.name, args.role, args.area, args.phone, args.office)
    print(f"id: {made.id}\ntoken: {made.token}\npin: {made.pin}")
    _print_card(made.card)
    return 0


def _token(args: argparse.Namespace) -> int:
    with tools() as rt:
        token = service.renew_token(rt, args.id)
    print(f"id: {args.id}\ntoken: {token}")
    return 0


def _card(args: argparse.Namespace) -> int:
    with tools() as rt:
        card = service.renew_card(rt, args.id)
    print(f"id: {args.id}")
    _print_card(card)
    return 0


def _totp(args: argparse.Namespace) -> int:
    with tools() as rt:
        secret, uri = codes.renew_totp(rt, args.id)
    print(f"id: {args.id}\ntotp: {secret}\nuri: {uri}")
    return 0


def _print_card(card: Mapping[str, str]) -> None:
    for row in CARD_ROWS:
        print("card: " + "   ".join(f"{column}{row} {card[f'{column}{row}']}" for column in CARD_COLUMNS))


def _disable(args: argparse.Namespace) -> int:
    with tools() as rt:
        service.disable(rt, args.id)
    print(f"Official {args.id} is disabled: token, PIN, card and authenticator are void.")
    return 0


def _list(args: argparse.Namespace) -> int:
    with tools() as rt:
        found = service.every(rt)
    for official, is_disabled in found:
        state = "disabled" if is_disabled else "active"
        area = official.area + (f" {official.office}" if official.office else "")
        print(f"{official.id:>5}  {state:8}  {official.role.value:9}  {area:22}  {official.name}")
    return 0


def _areas(args: argparse.Namespace) -> int:
    with tools() as rt:
        areas = sorted(reference.areas(rt), key=lambda area: area.code)
    for area in areas:
        print(f"{area.code:13}  {area.level:9}  {area.name}" + (f"  ({area.short})" if area.short else ""))
    return 0


def _offices(args: argparse.Namespace) -> int:
    with tools() as rt, rt.engine.begin() as conn:
        offices = reference_store.offices(conn)
    for code, name in offices.items():
        print(f"{code:12}  {name}")
    return 0
