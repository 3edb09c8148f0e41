"""Who is on duty: shifts by weekday, hours and dates, and the order in which people are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.officials.rules import Official

DEPUTY_AFTER = timedelta(minutes=10)
"""How long whoever was asked has, before the next is asked too."""
AT_ONCE = 3
"""How many of those who are not on duty are asked together."""
MOST_PLACES = 9


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift of one official. place: 1 is asked first, 2 is the deputy. weekdays: 1, Monday, to 7; none is every day.

    Hours are the city's; an end at or before the beginning lies on the next day, and the shift belongs to the day on which
    it begins. first_day and last_day bound it where they are given.
    """

    official_id: int
    place: int
    begins: time
    ends: time
    weekdays: tuple[int, ...] = ()
    first_day: date | None = None
    last_day: date | None = None

    def is_on(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether the shift runs at `now` (aware)."""
        local = now.astimezone(zone)
        clock, today = local.time().replace(tzinfo=None), local.date()
        if self.begins < self.ends:
            return self.begins <= clock < self.ends and self._is_day(today)
        return (clock >= self.begins and self._is_day(today)) or (
            clock < self.ends and self._is_day(today - timedelta(days=1))
        )

    def _is_day(self, day: date) -> bool:
        return (
            (not self.weekdays or day.isoweekday() in self.weekdays)
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
        )


def in_turn(people: Sequence[Official], duties: Sequence[Duty], now: datetime, zone: ZoneInfo) -> list[list[Official]]:
    """People in the groups in which they are asked: those on duty by their place, then all others, three at a time."""
    places: dict[int, int] = {}
    for duty in duties:
        if duty.is_on(now, zone):
            places[duty.official_id] = min(duty.place, places.get(duty.official_id, MOST_PLACES))
    on_duty = [person for person in people if person.id in places]
    others = [person for person in people if person.id not in places]
    groups = [
        [person for person in on_duty if places[person.id] == place]
        for place in sorted({places[p.id] for p in on_duty})
    ]
    return groups + [others[at : at + AT_ONCE] for at in range(0, len(others), AT_ONCE)]
