"""YOLOX, as its project exports it to ONNX (without decoding in the graph)."""

from collections.abc import Sequence

import numpy as np

from inference.decoders.decoder import Output, must_be_finite
from inference.detections import Detections

_STRIDES = (8, 16, 32)


class Yolox:
    """One output ``(1, cells, 5 + classes)``: centre, size, objectness, classes; cells by stride 8, 16, 32."""

    reads_best_class = False

    def __init__(self, width: int, height: int, labels: int) -> None:
        self._labels = labels
        self._size = np.array([width, height], np.float32)
        grids, strides = [], []
        for stride in _STRIDES:
            x, y = np.meshgrid(np.arange(width // stride), np.arange(height // stride))
            grids.append(np.stack([x, y], axis=-1).reshape(-1, 2))
            strides.append(np.full((len(grids[-1]), 1), stride))
        self._grid = np.concatenate(grids).astype(np.float32)
        self._stride = np.concatenate(strides).astype(np.float32)

    def expected(self) -> tuple[tuple[int, ...], ...]:
        return ((1, len(self._grid), 5 + self._labels),)

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        answer = outputs[0][0]
        classes = answer[:, 5:].max(axis=1) * answer[:, 4]
        must_be_finite(float(classes.max()))
        rows = np.flatnonzero(classes >= minimum_score)
        found = answer[rows]
        centres = (found[:, :2] + self._grid[rows]) * self._stride[rows]
        halves = np.exp(found[:, 2:4]) * self._stride[rows] / 2
        boxes = np.concatenate([(centres - halves) / self._size, (centres + halves) / self._size], axis=1)
        must_be_finite(float(boxes.sum()))
        return Detections.clipped(boxes, np.clip(classes[rows], 0, 1), found[:, 5:].argmax(axis=1).astype(np.int32))
