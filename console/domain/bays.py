"""A row of parking bays: one outline of four corners, parted into bays of the same width on the ground."""

from itertools import pairwise

from console.domain.errors import DomainError

Point = tuple[float, float]
MOST_BAYS = 24
"""Judgement: more in one picture than that are too small to be told apart."""


def bays_of(outline: tuple[Point, ...], count: int) -> tuple[tuple[Point, ...], ...]:
    """Return the bays of a row, the first where its outline begins; the row runs along the outline's first side.

    What is farther away is narrower in the picture: the row is parted as the ground is, not as the picture is.

    Args:
        outline: in fractions of the picture.
        count: how many; one bay may have any outline.

    Raises:
        DomainError: there are too few or too many, or the outline of several is not of four corners around an inside.
    """
    if not 1 <= count <= MOST_BAYS:
        raise DomainError("A row has 1 to {most} bays.", most=MOST_BAYS)
    if count == 1:
        return (outline,)
    if len(outline) != 4 or not _is_convex(outline):
        raise DomainError("A row of several bays has four corners: draw it along the bays first, then across them.")
    along = [(_on_ground(outline, part / count, 0.0), _on_ground(outline, part / count, 1.0)) for part in range(count)]
    along.append((outline[1], outline[2]))
    return tuple((near, next_near, next_far, far) for (near, far), (next_near, next_far) in pairwise(along))


def _on_ground(outline: tuple[Point, ...], along: float, across: float) -> Point:
    """Return where a point of the ground is seen that lies so far along and across a row, both 0 to 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = outline
    # The one projection that takes the corners of a square to the four that were drawn (Heckbert 1989).
    ax, ay, bx, by = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    cx, cy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    size = ax * by - bx * ay
    g, h = (cx * by - bx * cy) / size, (ax * cy - cx * ay) / size
    depth = g * along + h * across + 1.0
    x = ((x1 - x0 + g * x1) * along + (x3 - x0 + h * x3) * across + x0) / depth
    y = ((y1 - y0 + g * y1) * along + (y3 - y0 + h * y3) * across + y0) / depth
    return round(x, 6), round(y, 6)


def _is_convex(outline: tuple[Point, ...]) -> bool:
    turns = []
    for at, (x, y) in enumerate(outline):
        (xa, ya), (xb, yb) = outline[at - 1], outline[(at + 1) % len(outline)]
        turns.append((x - xa) * (yb - y) - (y - ya) * (xb - x))
    return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
