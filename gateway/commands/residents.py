"""`residents`: groups, and the import of a CSV file of any length, which says of each refused row what to mend."""

import argparse
import csv
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from gateway.commands import groups
from gateway.commands.opening import progress_of, tools
from gateway.kernel.errors import Invalid
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
    counts: Counter[str] = Counter()
    try:
        with args.file.open("rb") as file:
            total = max(0, sum(1 for _ in file) - 1)
        report = args.report.open("w", encoding="utf-8", newline="") if args.report else nullcontext()
    except OSError as error:
        raise Invalid(f"{error.filename} cannot be opened: {error.strerror}.") from None
    with tools() as rt, report as written, progress_of(total) as progress:
        refused = csv.writer(written) if written else None
        if refused:
            refused.writerow(("row", "column", "reason"))
        for result in register.import_csv(rt, args.file, by=args.by, progress=progress):
            counts[result.result] += 1
            if result.result != "refused":
                continue
            if refused:
                refused.writerow((result.row, result.column, result.reason))
            else:
                tqdm.write(f"row {result.row}: {result.reason}")
    said = ", ".join(f"{counts[name]} {name}" for name in ("created", "updated", "pending", "refused"))
    print(f"{sum(counts.values())} rows: {said}")
    return 0
