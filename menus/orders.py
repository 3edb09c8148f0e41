"""What an official orders by SMS: BLAST, YA B27 and its kin; never guessed from a slip, and a code never left in the text.

    BLAST [PENTING] area{,area} [@group] text        level, area and group in any order; the area may be KOTA
    BLAST SIAGA area reason # text                   an emergency says why before the #
    SIAGA preset value, value                        an emergency from a preset; SIAGA alone lists them
    YA B27 code  SETUJU B27 code  BATAL B27 code  JEDA B27 code  LANJUT B27 code
    TOLAK B27 reason   RALAT B27 text   STATUS B27   BANTUAN PETUGAS
    TIKET   TIKET ticket   TERIMA ticket   BALAS ticket text   TERUSKAN ticket office   GABUNG ticket ticket …
    VONIS C48 label fact # source, source   SETUJU C48 code   TOLAK C48 reason   COCOK C51 C48 code   ANTRE [C48]
    SIAR B27 3                                       read aloud in three RT; also of a claim or an item

What is done to a ticket, VONIS and SIAR wait for a code: `YA ticket code`, `YA C48 code`, `YA SIAR B27 code`; or it stands
at the very end of the order, behind a `#`.

An area is written as its name, its short code, or with its parts as MEDONO/RW3/RT2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from menus.lexicon import Lexicon
from menus.loader import standard_lexicon
from menus.matching import find_code, ticket_in
from menus.spelling import Token, tokens_of

CODE_MASK = "[kode]"
CITY = "33.75"
EMERGENCY = "emergency"
_EDGE = " \t\r\n,:;.=>#-"
_TAKEN = re.compile(rf"(?:#[^#\[\]]*)?{re.escape(CODE_MASK)}\W*\Z")
_GROUP = re.compile(r"@([A-Za-z0-9_-]{1,40})", re.ASCII)
_UNIT = re.compile(r"/\s*(RW|RT)\s?0*(\d{1,3})", re.ASCII | re.IGNORECASE)


class Order(StrEnum):
    """Everything an official can order by SMS."""

    BLAST = "blast"
    PRESET = "preset"
    CONFIRM = "confirm"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    STATUS = "status"
    CORRECT = "correct"
    HELP = "help"
    TICKETS = "tickets"
    VERIFY = "verify"
    ASK = "ask"
    FORWARD = "forward"
    DECLINE = "decline"
    TAKE = "take"
    START = "start"
    REPLY = "reply"
    RESOLVE = "resolve"
    MERGE = "merge"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    HELP_TICKETS = "help_tickets"
    VERDICT = "verdict"
    MATCH = "match"
    QUEUE = "queue"
    RELAY = "relay"


TICKETED = frozenset({Order.TICKETS, Order.VERIFY, Order.ASK, Order.FORWARD, Order.DECLINE, Order.TAKE, Order.START,
                      Order.REPLY, Order.RESOLVE, Order.MERGE, Order.ARCHIVE, Order.REOPEN})  # fmt: skip
"""Orders about tickets."""
GUARDED = (TICKETED - {Order.TICKETS}) | {Order.VERDICT, Order.RELAY}
"""Orders that wait for a code, kept meanwhile; it may also stand at their very end."""
_TYPED = 5
"""Digits behind such an order that are meant as a ticket, though they are none."""
CODED = frozenset({Order.CONFIRM, Order.APPROVE, Order.CANCEL, Order.PAUSE, Order.RESUME, Order.MATCH})
OF_CLAIMS = frozenset({Order.CONFIRM, Order.VERDICT, Order.APPROVE, Order.REJECT, Order.MATCH, Order.QUEUE})
"""What is ordered of a claim, by its code C48."""
_PRESET = re.compile(r"\W*([A-Za-z0-9_-]{1,32})(?![A-Za-z0-9_-])", re.ASCII)
RELAYED = re.compile(r"\W*([BCN])[ \-]?(\d{1,9})(?:\W+(?:RT\W*)?(\d{1,2})(?:\W*RT)?)?\W*", re.ASCII | re.IGNORECASE)


class Places(Protocol):
    """What is asked of the city's areas; `gateway.kernel.areas.AreaBook` is one."""

    def named(self, words: Sequence[str]) -> tuple[str, int] | None: ...


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order. `number` is that of the broadcast, None where none is named or it is a new one.

    text: of a BLAST or RALAT the message, of a TOLAK the reason, of a ticket's order what stands behind the ticket;
    reason: why an emergency is one; areas and groups: as an audience has them; ticket: seven digits, empty where those
    that were typed are none; into: a second ticket; code and count: what was read aloud, in how many RT.
    """

    order: Order
    number: int | None = None
    text: str = ""
    level: str = "routine"
    reason: str = ""
    areas: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ticket: str = ""
    into: str = ""
    claim: int = 0
    known: int = 0
    code: str = ""
    count: int = 0
    preset: str = ""


def parse(text: str, places: Places, *, has_code: bool = False, lexicon: Lexicon | None = None) -> Ordered | None:
    """The order in an SMS whose code was taken out; None for anything else, which is then read as anyone's would be."""
    lexicon = lexicon or standard_lexicon()
    tokens = tokens_of(text)
    found = order_of(tokens, lexicon)
    if found is None:
        return None
    order, at = found
    if order in GUARDED and (taken := _TAKEN.search(text)):
        text = text[: taken.start()]
        tokens = tokens_of(text)
    if order is Order.BLAST:
        return _blast(text, tokens[at:], places, lexicon, tokens[at - 1].end)
    if order is Order.PRESET:
        return _preset(text[tokens[at - 1].end :])
    if order in (Order.HELP, Order.HELP_TICKETS):
        return Ordered(order)
    if order in TICKETED:
        return of_ticket(order, text, tokens[at:])
    if order is Order.RELAY:
        return _relay(text[tokens[at - 1].end :])
    if order is Order.CONFIRM and is_of_relay(tokens[at:], lexicon):
        return Ordered(order, code=find_relayed([token.word for token in tokens[at + 1 :]], lexicon)[0])
    words = [token.word for token in tokens[at:]]
    code, used = find_code(words, lexicon)
    if order is Order.CONFIRM and not code and (ticket := ticket_in(words)[0]):
        return Ordered(order, ticket=ticket)
    if order in OF_CLAIMS and code.startswith("C"):
        known, further = find_code(words[used:], lexicon) if order is Order.MATCH else ("", 0)
        said = _said(text[tokens[at + used + further - 1].end :])
        return Ordered(order, None, said, claim=int(code[1:]), known=int(known[1:]) if known.startswith("C") else 0)
    if order in (Order.VERDICT, Order.MATCH, Order.QUEUE):
        return Ordered(order)
    if not code.startswith("B"):
        return Ordered(order) if has_code else None
    said = _said(text[tokens[at + used - 1].end :])
    return Ordered(order, int(code[1:]), said if order in (Order.REJECT, Order.CORRECT) else "")


