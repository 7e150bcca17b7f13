"""Outlines drawn in a picture: corners in fractions of the whole picture, origin top left; nothing of Qt."""

import math
from collections.abc import Sequence

from console.domain.rules import Point
from console.words import N_

Outline = tuple[Point, ...]
EDGE_PULL = 0.015  # a corner let go this near to the picture's edge means the edge: 29 of 1920 columns. Judgement.
WHOLE: Outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
ZONE_TEMPLATES: tuple[tuple[str, Outline], ...] = (
    (N_("whole picture"), WHOLE),
    (N_("lower half"), ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))),
    (N_("left half"), ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))),
    (N_("right half"), ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))),
    (N_("strip across the picture"), ((0.0, 0.4), (1.0, 0.4), (1.0, 0.6), (0.0, 0.6))),
    (N_("frame in the middle"), ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))),
)
LINE_TEMPLATES: tuple[tuple[str, Outline], ...] = (
    (N_("line across the picture"), ((0.0, 0.5), (1.0, 0.5))),
    (N_("line down the picture"), ((0.5, 0.0), (0.5, 1.0))),
    (N_("line across the lower third"), ((0.0, 0.67), (1.0, 0.67))),
)
_NOTHING = 1e-9  # fractions: below it two corners are one, and three lie on one line


def inside(point: Point) -> Point:
    """Return the nearest point of the picture."""
    x, y = point
    return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))


def pulled(point: Point) -> Point:
    """Return a point of the picture, on its edge where it is near to it."""
    return _pulled(point[0]), _pulled(point[1])


def crosses_itself(corners: Sequence[Point], *, is_closed: bool = True) -> bool:
    """Tell whether an outline meets itself: edges that cross or touch, a corner twice, an edge that runs back."""
    count = len(corners)
    if len(set(corners)) < count:
        return True
    last = count if is_closed and count > 2 else count - 1
    edges = [(corners[at], corners[(at + 1) % count]) for at in range(last)]
    for first in range(len(edges)):
        for second in range(first + 1, len(edges)):
            is_next = second == first + 1
            if is_next or (is_closed and count > 2 and first == 0 and second == len(edges) - 1):
                before, after = (edges[first], edges[second]) if is_next else (edges[second], edges[first])
                if _runs_back(before[0], before[1], after[1]):
                    return True
            elif _meet(edges[first], edges[second]):
                return True
    return False


def nearest_corner(corners: Sequence[Point], at: Point, reach: Point) -> int | None:
    """Return which corner lies nearest, where one lies within reach.

    Args:
        reach: how far a corner is felt, in fractions of the picture's width and of its height.
    """
    far = [math.hypot((x - at[0]) / reach[0], (y - at[1]) / reach[1]) for x, y in corners]
    nearest = min(range(len(far)), key=far.__getitem__, default=None)
    return nearest if nearest is not None and far[nearest] <= 1.0 else None


def nearest_edge(corners: Sequence[Point], at: Point, reach: Point) -> int | None:
    """Return the corner at which the nearest edge of a closed outline begins, where one lies within reach."""
    scaled = [(x / reach[0], y / reach[1]) for x, y in corners]
    here = (at[0] / reach[0], at[1] / reach[1])
    far = [_distance(here, scaled[one], scaled[(one + 1) % len(scaled)]) for one in range(len(scaled))]
    nearest = min(range(len(far)), key=far.__getitem__, default=None)
    return nearest if nearest is not None and far[nearest] <= 1.0 else None


def holds(corners: Sequence[Point], at: Point) -> bool:
    """Tell whether a point lies within a closed outline."""
    x, y = at
    is_in = False
    for (xa, ya), (xb, yb) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ya > y) is not (yb > y) and x < (xb - xa) * (y - ya) / (yb - ya) + xa:
            is_in = not is_in
    return is_in


def middle(one: Point, other: Point) -> Point:
    """Return the point half way."""
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _pulled(part: float) -> float:
    return 0.0 if part < EDGE_PULL else 1.0 if part > 1.0 - EDGE_PULL else part


def _turn(one: Point, two: Point, three: Point) -> float:
    """Return twice the area of a triangle: positive for a turn one way, negative for the other, 0 for a line."""
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _runs_back(one: Point, two: Point, three: Point) -> bool:
    back = (two[0] - one[0]) * (three[0] - two[0]) + (two[1] - one[1]) * (three[1] - two[1])
    return abs(_turn(one, two, three)) <= _NOTHING and back < 0


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(abs(turn) <= _NOTHING and _is_between(*end) for turn, end in zip(turns, ends, strict=True))


def _is_between(one: Point, two: Point, point: Point) -> bool:
    return all(min(a, b) - _NOTHING <= p <= max(a, b) + _NOTHING for a, b, p in zip(one, two, point, strict=True))


def _distance(point: Point, begin: Point, end: Point) -> float:
    along = (end[0] - begin[0], end[1] - begin[1])
    length = along[0] ** 2 + along[1] ** 2
    share = ((point[0] - begin[0]) * along[0] + (point[1] - begin[1]) * along[1]) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(point[0] - begin[0] - share * along[0], point[1] - begin[1] - share * along[1])
