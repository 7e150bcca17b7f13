"""The part that learns: a logistic regression over an alarm's embedding and the detector's score."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from inference.embedder import Embeddings
from inference.learning.figures import Numbers, Truths

Weights = npt.NDArray[np.float32]

# Chosen on the first halves of the labelled clips (2026-11-23): weaker ones learn the crops by heart at 20 verdicts.
_C = 0.01
_TURNS = 500
_SURE = 1e-3  # a score of 0 or 1 has no odds


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Head:
    """What was learned, as plain numbers: it is kept as such, never as a pickle.

    Attributes:
        mean, spread: ``(1281,)`` of the features it was taught with: the embedding, then the score's log-odds.
        weights: ``(1281,)``, of the features less their mean, by their spread.
        bias: added to them.
        slope, offset: from that sum to the log-odds of a probability (Platt), fitted on what it had not seen.

    Raises:
        ValueError: the columns disagree or hold something that is not a number.
    """

    mean: Weights
    spread: Weights
    weights: Weights
    bias: float
    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        columns = (self.mean, self.spread, self.weights)
        if len({column.shape for column in columns}) != 1 or self.weights.ndim != 1:
            raise ValueError("a head's columns disagree")
        if not all(np.isfinite(column).all() for column in columns) or not (self.spread > 0).all():
            raise ValueError("a head holds what is not a number")
        if not np.isfinite([self.bias, self.slope, self.offset]).all():
            raise ValueError("a head holds what is not a number")

    @classmethod
    def taught(cls, embeddings: Embeddings, scores: Numbers, are_real: Truths) -> Self:
        """Learn from alarms of both sorts.

        Args:
            embeddings: ``(N, 1280)``. scores: ``(N,)`` of the detector, in [0, 1]. are_real: ``(N,)`` verdicts.
        """
        features = features_of(embeddings, scores)
        mean, spread = features.mean(0), features.std(0)
        spread = np.where(spread > 1e-6, spread, 1).astype(np.float32)
        # Balanced: a camera with ninety false alarms in a hundred would else learn to say no.
        model = LogisticRegression(C=_C, class_weight="balanced", max_iter=_TURNS)
        model.fit((features - mean) / spread, are_real)
        return cls(
            mean=mean.astype(np.float32),
            spread=spread,
            weights=np.asarray(model.coef_[0], np.float32),
            bias=float(model.intercept_[0]),
        )

    def sums(self, embeddings: Embeddings, scores: Numbers) -> Numbers:
        """Return ``(N,)`` numbers that rise with how real an alarm looks; not probabilities yet."""
        standard = (features_of(embeddings, scores) - self.mean) / self.spread
        return np.asarray(standard @ self.weights + self.bias, np.float64)

    def probabilities(self, embeddings: Embeddings, scores: Numbers) -> Numbers:
        """Return ``(N,)`` probabilities that an operator will confirm."""
        return logistic(self.slope * self.sums(embeddings, scores) + self.offset)


def features_of(embeddings: Embeddings, scores: Numbers) -> npt.NDArray[np.float32]:
    """Return ``(N, 1281)`` float32: the embedding and the log-odds of the detector's score."""
    return np.concatenate([embeddings, odds(scores)[:, None]], axis=1).astype(np.float32)


def odds(probabilities: Numbers) -> Numbers:
    """Return the log-odds, those of 0 and 1 held at what a thousand alarms could show."""
    held = np.clip(probabilities, _SURE, 1 - _SURE)
    return np.log(held / (1 - held))


def logistic(sums: Numbers) -> Numbers:
    """Return the probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.clip(sums, -50, 50)))


def platt(sums: Numbers, are_real: Truths) -> tuple[float, float]:
    """Return slope and offset from sums to log-odds, by what operators said; the order of sums is never turned."""
    model = LogisticRegression(C=1.0, max_iter=_TURNS).fit(sums[:, None], are_real)
    slope = float(model.coef_[0, 0])
    if slope <= 0:
        share = float(np.clip(are_real.mean(), _SURE, 1 - _SURE))
        return 1e-3, float(np.log(share / (1 - share)))
    return slope, float(model.intercept_[0])
