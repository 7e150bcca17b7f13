"""Of boxes that describe one thing, keep the best."""

import numpy as np
import numpy.typing as npt

from inference.detections import Detections
from inference.geometry import ious

AT_MOST = 300
"""Boxes considered per look, best first: bounds the cost on a picture of noise (judgement)."""


def suppress(found: Detections, groups: npt.NDArray[np.int32], iou_above: float) -> Detections:
    """Return the detections without those that overlap a better one of the same group.

    Args:
        found: detections of one frame.
        groups: ``(labels,)`` int32, the group each label of the model belongs to. A van scored as car and as truck is
            one thing, so both labels share a group.
        iou_above: overlap from which two boxes are one thing.
    """
    order = np.argsort(-found.scores, kind="stable")[:AT_MOST]
    best = found.take(order)
    group = groups[best.labels]
    waiting = np.ones(len(best), bool)
    kept: list[int] = []
    for row in range(len(best)):
        if not waiting[row]:
            continue
        kept.append(row)
        waiting &= (ious(best.boxes[row], best.boxes) <= iou_above) | (group != group[row])
    return best.take(np.array(kept, np.intp))
