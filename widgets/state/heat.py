"""Where people stand, over the last half a minute: a grid over the picture of one camera. Qt-free, pure."""

import functools
from datetime import datetime, timedelta

from widgets.state.overlay import SeenTold, foot_of

COLUMNS, ROWS = 48, 27
"""Cells over the whole picture: 40 px of a picture 1920 px wide, finer than a person near the camera."""
HALF_LIFE_S = 15.0
"""What was seen so long ago counts half (judgement): who walks through leaves little, who stays stands out."""
REACH = 0.06
"""How far round a foot point a person counts, of the picture's width (judgement): about a stride in a street view."""
FULL_AT = 3.0
"""Persons within reach, on average, from which a cell is drawn at its strongest (judgement)."""
KEPT = timedelta(seconds=5)
"""Without a look for longer, nothing is drawn: where people stood is not where they stand."""
FIRST_S = 0.5
"""The time a look stands for that has none before it."""
LEVELS = 4
"""Steps drawn: a step has an edge to be seen by, where a gradient has only its colour."""

Edge = tuple[int, int, int, int]
"""From column and row to column and row, counted in cells from the upper left."""

_AROUND_X, _AROUND_Y = round(REACH * COLUMNS), round(REACH * ROWS * 16 / 9)


class HeatMemory:
    """How many persons stood around each cell of late. Owned by one tile, GUI thread."""

    def __init__(self) -> None:
        self._cells: list[float] = []
        self._weight = 0.0
        self._newest: datetime | None = None

    def clear(self) -> None:
        self._cells, self._weight, self._newest = [], 0.0, None

    def note(self, seen: SeenTold) -> None:
        """Take in a look. One that comes late or twice is left out."""
        if self._newest is not None and seen.received_at <= self._newest:
            return
        passed_s = FIRST_S if self._newest is None else (seen.received_at - self._newest).total_seconds()
        if self._newest is None or passed_s > KEPT.total_seconds():
            self._cells, self._weight, passed_s = [0.0] * (COLUMNS * ROWS), 0.0, FIRST_S
        kept = 0.5 ** (passed_s / HALF_LIFE_S)
        self._newest = seen.received_at
        self._cells = [cell * kept for cell in self._cells]
        self._weight = self._weight * kept + (1.0 - kept)
        for track in seen.tracks:
            if track.label == "person":
                self._stand(foot_of(track.box), 1.0 - kept)

    def steps_at(self, received_at: datetime) -> bytes:
        """Return a step from 0 to ``LEVELS`` for each cell, row by row; empty where the newest look is too old."""
        if self._newest is None or abs(received_at - self._newest) > KEPT:
            return b""
        full = FULL_AT * self._weight / LEVELS
        return bytes(min(LEVELS, int(cell / full + 0.5)) for cell in self._cells)

    def _stand(self, foot: tuple[float, float], share: float) -> None:
        column, row = min(int(foot[0] * COLUMNS), COLUMNS - 1), min(int(foot[1] * ROWS), ROWS - 1)
        for down in range(max(0, row - _AROUND_Y), min(ROWS, row + _AROUND_Y + 1)):
            for across in range(max(0, column - _AROUND_X), min(COLUMNS, column + _AROUND_X + 1)):
                away = ((across - column) / (_AROUND_X + 0.5)) ** 2 + ((down - row) / (_AROUND_Y + 0.5)) ** 2
                if away < 1.0:
                    self._cells[down * COLUMNS + across] += share


@functools.lru_cache(maxsize=16)
def edges_of(steps: bytes) -> tuple[Edge, ...]:
    """Return where one step ends and another begins, as lines along the cells; none along the picture's own edge."""
    if not any(steps):
        return ()
    rows = [steps[at * COLUMNS : (at + 1) * COLUMNS] for at in range(ROWS)]
    edges: list[Edge] = []
    for down, row in enumerate(rows):
        edges.extend((at, down, at, down + 1) for at in range(1, COLUMNS) if row[at] != row[at - 1])
    for down in range(1, ROWS):
        if rows[down] != rows[down - 1]:
            pairs = enumerate(zip(rows[down], rows[down - 1], strict=True))
            edges.extend((at, down, at + 1, down) for at, (below, above) in pairs if below != above)
    return tuple(edges)
