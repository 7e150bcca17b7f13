"""Arrangements of the wall."""

from dataclasses import dataclass

from console.domain.ids import CameraId


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


LAYOUTS: tuple[Layout, ...] = (
    _even("1", 1),
    _even("2x2", 2),
    _even("3x3", 3),
    _even("4x4", 4),
    Layout(
        name="1+5",
        columns=3,
        rows=3,
        places=((0, 0, 2, 2), (2, 0, 1, 1), (2, 1, 1, 1), (0, 2, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1)),
    ),
    Layout(
        name="1+7",
        columns=4,
        rows=4,
        places=(
            (0, 0, 3, 3),
            (3, 0, 1, 1),
            (3, 1, 1, 1),
            (3, 2, 1, 1),
            (0, 3, 1, 1),
            (1, 3, 1, 1),
            (2, 3, 1, 1),
            (3, 3, 1, 1),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Which camera stands at which place of which layout; ``None`` is an empty place."""

    layout: Layout
    cameras: tuple[CameraId | None, ...]
