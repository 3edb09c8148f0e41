"""API calls on rumours: the desk's list, verdicts and their approval, one claim for two, scripts to read aloud."""

from typing import Any

from gateway.rumours import complaint, desk, view
from gateway.web.api.bodies import Approval, NewVerdict, OtherClaim, Rejection
from gateway.web.api.calls import Ask, Part, Table
from gateway.web.api.desk_answers import FullRumour, Moved, Rumours, Script

table = Table()


@table.call("GET", "/rumours", "List claims: open ones by askers times harm, then results", Rumours)
def list_rumours(ask: Ask, part: Part) -> dict[str, Any]:
    items, following = view.page(ask.rt, ask.official, part.cursor, part.limit)
    return {"items": items, "next": following}


@table.call("GET", "/rumours/{code}", "Look at a claim and every version of its result", FullRumour)
def look(ask: Ask, code: str) -> dict[str, Any]:
    return view.look(ask.rt, ask.official, code)


@table.call("POST", "/rumours/{code}/verdict", "Propose a verdict, or a correction of one", FullRumour)
def judge(ask: Ask, code: str, body: NewVerdict) -> dict[str, Any]:
    desk.judge(ask.rt, ask.official, code, body.label, body.text, body.sources, summary=body.summary, kind=body.kind)
    return view.look(ask.rt, ask.official, code)


@table.call(
    "POST", "/rumours/{code}/approve", "Publish another person's verdict; everyone who asked is told", FullRumour
)
def approve(ask: Ask, code: str, body: Approval) -> dict[str, Any]:
    desk.approve(ask.rt, ask.official, code, body.hash)
    return view.look(ask.rt, ask.official, code)


@table.call("POST", "/rumours/{code}/reject", "Refuse another person's verdict", FullRumour)
def reject(ask: Ask, code: str, body: Rejection) -> dict[str, Any]:
    desk.reject(ask.rt, ask.official, code, body.note)
    return view.look(ask.rt, ask.official, code)


@table.call("POST", "/rumours/{code}/match", "Say that an open claim is a known one", FullRumour)
def match(ask: Ask, code: str, body: OtherClaim) -> dict[str, Any]:
    desk.match(ask.rt, ask.official, code, body.code)
    return view.look(ask.rt, ask.official, code)


@table.call("POST", "/rumours/{code}/part", "Say that a claim is not that known one", FullRumour)
def part(ask: Ask, code: str, body: OtherClaim) -> dict[str, Any]:
    desk.part(ask.rt, ask.official, code, body.code)
    return view.look(ask.rt, ask.official, code)


@table.call("GET", "/rumours/{code}/script", "What a KIM reads aloud about a result", Script)
def script(ask: Ask, code: str) -> dict[str, Any]:
    texts = {one: view.script(ask.rt, ask.official, code, one) for one in ask.rt.settings.languages}
    return {"code": view.look(ask.rt, ask.official, code)["code"], "texts": texts}


@table.call("POST", "/rumours/{code}/complaint", "File it as the complaint it is", Moved)
def move(ask: Ask, code: str) -> dict[str, Any]:
    return {"ticket": complaint.move(ask.rt, ask.official, code)}
