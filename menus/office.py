"""What officials do in the city in memory: sign in, and approve the one broadcast that waits."""

from menus.city import CELL_CODE, NOW, PIN, City, Person
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
