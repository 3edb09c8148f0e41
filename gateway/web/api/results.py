"""API calls on what became of a broadcast: send again, whom it reached, the result as a file."""

from typing import Any, Final

from flask import Response

from gateway.broadcasts.service import poll, resend, result
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Invalid
from gateway.web.api.answers import PollResult, Recipients, Resent
from gateway.web.api.bodies import Again
from gateway.web.api.calls import Ask, Part, Table

_OF_RECIPIENTS: Final = {
    "status": "Those alone whose message has it",
    "reveal": "`true` shows whole numbers to an admin or the data protection officer; audited",
    "reason": "Why they are revealed, in 8 to 200 characters",
}
_CSV: Final = "text/csv"

table = Table()


@table.call(
    "POST",
    "/broadcasts/{id}/resend-unconfirmed",
    "Send again what is unconfirmed, or what failed and may still reach someone",
    Resent,
)
def send_again(ask: Ask, id: int, body: Again) -> dict[str, Any]:
    return {"resent": resend.resend(ask.rt, ask.official, id, failed=body.failed)}


@table.call("GET", "/broadcasts/{id}/recipients", "List whom it went to", Recipients, query=_OF_RECIPIENTS)
def list_recipients(ask: Ask, id: int, part: Part) -> dict[str, Any]:
    reveal = ask.query.get("reveal", "false")
    if reveal not in ("true", "false"):
        raise Invalid("reveal must be true or false.")
    items, following = result.page(
        ask.rt,
        ask.official,
        id,
        int(part.cursor or 0),
        part.limit,
        status=ask.query.get("status"),
        reveal=reveal == "true",
        reason=ask.query.get("reason", ""),
    )
    return {"items": items, "next": str(following) if following else None}


@table.call("GET", "/broadcasts/{id}/result.csv", "The result as CSV, numbers masked", _CSV)
def result_csv(ask: Ask, id: int) -> Response:
    broadcast, blocks = result.write_csv(ask.rt, ask.official, id)
    named = {"Content-Disposition": f"attachment; filename={show_broadcast(broadcast.number)}.csv"}
    return Response(blocks, headers=named, content_type=f"{_CSV}; charset=utf-8")


@table.call("GET", "/broadcasts/{id}/poll", "What came of the question it asks", PollResult)
def poll_result(ask: Ask, id: int) -> dict[str, Any]:
    return poll.look(ask.rt, ask.official, id)
