"""`lapor`: tickets to SP4N-LAPOR as a file, and from it, with a line for each row that cannot be taken."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from gateway.aspirations import lapor
from gateway.aspirations.lapor_rules import COLUMNS, REQUIRED
from gateway.commands import importing
from gateway.commands.opening import acting, by_token
from gateway.kernel.calendar import parse_day
from gateway.kernel.errors import Invalid

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("lapor", help="exchange tickets with SP4N-LAPOR by file")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    shared = by_token()
    out = acts.add_parser(
        "export",
        parents=[shared],
        help="write the tickets you may see in LAPOR's words",
        description=f"Columns: {', '.join(COLUMNS)}. Nobody's number or name stands in it, and no words of confidential tickets.",
    )
    out.add_argument("file", type=Path, help="CSV; JSON where it ends in .json")
    out.add_argument("--since", type=parse_day, metavar="DAY", help="filed on this day or later, as 2026-10-01")
    out.add_argument("--until", type=parse_day, metavar="DAY", help="filed on this day or earlier")
    out.set_defaults(run=_export)
    into = acts.add_parser(
        "import",
        parents=[shared],
        help="make tickets of LAPOR's, and keep its numbers beside ours; a file may be imported again",
        description=f"Needed are the columns {', '.join(REQUIRED)}; others of the export are read where they are there, and "
        "none besides, so that nobody's name or number comes in. A row with tiket_kabar gives our ticket LAPOR's number.",
    )
    into.add_argument("file", type=Path, help="CSV in UTF-8, with a line of column names")
    into.add_argument("--report", type=Path, metavar="FILE", help="write refused rows to this CSV, not to the screen")
    into.set_defaults(run=_import)


def _export(args: argparse.Namespace) -> int:
    span = {name: day for name in ("since", "until") if (day := getattr(args, name))}
    with acting(args) as (rt, official):
        rows = iter(tqdm(lapor.export(rt, official, **span), unit=" rows", leave=False, disable=None))
        blocks = lapor.as_json(rows) if args.file.suffix == ".json" else lapor.as_csv(rows)
        try:
            with args.file.open("w", encoding="utf-8", newline="") as file:
                file.writelines(blocks)
        except OSError as error:
            raise Invalid(f"{args.file} cannot be written: {error.strerror}.") from None
    print(f"{args.file} is written.")
    return 0


def _import(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return importing.run(
            args.file,
            args.report,
            lambda progress: lapor.import_csv(rt, official, args.file, progress),
            ("created", "linked", "unchanged", "refused"),
            says_all=True,
        )
