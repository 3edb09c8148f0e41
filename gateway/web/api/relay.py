"""API calls beyond the phone: relay tasks with their coverage, the page for notice boards, scripts to read aloud."""

from typing import Any

from gateway.relay import bulletin, service
from gateway.web.api.bodies import NewRelay
from gateway.web.api.calls import Ask, Table
from gateway.web.api.desk_answers import Bulletin, Relay

table = Table()


@table.call("POST", "/relays", "Have the KIM of each kelurahan read something aloud", Relay, status=201)
def add(ask: Ask, body: NewRelay) -> dict[str, Any]:
    tasks = service.ask(ask.rt, ask.official, body.code, body.areas, body.wanted)
    return service.coverage(ask.rt, ask.official, tasks[0].code)


@table.call("GET", "/relays/{code}", "How far it got in your area", Relay)
def look(ask: Ask, code: str) -> dict[str, Any]:
    return service.coverage(ask.rt, ask.official, code)


@table.call("GET", "/bulletins/{area}", "The page and the scripts of an area, of what holds now", Bulletin)
def page(ask: Ask, area: str) -> dict[str, Any]:
    scripts = [{"code": one.code, "text": one.text} for one in bulletin.scripts(ask.rt, area)]
    return {"area": area, "html": bulletin.page(ask.rt, area), "scripts": scripts}
