"""`broadcast resend|result|poll`: what became of a broadcast, what is sent again of it, what came of its question."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from gateway.broadcasts.service import poll, resend, result, view
from gateway.commands.opening import acting
from gateway.kernel.errors import Invalid

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(acts: "Commands", one: argparse.ArgumentParser) -> None:
    """Add the parsers; `one` takes the broadcast's id and the acting official's token."""
    again = acts.add_parser("resend", parents=[one], help="send again what is unconfirmed")
    again.add_argument("--failed", action="store_true", help="what failed and may still reach someone, instead")
    again.set_defaults(run=_resend)
    file = acts.add_parser("result", parents=[one], help="write what became of each message to a file")
    file.add_argument("--csv", required=True, metavar="FILE", help="CSV with masked numbers")
    file.set_defaults(run=_result)
    acts.add_parser("poll", parents=[one], help="what came of its question").set_defaults(run=_poll)


def _resend(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        print(f"resent: {resend.resend(rt, official, args.id, failed=args.failed)}")
    return 0


def _result(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        total = view.status(rt, official, args.id)["total"]
        _, blocks = result.write_csv(rt, official, args.id)
        try:
            written = _write(Path(args.csv), blocks, total)
        except OSError as error:
            raise Invalid(f"{args.csv} cannot be written: {error.strerror}.") from None
    print(f"{args.csv}: {written} rows")
    return 0


def _write(path: Path, blocks: Iterator[str], total: int) -> int:
    written = -1  # the head of the table
    quiet = not sys.stderr.isatty()
    with (
        path.open("w", encoding="utf-8", newline="") as file,
        tqdm(total=total, unit=" rows", file=sys.stderr, disable=quiet, leave=False) as bar,
    ):
        for block in blocks:
            file.write(block)
            rows = block.count("\r\n")
            written += rows
            bar.update(rows)
    return written


def _poll(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = poll.look(rt, official, args.id)
    print(f"code: {found['code']}\ncloses_at: {found['closes_at']}{' (open)' if found['is_open'] else ''}")
    print(f"answers: {'under 5' if found['answers'] is None else found['answers']}")
    for cell in found["results"] or ():
        shown = "hidden" if cell["answers"] is None else f"{cell['answers']} ({cell['percent']}%)"
        print(f"{cell['option']} {cell['words']}: {shown}")
    if found["results_at"]:
        print(f"results_at: {found['results_at']}")
    return 0
