"""Boxes, points and polygons, all in fractions: origin top-left, x to the right, y down."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Polygon = Sequence[Point]
Boxes = npt.NDArray[np.float32]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def foot_point(box: Box) -> Point:
    """Return where the thing in the box touches the ground: the bottom centre."""
    x0, _, x1, y1 = box
    return (x0 + x1) / 2, y1


def centre(box: Box) -> Point:
    """Return the middle of the box."""
    x0, y0, x1, y1 = box
    return (x0 + x1) / 2, (y0 + y1) / 2


def contains(polygon: Polygon, point: Point) -> bool:
    """Tell whether the point lies in the polygon (even-odd rule; the outline may cross itself)."""
    x, y = point
    inside = False
    for (xa, ya), (xb, yb) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (ya > y) != (yb > y) and x < (xb - xa) * (y - ya) / (yb - ya) + xa:
            inside = not inside
    return inside


def bounds(polygon: Polygon) -> Box:
    """Return the smallest box around the polygon."""
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    return min(across), min(down), max(across), max(down)


def area(box: Box) -> float:
    """Return the box's area; 0 for a box turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def overlap(a: Box, b: Box) -> float:
    """Return the area two boxes share."""
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def shared_area(polygon: Polygon, box: Box) -> float:
    """Return the area a convex polygon shares with a box."""
    x0, y0, x1, y1 = box
    shape = [(x, y) for x, y in polygon]
    for axis, limit, sign in ((0, x0, 1.0), (0, x1, -1.0), (1, y0, 1.0), (1, y1, -1.0)):
        shape = _cut(shape, axis, limit, sign)
        if len(shape) < 3:
            return 0.0
    turns = sum(xa * yb - xb * ya for (xa, ya), (xb, yb) in zip(shape, (*shape[1:], shape[0]), strict=True))
    return abs(turns) / 2


def _cut(shape: Sequence[Point], axis: int, limit: float, sign: float) -> list[Point]:
    """Return what of a shape lies on one side of a line along an axis."""
    kept: list[Point] = []
    for a, b in zip(shape, (*shape[1:], shape[0]), strict=True):
        from_a, from_b = (a[axis] - limit) * sign, (b[axis] - limit) * sign
        if from_a >= 0:
            kept.append(a)
        if from_a * from_b < 0:
            part = from_a / (from_a - from_b)
            kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
    return kept


def iou(a: Box, b: Box) -> float:
    """Return intersection over union, 0 to 1."""
    shared = overlap(a, b)
    together = area(a) + area(b) - shared
    return shared / together if together > 0 else 0.0


def inside_share(inner: Box, outer: Box) -> float:
    """Return which share of the inner box lies in the outer one, 0 to 1; 0 for a box without area."""
    own = area(inner)
    return overlap(inner, outer) / own if own > 0 else 0.0


def ious(box: Boxes, boxes: Boxes) -> npt.NDArray[np.float32]:
    """Return the intersection over union of one ``(4,)`` box with ``(N, 4)`` boxes, as ``(N,)`` float32."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    sizes = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    together = np.prod(box[2:] - box[:2]) + sizes - shared
    found: npt.NDArray[np.float32] = (shared / np.maximum(together, np.float32(1e-12))).astype(np.float32)
    return found


def from_region(boxes: Boxes, region: Box) -> Boxes:
    """Return boxes given in fractions of a region of the picture as fractions of the whole picture."""
    x0, y0, x1, y1 = region
    scale = np.array([x1 - x0, y1 - y0, x1 - x0, y1 - y0], np.float32)
    return (boxes * scale + np.array([x0, y0, x0, y0], np.float32)).astype(np.float32)


def to_region(box: Box, region: Box) -> Box:
    """Return a box given in fractions of the whole picture as fractions of a region (may leave it)."""
    x0, y0, x1, y1 = region
    across, down = x1 - x0, y1 - y0
    return (box[0] - x0) / across, (box[1] - y0) / down, (box[2] - x0) / across, (box[3] - y0) / down
