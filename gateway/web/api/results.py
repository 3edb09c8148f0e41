"""API calls on what became of a broadcast: send again, whom it reached, the result as a file."""

from typing import Any

from gateway.broadcasts.service import resend
from gateway.web.api.answers import Resent
from gateway.web.api.bodies import Again
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call(
    "POST",
    "/broadcasts/{id}/resend-unconfirmed",
    "Send again what is unconfirmed, or what failed and may still reach someone",
    Resent,
)
def send_again(ask: Ask, id: int, body: Again) -> dict[str, Any]:
    return {"resent": resend.resend(ask.rt, ask.official, id, failed=body.failed)}
