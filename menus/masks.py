"""One-time codes taken out of an SMS before it is kept, whoever wrote it."""

import re
from collections.abc import Sequence

from gateway.kernel.codes import parse_ticket
from menus.lexicon import Lexicon
from menus.loader import standard_lexicon
from menus.matching import find_code, ticket_in
from menus.orders import (
    CODE_MASK,
    CODED,
    GUARDED,
    RELAYED,
    TICKETED,
    Order,
    find_relayed,
    is_of_relay,
    of_ticket,
    order_of,
)
from menus.spelling import Token, tokens_of

_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Ea-e][1-8][ .:=\-]*)?(\d(?:[ .\-]?\d){3,7})(?!\d)", re.ASCII)
_SIX = re.compile(r"(?<!\d)\d{3}[ .\-]?\d{3}(?!\d)", re.ASCII)
_CELL_AND_CODE = re.compile(r"\W*(?:[A-E][1-8]\W+)?\d(?:[ .\-]?\d){3,7}\W*", re.ASCII | re.IGNORECASE)
# At the very end of an order, behind a #: `#123456`, `# D4 123 456`, `#kode 123456.`
_LAST = re.compile(
    r"#\W{0,3}(?:(?:kode|code|kartu|card)\W{1,3})*(?:[A-E][1-8]\W{0,3})?(\d(?:[ .\-]?\d){3,7})\W*\Z",
    re.ASCII | re.IGNORECASE,
)
_LAST_SIX = re.compile(r"(?<![\w.\-])(\d{6})\W*\Z", re.ASCII)
_TICKET_AND_CODE = re.compile(
    r"\W*[A-Z]+\W+(\d{3}[ .\-]?\d{3}[ .\-]?\d)\W+(?:[A-E][1-8]\W*)?\d{3}[ .\-]?\d{3}\W*", re.ASCII | re.IGNORECASE
)
_DIGITS_ALONE = re.compile(r"\W*\d[\d .\-]{8,18}\W*", re.ASCII)
_WORDLESS = frozenset({Order.VERIFY, Order.TAKE, Order.START, Order.FORWARD, Order.MERGE, Order.RELAY})
"""Of GUARDED, those without words for anyone: six digits at their end are a code, with or without a #."""


def take_code(text: str, lexicon: Lexicon | None = None) -> tuple[str, str]:
    """The text with its one-time code masked, and the code's digits; the text as it is and "" where it gives none.

    Whoever wrote it: a message that looks like an order with a code is kept without it.
    """
    lexicon = lexicon or standard_lexicon()
    tokens = tokens_of(text)
    found = order_of(tokens, lexicon)
    if found is None:
        return text, ""
    order, at = found
    match = None
    if order in CODED:
        match = _code_behind(order, text, tokens, at, lexicon)
    elif order in GUARDED:
        match = _LAST.search(text) or _six_at_end(order, text, at)
    if match is None:
        return text, ""
    digits = "".join(filter(str.isdecimal, match[1]))
    return text[: match.start(1)] + CODE_MASK + text[match.end(1) :], digits


def _code_behind(order: Order, text: str, tokens: Sequence[Token], at: int, lexicon: Lexicon) -> re.Match[str] | None:
    """The code behind what an order names: a broadcast, a claim, and with YA a ticket or what was read aloud."""
    start = tokens[at - 1].end
    of_relay = order is Order.CONFIRM and is_of_relay(tokens[at:], lexicon)
    at += of_relay
    words = [token.word for token in tokens[at:]]
    code, used = find_relayed(words, lexicon) if of_relay else find_code(words, lexicon)
    if code and order is Order.MATCH:
        used += find_code(words[used:], lexicon)[1]
    if order is Order.CONFIRM and not code:
        code, _, used = ticket_in(words)
    if code:
        return _CODE.search(text, tokens[at + used - 1].end)
    if _CELL_AND_CODE.fullmatch(text[start:]):
        return _CODE.search(text, start)
    # A slip in the ticket: what ends like a code is kept out all the same.
    is_slip = order is Order.CONFIRM and _DIGITS_ALONE.fullmatch(text[start:])
    return _LAST_SIX.search(text, start) if is_slip else None


def _six_at_end(order: Order, text: str, at: int) -> re.Match[str] | None:
    """Six digits that end an order which says nothing besides: it has no words, or they were left out."""
    match = _LAST_SIX.search(text)
    if match is None:
        return None
    head = text[: match.start()]
    if order is Order.RELAY:
        counted = RELAYED.fullmatch(head, tokens_of(head)[at - 1].end)
        return match if counted and counted[3] else None
    named = of_ticket(order, head, tokens_of(head)[at:]) if order in TICKETED else None
    if named is None or not named.ticket or (order is Order.MERGE and not named.into):
        return None
    return match if order in _WORDLESS or not named.text else None


def is_ticket_and_code(text: str) -> bool:
    """Whether a message is one word, a ticket and six digits, and nothing else."""
    match = _TICKET_AND_CODE.fullmatch(text)
    return match is not None and parse_ticket(match[1]) is not None


def mask_six(text: str) -> str:
    """The text with every six digits that stand alone masked: what an official wrote that was no order."""
    return _SIX.sub(CODE_MASK, text)
