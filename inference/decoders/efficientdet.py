"""EfficientDet-Lite as TensorFlow Lite publishes it, cut before its own suppression."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inference.decoders.decoder import Output, must_be_finite
from inference.detections import Detections

# The anchors of the EfficientDet paper's Lite models (automl/efficientdet hparams: min_level 3, max_level 7,
# num_scales 3, aspect_ratios 1, 2, ½, anchor_scale 3.0).
_LEVELS = range(3, 8)
_OCTAVES = (2 ** (0 / 3), 2 ** (1 / 3), 2 ** (2 / 3))
_ASPECTS = (1.0, 2.0, 0.5)
_ANCHOR_SCALE = 3.0


class EfficientDet:
    """Scores ``(1, anchors, classes)`` and boxes ``(1, anchors, 4)`` as ty, tx, th, tw against fixed anchors.

    Best scores ``(1, anchors, 1)`` and their classes, int32, may stand in place of the scores.
    """

    reads_best_class = True

    def __init__(self, width: int, height: int, labels: int) -> None:
        self._labels = labels
        self._anchors = anchors(width, height)

    def expected(self) -> tuple[tuple[int, ...], ...]:
        return (1, len(self._anchors), self._labels), (1, len(self._anchors), 4)

    def decode(self, outputs: Sequence[Output], minimum_score: float) -> Detections:
        scores, labels, offsets = _by_candidate(outputs)
        must_be_finite(float(scores.max()))
        rows = np.flatnonzero(scores >= minimum_score)
        boxes = _boxes(offsets[rows], self._anchors[rows])
        must_be_finite(float(boxes.sum()))
        return Detections.clipped(boxes, np.clip(scores[rows], 0, 1), labels[rows])


def anchors(width: int, height: int) -> npt.NDArray[np.float32]:
    """Return ``(anchors, 4)`` float32: centre y, centre x, height, width in fractions of the input.

    The order is level, cell (y, x), octave, aspect, as the model's outputs have it.
    """
    found: list[npt.NDArray[np.float64]] = []
    for level in _LEVELS:
        rows, columns = -(-height // 2**level), -(-width // 2**level)
        stride_y, stride_x = height / rows, width / columns
        sizes = np.array(
            [
                (_ANCHOR_SCALE * stride_y * octave / aspect**0.5, _ANCHOR_SCALE * stride_x * octave * aspect**0.5)
                for octave in _OCTAVES
                for aspect in _ASPECTS
            ]
        )
        centre_y, centre_x = np.meshgrid(
            (np.arange(rows) + 0.5) * stride_y, (np.arange(columns) + 0.5) * stride_x, indexing="ij"
        )
        cells = np.stack([centre_y, centre_x], axis=-1).reshape(-1, 1, 2)
        shape = (len(cells), len(sizes), 2)
        found.append(
            np.concatenate([np.broadcast_to(cells, shape), np.broadcast_to(sizes, shape)], axis=2).reshape(-1, 4)
        )
    scale = np.array([height, width, height, width])
    whole: npt.NDArray[np.float32] = (np.concatenate(found) / scale).astype(np.float32)
    return whole


def _by_candidate(outputs: Sequence[Output]) -> tuple[Output, Output, Output]:
    """Return of each candidate its best score, the class that has it, and its offsets."""
    if len(outputs) == 3:  # the device found the best class
        labels = next(output[0, :, 0] for output in outputs if output.dtype == np.int32)
        scores, offsets = sorted(
            (output[0] for output in outputs if output.dtype != np.int32), key=lambda output: output.shape[1]
        )
        return scores[:, 0], labels, offsets
    every, offsets = sorted((output[0] for output in outputs), key=lambda output: -output.shape[1])
    return every.max(axis=1), every.argmax(axis=1).astype(np.int32), offsets


def _boxes(offsets: Output, against: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    centres = offsets[:, :2] * against[:, 2:] + against[:, :2]
    halves = np.exp(offsets[:, 2:]) * against[:, 2:] / 2
    low, high = centres - halves, centres + halves
    return np.concatenate([low[:, ::-1], high[:, ::-1]], axis=1).astype(np.float32)
