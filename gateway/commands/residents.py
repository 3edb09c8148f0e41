"""`residents`: groups, and the import of a CSV file of any length, which says of each refused row what to mend."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import groups, importing
from gateway.commands.opening import tools
from gateway.residents.service import register

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("residents", help="register residents")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser(
        "import",
        help="register people from a CSV file; it may be imported again",
        description=f"Columns: {', '.join(register.COLUMNS)}; needed are phone, area, consent_how, consent_when. "
        "Refused rows are listed with column and reason and never stop the others.",
    )
    add.add_argument("file", type=Path, help="CSV in UTF-8, with a line of column names")
    add.add_argument("--by", default="operator", metavar="WHO", help="who is on record for it (default: operator)")
    add.add_argument("--report", type=Path, metavar="FILE", help="write refused rows to this CSV, not to the screen")
    add.set_defaults(run=_import)
    groups.declare(acts)


def _import(args: argparse.Namespace) -> int:
    with tools() as rt:
        return importing.run(
            args.file,
            args.report,
            lambda progress: register.import_csv(rt, args.file, by=args.by, progress=progress),
            ("created", "updated", "pending", "refused"),
        )
