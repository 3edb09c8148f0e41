"""API calls on the tickets in SP4N-LAPOR's words, as a file."""

from collections.abc import Iterator
from typing import Final

from flask import Response

from gateway.aspirations import lapor
from gateway.kernel.calendar import parse_day
from gateway.web.api.calls import Ask, Table

_QUERY: Final = {
    "since": "The first day on which they were filed, as 2026-10-01; from the beginning where absent",
    "until": "The last of these days; up to today where absent",
}
_CSV, _JSON = "text/csv", "application/json"

table = Table()


@table.call("GET", "/lapor.csv", "The tickets you may see, in SP4N-LAPOR's words", _CSV, query=_QUERY)
def download(ask: Ask) -> Response:
    return Response(lapor.as_csv(_rows(ask)), headers=_named("csv"), content_type=f"{_CSV}; charset=utf-8")


@table.call("GET", "/lapor.json", "The same as JSON: one object whose `items` are the tickets", _JSON, query=_QUERY)
def download_json(ask: Ask) -> Response:
    return Response(lapor.as_json(_rows(ask)), headers=_named("json"), content_type=_JSON)


def _rows(ask: Ask) -> Iterator[lapor.Row]:
    span = {name: parse_day(ask.query[name]) for name in _QUERY if ask.query.get(name)}
    return lapor.export(ask.rt, ask.official, **span)


def _named(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename=lapor.{ending}"}
