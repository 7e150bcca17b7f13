"""One picture looked at as a whole and in parts, and what was seen in them put together again.

A detector of 320 pixels sees a square small: somebody of a twelfth of the picture's height is 15 pixels tall. In
2 × 2 parts they are nearly twice as tall. The whole stays one of the parts, so that what fills the picture is not lost.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from inference.detections import Detections
from inference.frames import Frame
from inference.geometry import Box, area, iou, overlap
from inference.manifest import Manifest

_EDGE = 0.02
"""Of a part's side: a box that ends nearer to an edge within the picture was cut by it (judgement)."""
_COVERED = 0.6
"""A cut box of which another covers so much is a piece of that one (judgement)."""
_LIKE = 0.35
"""Two boxes of different parts, one in the other, are one thing if the lesser has this share of the greater: a car
before a bus has less (judgement)."""
_WITHIN = 0.8


class Looking(Protocol):
    """What is needed of a detector."""

    @property
    def manifest(self) -> Manifest: ...

    def look(self, frame: Frame) -> Detections: ...


def seen_in(detector: Looking, frames: Sequence[Frame]) -> Detections:
    """Return what a detector sees in a picture, looking at the whole and at its parts one after the other.

    Raises:
        InferenceError: it gives no answer.
    """
    papers = detector.manifest
    seen = [detector.look(frame) for frame in frames]
    return merged(frames, seen, papers.group_numbers(), papers.suppress_iou)


def merged(
    frames: Sequence[Frame], seen: Sequence[Detections], groups: npt.NDArray[np.int32], iou_above: float
) -> Detections:
    """Return what was seen in all parts of a picture, each thing once.

    Args:
        frames: the whole, then its parts.
        seen: of each, in fractions of the whole picture.
        groups: ``(labels,)`` int32, as for ``suppress``.
        iou_above: overlap from which two boxes are one thing.
    """
    if len(seen) == 1:
        return seen[0]
    every = Detections(
        np.concatenate([one.boxes for one in seen]),
        np.concatenate([one.scores for one in seen]),
        np.concatenate([one.labels for one in seen]),
    )
    part_of = np.repeat(np.arange(len(seen)), [len(one) for one in seen]).tolist()
    boxes = [every.box(row) for row in range(len(every))]
    cut = [_is_cut(box, frames[part].region, frames[0].region) for box, part in zip(boxes, part_of, strict=True)]
    kinds = groups[every.labels].tolist()
    kept: list[int] = []
    # What is whole is believed before what was cut, and what is surer before what is less so.
    for row in sorted(range(len(every)), key=lambda row: (cut[row], -float(every.scores[row]))):
        others = (one for one in kept if part_of[one] != part_of[row] and kinds[one] == kinds[row])
        if not any(_is_same(boxes[row], boxes[one], iou_above, is_cut=cut[row]) for one in others):
            kept.append(row)
    return every.take(np.array(kept, np.intp))


def _is_cut(box: Box, part: Box, whole: Box) -> bool:
    """Tell whether a box ends at an edge of its part that is none of the whole."""
    across, down = _EDGE * (part[2] - part[0]), _EDGE * (part[3] - part[1])
    return (
        (part[0] > whole[0] and box[0] - part[0] < across)
        or (part[1] > whole[1] and box[1] - part[1] < down)
        or (part[2] < whole[2] and part[2] - box[2] < across)
        or (part[3] < whole[3] and part[3] - box[3] < down)
    )


def _is_same(box: Box, known: Box, iou_above: float, *, is_cut: bool) -> bool:
    shared = overlap(box, known)
    if is_cut and shared >= _COVERED * area(box):
        return True
    lesser, greater = sorted((area(box), area(known)))
    return iou(box, known) >= iou_above or (lesser >= _LIKE * greater and shared >= _WITHIN * lesser)
