"""The lines of a grid of windows drawn over a façade, as the picture shows it: farther storeys are smaller."""

from collections.abc import Callable, Sequence
from math import atan2

from console.domain.rules import Point

Line = tuple[Point, Point]


def grid_lines(corners: Sequence[Point], storeys: int, columns: int) -> list[Line]:
    """Return the lines between storeys and between columns, in fractions of the picture.

    Four corners in any order around the façade; none for any other number, or where two of them are one.
    """
    if len(set(corners)) != 4:
        return []
    place = _perspective(_clockwise(corners))
    across = [(place(0.0, at / storeys), place(1.0, at / storeys)) for at in range(1, storeys)]
    return across + [(place(at / columns, 0.0), place(at / columns, 1.0)) for at in range(1, columns)]


def _clockwise(corners: Sequence[Point]) -> list[Point]:
    """Return the corners clockwise from the top left one."""
    x, y = sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)
    around = sorted(corners, key=lambda corner: atan2(corner[1] - y, corner[0] - x))
    first = min(range(len(around)), key=lambda at: sum(around[at]))
    return [*around[first:], *around[:first]]


def _perspective(corners: Sequence[Point]) -> Callable[[float, float], Point]:
    """Return where a place of the unit square stands in the quadrangle (Heckbert 1989, square to quadrilateral)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    whole = dx1 * dy2 - dx2 * dy1
    g, h = ((dx3 * dy2 - dx2 * dy3) / whole, (dx1 * dy3 - dx3 * dy1) / whole) if whole else (0.0, 0.0)
    a, b, d, e = x1 - x0 + g * x1, x3 - x0 + h * x3, y1 - y0 + g * y1, y3 - y0 + h * y3

    def place(u: float, v: float) -> Point:
        far = g * u + h * v + 1.0
        return ((a * u + b * v + x0) / far, (d * u + e * v + y0) / far) if far > 0 else (x0, y0)

    return place
