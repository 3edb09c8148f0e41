"""What the clock looks after around broadcasts, besides sending them: series that go on, the city's own phones, reviews that
are overdue.
"""

from gateway.broadcasts.service import canaries, presets, repeat
from gateway.runtime import Runtime


def tick(rt: Runtime) -> None:
    """Look at everything once."""
    repeat.tick(rt)
    canaries.tick(rt)
    presets.alarm_reviews(rt)