def order_of(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Order, int] | None:
    """What the first words order, and the token behind them."""
    for length in (2, 1):
        words = tuple(token.word for token in tokens[:length])
        if len(words) == length and (name := lexicon.orders.get(words)):
            return Order(name), length
    return None


def is_of_relay(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether what YA confirms is that something was read aloud: `YA SIAR B27 code`."""
    found = order_of(tokens[:1], lexicon)
    return found is not None and found[0] is Order.RELAY


def find_relayed(words: Sequence[str], lexicon: Lexicon) -> tuple[str, int]:
    """As `find_code`, also of an item: N101."""
    code, used = find_code(words, lexicon)
    if not code and words and (match := RELAYED.fullmatch(words[0])) and not match[3]:
        code, used = f"{match[1].upper()}{int(match[2])}", 1
    return code, used


def of_ticket(order: Order, text: str, tokens: Sequence[Token]) -> Ordered | None:
    """An order about a ticket; None without one, but for a bare TIKET: "selesai sudah" is what anyone may write."""
    words = [token.word for token in tokens]
    if order is Order.TICKETS and not words:
        return Ordered(order)
    ticket, typed, used = ticket_in(words)
    if not ticket and len(typed.replace("-", "")) < _TYPED:
        return None
    into, _, _ = ticket_in(words[used:])
    return Ordered(order, None, _said(text[tokens[used - 1].end :]), ticket=ticket, into=into)


def _blast(text: str, tokens: Sequence[Token], places: Places, lexicon: Lexicon, end: int) -> Ordered:
    level, areas, groups = "", list[str](), list[str]()
    at = 0
    while at < len(tokens):
        word, gap = tokens[at].word, text[end : tokens[at].start]
        # A second area follows a comma alone: "MEDONO Tirto ikut" begins its text with Tirto.
        if not level and word in lexicon.order_levels:
            level, used = lexicon.order_levels[word], 1
        elif match := _GROUP.match(text, tokens[at].start):
            groups.append(match[1].lower())
            used = 1
        elif not areas or "," in gap:
            code, used = _place([token.word for token in tokens[at : at + 4]], places, lexicon)
            if not used:
                break
            end = tokens[at + used - 1].end
            while unit := _UNIT.match(text, end):
                code, end = f"{code}/{unit[1].upper()}{int(unit[2]):02d}", unit.end()
            areas.append(code)
        else:
            break
        end = max(end, tokens[at + used - 1].end)
        at += used
        while at < len(tokens) and tokens[at].start < end:
            at += 1
    said, reason = _said(text[end:]), ""
    if level == EMERGENCY:
        reason, mark, rest = text[end:].partition("#")
        reason, said = reason.strip(_EDGE), _said(rest) if mark else ""
    return Ordered(Order.BLAST, None, said, level or "routine", reason, tuple(areas), tuple(groups))


def _preset(text: str) -> Ordered:
    """What stands behind its name are its values; the text before a # where somebody says why, too."""
    match = _PRESET.match(text)
    values, _, reason = text[match.end() :].partition("#") if match else ("", "", "")
    return Ordered(
        Order.PRESET, None, _said(values), EMERGENCY, reason.strip(_EDGE), preset=match[1].lower() if match else ""
    )


def _relay(text: str) -> Ordered | None:
    match = RELAYED.fullmatch(text)
    if match is None:
        return Ordered(Order.RELAY) if not text.strip(_EDGE) else None
    return Ordered(Order.RELAY, code=f"{match[1].upper()}{int(match[2])}", count=int(match[3] or 0))


def _said(text: str) -> str:
    return text.lstrip(_EDGE).rstrip()


def _place(words: Sequence[str], places: Places, lexicon: Lexicon) -> tuple[str, int]:
    if words and words[0] in lexicon.order_city:
        return CITY, 1
    return places.named(words) or ("", 0)
