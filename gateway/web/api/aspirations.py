"""API calls on aspirations: lists and looks, and the acts of casework."""

from typing import Any

from gateway.aspirations import casework
from gateway.aspirations import service as aspirations
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import Verb
from gateway.web.api.answers import FullTicket, Tickets
from gateway.web.api.bodies import Asked, Decline, Forward, Merge, Saying
from gateway.web.api.calls import Ask, Part, Table

table = Table()


@table.call("GET", "/aspirations", "List the tickets you may see", Tickets)
def list_tickets(ask: Ask, part: Part) -> dict[str, Any]:
    found = aspirations.page(ask.rt, ask.official, part.cursor, part.limit)
    return {"items": list(found.items), "next": found.following}


@table.call("GET", "/aspirations/{ticket}", "Look at a ticket, written with any separators", FullTicket)
def look(ask: Ask, ticket: str) -> dict[str, Any]:
    return aspirations.read(ask.rt, ask.official, ticket)


@table.call("POST", "/aspirations/{ticket}/verify", "Begin to sort it", FullTicket)
def verify(ask: Ask, ticket: str) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.VERIFY))


@table.call("POST", "/aspirations/{ticket}/ask", "Ask the resident for what is missing", FullTicket)
def ask_back(ask: Ask, ticket: str, body: Asked) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.ASK, body.question))


@table.call("POST", "/aspirations/{ticket}/forward", "Hand it to an office", FullTicket)
def forward(ask: Ask, ticket: str, body: Forward) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.FORWARD, office=body.office))


@table.call(
    "POST", "/aspirations/{ticket}/decline", "Say whose authority it is instead, and hand it on there", FullTicket
)
def decline(ask: Ask, ticket: str, body: Decline) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.DECLINE, body.text, to=body.to))


@table.call("POST", "/aspirations/{ticket}/take", "Take it, to be solved in the neighbourhood", FullTicket)
def take(ask: Ask, ticket: str) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.TAKE))


@table.call("POST", "/aspirations/{ticket}/start", "Begin to work on it", FullTicket)
def start(ask: Ask, ticket: str) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.START))


@table.call("POST", "/aspirations/{ticket}/reply", "Tell its people how it goes", FullTicket)
def reply(ask: Ask, ticket: str, body: Saying) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.REPLY, body.text))


@table.call("POST", "/aspirations/{ticket}/resolve", "Answer it; the resident is asked whether it is done", FullTicket)
def resolve(ask: Ask, ticket: str, body: Saying) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.RESOLVE, body.text))


@table.call("POST", "/aspirations/{ticket}/merge", "Merge it into another; its people follow that one", FullTicket)
def merge(ask: Ask, ticket: str, body: Merge) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.MERGE, into=body.into))


@table.call("POST", "/aspirations/{ticket}/archive", "Put it away, with a reason its people are told", FullTicket)
def archive(ask: Ask, ticket: str, body: Saying) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.ARCHIVE, body.text))


@table.call("POST", "/aspirations/{ticket}/reopen", "Open it again, and say why", FullTicket)
def reopen(ask: Ask, ticket: str, body: Saying) -> dict[str, Any]:
    return _act(ask, ticket, Act(Verb.REOPEN, body.text))


def _act(ask: Ask, ticket: str, what: Act) -> dict[str, Any]:
    return casework.act_and_show(ask.rt, ask.official, ticket, what)
