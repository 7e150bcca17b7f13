"""What a score is worth: the halves of the labelled clips, and how sure so many hours make us."""

import tomllib
from dataclasses import dataclass
from math import exp, inf, lgamma, log, sqrt
from pathlib import Path
from typing import Literal

from inference.scoring import ALL, Score, Span

Half = Literal["tune", "held"]
_SURE = 0.95
_STEPS = 100  # halvings of the interval; 2^-100 of it is below a float's last digit


@dataclass(frozen=True, slots=True)
class Halves:
    """Which part of each clip, by its stem, is held back from tuning."""

    held: dict[str, Span]

    def span_of(self, clip: str, half: Half | None) -> Span:
        """Return what counts of a clip; the whole clip without a half.

        Raises:
            KeyError: no halves were fixed for this clip.
        """
        if half is None:
            return ALL
        begin, end = self.held[clip]
        if half == "held":
            return begin, end
        return (end, inf) if begin == -inf else (-inf, begin)


def read_halves(path: Path) -> Halves:
    """Read the fixed halves.

    Raises:
        OSError: there is no such file.
        ValueError: it does not say where each clip is cut and which side is held.
    """
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    held: dict[str, Span] = {}
    try:
        for clip, row in found["clips"].items():
            cut_s = float(row["cut_s"])
            held[clip] = {"before": (-inf, cut_s), "after": (cut_s, inf)}[row["held"]]
    except (KeyError, TypeError) as cause:
        raise ValueError(f"{path.name} does not fix the halves: {cause}") from cause
    return Halves(held)


def most_events(seen: int, sure: float = _SURE) -> float:
    """Return the mean of a Poisson process that gives ``seen`` events or fewer with only ``1 - sure`` probability.

    One-sided and exact: 3.0 for none seen, the "rule of three".
    """
    low, high = float(seen), seen + 10.0 * sqrt(seen + 1.0)
    for _ in range(_STEPS):
        mean = (low + high) / 2
        if _at_most(seen, mean) > 1 - sure:
            low = mean
        else:
            high = mean
    return high


def false_per_camera_hour(found: Score) -> tuple[float, float] | None:
    """Return false alarms per camera-hour, and the most that 95 % sureness allows; ``None`` without labelled time."""
    if found.camera_s <= 0:
        return None
    hours = found.camera_s / 3600
    return found.false / hours, most_events(found.false) / hours


def _at_most(seen: int, mean: float) -> float:
    return sum(exp(number * log(mean) - mean - lgamma(number + 1)) for number in range(seen + 1))
