"""Public codes: ticket numbers with a Damm check digit (`271-908-9`) and broadcast codes (`B27`)."""

import re
from collections.abc import Callable

from stdnum import damm

_DIGITS = re.compile(r"\d")
TICKET_DIGITS = 7


def make_ticket(below: Callable[[int], int]) -> str:
    """Seven digits: six at random, then the check digit. `below(n)` gives a random whole number below n.

    Damm's digit catches every single wrong digit and every swap of neighbours, the slips of a keypad.
    """
    body = f"{below(1_000_000):06d}"
    return body + str(damm.calc_check_digit(body))


def show_ticket(digits: str) -> str:
    """`2719089` as people read it: groups of three at most, which no operator takes for a one-time password."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def parse_ticket(text: str) -> str | None:
    """The seven digits of a ticket written with any separators, or None where they are none or the check fails."""
    digits = "".join(_DIGITS.findall(text))
    if len(digits) != TICKET_DIGITS or not digits.isascii() or re.search(r"[^\W\d]", text):
        return None
    return digits if damm.is_valid(digits) else None


_BROADCAST = re.compile(r"\s*[Bb]\s*[-.]?\s*(\d{1,9})\s*")


def show_broadcast(number: int) -> str:
    """The public code of the broadcast with this running number."""
    return f"B{number}"


def parse_broadcast(text: str) -> int | None:
    """The running number behind `B27`, `b 27` or `B-27`; None for anything else."""
    match = _BROADCAST.fullmatch(text)
    return int(match[1]) if match else None
