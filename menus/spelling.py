"""How an SMS is spelled: wrapped in base64, in any letters, with signs between and in the words, short or drawn out."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from menus.hanacaraka import is_javanese, latin

# Ten parts of an SMS hold 1,530 characters; what stands behind is kept, but no longer looked at for commands.
READ = 2_000
_MOST_TOKENS = 400
# Arrows, pictures, keycaps and what tints and joins them part words as a blank does.
_SIGNS = (
    r"\u2010-\u2027\u2030-\u205e\u20e3\u2190-\u2bff\u3000-\u303f\ua9c1-\ua9cf\ufe0e\ufe0f"
    r"\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_TOKEN = re.compile(rf"[^\s#*,;:/?!.()\[\]\"|&+<>={_SIGNS}]+")
_EDGE = "'`´‘’‚“”-_~"
_DRAWN = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"([^\W\d]{3,})(?:-?2|-\1)")
_WRAPPED = re.compile(r"[A-Za-z0-9+/\r\n]{12,}={0,2}\s*")
_MOSTLY = 0.8
_INVISIBLE = frozenset({"Cc", "Cf", "Mn"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a message in plain capitals, and where it stands in the message."""

    word: str
    start: int
    end: int


def unwrap(text: str) -> str | None:
    """The text inside a body that is base64 of UTF-8 text as a whole; None for any other body.

    Some aggregators wrap whatever is not plain ASCII. What the wrapping hid was not redacted yet: the caller does so.
    """
    if len(text) > 4 * READ or not _WRAPPED.fullmatch(text.strip()):
        return None
    try:
        inner = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    said = sum(letter.isalnum() or letter.isspace() or unicodedata.category(letter)[0] == "M" for letter in inner)
    is_text = any(map(str.isalpha, inner)) and all(letter.isprintable() or letter.isspace() for letter in inner)
    return inner if is_text and said >= _MOSTLY * len(inner) else None


def tokens_of(text: str, slang: Mapping[str, str] | None = None) -> list[Token]:
    """The words of a message; separators of any kind part them, full-width, accented and Javanese
    letters count as plain ones.

    `slang` writes short forms out (YG: YANG). Only the beginning of an endless message is read.
    """
    found = []
    for match in islice(_TOKEN.finditer(text[:READ]), _MOST_TOKENS):
        word = _plain(match.group()).upper().strip(_EDGE)
        if word:
            found.append(Token(word, match.start(), match.end()))
    if not slang:
        return found
    return [replace(token, word=slang.get(token.word, token.word)) for token in found]


def _plain(word: str) -> str:
    if word.isascii() and word.isprintable():
        return word
    if is_javanese(word):
        word = latin(word)
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if unicodedata.category(letter) not in _INVISIBLE
    )


def shortened(word: str) -> str:
    """A drawn out or doubled word as it is usually written once: MATIIIII is MATI, BOLONG2 and BOLONG-BOLONG are BOLONG."""
    word = _DRAWN.sub(r"\1", word)
    doubled = _DOUBLED.fullmatch(word)
    return doubled[1] if doubled else word
