"""Repeating until the medians settle, and saying when a machine was too restless to judge by."""

from collections.abc import Sequence
from statistics import median

LEAST_ROUNDS = 3
MOST_ROUNDS = 9
SETTLED_WITHIN = 0.05  # of the median before; a further round that moves it less would tell nothing new
RESTLESS_ABOVE = 0.20  # PERFORMANCE: no verdict when the limit itself varied by more than 20 %


def is_settled(series: Sequence[Sequence[float]]) -> bool:
    """Say whether enough rounds were run: in each series the last round moved the median by less than 5 %."""
    rounds = min(len(values) for values in series)
    if rounds < LEAST_ROUNDS:
        return False
    if rounds >= MOST_ROUNDS:
        return True
    return all(abs(median(values) - median(values[:-1])) <= SETTLED_WITHIN * median(values[:-1]) for values in series)


def spread(values: Sequence[float]) -> float:
    """Return the distance of the extremes as a share of the median."""
    return (max(values) - min(values)) / median(values)
