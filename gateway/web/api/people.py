"""API calls on residents and their aspirations."""

from typing import Any

from gateway.aspirations import service as aspirations
from gateway.residents.service import register
from gateway.web.api.answers import FullTicket, Results, Tickets
from gateway.web.api.bodies import NewResidents
from gateway.web.api.calls import Ask, Part, Table

table = Table()


@table.call("POST", "/residents", "Register up to 1,000 people", Results)
def add(ask: Ask, body: NewResidents) -> dict[str, Any]:
    rows = [resident.model_dump(exclude_none=True) for resident in body.residents]
    results = register.register(ask.rt, ask.official, rows)
    return {
        "results": [
            {"row": one.row, "result": one.result} | ({"reason": one.reason} if one.reason else {}) for one in results
        ]
    }


@table.call("GET", "/aspirations", "List the tickets you may see", Tickets)
def list_tickets(ask: Ask, part: Part) -> dict[str, Any]:
    found = aspirations.page(ask.rt, ask.official, part.cursor, part.limit)
    return {"items": list(found.items), "next": found.following}


@table.call("GET", "/aspirations/{ticket}", "Look at a ticket, written with any separators", FullTicket)
def look(ask: Ask, ticket: str) -> dict[str, Any]:
    return aspirations.read(ask.rt, ask.official, ticket)
