"""Public codes: every slip of a keypad is caught, and people's separators do not matter."""

import random

import pytest

from gateway.kernel import codes

RANDOM = random.Random(2719089)
TICKETS = [codes.make_ticket(RANDOM.randrange) for _ in range(10_000)]


def test_ten_thousand_tickets_are_valid_as_made_and_as_shown() -> None:
    for ticket in TICKETS:
        assert len(ticket) == 7
        assert codes.parse_ticket(ticket) == ticket
        assert codes.parse_ticket(codes.show_ticket(ticket)) == ticket
        assert max(len(group) for group in codes.show_ticket(ticket).split("-")) == 3


def test_every_single_wrong_digit_is_caught() -> None:
    for ticket in TICKETS[:1000]:
        for at in range(7):
            for digit in "0123456789":
                if digit != ticket[at]:
                    assert codes.parse_ticket(ticket[:at] + digit + ticket[at + 1 :]) is None


def test_every_swap_of_neighbours_is_caught() -> None:
    for ticket in TICKETS:
        for at in range(6):
            if ticket[at] != ticket[at + 1]:
                swapped = ticket[:at] + ticket[at + 1] + ticket[at] + ticket[at + 2 :]
                assert codes.parse_ticket(swapped) is None


@pytest.mark.parametrize(
    ("label", "written", "ticket"),
    [
        ("as shown", "271-908-9", "2719089"),
        ("without separators", "2719089", "2719089"),
        ("with blanks", " 271 908 9 ", "2719089"),
        ("with dots and strokes", "271.908/9", "2719089"),
        ("behind a sign", "#2719089", "2719089"),
        ("with a letter", "271908g", None),
        ("with a word before it", "tiket 271-908-9", None),
        ("one digit short", "271-908", None),
        ("one digit long", "271-908-91", None),
        ("a wrong check digit", "271-908-8", None),
        ("digits of another script", "٢٧١٩٠٨٩", None),
        ("nothing", "", None),
    ],
)
def test_parses_tickets(label: str, written: str, ticket: str | None) -> None:
    assert codes.parse_ticket(written) == ticket, label


def test_small_bodies_keep_their_zeroes() -> None:
    assert codes.show_ticket(codes.make_ticket(lambda _: 0)) == "000-000-0"


@pytest.mark.parametrize(
    ("label", "written", "number"),
    [
        ("as shown", "B27", 27),
        ("in small letters with a blank", " b 27 ", 27),
        ("with a dash", "B-27", 27),
        ("another letter", "C27", None),
        ("no number", "B", None),
        ("too long to be one", "B1234567890", None),
        ("words behind", "B27 ya", None),
    ],
)
def test_parses_broadcasts(label: str, written: str, number: int | None) -> None:
    assert codes.parse_broadcast(written) == number, label
    if number:
        assert codes.parse_broadcast(codes.show_broadcast(number)) == number
