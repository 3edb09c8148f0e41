"""API calls around a broadcast that is being planned: sign it, try it on its author's phone."""

from typing import Any

from gateway.broadcasts.service import sign, trial, view
from gateway.web.api.answers import Status, Trial
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("POST", "/broadcasts/{id}/sign", "Sign a text that speaks of an election, as an admin of the city", Status)
def sign_text(ask: Ask, id: int) -> dict[str, Any]:
    sign.sign(ask.rt, ask.official, id)
    return view.status(ask.rt, ask.official, id)


@table.call("POST", "/broadcasts/{id}/test", "Send its exact texts to your own phone, once a minute", Trial)
def test(ask: Ask, id: int) -> dict[str, Any]:
    return trial.send_trial(ask.rt, ask.official, id)
