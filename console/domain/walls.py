"""Arrangements of the wall."""

import math
from dataclasses import dataclass
from enum import StrEnum

from console.domain.errors import DomainError
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


class Layer(StrEnum):
    """What is drawn over a picture or in its header; each can be switched off, but never what warns."""

    BOXES = "boxes"
    TRACKS = "tracks"
    ZONES = "zones"
    DWELL = "dwell"
    NAME = "name"
    TIME = "time"
    AGE = "age"
    STATE = "state"
    WATERMARK = "watermark"
    HEAT = "heat"


# The watermark is for rooms where screens are photographed, the heat for places where people gather; elsewhere they
# only stand in the way.
USUAL_LAYERS = frozenset(Layer) - {Layer.WATERMARK, Layer.HEAT}

FREE = "free"
# Judgement: a cell of a 16 × 16 grid on 1920 × 1080 is 100 × 60, the least where a picture can be made out.
FINEST = 16


def split(layout: Layout, at: int) -> Layout:
    """Return the layout with one place cut into four; the first of them has its number, the others follow it.

    Raises:
        DomainError: the parts would be too small, or too many.
    """
    if len(layout.places) + 3 > MOST_PLACES:
        raise DomainError("A wall has at most {count} tiles.", count=MOST_PLACES)
    _, _, columns, rows = layout.places[at]
    finer = 1 if columns % 2 == 0 and rows % 2 == 0 else 2
    if max(layout.columns, layout.rows) * finer > FINEST:
        raise DomainError("This tile cannot be made smaller.")
    places = [(x * finer, y * finer, wide * finer, high * finer) for x, y, wide, high in layout.places]
    x, y, wide, high = places[at]
    wide, high = wide // 2, high // 2
    places[at : at + 1] = [(x + wide * column, y + high * row, wide, high) for row in range(2) for column in range(2)]
    return Layout(name=FREE, columns=layout.columns * finer, rows=layout.rows * finer, places=tuple(places))


def join(layout: Layout, at: int) -> tuple[Layout, tuple[int, ...]]:
    """Return the layout with a place grown over its neighbours, and which places those were.

    It grows right, else down, left or up: where the neighbours along its whole edge make a rectangle with it.

    Raises:
        DomainError: on no side do they.
    """
    x, y, wide, high = layout.places[at]
    others = [(number, place) for number, place in enumerate(layout.places) if number != at]
    right = [(n, p) for n, p in others if p[0] == x + wide and y <= p[1] and p[1] + p[3] <= y + high]
    left = [(n, p) for n, p in others if p[0] + p[2] == x and y <= p[1] and p[1] + p[3] <= y + high]
    below = [(n, p) for n, p in others if p[1] == y + high and x <= p[0] and p[0] + p[2] <= x + wide]
    above = [(n, p) for n, p in others if p[1] + p[3] == y and x <= p[0] and p[0] + p[2] <= x + wide]
    for side, along, across, length in (
        (right, 2, 3, high),
        (below, 3, 2, wide),
        (left, 2, 3, high),
        (above, 3, 2, wide),
    ):
        depths = {place[along] for _, place in side}
        if len(depths) != 1 or sum(place[across] for _, place in side) != length:
            continue
        parts = [layout.places[at], *(place for _, place in side)]
        leftmost, top = min(part[0] for part in parts), min(part[1] for part in parts)
        whole = (
            leftmost,
            top,
            max(part[0] + part[2] for part in parts) - leftmost,
            max(part[1] + part[3] for part in parts) - top,
        )
        gone = tuple(number for number, _ in side)
        places = tuple(
            whole if number == at else place for number, place in enumerate(layout.places) if number not in gone
        )
        return _coarser(Layout(name=FREE, columns=layout.columns, rows=layout.rows, places=places)), gone
    raise DomainError("This tile has no neighbour that it could be joined with.")


def _coarser(layout: Layout) -> Layout:
    """Return the same places in the coarsest grid; one of the table's own gets its name back."""
    common = math.gcd(layout.columns, layout.rows, *(edge for place in layout.places for edge in place))
    places = tuple((x // common, y // common, wide // common, high // common) for x, y, wide, high in layout.places)
    columns, rows = layout.columns // common, layout.rows // common
    named = next(
        (known for known in LAYOUTS if (known.columns, known.rows, known.places) == (columns, rows, places)), None
    )
    return named or Layout(name=FREE, columns=columns, rows=rows, places=places)
