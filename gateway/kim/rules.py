"""What a KIM is at a given day, and who stands in where an area has none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.kernel.text import clean
from gateway.officials.rules import Official, Role

CITY: Final = "33.75"
SEATS: Final = ("chair", "secretary", "treasurer", "member")
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` up to, not including, `until`; for good where that is None."""

    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place on a board for one term."""

    official_id: int
    official: str
    seat: str
    term: Span


@dataclass(frozen=True, slots=True)
class Organisation:
    """A KIM with all that it ever was. names: the newest last; areas: codes, each with its span."""

    id: int
    life: Span
    merged_into: int | None
    names: Sequence[tuple[date, str]]
    areas: Sequence[tuple[str, Span]]
    seats: Sequence[Seat]

    def name_on(self, day: date) -> str:
        """Its name at a day; before the first one, the first."""
        return next((name for since, name in reversed(self.names) if since <= day), self.names[0][1])

    def areas_on(self, day: date) -> list[str]:
        """Codes of the areas it served at a day."""
        return [code for code, span in self.areas if span.holds_on(day)]

    def board_on(self, day: date) -> list[Seat]:
        """Who sat on its board at a day, the chair first."""
        return sorted((one for one in self.seats if one.term.holds_on(day)), key=lambda one: SEATS.index(one.seat))


@dataclass(frozen=True, slots=True)
class Service:
    """Who serves an area: its `kim`, where it has none its `lurah`, else the `city`; and who that is by name."""

    kind: str
    name: str
    official_ids: frozenset[int]


def read_name(written: str) -> str:
    """A name as it is kept, or empty where it is none."""
    name = " ".join(clean(written).split())
    return name if len(name) <= LONGEST_NAME else ""


def serve(area: str, organisations: Iterable[Organisation], officials: Iterable[Official], day: date) -> Service:
    """Who serves a kelurahan at a day. officials: the active ones.

    A KIM counts where somebody can be reached: its board, or officials of role kim of just this area, for whom no
    organisation need be written down yet.
    """
    people = list(officials)
    active = {one.id for one in people}
    own = frozenset(one.id for one in people if one.role is Role.KIM and one.area == area)
    for one in organisations:
        if one.life.holds_on(day) and area in one.areas_on(day):
            board = frozenset(seat.official_id for seat in one.board_on(day) if seat.official_id in active)
            if board | own:
                return Service("kim", one.name_on(day), board | own)
    if own:
        return Service("kim", "", own)
    if lurah := frozenset(one.id for one in people if one.role is Role.LURAH and one.area == area):
        return Service("lurah", "", lurah)
    return Service("city", "", city_desk(people))


def city_desk(officials: Iterable[Official]) -> frozenset[int]:
    """The city's own KIM chairs, and where there are none its admins."""
    found: Mapping[Role, set[int]] = {Role.KIM: set(), Role.ADMIN: set()}
    for one in officials:
        if one.area == CITY and one.role in found:
            found[one.role].add(one.id)
    return frozenset(found[Role.KIM] or found[Role.ADMIN])
