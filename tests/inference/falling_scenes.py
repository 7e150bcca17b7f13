"""A painted façade with things that fall, and with what only looks like it: pictures at 15 a second, by a seed.

The façade is painted with windows, a wall of some roughness, a sensor's noise and blur by motion; storeys are 3 m, a
thing falls by 9.8 m/s² with a drag of its own. Nothing of it is real but the figures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.frames import Frame
from inference.rules.rule import Hit
from inference.rules.thrown import Thrown, ThrownRule

FPS = 15.0
WIDTH, HEIGHT = 640, 360
STOREYS, COLUMNS = 9, 6
CORNERS = ((0.16, 0.06), (0.86, 0.03), (0.90, 0.95), (0.12, 0.92))
"""The façade is seen a little from the side and from below."""
STOREY_M = 3.0
G = 9.81
LENGTH_S = 5.0

Floats = npt.NDArray[np.float32]
Paint = Callable[[Floats, float, np.random.Generator], None]


@dataclass(frozen=True)
class Fell:
    """What is true of a fall: the storey and column it came from, by the drawn grid."""

    storey: int
    column: int
    storeys: float


def rule(rule_id: str = "r") -> ThrownRule:
    return ThrownRule(rule_id=rule_id, corners=CORNERS, storeys=STOREYS, columns=COLUMNS)


def to_picture() -> npt.NDArray[np.float64]:
    """Return the transform from columns and storeys to pixels."""
    own = np.array([(0, 0), (COLUMNS, 0), (COLUMNS, STOREYS), (0, STOREYS)], np.float32)
    there = np.array([(x * WIDTH, y * HEIGHT) for x, y in CORNERS], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(own, there), np.float64)


_TO_PICTURE = to_picture()


def at(column: float, storey: float) -> tuple[float, float]:
    """Return the pixel of a place on the façade, storeys from the top."""
    x, y, w = _TO_PICTURE @ np.array([column, storey, 1.0])
    return float(x / w), float(y / w)


def facade(chance: np.random.Generator) -> Floats:
    """Paint the wall, its windows, and the ground."""
    wall = np.full((HEIGHT, WIDTH), chance.uniform(90, 200), np.float32)
    wall += cv2.GaussianBlur(chance.normal(0, 25, wall.shape).astype(np.float32), (0, 0), 2.5)
    wall[: int(HEIGHT * 0.06)] = chance.uniform(150, 220)
    wall[int(HEIGHT * 0.93) :] = chance.uniform(60, 120)
    for storey in range(STOREYS):
        for column in range(COLUMNS):
            frame = [at(column + x, storey + y) for x, y in ((0.25, 0.2), (0.75, 0.2), (0.75, 0.7), (0.25, 0.7))]
            cv2.fillConvexPoly(wall, np.array(frame, np.int32), float(chance.uniform(25, 130)))
            if chance.random() < 0.3:
                ledge = [at(column + x, storey + y) for x, y in ((0.1, 0.72), (0.9, 0.72), (0.9, 0.95), (0.1, 0.95))]
                cv2.fillConvexPoly(wall, np.array(ledge, np.int32), float(chance.uniform(70, 230)))
    return cv2.GaussianBlur(wall, (0, 0), 0.7).astype(np.float32)


def dot(picture: Floats, x: float, y: float, radius: float, level: float, blur_to: float | None = None) -> None:
    """Paint a soft dot, drawn out to ``blur_to`` where it moves within the exposure."""
    tall = abs((blur_to if blur_to is not None else y) - y)
    x0, x1 = int(x - radius - 3), int(x + radius + 4)
    y0, y1 = int(min(y, blur_to or y) - radius - 3), int(max(y, blur_to or y) + radius + 4)
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(WIDTH, x1), min(HEIGHT, y1)
    if x0 >= x1 or y0 >= y1:
        return
    rows, columns = np.mgrid[y0:y1, x0:x1]
    low, high = min(y, blur_to or y), max(y, blur_to or y)
    down = np.maximum(np.maximum(low - rows, rows - high), 0.0)
    near = np.clip(radius + 0.5 - np.hypot(columns - x, down), 0.0, 1.0)
    near *= min(1.0, (2 * radius + 1) / (2 * radius + 1 + tall))
    part = picture[y0:y1, x0:x1]
    part += near.astype(np.float32) * (level - part)


def falling(chance: np.random.Generator, *, over: float | None = None) -> tuple[Paint, Fell]:
    """A thing let go or thrown from a window, to the ground or over so many storeys only."""
    down = int(chance.integers(0, STOREYS - 3))
    column = int(chance.integers(0, COLUMNS))
    x, y = column + chance.uniform(0.3, 0.7), down + chance.uniform(0.2, 0.8)
    aside, speed = chance.uniform(-1.2, 1.2), chance.choice([0.0, 0.0, chance.uniform(-1.5, 0.5)])
    slows, began_s = chance.uniform(0.002, 0.02), chance.uniform(1.0, 2.0)
    radius, level = chance.uniform(1.3, 4.0), float(chance.choice([chance.uniform(0, 40), chance.uniform(215, 235)]))
    lands = STOREYS + 0.1 if over is None else y + over
    steps = [(y * STOREY_M, speed)]
    for _ in range(int(LENGTH_S * 200)):
        place, going = steps[-1]
        going += (G - slows * going * abs(going)) / 200
        steps.append((place + going / 200, going))

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        passed = int((now_s - began_s) * 200)
        if passed < 0 or passed >= len(steps) or steps[passed][0] / STOREY_M > lands:
            return
        metres, going = steps[passed]
        place = at(x + aside * (now_s - began_s) / 4.0, metres / STOREY_M)
        shutter = at(x, (metres + going / 120) / STOREY_M)
        dot(picture, place[0], place[1], radius, level, shutter[1])

    return paint, Fell(STOREYS - down, column + 1, STOREYS - y)


def bird(chance: np.random.Generator) -> Paint:
    """A bird that crosses, dives or rises at its own speed, flapping."""
    x, y = chance.uniform(0, COLUMNS), chance.uniform(0, STOREYS)
    across, down = chance.uniform(-5, 5), chance.uniform(-3, 4)
    began_s, size = chance.uniform(0.2, 2.0), chance.uniform(1.5, 3.5)
    beats = chance.uniform(3, 8)

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        passed_s = now_s - began_s
        if passed_s >= 0:
            place = at(x + across * passed_s, y + down * passed_s + 0.1 * np.sin(beats * 6.28 * passed_s))
            dot(picture, *place, size * (1 + 0.3 * np.sin(beats * 6.28 * passed_s)), 30.0)

    return paint


def drops(count: int, speed: tuple[float, float], sway: float, size: float, level: float) -> Callable[..., Paint]:
    """Rain, snow or leaves: many things at their own constant speed."""

    def made(chance: np.random.Generator) -> Paint:
        x, y = chance.uniform(0, WIDTH, count), chance.uniform(0, HEIGHT, count)
        falls = chance.uniform(*speed, count)
        phase = chance.uniform(0, 6.28, count)

        def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
            for number in range(count):
                to = (y[number] + falls[number] * now_s) % (HEIGHT + 40) - 20
                aside = sway * np.sin(2.0 * now_s + phase[number])
                dot(picture, x[number] + aside, to, size, level, to + falls[number] / 120)

        return paint

    return made


def laundry(chance: np.random.Generator) -> Paint:
    """A sheet that flaps under a window."""
    column, storey = chance.uniform(0.5, COLUMNS - 1), chance.uniform(1, STOREYS - 1)
    beats, level = chance.uniform(0.5, 2.0), float(chance.uniform(180, 240))

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        swing = 0.15 * np.sin(6.28 * beats * now_s) + 0.08 * np.sin(6.28 * 2.7 * beats * now_s)
        sheet = [at(column + x, storey + y) for x, y in ((0, 0), (0.5, 0), (0.5 + swing, 0.5), (swing, 0.55))]
        cv2.fillConvexPoly(picture, np.array(sheet, np.int32), level)

    return paint


def insect(chance: np.random.Generator) -> Paint:
    """A moth before the lens: large, and nowhere twice."""
    steps = np.cumsum(chance.normal(0, 30, (int(LENGTH_S * FPS) + 1, 2)), axis=0) + chance.uniform(100, 250, 2)

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        x, y = steps[min(int(now_s * FPS), len(steps) - 1)]
        dot(picture, float(x) % WIDTH, float(y) % HEIGHT, 6.0, 235.0)

    return paint


def headlight(chance: np.random.Generator) -> Paint:
    """A light that wanders over the façade: a car that turns, or its mirror."""
    x, y = chance.uniform(0, COLUMNS), chance.uniform(2, STOREYS)
    across, down = chance.uniform(-3, 3), chance.uniform(-2, 2)

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        dot(picture, *at(x + across * now_s, y + down * now_s), 9.0, 235.0)

    return paint


def walkers(chance: np.random.Generator) -> Paint:
    """People at the foot of the façade and one on a balcony."""
    starts, paces = chance.uniform(0, WIDTH, 3), chance.uniform(-40, 40, 3)

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        for start, pace in zip(starts, paces, strict=True):
            x, y = start + pace * now_s, HEIGHT * 0.86 + 3 * np.sin(8 * now_s + start)
            dot(picture, x, y, 4.0, 50.0, y + 12)

    return paint


def balloon(chance: np.random.Generator) -> Paint:
    """A balloon or drone that sinks or rises slowly."""
    x, y, down = chance.uniform(1, COLUMNS - 1), chance.uniform(0, STOREYS), chance.uniform(-1.5, 1.5)

    def paint(picture: Floats, now_s: float, _: np.random.Generator) -> None:
        dot(picture, *at(x + 0.3 * np.sin(now_s), y + down * now_s), 5.0, 40.0)

    return paint


OTHERS: dict[str, Callable[[np.random.Generator], Paint]] = {
    "bird": bird,
    "rain": drops(60, (350, 480), 0.0, 0.8, 225.0),
    "drizzle": drops(14, (300, 420), 0.0, 0.8, 225.0),
    "snow": drops(50, (25, 70), 6.0, 1.6, 235.0),
    "leaves": drops(9, (30, 110), 14.0, 2.2, 40.0),
    "laundry": laundry,
    "insect": insect,
    "headlight": headlight,
    "walkers": walkers,
    "balloon": balloon,
}


def played(
    paints: list[Paint], chance: np.random.Generator, *, shake_px: float = 0.0, fps: float = FPS
) -> Iterator[Frame]:
    """Yield the frames of a scene."""
    behind, noise = facade(chance), chance.uniform(0.5, 3.0)
    for number in range(int(LENGTH_S * fps)):
        now_s, picture = number / fps, behind.copy()
        for paint in paints:
            paint(picture, now_s, chance)
        if shake_px:
            dx, dy = chance.normal(0, shake_px, 2)
            moved = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
            picture = cv2.warpAffine(picture, moved, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE).astype(
                np.float32
            )
        picture += chance.normal(0, noise, picture.shape).astype(np.float32)
        i420 = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        i420[:HEIGHT] = np.clip(picture, 16, 235)
        yield Frame(i420=i420, content_px=(WIDTH, HEIGHT), sequence=number + 1, media_time_s=now_s)


def told(paints: list[Paint], chance: np.random.Generator, *, shake_px: float = 0.0, fps: float = FPS) -> list[Hit]:
    """Return what the rule says of a scene."""
    state = Thrown(rule())
    return [hit for frame in played(paints, chance, shake_px=shake_px, fps=fps) for hit in state.look(frame).hits]
