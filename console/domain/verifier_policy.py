"""What a verifier does with a new alarm: nothing yet, rank it, or keep it off the queue."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

MOST_LINE = 0.5  # what is more likely real than not is never kept off (judgement)
LEAST_SAMPLED = 0.02  # without a sample nobody would notice that the verifier had gone wrong (judgement)
SAMPLED = 0.1  # one of ten, unless somebody says otherwise (judgement)
UNLIKELY = 0.5  # below it an alarm stands behind the others of its priority


class Act(StrEnum):
    """What becomes of an alarm; none of them loses it."""

    SHADOW = "shadow"
    RANK = "rank"
    SUPPRESS = "suppress"
    SAMPLE = "sample"
    """Below the line, shown all the same: what is never shown is never learned from."""
    SHOWN = "shown"
    """It was kept off, and a supervisor filed it back into the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a supervisor allows the verifier of one camera and kind.

    Attributes:
        is_trusted: a lesson is in force and was better than the score alone; else everything is shadow.
        line: alarms with a probability below it are kept off the queue; 0 keeps none off.
        sampled: share of those that are shown all the same.

    Raises:
        ValueError: a figure lies outside its range.
    """

    is_trusted: bool
    line: float = 0.0
    sampled: float = SAMPLED

    def __post_init__(self) -> None:
        if not 0 <= self.line <= MOST_LINE:
            raise ValueError(f"a line lies between 0 and {MOST_LINE}, not at {self.line}")
        if not LEAST_SAMPLED <= self.sampled <= 1:
            raise ValueError(f"a sampled share lies between {LEAST_SAMPLED} and 1, not at {self.sampled}")


def act_on(alarm_id: str, probability: float, policy: Policy, *, may_suppress: bool) -> Act:
    """Return what becomes of an alarm.

    Args:
        alarm_id: decides alone whether it is in the sample, so that judging it twice gives the same.
        probability: that an operator will confirm it.
        may_suppress: false for alarms of high priority: those a person sees, always.
    """
    if not policy.is_trusted:
        return Act.SHADOW
    if probability >= policy.line or not may_suppress:
        return Act.RANK
    return Act.SAMPLE if _chance(alarm_id) < policy.sampled else Act.SUPPRESS


def _chance(alarm_id: str) -> float:
    return int.from_bytes(hashlib.sha256(alarm_id.encode()).digest()[:6]) / 2**48
