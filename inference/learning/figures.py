"""How well a number tells real alarms from false ones, and whether it means what it says."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

RECALL = 0.95  # of real alarms kept, at which false ones are counted (the measure this house was asked for)
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Alarms that were given about the same probability.

    Attributes:
        said: their mean probability. were: the share of them that operators confirmed.
        count: how many there are.
    """

    said: float
    were: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One number per alarm against what operators said.

    Attributes:
        real: how many were confirmed. false: how many were dismissed.
        auc: chance that a real alarm stands above a false one; ties count half.
        false_at_recall: share of the false ones still above the line that keeps 95 % of the real ones.
        brier: mean squared error of the probability; 0.25 for a coin.
        calibration: ten equal steps of probability, the empty ones left out.
    """

    real: int
    false: int
    auc: float
    false_at_recall: float
    brier: float
    calibration: tuple[Bin, ...]


def measure(probabilities: Numbers, are_real: Truths) -> Figures:
    """Return the figures of ``(N,)`` probabilities in [0, 1] against ``(N,)`` verdicts.

    Raises:
        ValueError: one of the two sorts is missing, so that nothing can be told apart.
    """
    real, false = probabilities[are_real], probabilities[~are_real]
    if not len(real) or not len(false):
        raise ValueError("figures need alarms of both sorts")
    return Figures(
        real=len(real),
        false=len(false),
        auc=_auc(real, false),
        false_at_recall=float(np.mean(false >= line_at_recall(real))),
        brier=float(np.mean((probabilities - are_real) ** 2)),
        calibration=_calibration(probabilities, are_real),
    )


def line_at_recall(real: Numbers, recall: float = RECALL) -> float:
    """Return the highest line that still keeps this share of the real alarms at or above it."""
    kept = int(np.ceil(recall * len(real) - 1e-9))
    return float(np.sort(real)[len(real) - kept])


def _auc(real: Numbers, false: Numbers) -> float:
    order = np.sort(false)
    below = np.searchsorted(order, real, "left")
    tied = np.searchsorted(order, real, "right") - below
    return float(np.mean((below + tied / 2) / len(false)))


def _calibration(probabilities: Numbers, are_real: Truths) -> tuple[Bin, ...]:
    steps = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(said=float(probabilities[here].mean()), were=float(are_real[here].mean()), count=int(here.sum()))
        for here in (steps == step for step in range(BINS))
        if here.any()
    )
