"""Of boxes that describe one thing, keep the best."""

import cv2
import numpy as np
import numpy.typing as npt

from inference.detections import Detections

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
    sizes = np.concatenate([found.boxes[:, :2], found.boxes[:, 2:] - found.boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        sizes.tolist(),
        found.scores.tolist(),
        groups[found.labels].tolist(),
        score_threshold=-1.0,
        nms_threshold=iou_above,
        top_k=AT_MOST,
    )
    return found.take(np.asarray(kept, np.intp).reshape(-1))
