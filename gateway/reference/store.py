"""The reference tables: loaded from the files beside the migrations, read into books that a process keeps for a minute."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays

from gateway.db import Connection, statement
from gateway.kernel.areas import Alias, Area, AreaBook

FILES = Path(__file__).parent.parent / "migrations" / "reference"
CITY = "33.75"
CATEGORIES = ("roads", "flood", "waste", "civil", "aid", "school_health", "other")

_AREA = statement("""
    INSERT INTO areas (code, name, level, parent, bps_code, postcode, short)
    VALUES (:code, :name, :level, nullif(:parent, ''), nullif(:bps_code, ''), nullif(:kodepos, ''),
            nullif(:sms_code_proposed, ''))
    ON CONFLICT (code) DO UPDATE SET level = excluded.level, parent = excluded.parent, bps_code = excluded.bps_code,
        postcode = excluded.postcode
""")
_ALIAS = statement("""
    INSERT INTO area_aliases (alias, code, kind) VALUES (:alias, :code, :kind) ON CONFLICT DO NOTHING
""")
_OFFICE = statement("INSERT INTO offices (code, name) VALUES (:code, :name) ON CONFLICT DO NOTHING")
_ROUTE = statement("""
    INSERT INTO routing (area, category, office) VALUES (:area, :category, :office) ON CONFLICT DO NOTHING
""")
_HOLIDAY = statement("""
    INSERT INTO holidays (day, name, kind, source) VALUES (:day, :name, :kind, :source) ON CONFLICT DO NOTHING
""")
_AREAS = statement("SELECT code, name, level, coalesce(parent, ''), coalesce(short, '') FROM areas")
_ALIASES = statement("SELECT alias, code, kind FROM area_aliases")
_OFFICES = statement("SELECT code, name FROM offices WHERE closed_at IS NULL ORDER BY code")
_ROUTING = statement("SELECT area, category, office FROM routing ORDER BY area, category")
_SET_ROUTE = statement("""
    WITH before AS (SELECT office FROM routing WHERE area = :area AND category = :category FOR UPDATE),
    made AS (INSERT INTO routing (area, category, office) VALUES (:area, :category, :office)
             ON CONFLICT (area, category) DO UPDATE SET office = excluded.office)
    SELECT office FROM before
""")
# The whole city's routes are struck by nobody, whoever asks.
_UNSET_ROUTE = statement("""
    DELETE FROM routing WHERE area = :area AND category = :category AND area <> :city RETURNING office
""")
_HOLIDAYS = statement("SELECT day FROM holidays")
_LISTED = statement("SELECT day, name, kind, source FROM holidays WHERE day >= :first AND day <= :last ORDER BY day")
_DECREED = statement("SELECT DISTINCT CAST(extract(year FROM day) AS integer) FROM holidays WHERE kind = 'joint_leave'")
_ADD_HOLIDAY = statement("""
    INSERT INTO holidays (day, name, kind, source) VALUES (:day, :name, :kind, :source)
    ON CONFLICT (day) DO UPDATE SET name = excluded.name, kind = excluded.kind, source = excluded.source
""")
_REMOVE_HOLIDAY = statement("DELETE FROM holidays WHERE day = :day")

# What the city's agencies are called, and which of them a category goes to first. An admin edits both.
OFFICES = {
    "DPUPR": "Dinas Pekerjaan Umum dan Penataan Ruang",
    "DLH": "Dinas Lingkungan Hidup",
    "DINSOS": "Dinas Sosial",
    "DINKES": "Dinas Kesehatan",
    "DINDIK": "Dinas Pendidikan",
    "DISDUKCAPIL": "Dinas Kependudukan dan Pencatatan Sipil",
    "BPBD": "Badan Penanggulangan Bencana Daerah",
    "DINKOMINFO": "Dinas Komunikasi dan Informatika",
}
ROUTING = {
    "roads": "DPUPR",
    "flood": "BPBD",
    "waste": "DLH",
    "civil": "DISDUKCAPIL",
    "aid": "DINSOS",
    "school_health": "DINKES",
    "other": "DINKOMINFO",
}

KINDS = ("national", "joint_leave", "city")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off. kind: one of KINDS; source: the library that knew it, or who put it on record."""

    day: date
    name: str
    kind: str
    source: str


