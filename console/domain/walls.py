"""Arrangements of the wall."""

from dataclasses import dataclass

from console.domain.ids import CameraId

# More tiles than this nobody can tell apart, and no machine of a seat paints (PERFORMANCE: 64 with the ladder).
MOST_PLACES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A grid of equal cells, some joined into larger places.

    ``places`` are ``column, row, columns, rows`` of each tile, in the order of their numbers.
    """

    name: str
    columns: int
    rows: int
    places: tuple[tuple[int, int, int, int], ...]


def _even(name: str, side: int) -> Layout:
    cells = tuple((column, row, 1, 1) for row in range(side) for column in range(side))
    return Layout(name=name, columns=side, rows=side, places=cells)


def _around(name: str, side: int, *large: tuple[int, int, int, int]) -> Layout:
    """Return a grid with these larger places first and every cell they leave free after them, in reading order."""
    cells = tuple(
        (column, row, 1, 1)
        for row in range(side)
        for column in range(side)
        if not any(x <= column < x + wide and y <= row < y + high for x, y, wide, high in large)
    )
    return Layout(name=name, columns=side, rows=side, places=(*large, *cells))


# In the order of how many tiles they have; no two have as many, so that a number names a layout.
LAYOUTS: tuple[Layout, ...] = (
    _even("1", 1),
    _even("2x2", 2),
    _around("1+5", 3, (0, 0, 2, 2)),
    _around("1+7", 4, (0, 0, 3, 3)),
    _even("3x3", 3),
    _around("2+8", 4, (0, 0, 2, 2), (2, 0, 2, 2)),
    _around("1+12", 4, (1, 1, 2, 2)),
    _even("4x4", 4),
    _even("5x5", 5),
    _even("6x6", 6),
    _even("8x8", 8),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Which camera stands at which place of which layout; ``None`` is an empty place.

    There may be more cameras than the layout has places: those stand on its next pages. None at all means that
    nobody has arranged this wall yet.
    """

    layout: Layout
    cameras: tuple[CameraId | None, ...]
