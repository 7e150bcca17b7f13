"""Boxes found in one frame, held as columns."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from inference.geometry import Box, Boxes


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a detector saw in one frame.

    Attributes:
        boxes: ``(N, 4)`` float32, ``x0 y0 x1 y1`` as fractions of frame width and height, origin top-left,
            ``0 <= x0 < x1 <= 1``.
        scores: ``(N,)`` float32, detector confidence in ``[0, 1]``.
        labels: ``(N,)`` int32, index into the model manifest's label list.

    Raises:
        ValueError: the columns disagree in length or a box leaves the frame.
    """

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes.shape != (count, 4) or self.labels.shape != (count,):
            raise ValueError(
                f"columns disagree: boxes {self.boxes.shape}, scores {self.scores.shape}, labels {self.labels.shape}"
            )
        x0, y0, x1, y1 = self.boxes.T
        inside = (x0 >= 0) & (y0 >= 0) & (x1 <= 1) & (y1 <= 1) & (x0 < x1) & (y0 < y1)
        if not inside.all():
            raise ValueError(f"box outside the frame: {self.boxes[~inside][0]}")

    @classmethod
    def clipped(cls, boxes: Boxes, scores: npt.NDArray[np.float32], labels: npt.NDArray[np.int32]) -> Self:
        """Return detections with boxes cut to the frame; those with nothing left inside it are dropped."""
        cut = np.clip(boxes, 0, 1).astype(np.float32)
        keep = (cut[:, 0] < cut[:, 2]) & (cut[:, 1] < cut[:, 3])
        return cls(cut[keep], scores[keep].astype(np.float32), labels[keep].astype(np.int32))

    @classmethod
    def none(cls) -> Self:
        """Return the answer of a look that found nothing."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.scores)

    def scoring_at_least(self, minimum: float) -> Self:
        """Return the detections whose score is ``minimum`` or more."""
        return self.take(np.flatnonzero(self.scores >= minimum))

    def take(self, rows: npt.NDArray[np.intp]) -> Self:
        """Return the detections of these rows, in this order."""
        return type(self)(self.boxes[rows], self.scores[rows], self.labels[rows])

    def box(self, row: int) -> Box:
        """Return one box as plain numbers."""
        x0, y0, x1, y1 = self.boxes[row].tolist()
        return x0, y0, x1, y1
