"""What was typed in a hop: the cumulative text of USSD taken apart, whatever stars it holds."""

import hashlib
from dataclasses import dataclass, field
from typing import Self

STAR = "*"


def last_input(before: str, text: str) -> str | None:
    """What follows the last `text`, minus one separator: "" where nothing does.

    None where `text` does not go on from `before`: shortened, or of another session.
    """
    if not before:
        return text
    if not text.startswith(before):
        return None
    added = text[len(before) :]
    if added and not added.startswith(STAR):
        return None
    return added[1:]


@dataclass(frozen=True, slots=True)
class Point:
    """How far a cumulative text was understood: its length, and a keyed hash in place of the words it may hold.

    Without the key a PIN among them could be tried out from the hash.
    """

    length: int
    mark: str
    key: bytes = field(default=b"", repr=False, compare=False)

    @classmethod
    def of(cls, text: str, key: bytes = b"") -> Self:
        """The end of `text`."""
        return cls(len(text), hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=key).hexdigest(), key)

    @classmethod
    def parse(cls, written: str, key: bytes = b"") -> Self:
        """What `str` wrote. Raises ValueError for anything else."""
        length, _, mark = written.partition(":")
        return cls(int(length), mark, key)

    def __str__(self) -> str:
        return f"{self.length}:{self.mark}"

    def typed(self, text: str) -> str | None:
        """What was typed since, as `last_input` says; None where `text` does not go on from here."""
        before = text[: self.length]
        return last_input(before, text) if Point.of(before, self.key) == self else None
