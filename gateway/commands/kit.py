"""`kit`: sheets to print: a card for the fridge, lists for meetings, a blank code card, what to do when Kabar is down."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import Settings
from gateway.kernel.errors import Invalid
from gateway.kit import service

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parser."""
    kit = commands.add_parser("kit", help="sheets to print, in every language, as HTML for A4 paper")
    kit.add_argument("folder", type=Path, help="where to write them; sheets of an earlier kit are replaced")
    kit.set_defaults(run=_write)


def _write(args: argparse.Namespace) -> int:
    try:
        written = service.write(Settings.load(), args.folder)
    except OSError as error:
        raise Invalid(f"{args.folder.name} cannot be written ({type(error).__name__}).") from None
    print("\n".join(written))
    return 0
