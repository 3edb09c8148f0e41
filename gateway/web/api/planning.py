"""API calls around a broadcast that is being planned: sign it."""

from typing import Any

from gateway.broadcasts.service import sign, view
from gateway.web.api.answers import Status
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("POST", "/broadcasts/{id}/sign", "Sign a text that speaks of an election, as an admin of the city", Status)
def sign_text(ask: Ask, id: int) -> dict[str, Any]:
    sign.sign(ask.rt, ask.official, id)
    return view.status(ask.rt, ask.official, id)
