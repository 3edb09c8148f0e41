"""Cuts long texts and lists into screens, by septets and at words, with the way on and back on each."""

from collections.abc import Sequence

from gateway.kernel.text import septets
from menus.texts import shorten, take


def cut(text: str, room: int) -> list[str]:
    """`text` in pieces of at most `room` septets, cut at white space, or inside a word longer than a piece.

    The pieces joined by a space are the text again, but for the kind of white space at the cuts
    and the joins inside overlong words.
    """
    pieces: list[str] = []
    rest = text.strip()
    while septets(rest) > room:
        count = take(rest, room)
        if not rest[count].isspace():
            count = max((at for at in range(1, count) if rest[at].isspace()), default=count)
        pieces.append(rest[:count].rstrip())
        rest = rest[count:].lstrip()
    pieces.append(rest)
    return pieces


def pages(head: str, lines: Sequence[str], last: str, more: str, room: int) -> tuple[str, ...]:
    """The screens that show `head`, then `lines`, each whole, in at most `room` septets a screen.

    `last` closes a screen that is the only or the last one, `more` every other. One screen is the usual answer.
    """
    whole = "\n".join(part for part in (head, *lines, last) if part)
    if septets(whole) <= room:
        return (whole,)
    inner = room - 1 - max(septets(more), septets(last))
    pieces = [piece for piece in cut(head, inner) if piece] + [shorten(line, inner) for line in lines]
    packed: list[str] = []
    for piece in pieces:
        if packed and septets(packed[-1]) + 1 + septets(piece) <= inner:
            packed[-1] += "\n" + piece
        else:
            packed.append(piece)
    return (*(f"{page}\n{more}" for page in packed[:-1]), f"{packed[-1]}\n{last}")
