"""What an action came to: the outcome a flow goes on from, and what an SMS says of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.questions.store import Question


@dataclass(frozen=True, slots=True)
class Told:
    """What the menu by SMS was told; without `question` it begins."""

    typed: str
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """outcome: a name the flow knows; slots: for its next screen; text: the SMS, ready to send, or empty for none.

    wants_answer: the SMS asks something; always: a ticket's receipt or a STOP, which no reply budget holds back;
    menu: the message was for the menu by SMS, whose next screen is the answer; after: what follows the commit, which may
    fail since the clock does it too.
    """

    outcome: str
    slots: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    wants_answer: bool = False
    always: bool = False
    menu: Told | None = None
    after: Callable[[], object] | None = None
