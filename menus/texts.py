"""Texts in every language: filled from closed slots, fitted to GSM-7, falling back to Indonesian line by line."""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache
from typing import Self

from gateway.kernel.text import fit, septets
from menus.model import BASE_LANGUAGE
from menus.screens import Slot

SLOT = re.compile(r"\{([a-z_]+)\}")
UNIT = "unit"
_ELLIPSIS = ".."


class Texts:
    """Every text of the book. Immutable once built."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]], slots: Mapping[str, Slot]) -> None:
        base = languages[BASE_LANGUAGE]
        self._slots = slots
        self._split = {
            language: {key: tuple(SLOT.split(own.get(key, text))) for key, text in base.items()}
            for language, own in languages.items()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._split)

    def count(self) -> int:
        """How many texts there are in each language."""
        return len(self._split[BASE_LANGUAGE])

    def __iter__(self) -> Iterator[str]:
        """The keys of the texts, the same in every language."""
        return iter(self._split[BASE_LANGUAGE])

    def has(self, key: str) -> bool:
        """Whether the book knows this text; keys are the same in every language."""
        return key in self._split[BASE_LANGUAGE]

    def say(self, key: str, slots: Mapping[str, str], language: str) -> str:
        """The text under `key`. A slot without a value shows nothing; a value is never looked into for slots.

        Raises KeyError for a key that is not in the book. An unknown language speaks Indonesian.
        """
        parts = self._split.get(language, self._split[BASE_LANGUAGE])[key]
        if len(parts) == 1:
            return parts[0]
        return "".join(part if at % 2 == 0 else self._value(part, slots, language) for at, part in enumerate(parts))

    def bound(self, values: Mapping[str, str]) -> Self:
        """These texts with the slots of `values` filled, once for all; the others stay slots."""
        filled = copy(self)
        filled._split = {
            language: {key: self._filled(parts, values, language) for key, parts in texts.items()}
            for language, texts in self._split.items()
        }
        return filled

    def _filled(self, parts: tuple[str, ...], values: Mapping[str, str], language: str) -> tuple[str, ...]:
        done = [parts[0]]
        for name, after in zip(parts[1::2], parts[2::2], strict=True):
            if (self._slots[name].like or name) in values:
                done[-1] += self._value(name, values, language) + after
            else:
                done += [name, after]
        return tuple(done)

    def names_of(self, key: str, language: str) -> frozenset[str]:
        """The slots a text fills."""
        return frozenset(self._split[language][key][1::2])

    def codes(self, prefix: str) -> tuple[str, ...]:
        """The last names of the keys under `prefix`: the codes that a slot with these names can take."""
        return tuple(key.rpartition(".")[2] for key in self._split[BASE_LANGUAGE] if key.rpartition(".")[0] == prefix)

    def _value(self, name: str, slots: Mapping[str, str], language: str) -> str:
        slot = self._slots[name]
        value = slots.get(slot.like or name, "")
        count, _, unit = value.partition(" ")
        if slot.names and self.has(key := f"{slot.names}.{value}"):
            value = self.say(key, slots, language)
        elif unit in slot.units:
            words = self.say(f"{UNIT}.{unit}.{'one' if count == '1' else 'many'}", {}, language)
            value = f"{shorten(fit(count), slot.width)} {words}"
        else:
            value = fit(value)
            if not slot.long:
                value = shorten(" ".join(value.split()), slot.width or self._widest(slot.names, language))
        return value.upper() if slot.upper else value

    def _widest(self, prefix: str, language: str) -> int:
        return max((septets(self.say(f"{prefix}.{code}", {}, language)) for code in self.codes(prefix)), default=0)


@lru_cache(maxsize=512)
def shorten(text: str, room: int) -> str:
    """`text` in at most `room` septets, cut at a word where that leaves something, with two dots at the cut."""
    if septets(text) <= room:
        return text
    if room <= len(_ELLIPSIS):
        return text[: take(text, room)]
    head = text[: take(text, room - len(_ELLIPSIS))]
    if not text[len(head)].isspace() and (space := head.rfind(" ")) > room // 2:
        head = head[:space]
    return head.rstrip(" .,;:") + _ELLIPSIS


def take(text: str, room: int) -> int:
    """How many leading characters of `text` fit into `room` septets."""
    count = min(room, len(text))
    while septets(text[:count]) > room:
        count -= 1
    return count
