"""Loads a city's folder as one act: every line is tried, and where one fails, or only a check was asked for, none holds.

The lines go through the same services as single commands, in one transaction with a savepoint for each; so a check finds
just what loading would, and loading twice changes nothing the second time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from config.prices import read_prices
from gateway.broadcasts import presets as preset_rules
from gateway.broadcasts.service import canaries, presets
from gateway.dayone.reading import Line, read_lines, read_presets
from gateway.db import joined
from gateway.kernel.errors import Fault, Forbidden, Invalid
from gateway.kim import service as kim
from gateway.kim.rules import Organisation, Span
from gateway.officials import roster
from gateway.officials.rules import Official, Role
from gateway.residents.service import groups
from gateway.runtime import Runtime
from menus.reading import BookError
from menus.reading import Fault as Found

CITY: Final = "33.75"
_MOST: Final = 1000
"""Phone numbers of a group in one act."""


@dataclass(slots=True)
class _Loading:
    """One run over a folder. `rt` works in the run's transaction alone."""

    rt: Runtime
    official: Official
    faults: list[Found] = field(default_factory=list)
    done: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def trying(self, file: str, line: int) -> Iterator[None]:
        """A line whose failure is one more fault, with all its sentences."""
        try:
            yield
        except Fault as fault:
            self.faults += [Found(file, line, said) for said in str(fault).splitlines()]

    def count(self, file: str, *, is_new: bool) -> None:
        """One more line that changed something, or nothing."""
        self.done.setdefault(file, [0, 0])[0 if is_new else 1] += 1


def load(rt: Runtime, official: Official, folder: Path, *, check: bool = False) -> list[str]:
    """Load a folder, or only look whether it can be; a line of what was done for each file.

    Raises Forbidden for all but an admin of the city, and Invalid with every fault of every file, a line each.
    """
    if official.role is not Role.ADMIN or official.area != CITY:
        raise Forbidden("Only an admin of the city loads a folder.")
    files = _files(folder)
    with rt.engine.connect() as conn, conn.begin() as whole:
        run = _Loading(replace(rt, engine=joined(conn)), official)
        for name, part in PARTS.items():
            if name in files:
                part(run, files[name])
        if unknown := sorted(files.keys() - PARTS.keys()):
            run.faults += [Found(name, 1, f"is not read; the files are {', '.join(PARTS)}") for name in unknown]
        if run.faults:
            whole.rollback()
            raise Invalid("\n".join(map(str, sorted(set(run.faults)))))
        if check:
            whole.rollback()
    said = [f"{name}: {new} new, {old} as they were" for name, (new, old) in run.done.items()]
    return said + run.notes


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise Invalid(f"{folder.name or folder} is no folder.")
    return {
        path.name: path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and path.name != "README.md"
    }


def _prices(run: _Loading, path: Path) -> None:
    try:
        read_prices(path)
    except BookError as error:
        run.faults += error.faults
    except OSError as error:
        run.faults.append(Found(path.name, 1, f"cannot be read ({type(error).__name__})"))
    run.notes.append(f"{path.name}: is read at every start; name it in the setting PRICES")


def _roster(run: _Loading, path: Path) -> None:
    try:
        shifts = roster.load(run.rt, path)
    except Fault as fault:
        for said in str(fault).splitlines():
            line, _, sentence = said.removeprefix("line ").partition(": ")
            run.faults.append(Found(path.name, int(line), sentence) if line.isdigit() else Found(path.name, 1, said))
        return
    if not shifts:
        run.faults.append(Found(path.name, 1, "holds no shift and would empty the roster; take the file away instead"))
    run.notes.append(f"{path.name}: {shifts} shifts are the roster now")


