"""Tables as CSV: read as spreadsheets here write them, written so that none of their cells is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.kernel.errors import Invalid

# What a spreadsheet takes for a formula at the head of a cell, also in the wide letters of East Asia.
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row (numbered from 1): a word such as created or refused, and then column and reason."""

    row: int
    result: str
    column: str = ""
    reason: str = ""


def read_rows(path: Path, required: Sequence[str]) -> Iterator[dict[str, str | None]]:
    """The rows of a CSV file of any length, one at a time: columns are parted by commas, or by semicolons.

    Raises Invalid where it is no CSV in UTF-8 with these columns at least.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if header.count(";") > header.count(",") else ",")
            missing = [column for column in required if column not in (reader.fieldnames or ())]
            if missing:
                raise Invalid(f"The file has no column {', '.join(missing)}; it needs {', '.join(required)}.")
            yield from reader
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"The file cannot be read as CSV in UTF-8: {error}") from None


def write_rows(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV; None is empty, and a cell that a spreadsheet would take for a formula is quoted."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text
