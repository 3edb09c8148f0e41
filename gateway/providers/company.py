"""The simulated company's pure part: it reads a send form, answers as Africa's Talking does, plans faults and reports.

The application's simulator and the tests' stand-in both stand on it; neither sockets nor clocks nor dice are in here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from json import dumps
from random import Random
from typing import Final, Self

from gateway.kernel.text import measure
from gateway.providers.africastalking_rulings import CODES
from gateway.providers.base import Verdict

SENT: Final = 101
REFUSED: Final = 403


class Fate(StrEnum):
    """What happens to a whole call."""

    TAKE = "take"
    STALL = "stall"
    HTTP_429 = "http_429"
    HTTP_5XX = "http_5xx"


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong: fractions from 0 to 1, of calls (stall, http_429, http_5xx), of recipients (refuse),
    of reports (the last three); slow_ms: milliseconds added to every answer.
    """

    refuse: float = 0.0
    stall: float = 0.0
    http_429: float = 0.0
    http_5xx: float = 0.0
    slow_ms: float = 0.0
    duplicate_receipts: float = 0.0
    reorder_receipts: float = 0.0
    drop_receipts: float = 0.0

    @classmethod
    def of(cls, plan: Mapping[str, object]) -> Self:
        """Reads a plan as JSON or a form gives it; raises ValueError naming every wrong or unknown entry."""
        known = {entry.name for entry in fields(cls)}
        wrong = [name for name in plan if name not in known]
        read: dict[str, float] = {}
        for name in known & plan.keys():
            try:
                read[name] = float(str(plan[name]))
            except ValueError:
                wrong.append(name)
                continue
            if not 0 <= read[name] <= (60_000 if name == "slow_ms" else 1):
                wrong.append(name)
        if wrong:
            raise ValueError(f"not a fraction from 0 to 1, or unknown: {', '.join(sorted(wrong))}")
        return cls(**read)

    def fate(self, roll: float) -> Fate:
        """The fate of a call for a roll from 0 up to 1."""
        for share, fate in ((self.stall, Fate.STALL), (self.http_429, Fate.HTTP_429), (self.http_5xx, Fate.HTTP_5XX)):
            if roll < share:
                return fate
            roll -= share
        return Fate.TAKE


@dataclass(frozen=True, slots=True)
class Submission:
    """A classic send form as read. numbers: as given, in order; sender: None for the company's own."""

    username: str
    numbers: tuple[str, ...] = field(repr=False)
    text: str = field(repr=False)
    sender: str | None


def read_submission(form: Mapping[str, str]) -> Submission:
    """Reads the form of POST /version1/messaging; raises ValueError naming a missing field, as the company does."""
    for name in ("username", "to", "message"):
        if not form.get(name):
            raise ValueError(f"Request is missing required form field '{name}'")
    numbers = tuple(number.strip() for number in form["to"].split(",") if number.strip())
    return Submission(form["username"], numbers, form["message"], form.get("from") or None)


@dataclass(frozen=True, slots=True)
class Result:
    """What the company says of one recipient. code: a statusCode; provider_id: None where it was not taken."""

    number: str = field(repr=False)
    code: int
    provider_id: str | None

    @property
    def is_taken(self) -> bool:
        return CODES[self.code].verdict is Verdict.ACCEPTED


def answer_json(results: Sequence[Result], text: str) -> str:
    """The body of a 201: one entry a recipient, priced at 0.80 a part."""
    parts = measure(text).segments
    taken = sum(result.is_taken for result in results)
    return dumps(
        {
            "SMSMessageData": {
                "Message": f"Sent to {taken}/{len(results)} Total Cost: KES {0.8 * parts * taken:.4f}",
                "Recipients": [
                    {
                        "statusCode": result.code,
                        "number": result.number,
                        "status": "Success" if result.is_taken else CODES[result.code].word,
                        "cost": f"KES {0.8 * parts:.4f}" if result.is_taken else "0",
                        "messageId": result.provider_id or "None",
                        "messageParts": parts,
                    }
                    for result in results
                ],
            }
        }
    )


def refusal_json(word: str) -> str:
    """The body of a 201 that refuses a whole call, such as InvalidSenderId."""
    return dumps({"SMSMessageData": {"Message": word, "Recipients": []}})


@dataclass(frozen=True, slots=True)
class Report:
    """One delivery report to come."""

    number: str = field(repr=False)
    provider_id: str
    status: str
    reason: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The report hook's form."""
        form = {
            "id": self.provider_id,
            "status": self.status,
            "phoneNumber": self.number,
            "networkCode": "51010",
            "retryCount": "0",
        }
        return form | {"failureReason": self.reason} if self.reason else form


def plan_reports(results: Sequence[Result], faults: Faults, dice: Random) -> list[Report]:
    """The reports of a call in the order they come: Sent then Success for each recipient taken; fewer, more, in another
    order as the faults say.
    """
    planned: list[Report] = []
    for result in results:
        if result.provider_id is None:
            continue
        reports = [Report(result.number, result.provider_id, status) for status in ("Sent", "Success")]
        if dice.random() < faults.reorder_receipts:
            reports.reverse()
        for report in reports:
            if dice.random() >= faults.drop_receipts:
                planned += [report] * (2 if dice.random() < faults.duplicate_receipts else 1)
    return planned
