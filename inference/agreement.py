"""How far two models see the same in the same pictures: what int8 loses against the model it was made from."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from inference.detections import Detections
from inference.geometry import ious

SCORES = (0.3, 0.4, 0.5, 0.6)
"""At which detections are compared, from the least a rule is tuned for upward (judgement)."""
SAME_IOU = 0.5
"""Overlap from which two boxes of one label are one thing, as in the rules' scoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Means over ``SCORES``, each at the same score of both models.

    Attributes:
        found: share of the first model's detections that the second has too.
        shared: share of the second's that the first has too; what is missing to 1 the second sees beside.
        compared: the first model's detections at the lowest score.
    """

    found: float
    shared: float
    compared: int

    @property
    def drop(self) -> float:
        """What is lost or added at most."""
        return 1 - min(self.found, self.shared)


def agreement(looks: Iterable[tuple[Detections, Detections]]) -> Agreement:
    """Compare two models, look by look.

    Raises:
        ValueError: at one of the scores the first model or the second saw nothing at all: nothing can be said.
    """
    same = np.zeros(len(SCORES), np.int64)
    first = np.zeros(len(SCORES), np.int64)
    second = np.zeros(len(SCORES), np.int64)
    for one, other in looks:
        for at, score in enumerate(SCORES):
            mine, its = one.scoring_at_least(score), other.scoring_at_least(score)
            same[at] += matched(mine, its)
            first[at] += len(mine)
            second[at] += len(its)
    if not first.all() or not second.all():
        raise ValueError("one of the models saw nothing to compare in these pictures")
    return Agreement(found=float((same / first).mean()), shared=float((same / second).mean()), compared=int(first[0]))


def matched(one: Detections, other: Detections) -> int:
    """Return how many things both have, each taken once, the best scored of ``one`` first."""
    left = np.ones(len(other), np.bool_)
    count = 0
    for row in np.argsort(-one.scores, kind="stable"):
        overlaps = np.where(left & (other.labels == one.labels[row]), ious(one.boxes[row], other.boxes), 0.0)
        if len(overlaps) and overlaps.max() >= SAME_IOU:
            left[overlaps.argmax()] = False
            count += 1
    return count
