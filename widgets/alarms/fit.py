"""How the review page divides its room: three panes side by side, or one at a time. Pure."""

from dataclasses import dataclass

SINGLE_BELOW = 1100  # logical px: 1920 × 1080 at 200 % is 960 wide; 1366 still holds three panes
WIDE_FROM, NARROW_BELOW = 2400, 1700
LOW_BELOW = 800  # content height of 1366 × 768 is 688


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Logical pixels. ``is_single``: one pane at a time, in the same order."""

    left: int
    right: int
    subject: int
    still: int
    question: int
    verdict: int
    has_hints: bool
    is_single: bool


def fit_for(width: int, height: int) -> Fit:
    """Return DESIGN §6's sizes for 1920 × 1080, 1366 × 768, 2560 × 1440 and 200 %."""
    left, right = (440, 488) if width >= WIDE_FROM else (300, 284) if width < NARROW_BELOW else (400, 400)
    is_low = height < LOW_BELOW
    return Fit(
        left=left,
        right=right,
        subject=48 if is_low else 56,
        still=64 if is_low else 81,
        question=40 if is_low else 52,
        verdict=52 if is_low else 64,
        has_hints=not is_low,
        is_single=width < SINGLE_BELOW,
    )
