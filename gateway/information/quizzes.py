"""A quiz that an item asks: its answers by digit, which is right and why, and how well which area did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.broadcasts.polls import Poll, check
from gateway.kernel.errors import Invalid
from gateway.kernel.hiding import hide_among
from gateway.kernel.text import is_gsm7, septets

LONGEST_FACT: Final = 150
"""Septets of the reason: with the right answer and the code it makes two SMS at most."""
NOWHERE: Final = ""
"""The area of those who are registered in none."""


@dataclass(frozen=True, slots=True)
class Quiz:
    """`options` by digit, from 1 on; `right` is one of these digits; `facts` say why, by language."""

    options: Mapping[str, str]
    right: str
    facts: Mapping[str, str]

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Quiz | None":
        """From what `stored` gives; None for an item that asks nothing."""
        return cls(dict(stored["options"]), str(stored["right"]), dict(stored["facts"])) if stored else None

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON, in one order: an approval is bound to it."""
        return {"options": dict(self.options), "right": self.right, "facts": dict(sorted(self.facts.items()))}

    def fact(self, language: str) -> str:
        """Why, in a language, else in Indonesian."""
        return self.facts.get(language) or self.facts["id"]

    def fault_of(self, texts: Mapping[str, str], now: datetime, begins: datetime, ends: datetime) -> str:
        """What is wrong with it, as a sentence; empty where people can answer it by one digit."""
        try:
            check(Poll(self.options, ends), texts, now, begins)
        except Invalid as fault:
            return str(fault).replace("question.options", "quiz.options").replace("question.closes_at", "valid_until")
        if self.right not in self.options:
            return "quiz.right must be the digit of one of its answers."
        if self.facts.keys() != texts.keys():
            return "quiz.facts must say why in each language of the texts."
        for language, fact in self.facts.items():
            if not fact.strip() or not is_gsm7(fact) or septets(fact) > LONGEST_FACT or "\n" in fact:
                return f"quiz.facts {language} takes one line of 1 to {LONGEST_FACT} plain letters."
        return ""


@dataclass(frozen=True, slots=True)
class Score:
    """How many answered, and how many of them rightly."""

    people: int
    right: int

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.people)


def scores(counts: Mapping[tuple[str, bool], int]) -> tuple[Score | None, dict[str, Score | None]]:
    """The score of all and of each area, None where hidden; counts: answers by area and by whether they are right.

    Right and wrong answers under five are hidden, none included, and areas that would give another's away along with it.
    """
    by_kind = {kind: {area: n for (area, right), n in counts.items() if right is kind} for kind in (True, False)}
    areas = sorted({area for area, _ in counts})
    total = {str(kind): sum(found.values()) for kind, found in by_kind.items()}
    if hide_among(total):
        return None, dict.fromkeys(areas)
    hidden = set().union(*(hide_among({area: found.get(area, 0) for area in areas}) for found in by_kind.values()))
    each = {area: Score(by_kind[True].get(area, 0) + by_kind[False].get(area, 0), by_kind[True].get(area, 0))
            for area in areas}  # fmt: skip
    return Score(sum(total.values()), total["True"]), {area: None if area in hidden else each[area] for area in areas}
