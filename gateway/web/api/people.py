"""API calls on residents."""

from typing import Any

from gateway.residents.service import register
from gateway.web.api.answers import Results
from gateway.web.api.bodies import NewResidents
from gateway.web.api.calls import Ask, Table

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
