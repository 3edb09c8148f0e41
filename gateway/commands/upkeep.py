"""`migrate`, `demo`, `routes` and `audit`: the state of an installation."""

import argparse
import json
from datetime import datetime
from typing import TYPE_CHECKING

from gateway import db
from gateway.audit import store as audit
from gateway.commands.opening import read_settings, tools
from gateway.demo import load as demo
from gateway.kernel.errors import Conflict
from gateway.outbox.store import routes
from gateway.reference import service as reference
from gateway.runtime import Runtime, build

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    move = commands.add_parser("migrate", help="bring the database up to this version, with its reference data")
    move.add_argument("revision", nargs="?", default="head", help="a revision, -1 or base; this version's by default")
    move.set_defaults(run=_migrate)
    commands.add_parser(
        "demo", help="load the demo city (made-up people, officials, items, tickets) and show its sign-ins"
    ).set_defaults(run=_demo)
    group = commands.add_parser("routes", help="routes out that are paused, and what is left to pay with")
    group.set_defaults(run=_routes)
    resume = group.add_subparsers(dest="act", metavar="resume").add_parser("resume", help="hold a route usable again")
    resume.add_argument("name", help="the route's name")
    resume.set_defaults(run=_resume)
    trail = commands.add_parser("audit", help="the audit trail")
    acts = trail.add_subparsers(dest="act", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="check every seal of the trail against what it covers")
    verify.set_defaults(run=_verify)
    show = acts.add_parser("show", help="every act on one subject: when, who, by which channel")
    show.add_argument("subject", help="such as broadcast:27, official:3, ticket:2719089")
    show.set_defaults(run=_trail)


def _migrate(args: argparse.Namespace) -> int:
    settings = read_settings()
    owner, own = settings.database_owner_url, settings.database_url
    db.migrate(owner, own if own != owner else None, args.revision)
    if args.revision != "head":
        print(f"The database is at {args.revision}.")
        return 0
    rt = build(settings, process="migrate", pool=4)
    try:
        reference.load(rt)
        if settings.gateway_demo:
            # Before anything serves: whoever finds the gateway ready finds the demo city too.
            demo.load(rt)
    finally:
        rt.close()
    print("The database is up to date.")
    return 0


def _demo(args: argparse.Namespace) -> int:
    with tools() as rt:
        for sign_in in demo.load(rt):
            print(demo.show(sign_in))
    return 0


def _routes(args: argparse.Namespace) -> int:
    with tools() as rt, rt.engine.begin() as conn:
        paused, accounts = routes.paused(conn), routes.accounts(conn)
        for pause in paused.values():
            print(f"{pause.name}: paused since {_local(rt, pause.paused_at)}: {pause.reason}")
    if not paused:
        print("No route is paused.")
    for one in accounts.values():
        low = f", below its reserve since {_local(rt, one.low_since)}: news wait" if one.low_since else ""
        print(f"{one.name}: balance {one.balance} at {_local(rt, one.asked_at)}{low}")
    return 0


def _local(rt: Runtime, moment: datetime) -> str:
    return f"{moment.astimezone(rt.settings.timezone):%Y-%m-%d %H:%M}"


def _resume(args: argparse.Namespace) -> int:
    with tools() as rt, rt.engine.begin() as conn:
        if not routes.clear(conn, args.name):
            raise Conflict(f"No route {args.name} is paused.")
        audit.record(conn, rt.now(), "operator", "resume route", f"route:{args.name}")
    print(f"Route {args.name} is held usable again.")
    return 0


def _verify(args: argparse.Namespace) -> int:
    with tools() as rt, rt.engine.connect() as conn:
        held, broken = audit.verify(conn)
    if broken is not None:
        raise Conflict(f"Seal {broken} does not match its rows: the trail was changed at or before it.")
    print(json.dumps({"seals": held, "intact": True}))
    return 0


def _trail(args: argparse.Namespace) -> int:
    with tools() as rt, rt.engine.begin() as conn:
        found = audit.of(conn, args.subject)
        zone = rt.settings.timezone
    for row in found:
        at, detail = row["at"], row["detail"]
        assert isinstance(at, datetime)
        assert isinstance(detail, dict)
        rest = " ".join(f"{name}={value}" for name, value in detail.items() if name != "channel")
        line = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {row['actor']:14}  {detail.get('channel', ''):4}  {row['act']:16}  {rest}"
        print(line.rstrip())
    return 0
