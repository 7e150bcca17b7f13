"""Detectors that end in a DetectionOutput layer, as those of Open Model Zoo do."""

from collections.abc import Sequence

import numpy as np

from inference.decoders.decoder import Output, must_be_finite
from inference.detections import Detections

_ROWS = 200


class Ssd:
    """One output ``(1, 1, 200, 7)``: image, label, score, x0, y0, x1, y1 in fractions; image -1 ends the list."""

    reads_best_class = False

    def __init__(self, width: int, height: int, labels: int) -> None:
        del width, height  # the layer answers in fractions
        self._labels = labels

    def expected(self) -> tuple[tuple[int, ...], ...]:
        return ((1, 1, _ROWS, 7),)

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        rows = outputs[0][0, 0]
        must_be_finite(float(rows.sum()))
        ends = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ends[0]] if len(ends) else rows
        rows = rows[(rows[:, 2] >= minimum_score) & (rows[:, 1] >= 0) & (rows[:, 1] < self._labels)]
        return Detections.clipped(rows[:, 3:7], np.clip(rows[:, 2], 0, 1), rows[:, 1].astype(np.int32))
