"""API calls on the city's days off, over which deadlines are counted."""

from typing import Any

from gateway.aspirations import holidays
from gateway.kernel.calendar import parse_day
from gateway.web.api.answers import Day, Removed, Year
from gateway.web.api.bodies import NewDay
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("GET", "/holidays/{year}", "List a year's days off", Year)
def list_days(ask: Ask, year: int) -> dict[str, Any]:
    return holidays.of_year(ask.rt, year)


@table.call("POST", "/holidays", "Put a day off on record; deadlines that run move to later days", Day)
def add(ask: Ask, body: NewDay) -> dict[str, Any]:
    return holidays.add(ask.rt, ask.official, parse_day(body.day), body.name, body.kind)


@table.call("DELETE", "/holidays/{day}", "Strike a day off; no deadline moves to an earlier day", Removed)
def remove(ask: Ask, day: str) -> dict[str, Any]:
    holidays.remove(ask.rt, ask.official, parse_day(day))
    return {"removed": day}
