"""The grid of windows on a façade: four corners in the picture, storeys and columns."""

from dataclasses import dataclass
from math import atan2, floor

import cv2
import numpy as np
import numpy.typing as npt

from inference.geometry import Point

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Where on the façade something was: the likely window, and how far off that may be.

    Attributes:
        storey: counted upward, the lowest row of the grid being the storey it was drawn as.
        storey_from, storey_to: the storeys it may have been.
        column: counted from the left, 1 the first.
        column_from, column_to: the columns it may have been.
    """

    storey: int
    storey_from: int
    storey_to: int
    column: int
    column_from: int
    column_to: int


class Facade:
    """Turns places in the picture into columns and storeys; immutable, safe from any thread.

    Args:
        corners: four, in fractions of the picture, in any order around the façade.
        storeys: rows of the grid. columns: of windows. lowest: which storey the lowest row is.

    Raises:
        ValueError: not four corners, no proper quadrangle, or no rows or columns.
    """

    def __init__(self, corners: tuple[Point, ...], storeys: int, columns: int, lowest: int = 1) -> None:
        if len(corners) != 4 or storeys < 1 or columns < 1:
            raise ValueError("a façade has four corners, a storey and a column")
        self.corners = ordered(corners)
        self.storeys, self.columns, self.lowest = storeys, columns, lowest
        if not cv2.isContourConvex(np.array(self.corners, np.float32).reshape(-1, 1, 2)):
            raise ValueError("the corners of a façade do not make a quadrangle")
        own = np.array([(0, 0), (columns, 0), (columns, storeys), (0, storeys)], np.float32)
        self._to_grid = cv2.getPerspectiveTransform(np.array(self.corners, np.float32), own)

    def to_grid(self, points: Floats) -> Floats:
        """Return ``(N, 2)`` places in the picture as columns from the left and storeys from the top, float64."""
        if not len(points):
            return np.zeros((0, 2), np.float64)
        found = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), self._to_grid)
        return np.asarray(found, np.float64).reshape(-1, 2)

    def cells(self, across: tuple[float, float, float], down: tuple[float, float, float]) -> Cells:
        """Return the windows a place may be: likely, least and most, as ``to_grid`` counts them."""
        return Cells(
            storey=self._storey(down[0]),
            storey_from=self._storey(down[2]),
            storey_to=self._storey(down[1]),
            column=self._column(across[0]),
            column_from=self._column(across[1]),
            column_to=self._column(across[2]),
        )

    def _storey(self, down: float) -> int:
        return self.lowest + self.storeys - 1 - min(max(floor(down), 0), self.storeys - 1)

    def _column(self, across: float) -> int:
        return 1 + min(max(floor(across), 0), self.columns - 1)


def ordered(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return four corners clockwise from the top left one, however they were drawn."""
    x, y = sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)
    around = sorted(corners, key=lambda corner: atan2(corner[1] - y, corner[0] - x))
    first = min(range(len(around)), key=lambda at: sum(around[at]))
    return (*around[first:], *around[:first])
