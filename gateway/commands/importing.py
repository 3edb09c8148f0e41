"""Import a CSV file from the command line: progress, a count of what became of its rows, and what to mend in each refused one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from tqdm import tqdm

from gateway.commands.opening import progress_of
from gateway.kernel.errors import Invalid
from gateway.kernel.table import Result, write_rows

Import = Callable[[Callable[[int], None]], Iterator[Result]]
"""Imports a file, telling of the rows that are done."""


def run(file: Path, report: Path | None, take: Import, names: Sequence[str], *, says_all: bool = False) -> int:
    """Import and print how many rows became each of `names`; refused ones go to `report` where there is one.

    says_all: rows that were taken with something to say are shown too. Raises Invalid where a file cannot be opened.
    """
    counts: Counter[str] = Counter()
    try:
        with file.open("rb") as lines:
            total = max(0, sum(1 for _ in lines) - 1)
        opened = report.open("w", encoding="utf-8", newline="") if report else nullcontext()
    except OSError as error:
        raise Invalid(f"{error.filename} cannot be opened: {error.strerror}.") from None
    with opened as written, progress_of(total) as progress:
        if written:
            written.write(write_rows([("row", "column", "reason")]))
        for result in take(progress):
            counts[result.result] += 1
            if result.result == "refused" and written:
                written.write(write_rows([(result.row, result.column, result.reason)]))
            elif result.result == "refused" or (says_all and result.reason):
                tqdm.write(f"row {result.row}: {result.reason}")
    print(f"{sum(counts.values())} rows: {', '.join(f'{counts[name]} {name}' for name in names)}")
    return 0
