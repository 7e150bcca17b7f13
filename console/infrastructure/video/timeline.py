"""A camera's time stamps as seconds that never go back."""

from fractions import Fraction

# A jump of the camera's time stamps back, or ahead by more than this, begins a new stretch of media time.
LARGEST_GAP_S = 10.0


def seconds_of(stamp: int, time_base: Fraction) -> float:
    """Return a stamp in seconds, as exact as a fraction and ten times as quick: each packet asks several times."""
    return stamp * time_base.numerator / time_base.denominator


class Timeline:
    """Turns a camera's time stamps into media time that never goes back, over reconnections and jumps."""

    def __init__(self, time_base: Fraction, goes_on_from_s: float | None) -> None:
        self._time_base = time_base
        self._shift_s: float | None = None
        self._last_s = goes_on_from_s
        self._step_s = 0.04

    @property
    def has_begun(self) -> bool:
        return self._shift_s is not None

    def media_time_s(self, stamp: int) -> float:
        raw_s = seconds_of(stamp, self._time_base)
        if self._shift_s is None:
            self._shift_s = (self._last_s + self._step_s if self._last_s is not None else 0.0) - raw_s
        now_s = raw_s + self._shift_s
        if self._last_s is not None:
            gap_s = now_s - self._last_s
            if gap_s < 0 or gap_s > LARGEST_GAP_S:
                self._shift_s += self._last_s + self._step_s - now_s
                now_s = self._last_s + self._step_s
            elif gap_s > 0:
                self._step_s = gap_s
        self._last_s = now_s
        return now_s

    def beside_s(self, stamp: int, time_base: Fraction) -> float | None:
        """Return when another stamp of the same connection is, its sound's; ``None`` before the first picture."""
        return seconds_of(stamp, time_base) + self._shift_s if self._shift_s is not None else None
