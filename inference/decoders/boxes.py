"""Models that end in boxes, scores and classes: the common form of an export with its post-processing inside."""

from collections.abc import Sequence

import numpy as np

from inference.decoders.decoder import ANY, Output, must_be_finite
from inference.detections import Detections


class Boxes:
    """Boxes ``(1, N, 4)`` x0 y0 x1 y1 in fractions of the input, scores ``(1, N)``, classes ``(1, N)`` as integers.

    The order is no matter: only the classes are integers.
    """

    reads_best_class = False

    def __init__(self, width: int, height: int, labels: int) -> None:
        del width, height
        self._labels = labels
        self._size = np.ones(4, np.float32)

    def expected(self) -> tuple[tuple[int, ...], ...]:
        return (1, ANY, 4), (1, ANY), (1, ANY)

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        boxes = next(output[0] for output in outputs if output.ndim == 3)
        flat = [output[0] for output in outputs if output.ndim == 2]
        classes = [output for output in flat if output.dtype.kind in "iu"]
        scores = [output for output in flat if output.dtype.kind == "f"]
        if len(classes) != 1 or len(scores) != 1:
            raise ValueError("of scores and classes, the classes and only they must be integers")
        if not len(boxes) == len(classes[0]) == len(scores[0]):
            raise ValueError(f"{len(boxes)} boxes, {len(scores[0])} scores, {len(classes[0])} classes")
        must_be_finite(float(scores[0].sum()))
        rows = np.flatnonzero(scores[0] >= minimum_score)
        found, labels = boxes[rows], classes[0][rows]
        must_be_finite(float(found.sum()))
        if ((labels < 0) | (labels >= self._labels)).any():
            raise ValueError(f"it names a class outside its {self._labels} labels")
        return Detections.clipped(found / self._size, np.clip(scores[0][rows], 0, 1), labels.astype(np.int32))


class BoxesPx(Boxes):
    """The same, with boxes in pixels of the model's input."""

    def __init__(self, width: int, height: int, labels: int) -> None:
        super().__init__(width, height, labels)
        self._size = np.array([width, height, width, height], np.float32)
