"""What officials do in the city in memory: sign in, approve the one broadcast that waits, and work on tickets."""

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
    "ask": "needs_info", "archive": "archived",
}  # fmt: skip


def act_on_ticket(city: City, ticket: str, verb: str, words: str) -> Outcome:
    """Do it where the state allows it and something is said where something must be."""
    found = city.tickets.get(parse_ticket(ticket) or "")
    if found is None:
        return Outcome("gone")
    slots = {"ticket": show_ticket(found.number)}
    says = verb in ("reply", "resolve", "ask", "archive")
    if found.state not in CAN["ask" if verb == "archive" else verb] or (says and not words.strip()):
        return Outcome("refused", slots)
    found.state = _BECOMES.get(verb, found.state)
    found.news = words if says else found.news
    return Outcome("ok", {**slots, "state": found.state})
