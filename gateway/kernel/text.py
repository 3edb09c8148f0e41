"""Text on the wire: septets and segments of GSM-7 and UCS-2, fitting to GSM-7, and the redaction of what comes in.

Source: 3GPP TS 23.038 (alphabet), TS 23.040 9.2.3.24.1 (concatenation: 153 septets or 67 code units a part).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import gsm0338

_SINGLE, _PART = 160, 153
_UCS2_SINGLE, _UCS2_PART = 70, 67
_CODEC = gsm0338.Codec()
_EXTENDED = frozenset("^{}\\[~]|€\f")
_WITHOUT_EXTENDED = {ord(letter): None for letter in _EXTENDED}


def _basic() -> frozenset[str]:
    found = set()
    for point in range(0x2100):
        try:
            encoded, _ = _CODEC.encode(chr(point))
        except UnicodeError:
            continue
        if len(encoded) == 1:
            found.add(chr(point))
    return frozenset(found - {"\x1b"})


_BASIC = _basic()

# Letters and signs outside GSM-7 whose plain form says the same. Javanese pepet (ê) and taling are told apart by
# readers from context, as on every Javanese keyboard without them.
_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "′": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "·": "-",
    "…": "...", "×": "x", "÷": "/", "→": "->", "←": "<-", "½": "1/2", "¼": "1/4", "¾": "3/4",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "\t": " ",
    "ç": "c", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u00ad": "", "\ufe0f": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How a text travels: its encoding, how many parts, and how many septets or code units it takes."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


def is_gsm7(text: str) -> bool:
    """Whether every character stands in GSM-7's basic or extension table."""
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def septets(text: str) -> int:
    """Septets of a GSM-7 text; a character of the extension table takes two. Others count as one (see `measure`)."""
    return 2 * len(text) - len(text.translate(_WITHOUT_EXTENDED))


def measure(text: str) -> Size:
    """Encoding, parts and units of `text` as an SMS. A two-unit character is never split over two parts."""
    if is_gsm7(text):
        units = septets(text)
        if units <= _SINGLE:
            return Size("GSM-7", 1, units)
        return Size("GSM-7", _parts([2 if letter in _EXTENDED else 1 for letter in text], _PART), units)
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    units = sum(widths)
    return Size("UCS-2", 1 if units <= _UCS2_SINGLE else _parts(widths, _UCS2_PART), units)


def _parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def fit(text: str) -> str:
    """`text` in GSM-7 without losing meaning: typographic signs and accents become plain ones, anything else `?`."""
    if is_gsm7(text):
        return text
    out: list[str] = []
    for letter in text:
        if letter in _BASIC or letter in _EXTENDED:
            out.append(letter)
        elif letter in _PLAIN:
            out.append(_PLAIN[letter])
        elif unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
            continue
        else:
            bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
            kept = "".join(part for part in bare if part in _BASIC or part in _EXTENDED)
            out.append(kept or "?")
    return "".join(out)


_CONTROL = {code: None for code in range(32) if code not in (10, 13)} | {127: None} | dict.fromkeys(range(128, 160))
# What people and phones put between digits: blanks, dots, strokes, every dash, and signs that have no width.
_BETWEEN = " \t\n\u00a0\u2007\u2009\u202f._/\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff\\-"
_SEPARATED = f"[{_BETWEEN}()]{{0,2}}"
_RUN = re.compile(rf"\d(?:[{_BETWEEN}]{{0,3}}\d){{15,}}", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)
_IDENTITY_DIGITS = 16
_TICKET = r"\d{3}-\d{3}-\d(?![\d\-])"
_SPACED_TICKET = re.compile(rf"(?<![^\s]){_TICKET}(?![^\s])", re.ASCII)
# Neither in the middle of a number or an amount (1.020.000.000), nor the amount itself, nor a ticket code.
_BEGINS = rf"(?<![\d+])(?<!\d[.\-/_])(?<!Rp)(?<!Rp[ .])(?<!Rp\. )(?!{_TICKET})"
_PHONE = re.compile(rf"{_BEGINS}\(?(?:\+?62|0){_SEPARATED}8(?:{_SEPARATED}\d){{7,11}}(?!\d)", re.ASCII | re.IGNORECASE)
_LANDLINE = re.compile(rf"{_BEGINS}\(?0[2-7](?:{_SEPARATED}\d){{7,10}}(?!\d)", re.ASCII | re.IGNORECASE)
_FOREIGN = re.compile(rf"\+\d(?:{_SEPARATED}\d){{8,14}}(?!\d)", re.ASCII)

IDENTITY_MASK = "[NIK]"
PHONE_MASK = "[no HP]"


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text as it may be stored, and whether an identity number was taken out of it."""

    text: str
    had_identity: bool
    had_phone: bool


def clean(text: str) -> str:
    """`text` without control characters, lone surrogates and NUL, which PostgreSQL cannot hold; lines are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def redact(text: str) -> Redacted:
    """Cleaned `text` with identity numbers (16 digits, also with separators) and phone numbers masked.

    Full-width and other Unicode digits count as digits. Ticket codes (seven digits) and amounts pass.
    """
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    text = clean(text)
    masked = _mask_identities(text)
    had_identity, phones = masked != text, 0
    for pattern in (_FOREIGN, _PHONE, _LANDLINE):
        masked, found = pattern.subn(PHONE_MASK, masked)
        phones += found
    return Redacted(masked, had_identity, phones > 0)


def _mask_identities(text: str) -> str:
    """Masks groups of digits that make 16 together, and longer ones whole; a ticket code among them stands apart."""
    spans: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        tickets = [match.span() for match in _SPACED_TICKET.finditer(text, *run.span())]
        groups = [match.span() for match in _GROUP.finditer(text, *run.span())]
        kept = [span for span in groups if not any(begin <= span[0] < end for begin, end in tickets)]
        first = 0
        while first < len(kept):
            digits, last = 0, first
            while last < len(kept) and digits < _IDENTITY_DIGITS:
                digits += kept[last][1] - kept[last][0]
                last += 1
            if digits == _IDENTITY_DIGITS or kept[first][1] - kept[first][0] > _IDENTITY_DIGITS:
                spans.append((kept[first][0], kept[last - 1][1]))
                first = last
            else:
                first += 1
    for begin, end in reversed(spans):
        text = text[:begin] + IDENTITY_MASK + text[end:]
    return text