def _presets(run: _Loading, path: Path) -> None:
    known = {one.hash for one in presets.every(run.rt, run.official)}
    for line, one in read_presets(path, run.faults):
        is_new = preset_rules.digest(one.name, one.audience, one.texts, one.slots) not in known
        with run.trying(path.name, line):
            if is_new:
                presets.write(run.rt, run.official, one.name, one.audience, one.texts, one.slots)
            run.count(path.name, is_new=is_new)


def _groups(run: _Loading, path: Path) -> None:
    by_group: dict[str, list[Line]] = {}
    for line in read_lines(path, ("group", "phone"), ("test",), run.faults):
        by_group.setdefault(line.cells["group"], []).append(line)
    tests = {one.name for one in groups.every(run.rt, run.official) if one.is_test}
    for name, lines in by_group.items():
        for at in range(0, len(lines), _MOST):
            _fill_group(run, path.name, name, lines[at : at + _MOST])
        is_test = any(line.cells.get("test", "").lower() in ("yes", "ya") for line in lines)
        if is_test and name not in tests:
            with run.trying(path.name, lines[0].number):
                groups.flag(run.rt, run.official, name, is_test=True)


def _fill_group(run: _Loading, file: str, name: str, lines: list[Line]) -> None:
    with run.trying(file, lines[0].number):
        change = groups.change(run.rt, run.official, name, [line.cells["phone"] for line in lines], [])
        for at in change.unknown:
            run.faults.append(Found(file, lines[at - 1].number, "phone is no registered resident's"))
        for at in range(len(lines)):
            run.count(file, is_new=at < change.added)


def _canaries(run: _Loading, path: Path) -> None:
    for line in read_lines(path, ("phone", "place"), (), run.faults):
        with run.trying(path.name, line.number):
            is_new = canaries.add(run.rt, run.official, line.cells["phone"], line.cells["place"])
            run.count(path.name, is_new=is_new)


def _kim(run: _Loading, path: Path) -> None:
    for line in read_lines(path, ("name", "areas"), ("since",), run.faults):
        with run.trying(path.name, line.number):
            areas, there = line.cells["areas"].split(), _named(run, line.cells["name"])
            is_new = there is None or not set(areas) <= set(there.areas_on(kim.today(run.rt)))
            if is_new:
                kim.add(run.rt, line.cells["name"], areas, _day(line, "since"))
            run.count(path.name, is_new=is_new)


def _boards(run: _Loading, path: Path) -> None:
    for line in read_lines(path, ("kim", "official", "seat", "since"), ("until",), run.faults):
        with run.trying(path.name, line.number):
            organisation, since = _named(run, line.cells["kim"]), _day(line, "since")
            if organisation is None:
                raise Invalid(f"There is no KIM {line.cells['kim'][:60]} today.")
            if not line.cells["official"].isascii() or not line.cells["official"].isdigit() or since is None:
                raise Invalid("official must be an id, as `officials list` shows it.")
            official_id, term = int(line.cells["official"][:18]), Span(since, _day(line, "until"))
            is_new = not any((one.official_id, one.seat, one.term) == (official_id, line.cells["seat"], term)
                             for one in organisation.seats)  # fmt: skip
            if is_new:
                kim.seat(run.rt, organisation.id, official_id, line.cells["seat"], term)
            run.count(path.name, is_new=is_new)


def _named(run: _Loading, name: str) -> Organisation | None:
    day = kim.today(run.rt)
    return next((one for one in kim.every(run.rt) if one.life.until is None and one.name_on(day) == name), None)


def _day(line: Line, column: str) -> date | None:
    written = line.cells.get(column, "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Invalid(f"{column} must be a day such as 2026-12-01.") from None


# In this order: boards are of KIM, presets may name groups.
PARTS: Final[dict[str, Callable[[_Loading, Path], None]]] = {
    "prices.yaml": _prices,
    "roster.csv": _roster,
    "kim.csv": _kim,
    "boards.csv": _boards,
    "groups.csv": _groups,
    "presets.yaml": _presets,
    "canaries.csv": _canaries,
}
