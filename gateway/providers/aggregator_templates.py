"""Texts of a description with slots such as {text}: checked, listed and filled. A brace of its own is written twice."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

OF_CALL: Final = ("text", "sender", "username", "api_key", "basic", "token", "public_url", "encoding", "validity")
"""Slots known once a call."""
OF_NUMBER: Final = ("to", "to.msisdn", "to.national")
OF_ONE: Final = (*OF_NUMBER, "message")
"""Slots known once a message."""
OF_MESSAGE: Final = frozenset(OF_ONE) | {"text", "validity", "encoding"}
"""Slots that a call about no message cannot fill."""
EACH: Final = "each"
"""A mapping of this one name is, in JSON, a list with an entry for each recipient."""

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([a-z_.]*)\}|[{}]")
_DIGEST: Final = re.compile(r"digest\.[a-z_]+")


def check_template(text: str) -> str:
    """`text` itself; ValueError for a slot that does not exist or a brace alone."""
    for piece in _PIECE.finditer(text):
        if piece[0] in ("{{", "}}"):
            continue
        if piece[1] is None:
            raise ValueError("a brace that belongs to no slot is written twice")
        if piece[1] not in OF_CALL + OF_ONE and not _DIGEST.fullmatch(piece[1]):
            raise ValueError(f"there is no slot {piece[0]}; there are {', '.join(OF_CALL + OF_ONE)} and digest.NAME")
    return text


def check_tree(tree: Any) -> Any:
    """A tree of mappings and lists itself, once every text in it is a template."""
    for _, text in walk(tree):
        check_template(text)
    return tree


def walk(tree: Any, where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a tree of mappings and lists, with the names that lead to it."""
    if isinstance(tree, str):
        yield where, tree
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, child in pairs:
        yield from walk(child, (*where, str(name)))


def slots_of(tree: Any) -> set[str]:
    """The slots that the texts of a tree use."""
    return {piece[1] for _, text in walk(tree) for piece in _PIECE.finditer(text) if piece[1]}


@lru_cache(maxsize=512)
def _pieces(text: str) -> tuple[tuple[str, str | None], ...]:
    """`text` in literal parts, each with the slot that follows it."""
    parts: list[tuple[str, str | None]] = []
    literal, end = "", 0
    for piece in _PIECE.finditer(text):
        literal += text[end : piece.start()]
        end = piece.end()
        if piece[1]:
            parts.append((literal, piece[1]))
            literal = ""
        else:
            literal += piece[0][0]
    return (*parts, (literal + text[end:], None))


def fill(text: str, values: Mapping[str, str]) -> str | None:
    """`text` with its slots filled; None where it has slots and all of them are empty: such a field is not sent."""
    filled = []
    had_slot = had_value = False
    for literal, slot in _pieces(text):
        filled.append(literal)
        if slot is not None:
            value = values[slot]
            had_slot, had_value = True, had_value or bool(value)
            filled.append(value)
    return None if had_slot and not had_value else "".join(filled)


def fill_tree(tree: Any, values: Mapping[str, str], each: Sequence[Mapping[str, str]]) -> Any:
    """A tree with every text filled; what `each` stands over becomes a list with an entry for each of the messages."""
    if isinstance(tree, str):
        return fill(tree, values)
    if isinstance(tree, dict):
        if set(tree) == {EACH}:
            return [fill_tree(tree[EACH], {**values, **one}, ()) for one in each]
        filled = {name: fill_tree(child, values, each) for name, child in tree.items()}
        return {name: value for name, value in filled.items() if value is not None or tree[name] is None}
    if isinstance(tree, list):
        return [value for child in tree if (value := fill_tree(child, values, each)) is not None or child is None]
    return tree
