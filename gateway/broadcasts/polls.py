"""The question a broadcast may carry: its answers by digit, what may be asked, and which figures may be shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.kernel.errors import Invalid
from gateway.kernel.hiding import SMALLEST, hide_among
from gateway.kernel.text import clean, is_gsm7, septets

LONGEST: Final = timedelta(days=60)
LONGEST_WORDS: Final = 20
ROOM: Final = 160
"""Septets that all answers with their shares may take in the SMS that tells the result."""
_SHARE: Final = len(" 100%, ")


@dataclass(frozen=True, slots=True)
class Poll:
    """`options` by digit, from 1 on; answers count until `closes_at` (aware)."""

    options: Mapping[str, str]
    closes_at: datetime

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Poll | None":
        """From what `stored` gives; None for a broadcast that asks nothing."""
        if stored is None:
            return None
        return cls(dict(stored["options"]), datetime.fromisoformat(stored["closes_at"]))

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON; the same moment is written in one zone alone, since an approval is bound to it."""
        return {"options": dict(self.options), "closes_at": self.closes_at.astimezone(UTC).isoformat()}


def check(poll: Poll, texts: Mapping[str, str], now: datetime, send_at: datetime | None) -> None:
    """Refuse a question that people could not answer by one digit. Raises Invalid naming what to mend."""
    words = list(poll.options.values())
    if list(poll.options) != [str(at) for at in range(1, len(words) + 1)] or not 2 <= len(words) <= 9:
        raise Invalid("question.options needs two to nine answers, with the digits from 1 on, in order.")
    for digit, said in poll.options.items():
        if not said.strip() or said != clean(said) or len(said) > LONGEST_WORDS or not is_gsm7(said):
            raise Invalid(f"Answer {digit} must have 1 to {LONGEST_WORDS} characters that any phone can show.")
    if len({said.casefold() for said in words}) < len(words):
        raise Invalid("Two answers of the question are the same.")
    if sum(septets(said) + _SHARE for said in words) > ROOM:
        raise Invalid("The answers are too long together: the SMS with the result would not hold them; shorten them.")
    begins = max(now, send_at or now)
    if not begins < poll.closes_at <= begins + LONGEST:
        raise Invalid(f"question.closes_at must lie after now and send_at, {LONGEST.days} days at most.")
    for language, text in texts.items():
        for digit, said in poll.options.items():
            # In another language an answer has other words, but the same digit.
            named = (
                rf"(?<!\d){digit}[\s.:=)-]{{0,2}}{re.escape(said)}" if language == "id" else rf"(?<!\d){digit}(?!\d)"
            )
            if not re.search(named, text, re.IGNORECASE):
                what = f"{digit} {said}" if language == "id" else digit
                raise Invalid(f"Text {language} must name every answer of the question; `{what}` is missing.")


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be shown. `cells`: answers by digit, None where hidden; `total` is None where all of it is hidden."""

    total: int | None
    cells: Mapping[str, int | None]

    def percent(self, answers: int) -> int:
        """A share of the total in whole percent."""
        return round(100 * answers / self.total) if self.total else 0


def show(poll: Poll, counts: Mapping[str, int]) -> Figures:
    """The figures without those under five, none included, and without what would give them away."""
    cells = {digit: counts.get(digit, 0) for digit in poll.options}
    hidden, total = hide_among(cells), sum(cells.values())
    shown = {digit: None if digit in hidden else n for digit, n in cells.items()}
    return Figures(total if total >= SMALLEST else None, shown)
