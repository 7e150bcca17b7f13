"""One lesson: verdicts in, a head with figures on what it had not seen out, or why it must wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inference.embedder import Embeddings
from inference.learning.figures import Figures, Numbers, Truths, measure
from inference.learning.head import Head, logistic, odds, platt

LEAST_OF_EACH = 20  # confirmed and dismissed: below, held-out figures are chance (feasibility runs: 20 to 50)
MOST = 2000  # verdicts learned from, the newest: a street changes, and a fit stays below half a second
_PARTS = 5
_STEPS = np.linspace(0, 1, 6)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Example:
    """One alarm that an operator decided.

    Attributes:
        embedding: ``(1280,)`` float32. score: the detector's, in [0, 1].
        is_real: confirmed, not dismissed.
    """

    embedding: Embeddings
    score: float
    is_real: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """There are not enough verdicts of one sort yet; what would be a verifier stays silent."""

    real: int
    false: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lesson:
    """What was learned and how well.

    Attributes:
        head: taught with all verdicts, its probabilities calibrated on parts that each time were held out.
        before: the detector's score alone, on the same alarms. after: the verifier, on alarms it had not seen.
        uncalibrated: the same before its probabilities were put right.
        spread: shares of its probabilities in five equal steps, for the watch on drift.
    """

    head: Head
    before: Figures
    after: Figures
    uncalibrated: Figures
    spread: tuple[float, ...]

    @property
    def is_better(self) -> bool:
        """Whether it lets fewer false alarms through than the score alone, and orders them no worse."""
        return self.after.auc >= self.before.auc and self.after.false_at_recall <= self.before.false_at_recall


def teach(examples: Sequence[Example]) -> Lesson | TooFew:
    """Learn from verdicts in the order they were given, oldest first; only the newest 2,000 count.

    Figures are of five parts by time, each judged by a head that learned from the four others: neighbours in time look
    alike, and parts drawn at random would put twins on both sides.
    """
    newest = examples[-MOST:]
    are_real = np.array([example.is_real for example in newest], bool)
    real, false = int(are_real.sum()), int((~are_real).sum())
    if min(real, false) < LEAST_OF_EACH:
        return TooFew(real=real, false=false)
    embeddings = np.stack([example.embedding for example in newest]).astype(np.float32)
    scores = np.array([example.score for example in newest], np.float64)
    unseen = _unseen(embeddings, scores, are_real)
    slope, offset = platt(unseen, are_real)
    head = replace(Head.taught(embeddings, scores, are_real), slope=slope, offset=offset)
    return Lesson(
        head=head,
        before=measure(scores, are_real),
        after=measure(logistic(slope * unseen + offset), are_real),
        uncalibrated=measure(logistic(unseen), are_real),
        spread=spread_of(logistic(slope * unseen + offset)),
    )


def spread_of(probabilities: Numbers) -> tuple[float, ...]:
    """Return the shares of probabilities in five equal steps."""
    counts, _ = np.histogram(probabilities, _STEPS)
    return tuple(float(count) / len(probabilities) for count in counts)


def _unseen(embeddings: Embeddings, scores: Numbers, are_real: Truths) -> Numbers:
    """Return each alarm's sum by a head that did not learn from it."""
    sums = odds(scores)
    for part in _parts(are_real):
        kept = ~part
        head = Head.taught(embeddings[kept], scores[kept], are_real[kept])
        sums[part] = head.sums(embeddings[part], scores[part])
    return sums


def _parts(are_real: Truths) -> list[Truths]:
    """Return five parts by time, with a fifth of each sort: a night of false alarms is not one part on its own."""
    parts = [np.zeros(len(are_real), bool) for _ in range(_PARTS)]
    for sort in (True, False):
        for part, rows in zip(parts, np.array_split(np.flatnonzero(are_real == sort), _PARTS), strict=True):
            part[rows] = True
    return parts
