"""Things painted rather than cut out, for scenes of what no clip of ours shows: bins, sheds, goods, bicycles, a lift.

A bin is a box with a lid, rubbish a heap of bags in odd colours, a shed a wall with a door under a roof. The detector
knows a painted bicycle as surely as one that it was photographed of. All are plainer than the real ones: figures on
them say that a rule does what it says, not how often it is right in a street.
"""

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Place = tuple[int, int]
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


def _lid(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A bin's lid, stood open."""
    picture, alpha = _blank(1.6)
    colour = chance.choice([(40, 60, 30), (50, 45, 40), (80, 50, 30)])
    cv2.fillPoly(alpha, [_corners([(20, ROWS - 1), (60, 10), (300, 10), (290, ROWS - 1)])], 1.0)
    picture[:] = colour
    picture[20:34] = np.asarray(colour) * 1.4
    return _grained(picture, chance), alpha


def _pit(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Ground that is dug up: a dark hole and the earth beside it."""
    picture, alpha = _blank(2.0)
    wide = picture.shape[1]
    earth = chance.choice([(60, 85, 110), (75, 95, 115), (50, 70, 100)])
    cv2.ellipse(alpha, (wide // 2, ROWS // 2), (wide // 2 - 4, ROWS // 2 - 4), 0, 0, 360, 1.0, -1)
    picture[:] = earth
    cv2.ellipse(picture, (wide // 3, ROWS * 3 // 5), (wide // 4, ROWS // 3), 0, 0, 360, (25, 30, 35), -1)
    for _ in range(60):
        at = int(chance.integers(wide // 2, wide)), int(chance.integers(0, ROWS))
        shade = tuple(float(part) for part in np.asarray(earth) * chance.uniform(0.5, 1.4))
        cv2.circle(picture, at, int(chance.integers(4, 14)), shade, -1)
    return _grained(picture, chance), alpha


def _goods(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A cloth on the ground with things laid out on it."""
    picture, alpha = _blank(2.4)
    wide = picture.shape[1]
    cloth = chance.choice([(40, 40, 150), (150, 90, 40), (60, 60, 60), (180, 200, 210)])
    cv2.fillPoly(alpha, [_corners([(50, 60), (wide - 50, 60), (wide - 1, ROWS - 1), (0, ROWS - 1)])], 1.0)
    picture[:] = cloth
    for row, size in ((90, 18), (125, 22), (165, 26)):
        for at in range(60, wide - 60, 3 * size):
            colour = tuple(float(part) for part in chance.integers(20, 250, 3))
            corner = (at + size, row + size // 2)
            cv2.rectangle(picture, (at - size // 2, row - size), corner, colour, -1)
            cv2.rectangle(alpha, (at - size // 2, row - size), corner, 1.0, -1)
    return _grained(picture, chance), alpha


def _crates(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Crates of fruit, stacked before a shop."""
    picture, alpha = _blank(2.0)
    for left in range(0, picture.shape[1], 100):
        for top in (20, 110) if chance.random() < 0.7 else (110,):
            wood = np.asarray((90, 140, 180)) * chance.uniform(0.6, 1.2)
            picture[top : top + 90, left : left + 96], alpha[top : top + 90, left : left + 96] = wood, 1.0
            picture[top + 40 : top + 46, left : left + 96] = wood * 0.5
            fruit = chance.choice([(30, 120, 240), (40, 40, 200), (60, 180, 60), (60, 220, 240)])
            for at in range(left + 14, left + 96, 22):
                cv2.circle(picture, (at, top + 12), 12, tuple(map(float, fruit)), -1)
    return _grained(picture, chance), alpha


def _stall(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A table with goods under a parasol."""
    picture, alpha = _blank(1.2)
    wide = picture.shape[1]
    cover = chance.choice([(40, 40, 190), (190, 110, 40), (60, 150, 60)])
    cv2.fillPoly(alpha, [_corners([(0, 52), (wide // 2, 0), (wide - 1, 52)])], 1.0)
    picture[:56] = cover
    picture[34:56, ::40] = 230
    alpha[52:120, wide // 2 - 4 : wide // 2 + 4] = 1.0
    picture[56:120] = 90
    alpha[110:, 12 : wide - 12] = 1.0
    picture[110:] = chance.choice([(70, 100, 130), (200, 200, 195), (50, 60, 120)])
    for at in range(24, wide - 24, 26):
        colour = tuple(float(part) for part in chance.integers(20, 250, 3))
        cv2.circle(picture, (at, 112), 13, colour, -1)
        cv2.circle(alpha, (at, 112), 13, 1.0, -1)
    return _grained(picture, chance), alpha


def _bicycle(chance: np.random.Generator) -> tuple[Floats, Floats]:
    picture, alpha = _blank(1.72)
    frame = chance.choice([(160, 70, 20), (30, 30, 170), (40, 110, 40), (190, 190, 190), (70, 60, 50)])
    rear, front, crank, seat, head, fork = (70, 134), (274, 134), (150, 142), (122, 62), (238, 58), (246, 84)
    for wheel in (rear, front):
        _ring(picture, alpha, wheel, 62, (25, 25, 25), 7)
        _ring(picture, alpha, wheel, 56, (170, 170, 170), 2)
        for spoke in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            end = (int(wheel[0] + 56 * np.cos(spoke)), int(wheel[1] + 56 * np.sin(spoke)))
            _bar(picture, alpha, wheel, end, (150, 150, 150), 1)
    for begin, end in (
        (rear, crank),
        (rear, seat),
        (crank, seat),
        (crank, fork),
        (seat, head),
        (head, fork),
        (fork, front),
    ):
        _bar(picture, alpha, begin, end, frame, 6)
    _ring(picture, alpha, crank, 14, (90, 90, 90), 3)
    _bar(picture, alpha, crank, (164, 174), (60, 60, 60), 4)
    for begin, end in ((seat, (118, 44)), (head, (232, 30)), ((232, 30), (262, 26)), ((92, 40), (138, 40))):
        _bar(picture, alpha, begin, end, (35, 35, 35), 7)
    if chance.random() < 0.5:
        picture, alpha = picture[:, ::-1], alpha[:, ::-1]
    return _grained(picture, chance), np.ascontiguousarray(alpha)


def _pram(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A pram: wheels and bars, and no bicycle."""
    picture, alpha = _blank(1.0)
    cloth = tuple(float(part) for part in chance.choice([(120, 60, 40), (50, 50, 140), (60, 60, 60)]))
    for layer, colour in ((picture, cloth), (alpha, (1.0,))):
        cv2.ellipse(layer, (100, 90), (75, 60), 0, 0, 180, colour, -1)
        cv2.ellipse(layer, (100, 90), (75, 70), 0, 180, 285, colour, -1)
    _bar(picture, alpha, (170, 80), (196, 40), (70, 70, 70), 6)
    for wheel in (60, 150):
        _bar(picture, alpha, (100, 130), (wheel, 175), (80, 80, 80), 5)
        _ring(picture, alpha, (wheel, 175), 20, (30, 30, 30), 6)
    return _grained(picture, chance), alpha


def _lift(chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A lift's cabin from its ceiling's corner: walls, a floor, and the door open on a corridor."""
    picture, alpha = _blank(4 / 3)
    wide, wall = picture.shape[1], np.asarray((165, 170, 172), np.float32)
    alpha[:], picture[:] = 1.0, wall
    for at in range(0, wide, 44):
        picture[:150, at : at + 1] = wall * 0.75
    cv2.fillPoly(picture, [_corners([(0, ROWS), (40, 140), (wide - 40, 140), (wide, ROWS)])], (95, 105, 115))
    picture[30:140, 95:175] = (120, 130, 140)
    picture[112:140, 95:175] = (80, 85, 90)
    picture[28:31, 90:180] = picture[28:140, 92:95] = picture[28:140, 175:178] = 60.0
    picture[70:105, 205:217] = 90.0
    return _grained(picture, chance), alpha


PAINTED: Mapping[str, Painter] = {
    "painted_bin": _bin,
    "painted_filling": _filling,
    "painted_rubbish": _rubbish,
    "painted_sacks": _sacks,
    "painted_shed": _shed,
    "painted_lid": _lid,
    "painted_pit": _pit,
    "painted_goods": _goods,
    "painted_crates": _crates,
    "painted_stall": _stall,
    "painted_bicycle": _bicycle,
    "painted_pram": _pram,
    "painted_lift": _lift,
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


def _bar(picture: Floats, alpha: Floats, begin: Place, end: Place, colour: Sequence[float], thick: int) -> None:
    cv2.line(picture, begin, end, tuple(map(float, colour)), thick, cv2.LINE_AA)
    cv2.line(alpha, begin, end, 1.0, thick, cv2.LINE_AA)


def _ring(picture: Floats, alpha: Floats, middle: Place, radius: int, colour: Sequence[float], thick: int) -> None:
    cv2.circle(picture, middle, radius, tuple(map(float, colour)), thick, cv2.LINE_AA)
    cv2.circle(alpha, middle, radius, 1.0, thick, cv2.LINE_AA)


def _blank(share: float) -> tuple[Floats, Floats]:
    wide = round(ROWS * share)
    return np.zeros((ROWS, wide, 3), np.float32), np.zeros((ROWS, wide), np.float32)


def _corners(points: list[tuple[int, int]]) -> npt.NDArray[np.int32]:
    return np.array(points, np.int32)


def _grained(picture: Floats, chance: np.random.Generator) -> Floats:
    return np.asarray(picture + chance.normal(0, _GRAIN, picture.shape), np.float32)
