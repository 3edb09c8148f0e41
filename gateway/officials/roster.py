"""The duty roster: read from a file with every fault named, set for one official, shown."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import yaml

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.errors import Invalid, Missing
from gateway.officials import duty_store, store
from gateway.officials.duty import MOST_PLACES, Duty
from gateway.officials.rules import Official
from gateway.runtime import Runtime

COLUMNS = ("official", "place", "days", "from", "to", "first_day", "last_day")
_DAYS = {
    name: at for names in ("mon tue wed thu fri sat sun", "sen sel rab kam jum sab min", "1 2 3 4 5 6 7")
    for at, name in enumerate(names.split(), start=1)
}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a roster as it is written: words, not checked yet."""

    official: str
    place: str = "1"
    days: str = ""
    begins: str = "00:00"
    ends: str = "00:00"
    first_day: str = ""
    last_day: str = ""


def show(rt: Runtime) -> list[tuple[Official, Duty, bool]]:
    """Every shift of an active official, and whether it runs now."""
    now, zone = rt.now(), rt.settings.timezone
    with rt.engine.begin() as conn:
        people = {person.id: person for person in store.active(conn)}
        return [(people[duty.official_id], duty, duty.is_on(now, zone)) for duty in duty_store.every(conn)]


def load(rt: Runtime, path: Path) -> int:
    """Replace the whole roster by a file (CSV with a header, or a YAML list) and say how many shifts it has.

    Raises Invalid naming every fault; the roster then stays as it was.
    """
    faults: list[str] = []
    found: list[Duty] = []
    with rt.engine.begin() as conn:
        known = {person.id for person in store.active(conn)}
        for where, shift in _read(path, faults):
            found += _check(shift, known, where, faults)
        if faults:
            raise Invalid("\n".join(faults))
        duty_store.clear(conn)
        duty_store.add(conn, found)
        audit.record(conn, rt.now(), "operator", "load roster", "roster", shifts=len(found))
    return len(found)


def put(rt: Runtime, official_id: int, shift: Shift) -> None:
    """Give an official this shift besides those they have. Raises Missing, or Invalid naming every fault."""
    with rt.engine.begin() as conn:
        _hold(conn, official_id)
        faults: list[str] = []
        duties = _check(shift, {official_id}, "", faults)
        if faults:
            raise Invalid(" ".join(faults))
        duty_store.add(conn, duties)
        audit.record(conn, rt.now(), "operator", "set duty", f"official:{official_id}")


def clear(rt: Runtime, official_id: int) -> None:
    """Take an official off the roster. Raises Missing."""
    with rt.engine.begin() as conn:
        _hold(conn, official_id)
        duty_store.clear(conn, official_id)
        audit.record(conn, rt.now(), "operator", "clear duty", f"official:{official_id}")


def _hold(conn: Connection, official_id: int) -> None:
    if not store.is_active(conn, official_id):
        raise Missing(f"There is no active official {official_id}.")


def _read(path: Path, faults: list[str]) -> Iterator[tuple[str, Shift]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise Invalid(f"{path.name} is too large for a roster.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name} cannot be read: {type(error).__name__}.") from None
    rows = _yaml_rows(text, path.name) if path.suffix in (".yaml", ".yml") else _csv_rows(text)
    for where, row in rows:
        if unknown := [str(name)[:20] for name in row if name not in COLUMNS]:
            faults.append(f"{where}there is no column {', '.join(unknown)}; the columns are {', '.join(COLUMNS)}.")
            continue
        said = {name: "" if row.get(name) is None else str(row[name]).strip() for name in COLUMNS}
        yield where, Shift(said["official"], said["place"] or "1", said["days"], said["from"] or "00:00",
                           said["to"] or "00:00", said["first_day"], said["last_day"])  # fmt: skip


def _csv_rows(text: str) -> Iterator[tuple[str, Mapping[object, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        yield f"line {reader.line_num}: ", {("more" if name is None else name): value for name, value in row.items()}


def _yaml_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[object, object]]]:
    try:
        # Loaded as words alone: YAML would else read 08:00 as a number in base 60.
        data = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # it makes strings, lists and maps, and nothing else
    except yaml.YAMLError as error:
        raise Invalid(f"{name} is no YAML: {getattr(error, 'problem', None) or type(error).__name__}.") from None
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Invalid(f"{name} must be a list of shifts, each with {', '.join(COLUMNS)}.")
    for at, row in enumerate(data, start=1):
        yield f"shift {at}: ", row


def _check(shift: Shift, known: set[int], where: str, faults: list[str]) -> list[Duty]:
    before = len(faults)
    if not (shift.official.isascii() and shift.official.isdigit() and int(shift.official[:18]) in known):
        faults.append(f"{where}there is no active official {shift.official[:20] or '(none named)'}.")
    if not (shift.place.isascii() and shift.place.isdigit() and 1 <= int(shift.place[:3]) <= MOST_PLACES):
        faults.append(f"{where}place must be 1 (asked first) to {MOST_PLACES}.")
    weekdays = _weekdays(shift.days)
    if weekdays is None:
        faults.append(f"{where}days must be as mon-fri or sat,sun; none means every day.")
    begins, ends = _clock(shift.begins), _clock(shift.ends)
    if begins is None or ends is None:
        faults.append(f"{where}from and to must be hours such as 20:00.")
    first, last = None, None
    if not (_is_day(shift.first_day) and _is_day(shift.last_day)):
        faults.append(f"{where}first_day and last_day must be dates such as 2026-12-01.")
    else:
        first, last = _day(shift.first_day), _day(shift.last_day)
        if first and last and last < first:
            faults.append(f"{where}last_day lies before first_day.")
    if len(faults) > before or weekdays is None or begins is None or ends is None:
        return []
    return [Duty(int(shift.official), int(shift.place), begins, ends, weekdays, first, last)]


def _weekdays(written: str) -> tuple[int, ...] | None:
    found: set[int] = set()
    for part in filter(None, re.split(r"[\s,;]+", written.lower())):
        first, _, last = part.partition("-")
        if first[:3] not in _DAYS or (last or first)[:3] not in _DAYS:
            return None
        begin, end = _DAYS[first[:3]], _DAYS[(last or first)[:3]]
        # "sat-mon" runs over the end of the week.
        found |= {(begin - 1 + at) % 7 + 1 for at in range((end - begin) % 7 + 1)}
    return tuple(sorted(found))


def _clock(written: str) -> time | None:
    match = _CLOCK.fullmatch(written)
    return time(int(match[1]), int(match[2])) if match else None


def _is_day(written: str) -> bool:
    try:
        return not written or bool(_day(written))
    except ValueError:
        return False


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
