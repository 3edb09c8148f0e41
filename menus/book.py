"""The dialogue book as it is used: screens, texts, declared messages, and the fingerprint of its flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from menus.screens import Screen, Slot
from menus.texts import Texts


@dataclass(frozen=True, slots=True)
class Book:
    """Immutable and shared by all sessions of a process. `messages` maps an SMS text to the parts it may take;
    `unreviewed` gives, by language, the texts that no native speaker has read yet, with their lines."""

    screens: Mapping[str, Screen]
    texts: Texts
    slots: Mapping[str, Slot]
    messages: Mapping[str, int]
    fingerprint: str
    unreviewed: Mapping[str, Mapping[str, int]]
    slotless: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    cut: dict[tuple[Any, ...], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Which screens say the same to everybody, and their pages: each is found out once, by `menus.layout`."""

    @property
    def languages(self) -> tuple[str, ...]:
        return self.texts.languages

    def bound(self, values: Mapping[str, str]) -> Self:
        """The same book with these slots filled wherever a text has them; nobody needs to give them any more."""
        return replace(self, texts=self.texts.bound(values), slotless={}, cut={})
