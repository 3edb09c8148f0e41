"""What officials do in the city in memory: sign in, approve the one broadcast that waits, and work on tickets."""

from collections.abc import Mapping

from gateway.kernel.codes import parse_ticket, show_ticket
from menus.city import City, Person
from menus.city_facts import CAN, CELL_CODE, NOW, PIN
from menus.model import Outcome

_CODE_TRIES = 3


def sign_in(person: Person, pin: str) -> Outcome:
    """The PIN, three times at most."""
    if person.role and person.tries and pin == PIN:
        return Outcome("ok", {"role": person.role})
    person.tries = max(0, person.tries - 1)
    return Outcome("wrong", {"left": str(person.tries)}) if person.tries else Outcome("locked")


def approve(city: City, person: Person, broadcast: str, code: str) -> Outcome:
    """The cell's code, three times at most."""
    if not (person.role and city.has_blast and broadcast == "B27"):
        return Outcome("refused")
    if code != CELL_CODE:
        person.wrong_codes += 1
        left = _CODE_TRIES - person.wrong_codes
        return Outcome("wrong", {"left": str(left)}) if left > 0 else Outcome("locked")
    city.has_blast = False
    return Outcome("ok", {"code": "B27", "at": NOW, "left": ""})


_BECOMES = {
    "verify": "verifying", "take": "local", "forward": "forwarded", "start": "in_progress", "resolve": "answered",
    "ask": "needs_info", "archive": "archived", "decline": "declined", "merge": "merged", "reopen": "reopened",
}  # fmt: skip


def act_on_ticket(city: City, args: Mapping[str, str]) -> Outcome:
    """Do it where the state allows it and something is said where something must be."""
    verb, words = args["verb"], args["words"]
    found = city.tickets.get(parse_ticket(args["ticket"]) or "")
    if found is None:
        return Outcome("gone")
    slots = {"ticket": show_ticket(found.number)}
    says = verb not in ("verify", "take", "forward", "start", "merge")
    lacks = (says and not words.strip()) or (verb == "decline" and not args["to"].strip())
    into = parse_ticket(args["into"]) or ""
    if (
        found.state not in CAN[verb]
        or lacks
        or (verb == "merge" and (into not in city.tickets or into == found.number))
    ):
        return Outcome("refused", slots)
    found.state = _BECOMES.get(verb, found.state)
    found.news = words if says else found.news
    return Outcome("ok", {**slots, "state": found.state})
