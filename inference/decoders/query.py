"""Query-based detectors (RT-DETR, D-FINE), as they are exported without their post-processing."""

from collections.abc import Sequence

import numpy as np

from inference.decoders.decoder import ANY, Output, must_be_finite
from inference.detections import Detections


class Query:
    """Class logits ``(1, queries, classes)`` and boxes ``(1, queries, 4)``: centre and size in fractions.

    A model of four classes gives its logits first; else the order is no matter.
    """

    reads_best_class = False

    def __init__(self, width: int, height: int, labels: int) -> None:
        del width, height  # the boxes are fractions
        self._labels = labels

    def expected(self) -> tuple[tuple[int, ...], ...]:
        return (1, ANY, self._labels), (1, ANY, 4)

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        logits, boxes = (output[0] for output in outputs)
        if logits.shape[1] != self._labels:
            logits, boxes = boxes, logits
        if len(logits) != len(boxes):
            raise ValueError(f"{len(logits)} queries, but {len(boxes)} boxes")
        must_be_finite(float(logits.sum()))
        best = 1 / (1 + np.exp(-np.clip(logits.max(axis=1, initial=-np.inf), -80, 80)))
        rows = np.flatnonzero(best >= minimum_score)
        found = boxes[rows]
        must_be_finite(float(found.sum()))
        centres, halves = found[:, :2], found[:, 2:] / 2
        corners = np.concatenate([centres - halves, centres + halves], axis=1)
        return Detections.clipped(corners, best[rows], logits[rows].argmax(axis=1).astype(np.int32))
