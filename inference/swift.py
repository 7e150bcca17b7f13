"""Small things that move fast before a still background, picture by picture, without a model.

A thing is where a picture differs from the one before and from the one after: what it uncovered behind it differs from
one of them only. It costs a picture of delay and no memory of the background, so light that changes over seconds,
shadows and parked cars are nothing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.frames import Frame
from inference.geometry import Box

LEAST_LEVELS = 10.0
"""Grey levels (of 219) a thing differs by at least, averaged over nine pixels: what coding leaves moving is below."""
NOISE_TIMES = 10.0
"""And so many times the mean difference of the whole: 4.5 standard deviations of a sensor's noise."""
REPEATED_LEVELS = 0.02
"""A mean difference below this is the same picture again, from a camera that sends fewer than are asked for."""
MOST_SHARE = 0.02
"""More of the façade in motion at once is the mast in the wind, a change of light or of gain: nothing can be told."""
MOST_THINGS = 40
"""So many things at once are rain, snow or leaves: no single one of them can be followed (judgement)."""
_LEAST_PX = 3
_GAP_S = 0.25
"""Pictures farther apart are not compared: what lies between was not seen (judgement: at 4 a second none can link)."""

Luma = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Things:
    """What moved fast in one picture.

    Attributes:
        media_time_s: of the picture, by the camera's clock.
        boxes: ``(N, 4)`` float64, x0 y0 x1 y1 in fractions of the whole picture.
        places: ``(N, 2)`` float64, their middles by weight.
        is_blind: too much moved at once to tell; there are no boxes.
    """

    media_time_s: float
    boxes: Floats
    places: Floats
    is_blind: bool = False


class SwiftEye:
    """Looks at one part of one camera's picture. Used by one thread.

    Args:
        part: of the whole picture, in fractions.
    """

    def __init__(self, part: Box) -> None:
        self._part = part
        self._before: tuple[float, Luma] | None = None
        self._between: tuple[float, Luma, Luma] | None = None

    def restart(self) -> None:
        """Compare nothing of before with what comes."""
        self._before = self._between = None

    def see(self, frame: Frame) -> Things | None:
        """Return what moved in the picture before this one; ``None`` while there are not three to compare."""
        seen, (left, top, across, down) = self._cut(frame)
        if self._before is not None and self._before[1].shape != seen.shape:
            self.restart()
        if self._before is None:
            self._before = (frame.media_time_s, seen)
            return None
        before_s, before = self._before
        if not 0.0 < frame.media_time_s - before_s <= _GAP_S:
            self.restart()
            self._before = (frame.media_time_s, seen)
            return None
        changed = cv2.absdiff(seen, before)
        if float(changed.mean()) < REPEATED_LEVELS:
            return None
        then, self._between = self._between, (before_s, before, np.asarray(changed, np.uint8))
        self._before = (frame.media_time_s, seen)
        if then is None:
            return None
        moved = cv2.min(then[2], changed)
        return _things(before_s, np.asarray(moved, np.uint8), (left, top), (across, down))

    def _cut(self, frame: Frame) -> tuple[Luma, tuple[float, float, float, float]]:
        """Return the part, smoothed, and where it begins and how much a pixel is, in fractions of the picture."""
        luma, (x0, y0, x1, y1) = frame.luma, frame.region
        rows, columns = luma.shape
        across, down = (x1 - x0) / columns, (y1 - y0) / rows
        left, right = (round(min(max((x - x0) / across, 0.0), columns)) for x in self._part[::2])
        top, bottom = (round(min(max((y - y0) / down, 0.0), rows)) for y in self._part[1::2])
        cut = luma[top : max(bottom, top + 1), left : max(right, left + 1)]
        return np.asarray(cv2.blur(cut, (3, 3)), np.uint8), (x0 + left * across, y0 + top * down, across, down)


def _things(media_time_s: float, moved: Luma, origin: tuple[float, float], pixel: tuple[float, float]) -> Things:
    least = max(LEAST_LEVELS, NOISE_TIMES * float(moved.mean()))
    _, mask = cv2.threshold(moved, least, 255, cv2.THRESH_BINARY)
    none = np.zeros((0, 4), np.float64), np.zeros((0, 2), np.float64)
    lit = cv2.countNonZero(mask)
    if lit == 0:
        return Things(media_time_s, *none)
    if lit > MOST_SHARE * mask.size:
        return Things(media_time_s, *none, is_blind=True)
    # A thing that moves less than its own length is seen as its two ends.
    mask = cv2.dilate(mask, np.ones((5, 3), np.uint8))
    _, _, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    big = stats[1:, cv2.CC_STAT_AREA] >= _LEAST_PX * 5
    stats, middles = stats[1:][big].astype(np.float64), middles[1:][big]
    if len(stats) > MOST_THINGS:
        return Things(media_time_s, *none, is_blind=True)
    scale, begin = np.array(pixel, np.float64), np.array(origin, np.float64)
    low = stats[:, (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP)]
    size = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)]
    boxes = np.hstack([begin + low * scale, begin + (low + size) * scale])
    return Things(media_time_s, boxes, begin + (middles + 0.5) * scale)
