"""Which counts are hidden so that nobody can be made out in them: the few, and what would give the few away."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

SMALLEST: Final = 5
"""The least that is ever shown: of fewer a neighbour could tell whose they are."""
K = TypeVar("K", str, tuple[str, str])


def hide_among(counts: Mapping[K, int], hidden: Iterable[K] = (), *, holds: Mapping[K, int] | None = None,
               exposed: bool = False) -> set[K]:  # fmt: skip
    """Which of counts, whose total is shown, are hidden: those under five, `hidden`, and others to protect them.

    Two at least are hidden, and together they hold five: else a single one, or few in all, could be told from the total.
    holds: how much of each nobody can know from elsewhere, all of it where absent. exposed: something under five beside
    these counts, shown nowhere, is to be protected with them.
    """
    holds = counts if holds is None else holds
    found = {name for name, n in counts.items() if n < SMALLEST} | set(hidden)
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        enough = len(found) > 1 and sum(holds[one] for one in found) >= SMALLEST
        if enough or not (found or exposed):
            break
        found.add(name)
    return found
