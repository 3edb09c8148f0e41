"""A phone in the terminal: plays the book over canned areas, items and tickets, showing effects as they happen."""

from collections.abc import Callable, Mapping

from gateway.kernel.codes import show_ticket
from gateway.kernel.text import septets
from menus.book import Book
from menus.engine import start, step
from menus.model import Action, Effect, Input, Lookup, Need, Outcome, Row, Rows, Said

PREFIX = 4
_AREAS: Mapping[str, Mapping[str, str]] = {
    "33.75": {
        "33.75.01": "Pekalongan Barat",
        "33.75.02": "Pekalongan Timur",
        "33.75.03": "Pekalongan Utara",
        "33.75.04": "Pekalongan Selatan",
    },
    "33.75.01": {"33.75.01.1002": "Medono", "33.75.01.1006": "Bendan Kergon", "33.75.01.1008": "Pasirkratonkramat"},
    "33.75.02": {"33.75.02.1002": "Noyontaansari", "33.75.02.1007": "Poncol"},
    "33.75.03": {"33.75.03.1003": "Kandang Panjang", "33.75.03.1006": "Padukuhan Kraton"},
    "33.75.04": {"33.75.04.1004": "Jenggot", "33.75.04.1006": "Kuripan Kertoharjo"},
}
_ITEMS = {
    "B27": "SIAGA ROB jam 14-18: Kandang Panjang, Panjang Baru, Bandengan. Amankan barang & listrik.",
    "I12": "Posyandu lansia Sabtu jam 08-11 di balai kelurahan. Bawa KTP. " * 4,
}
_TICKETS = {"2719089": "in_progress", "1145029": "answered"}


def answer(asked: Need) -> Said:
    """What the canned city says to a need."""
    if asked.name is Lookup.AREAS:
        found = _AREAS.get(asked.args["parent"], {})
        return Rows(tuple(Row(code, name) for code, name in found.items()))
    if asked.name is Lookup.ITEMS:
        return Rows(tuple(Row(code, text) for code, text in _ITEMS.items()))
    if asked.name is Lookup.ITEM:
        if text := _ITEMS.get(asked.args["code"]):
            slots = {"item": asked.args["code"], "text": text, "source": "BPBD", "published": "12/6 09.10"}
            return Outcome("ok", slots)
        return Outcome("gone")
    if asked.name is Lookup.TICKETS:
        return Rows(
            tuple(Row(code, slots={"ticket": show_ticket(code), "state": state}) for code, state in _TICKETS.items())
        )
    code = "".join(letter for letter in asked.args["ticket"] if letter.isdecimal())
    if code not in _TICKETS:
        return Outcome("gone")
    slots = {"ticket": show_ticket(code), "state": _TICKETS[code], "office": "DPUPR", "since": "13/6", "due": "26/6"}
    return Outcome("ok", slots)


def perform(effect: Effect) -> Outcome:
    """Every effect succeeds; a report gets a ticket."""
    return Outcome("ok", {"ticket": show_ticket("2719089")} if effect.action is Action.FILE_ASPIRATION else {})


def play(
    book: Book, say: Callable[[str], None], ask: Callable[[str], str], *, language: str, known: bool, alert: str
) -> None:
    """Plays one session until it ends or the input does."""
    facts = {"ussd": "*546#", "number": "54600", "tariff": "tarif SMS biasa", "cap": "2", "alert": alert}
    if known:
        facts |= {"known": "yes", "area": "33.75.01.1006", "area_name": "Bendan Kergon"}
    turn = start(book, facts, language)
    while True:
        if turn.need:
            turn = step(book, turn.state, answer(turn.need), facts)
            continue
        if turn.effect:
            say(f"[{turn.effect.action}] " + ", ".join(f"{name}={value}" for name, value in turn.effect.args.items()))
            turn = step(book, turn.state, perform(turn.effect), facts)
            continue
        size = septets(turn.text) + PREFIX
        say(f"{'END' if turn.ends else 'CON'} {turn.text}\n-- {turn.state.screen}, {size} septets")
        if turn.ends:
            return
        try:
            typed = ask("> ")
        except EOFError:
            return
        turn = step(book, turn.state, Input(typed), facts)
