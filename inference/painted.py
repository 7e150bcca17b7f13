"""Things painted rather than cut out, for scenes of what no clip of ours shows: bins, rubbish, a shed.

A bin is a box with a lid, rubbish a heap of bags in odd colours, a shed a wall with a door under a roof. They are
plainer than the real ones: figures on them say that a rule does what it says, not how often it is right in a street.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Painter = Callable[[np.random.Generator], tuple[Floats, Floats]]
ROWS = 200
"""Height of a painted thing in pixels, before it is made as tall as its scene wants it."""
_GRAIN = 6.0


def _bin(chance: np.random.Generator) -> tuple[Floats, Floats]:
    picture, alpha = _blank(0.62)
    body = chance.choice([(60, 90, 40), (70, 60, 55), (110, 70, 40)])
    wide = picture.shape[1]
    cv2.fillPoly(alpha, [_corners([(6, 0), (wide - 6, 0), (wide - 18, ROWS - 1), (18, ROWS - 1)])], 1.0)
    picture[:] = body
    picture[:16] = np.asarray(body) * 0.6
    for at in range(40, ROWS, 30):
        picture[at : at + 3] = np.asarray(body) * 0.75
    return _grained(picture, chance), alpha


def _filling(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """What is seen of a bin's content within its opening."""
    return _heap(chance, share=3.2)


def _rubbish(chance: np.random.Generator) -> tuple[Floats, Floats]:
    return _heap(chance, share=1.3)


def _sacks(chance: np.random.Generator) -> tuple[Floats, Floats]:
    return _heap(chance, share=1.0)


def _shed(chance: np.random.Generator) -> tuple[Floats, Floats]:
    picture, alpha = _blank(1.3)
    wall = chance.choice([(190, 190, 185), (90, 120, 170), (140, 110, 80)])
    picture[:], alpha[30:] = wall, 1.0
    cv2.fillPoly(alpha, [_corners([(0, 40), (40, 0), (picture.shape[1] - 40, 0), (picture.shape[1], 40)])], 1.0)
    picture[:46] = np.asarray(wall) * 0.5
    picture[95:, 40:90] = np.asarray(wall) * 0.35
    picture[80:130, 150:215] = 50
    picture[::14] *= 0.88
    return _grained(picture, chance), alpha


PAINTED: Mapping[str, Painter] = {
    "painted_bin": _bin,
    "painted_filling": _filling,
    "painted_rubbish": _rubbish,
    "painted_sacks": _sacks,
    "painted_shed": _shed,
}
"""By the name a scene calls them: pixels ``(rows, columns, 3)`` BGR 0–255 and how far each covers, 0 to 1."""


def _heap(chance: np.random.Generator, share: float) -> tuple[Floats, Floats]:
    picture, alpha = _blank(share)
    wide = picture.shape[1]
    for _ in range(14):
        radius = int(chance.integers(ROWS // 5, ROWS // 3))
        x = int(chance.integers(radius, max(radius + 1, wide - radius)))
        y = int(
            ROWS - radius * chance.uniform(0.7, 1.0) - (ROWS * 0.5) * chance.uniform(0, 1) * (1 - abs(2 * x / wide - 1))
        )
        colour = tuple(float(part) for part in chance.integers(20, 240, 3))
        cv2.circle(picture, (x, y), radius, colour, -1)
        cv2.circle(picture, (x, y), radius, tuple(part * 0.5 for part in colour), 4)
        cv2.circle(alpha, (x, y), radius, 1.0, -1)
    return _grained(picture, chance), alpha


def _blank(share: float) -> tuple[Floats, Floats]:
    wide = round(ROWS * share)
    return np.zeros((ROWS, wide, 3), np.float32), np.zeros((ROWS, wide), np.float32)


def _corners(points: list[tuple[int, int]]) -> npt.NDArray[np.int32]:
    return np.array(points, np.int32)


def _grained(picture: Floats, chance: np.random.Generator) -> Floats:
    return np.asarray(picture + chance.normal(0, _GRAIN, picture.shape), np.float32)
