"""What the clock looks after around broadcasts, besides sending them: reviews that are overdue."""

from gateway.broadcasts.service import presets
from gateway.runtime import Runtime


def tick(rt: Runtime) -> None:
    """Look at everything once."""
    presets.alarm_reviews(rt)
