"""Reads the files of a folder line by line, and gathers what is wrong with each line instead of stopping at one."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from menus.reading import Fault, Source, read

_LARGEST: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a CSV file: its number and its cells by column, without blanks around them."""

    number: int
    cells: Mapping[str, str]


def read_lines(path: Path, required: Sequence[str], optional: Sequence[str], faults: list[Fault]) -> list[Line]:
    """The lines of a CSV file with a header; a column it should not have, or misses, is a fault, as is an empty cell."""
    text = _read_text(path, faults)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = [name.strip() for name in reader.fieldnames or ()]
    known = (*required, *optional)
    unknown = [name for name in columns if name not in known]
    missing = [name for name in required if name not in columns]
    if unknown or missing:
        wrong = f"there is no column {unknown[0][:20]}" if unknown else f"the column {missing[0]} is missing"
        faults.append(Fault(path.name, 1, f"{wrong}; the columns are {', '.join(known)}"))
        return []
    reader.fieldnames = columns
    return list(_lines(reader, path.name, required, faults))


def _lines(reader: "csv.DictReader[str]", name: str, required: Sequence[str], faults: list[Fault]) -> Iterator[Line]:
    for row in reader:
        number = reader.line_num
        if None in row:
            faults.append(Fault(name, number, "there are more cells than columns"))
            continue
        cells = {column: (cell or "").strip() for column, cell in row.items()}
        if empty := [column for column in required if not cells[column]]:
            faults.append(Fault(name, number, f"{empty[0]} is empty"))
        else:
            yield Line(number, cells)


def _read_text(path: Path, faults: list[Fault]) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            faults.append(Fault(path.name, 1, "the file is too large"))
            return None
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, 1, f"cannot be read ({type(error).__name__})"))
        return None


class PresetLine(BaseModel):
    """A preset of the folder: whom it warns, in which words, and how wide each slot of them may get."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    texts: dict[str, str]
    slots: dict[str, int] = {}
    areas: list[str] = []
    topics: list[str] = []
    groups: list[str] = []
    languages: list[str] = []

    @property
    def audience(self) -> dict[str, list[str]]:
        """Its lists that are not empty."""
        lists = {"areas": self.areas, "topics": self.topics, "groups": self.groups, "languages": self.languages}
        return {key: values for key, values in lists.items() if values}


class _Presets(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    presets: list[PresetLine]


def read_presets(path: Path, faults: list[Fault]) -> list[tuple[int, PresetLine]]:
    """The presets of a YAML file, each with its line."""
    before = len(faults)
    source: Source = read(path, path.name, faults)
    shape = source.validate(_Presets) if len(faults) == before else None
    found = shape.presets if shape else []
    return [(source.line("presets", at), preset) for at, preset in enumerate(found)]
