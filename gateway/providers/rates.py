"""How fast a company passes on what we hand over, and where an emergency would have to wait in its queue."""

from typing import Final

from gateway.providers.base import Provider, is_numeric

LONG_RATE: Final = 1.0
SHORT_RATE: Final = 100.0
"""Messages a second of a long number and of a short code at Twilio; what is handed over faster waits up to ten hours."""
_SHORT = 6


def rate_of(sender: str) -> float:
    """Messages a second of a sender at Twilio; 0 of a name, of which nobody says."""
    if not is_numeric(sender):
        return 0.0
    return SHORT_RATE if len(sender.removeprefix("+")) <= _SHORT else LONG_RATE


def is_overfed(provider: Provider) -> bool:
    """Whether we hand over more than the company passes on: the rest waits in its queue, and an emergency behind it."""
    return provider.sender_rate > 0 and not 0 < provider.per_second <= provider.sender_rate
