"""What a rumour is: its public code, its labels, and when two askings are the same."""

import re

from gateway.aspirations.rules import fold

LABELS = ("salah", "menyesatkan", "benar", "belum_terbukti")
CHECKING = "sedang_dicek"
"""What residents read of a claim that nobody has judged yet."""
LONGEST = 1000
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"\s*[Cc]\s*[-.]?\s*(\d{1,9})\s*")


def show_claim(number: int) -> str:
    """The public code of the claim with this running number."""
    return f"C{number}"


def parse_claim(text: str) -> int | None:
    """The running number behind `C48`, `c 48` or `C-48`; None for anything else."""
    match = _CODE.fullmatch(text)
    return int(match[1]) if match and match[1].isascii() else None


def normal(words: str) -> str:
    """A claim as compared: case, spacing and signs do not count; every word and number does."""
    return " ".join(_WORD.findall(fold(words)))