def load(conn: Connection, years: Iterable[int]) -> None:
    """Load what is missing; what an admin edited stays. Runs with every migration, in every mode.

    Holidays are loaded for those of `years` whose joint leave is not on record, so that a day an admin struck out stays
    away.
    """
    with (FILES / "areas.csv").open(encoding="utf-8", newline="") as file:
        conn.execute(_AREA, sorted(csv.DictReader(file), key=lambda row: len(row["code"])))
    with (FILES / "area_aliases.csv").open(encoding="utf-8", newline="") as file:
        conn.execute(_ALIAS, [{**row} for row in csv.DictReader(file)])
    conn.execute(_OFFICE, [{"code": code, "name": name} for code, name in OFFICES.items()])
    conn.execute(
        _ROUTE, [{"area": CITY, "category": category, "office": office} for category, office in ROUTING.items()]
    )
    known = decreed_years(conn)
    if found := [day for year in years if year not in known for day in _holidays(year)]:
        conn.execute(_HOLIDAY, found)


def _holidays(year: int) -> Iterator[Mapping[str, object]]:
    # Joint leave (cuti bersama) is the library's category "government". It is decreed a year at a time, so a year
    # without any is one the library only estimates: it yields nothing, and deadlines in it are provisional.
    source = f"python-holidays {version('holidays')}"
    decreed = holidays.country_holidays("ID", years=[year], categories=("government",), language="id")
    if not decreed:
        return
    public = holidays.country_holidays("ID", years=[year], categories=("public",), language="id")
    for kind, found in (("national", public), ("joint_leave", decreed)):
        for day, name in sorted(found.items()):
            yield {"day": day, "name": name, "kind": kind, "source": source}


def area_book(conn: Connection) -> AreaBook:
    """All areas and their names."""
    areas = [Area(*row) for row in conn.execute(_AREAS)]
    return AreaBook(areas, [Alias(*row) for row in conn.execute(_ALIASES)])


def offices(conn: Connection) -> dict[str, str]:
    """Names of open offices by code."""
    return {row.code: row.name for row in conn.execute(_OFFICES)}


def routing(conn: Connection) -> list[tuple[str, str, str]]:
    """Area, category and office of every route; the city's own rows cover each category."""
    return [(row.area, row.category, row.office) for row in conn.execute(_ROUTING)]


def set_route(conn: Connection, area: str, category: str, office: str) -> str | None:
    """Write a route; the office that stood there before, None for none."""
    return conn.execute(_SET_ROUTE, {"area": area, "category": category, "office": office}).scalar()


def unset_route(conn: Connection, area: str, category: str) -> str | None:
    """Strike a route that is not the whole city's; its office, None where there was none."""
    return conn.execute(_UNSET_ROUTE, {"area": area, "category": category, "city": CITY}).scalar()


def days_off(conn: Connection) -> frozenset[date]:
    """Every holiday and day of joint leave."""
    return frozenset(conn.execute(_HOLIDAYS).scalars())


def decreed_years(conn: Connection) -> frozenset[int]:
    """Years whose joint leave is on record: it is decreed a year at a time, and in any other year deadlines are provisional."""
    return frozenset(conn.execute(_DECREED).scalars())


def holidays_between(conn: Connection, first: date, last: date) -> list[Holiday]:
    """Days off from `first` to `last`, both included, in order."""
    return [Holiday(*row) for row in conn.execute(_LISTED, {"first": first, "last": last})]


def add_holiday(conn: Connection, holiday: Holiday) -> None:
    """Put a day off on record; one that stands there already takes its name, kind and source from this."""
    conn.execute(_ADD_HOLIDAY, asdict(holiday))


def remove_holiday(conn: Connection, day: date) -> bool:
    """Strike a day off; False where it was none."""
    return bool(conn.execute(_REMOVE_HOLIDAY, {"day": day}).rowcount)
