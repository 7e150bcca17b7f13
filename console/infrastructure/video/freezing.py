"""Whether a camera's picture still changes, told from decoded pictures alone.

A camera that hangs goes on sending: the same picture again and again, or one that its encoder codes anew. The first
is the same in every pixel. The second differs within a group of pictures (each key picture is coarser than what is
refined after it), but every group is like the one before, pixel by pixel, as soon as its rate control has settled. A
living sensor never repeats a whole picture: its noise is new each time. So a picture counts as new when none of the
last ``REPEAT_WITHIN_S`` was exactly like it, on every fourth pixel of every fourth row.

No threshold on *how much* differs can do it. Measured 2026-11-22 (one picture of suburb-parked-cars repeated, and the
same darkened to a quarter with sensor noise of 0.7 to 4 levels, x264 at crf 20 to 30, 128 to 1500 kbit/s): the mean
difference to an earlier picture reached 2.4 levels for the dead picture at 128 kbit/s and stayed at 0.2 for the living
one at crf 28. Counting exact repeats: at constant quality all of the dead pictures; 0 to 80 % of the living ones, but
never for ten seconds in a row.

What it cannot tell: a dead picture whose encoder hunts for a bit rate without end counts as living, and a clock
written into the picture keeps it alive.
"""

import zlib

import numpy as np
import numpy.typing as npt

# Longer than the usual group of pictures (1 to 4 s), so that the same group coded again is known; shorter than the
# loop of any recorded street that is played as a camera (6 s and more).
REPEAT_WITHIN_S = 5.0
_STEP_PX = 4


class PictureMemory:
    """Remembers the pictures of the last seconds. Owned by its stream's thread."""

    def __init__(self) -> None:
        self._seen_s: dict[int, float] = {}

    def is_new(self, luma: npt.NDArray[np.uint8], now_s: float, longer_by_s: float = 0.0) -> bool:
        """Take in a picture's luma ``(rows, columns)`` uint8 and tell whether it differs from all of late.

        Args:
            longer_by_s: how much further back to look where not every picture is decoded.
        """
        within_s = REPEAT_WITHIN_S + longer_by_s
        mark = zlib.crc32(np.ascontiguousarray(luma[::_STEP_PX, ::_STEP_PX]).data)
        seen_s = self._seen_s.pop(mark, None)
        self._seen_s[mark] = now_s  # the newest is always the last, so that what is old stands first
        while (oldest := next(iter(self._seen_s))) != mark and now_s - self._seen_s[oldest] > within_s:
            del self._seen_s[oldest]
        return seen_s is None or now_s - seen_s > within_s
