"""Whether a picture lives: what changed between two frames, and whether there is anything to see at all.

Measured 2026-11-22 on the clips of the truth set at 320×320, share of cells changed by 12 levels or more between looks
0.2 s apart: campus 0.002 at least, 0.043 in the median; the same picture encoded again and again by x264 (150 kbit/s to
crf 23): 0.0006 at most, 0 in the median; sensor noise of 6 levels on a still picture after x264: 0.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.frames import Frame

_CELL_PX = 4
CHANGED_LEVELS = 12
"""Grey levels (of 219) a cell's mean must change by: above what coding adds to a still picture."""
MOVING_SHARE = 0.0015
"""Share of the cells that must change: a distant walker's legs; more than twice what coding adds."""
DARK_MEAN = 30.0
"""Mean luma below which nothing can be judged; black is 16 (judgement)."""
FLAT_DEVIATION = 6.0
"""Standard deviation of luma below which something covers the lens; the flattest real clip has 12.4 (carpark)."""

Cells = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A frame reduced to what tells whether it lives.

    Attributes:
        cells: ``(height / 4, width / 4)`` int16, mean luma of 4×4 pixels of the content.
        mean: mean luma.
        deviation: standard deviation of the cells.
    """

    cells: Cells
    mean: float
    deviation: float

    @property
    def is_dark(self) -> bool:
        return self.mean < DARK_MEAN

    @property
    def is_flat(self) -> bool:
        return self.deviation < FLAT_DEVIATION

    def differs_from(self, other: "Glance") -> bool:
        """Tell whether something moved between the two; a change of shape of the picture counts as well."""
        return changed_share(self, other) >= MOVING_SHARE


def glance(frame: Frame) -> Glance:
    """Reduce a frame; owns its memory, so the frame's buffer may be reused."""
    luma = np.ascontiguousarray(frame.luma)
    size_px = (max(1, luma.shape[1] // _CELL_PX), max(1, luma.shape[0] // _CELL_PX))
    cells: Cells = cv2.resize(luma, size_px, interpolation=cv2.INTER_AREA).astype(np.int16)
    return Glance(cells=cells, mean=float(cells.mean()), deviation=float(cells.std()))


def changed_share(a: Glance, b: Glance) -> float:
    """Return the share of cells that changed visibly, 0 to 1."""
    if a.cells.shape != b.cells.shape:
        return 1.0
    return float((np.abs(a.cells - b.cells) >= CHANGED_LEVELS).mean())
