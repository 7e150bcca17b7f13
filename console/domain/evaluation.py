"""Indicators: each a numerator over a denominator, never a bare percentage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A part of a whole. A whole of nothing has no share, and says so by ``None``."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return None if self.whole == 0 else self.part / self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterLine:
    """One row of a shift's table: a matter and what became of its alarms and cases."""

    category: str
    alarms: int
    confirmed: int
    dismissed: int
    filed: int
    in_time: Ratio
    mean_first_response_s: float | None
    mean_handling_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFigures:
    """What a shift did, read from history.

    Attributes:
        confirmed: confirmed ÷ decided (A.7 有效上报率 of the video source).
        in_time: handled before their deadline ÷ those due or handled in the shift (按期处置率).
        median_first_response_s: raise to acknowledgement.
        unwatched_minutes: per camera, minutes without a detector looking.
        per_ten_minutes: alarms raised in each ten minutes from the shift's beginning.
    """

    alarms: int
    confirmed: Ratio
    in_time: Ratio
    filed: int
    closed: int
    spoken: int
    median_first_response_s: float | None
    unwatched_minutes: dict[str, float]
    per_ten_minutes: tuple[int, ...]
    matters: tuple[MatterLine, ...]
