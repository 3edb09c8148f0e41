"""`load`: a city's folder of day one, whole or not at all."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands.opening import acting, by_token
from gateway.dayone import service

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parser."""
    load = commands.add_parser(
        "load", parents=[by_token()], help="load a city's folder: roster, KIM, groups, presets, …"
    )
    load.add_argument("folder", type=Path, help=f"with any of {', '.join(service.PARTS)}")
    load.add_argument("--check", action="store_true", help="tell every fault, and change nothing")
    load.set_defaults(run=_load)


def _load(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        done = service.load(rt, official, args.folder, check=args.check)
    print("\n".join([*done, "Checked; nothing was changed." if args.check else "Loaded."]))
    return 0
