"""A thing that falls past the storeys of a façade, and the window it came from.

Falling is told from flying, drifting and being carried by how it speeds up: along the façade, in storeys of the grid
that was drawn, a thing in free fall gains about 3.3 storeys a second each second (9.8 m/s², storeys of 3 m). Rain has
long ceased to gain speed, leaves and snow never do, birds glide, and what is near the lens obeys no grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inference.facade import Facade
from inference.frames import Frame
from inference.geometry import Box, Point, bounds
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.static_object import LABEL
from inference.swift import SwiftEye, Things

LEAST_STOREYS = 2.0
"""An alarm is of a fall over more than two storeys (温州瓯海 trial, app.bjtitle.com 2021-03-26)."""
LEAST_PICTURES = 9
"""A fall of two storeys from rest takes 1.1 s: sixteen pictures at 15 a second, eleven at 10.

Limbs of a person near the lens were fitted as falls of six to eight pictures (lobby-person.mp4 under a grid of nine by
six windows, 2026-11-23: seven in 139 s; from nine on none).
"""
LEAST_SEEN = 0.6
"""Of the pictures of its way a thing is seen in so many at least (judgement: it passes bright and dark windows)."""
HALF_GAIN = (0.95, 2.7)
"""Half of what it gains, storeys/s²: storeys of 5 to 2.4 m at no drag, and 4 m at a quarter of drag (judgement)."""
MOST_OFF = 0.12
"""Storeys a place is off the fitted fall, root mean square: a third of a metre (judgement)."""
MOST_ASIDE = 0.6
"""Columns aside for each storey it fell at most: what is thrown far has fallen far as well (judgement)."""
MOST_UNSEEN = 2.0
"""Storeys it fell at most before it was first seen: what comes faster comes from beyond the façade (judgement)."""
ROOF = 1.0
"""Storeys above the grid a fall may begin: the roof and what stands on it."""
GONE_S = 0.25
"""Not seen for so long it has landed, or is hidden (judgement: four pictures at 15 a second)."""
MARGIN = 0.02
"""Seen beside the façade as well, in fractions of the picture."""
_MOST_STOREYS_PER_S = 12.0
"""Thirty storeys of free fall with the drag of a bottle: 36 m/s."""
_GAIN = 3.3
_FOLLOWED = 150
"""Ways followed at once; the shortest are given up first."""
_TALL = 0.8
"""Storeys a thing is tall at most beyond what it moved: a person on a balcony is not thrown (judgement)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        corners: four, of the façade, in fractions of the whole picture, in any order around it.
        storeys: rows of windows between them.
        columns: of windows.
        lowest_storey: which storey the lowest row is.
    """

    rule_id: str
    corners: tuple[Point, ...]
    storeys: int
    columns: int
    lowest_storey: int = 1

    def __post_init__(self) -> None:
        if self.storeys <= LEAST_STOREYS:
            raise ValueError(f"rule {self.rule_id} needs a façade of more than two storeys")
        Facade(self.corners, self.storeys, self.columns, self.lowest_storey)


@dataclass(slots=True, eq=False)
class _Way:
    """Places of one thing, in columns and storeys, oldest first."""

    times_s: list[float] = field(default_factory=list)
    places: list[Point] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def with_place(self, media_time_s: float, place: Point, box: Box) -> "_Way":
        return _Way([*self.times_s, media_time_s], [*self.places, place], [*self.boxes, box])

    def expected(self, media_time_s: float) -> tuple[Point, float]:
        """Return where it should be by now, and how far off that may be, in storeys."""
        passed_s = media_time_s - self.times_s[-1]
        back = min(4, len(self.places) - 1)
        (xa, ya), (xb, yb) = self.places[-1 - back], self.places[-1]
        apart_s = self.times_s[-1] - self.times_s[-1 - back]
        # The mean speed over the last places is that of half way back.
        speed = (yb - ya) / apart_s + _GAIN * apart_s / 2
        at = (xb + (xb - xa) / apart_s * passed_s, yb + speed * passed_s + _GAIN * passed_s**2 / 2)
        return at, 0.12 + 0.25 * abs(speed) * passed_s


@dataclass(frozen=True, slots=True)
class _Fall:
    """A way that is a fall, as it was fitted: storeys from the top, columns from the left, by media time."""

    way: _Way
    storeys: float
    off: float
    start: tuple[float, float, float]
    column: tuple[float, float, float]
    pictures: int


class Thrown:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: ThrownRule) -> None:
        self.rule = rule
        self._facade = Facade(rule.corners, rule.storeys, rule.columns, rule.lowest_storey)
        x0, y0, x1, y1 = bounds(rule.corners)
        part = (max(0.0, x0 - MARGIN), max(0.0, y0 - MARGIN), min(1.0, x1 + MARGIN), min(1.0, y1 + MARGIN))
        self._eye = SwiftEye(part)
        self._ways: list[_Way] = []
        self._pictures_s: list[float] = []
        self._told_until_s = float("-inf")
        self._falls = 0

    def look(self, frame: Frame) -> RuleLook:
        """Return what the rule says after this picture; wants ten a second or more."""
        things = self._eye.see(frame)
        if things is None:
            return RuleLook(dwells={})
        if self._pictures_s and things.media_time_s < self._pictures_s[-1]:
            self.restart()
            return RuleLook(dwells={})
        self._pictures_s = [at for at in self._pictures_s if things.media_time_s - at < 10.0]
        self._pictures_s.append(things.media_time_s)
        self._follow(things)
        return RuleLook(dwells={}, hits=self._ended(things.media_time_s))

    def restart(self) -> None:
        """Go on after the stream began again: no fall goes over such a gap."""
        self._eye.restart()
        self._ways = []
        self._pictures_s = []
        self._told_until_s = float("-inf")

    def _follow(self, things: Things) -> None:
        now_s, grid = things.media_time_s, self._facade.to_grid(things.places)
        columns_a_storey = _columns_a_storey(self._facade)
        seen = [
            ((float(x), float(y)), (float(a), float(b), float(c), float(d)))
            for (x, y), (a, b, c, d) in zip(grid, things.boxes, strict=True)
        ]
        taken: set[int] = set()
        grown: list[_Way] = []
        for way in self._ways:
            if len(way.places) == 1:
                grown.extend(self._paired(way, now_s, seen, columns_a_storey))
                continue
            (x, y), room = way.expected(now_s)
            near = [
                (abs(py - y) + abs(px - x) / columns_a_storey, number)
                for number, ((px, py), _) in enumerate(seen)
                if abs(py - y) <= room and abs(px - x) / columns_a_storey <= room and py > way.places[-1][1]
            ]
            if near:
                _, number = min(near)
                grown.append(way.with_place(now_s, *seen[number]))
                if len(way.places) >= LEAST_PICTURES:
                    taken.add(number)
            else:
                grown.append(way)
        grown.extend(_Way([now_s], [place], [box]) for number, (place, box) in enumerate(seen) if number not in taken)
        grown.sort(key=lambda way: len(way.places), reverse=True)
        self._ways = grown[:_FOLLOWED]

    def _paired(
        self, way: _Way, now_s: float, seen: Sequence[tuple[Point, Box]], columns_a_storey: float
    ) -> list[_Way]:
        """Return the ways a first place may go on: down, not too fast, and more down than aside."""
        passed_s, (x, y) = now_s - way.times_s[-1], way.places[-1]
        found = []
        for (px, py), box in seen:
            down, aside = py - y, abs(px - x) / columns_a_storey
            if 0.0 < down <= _MOST_STOREYS_PER_S * passed_s and aside <= 0.1 + down:
                found.append(way.with_place(now_s, (px, py), box))
        return [*found, way]

    def _ended(self, now_s: float) -> tuple[Hit, ...]:
        """Return a hit for the best fall among the ways that are over."""
        over = [way for way in self._ways if now_s - way.times_s[-1] > (GONE_S if len(way.places) > 2 else GONE_S / 2)]
        if not over:
            return ()
        self._ways = [way for way in self._ways if way not in over]
        falls = [fall for way in over if (fall := self._fall(way)) is not None]
        falls = [fall for fall in falls if fall.way.times_s[0] >= self._told_until_s]
        if not falls:
            return ()
        best = max(falls, key=lambda fall: (fall.pictures, -fall.off))
        self._told_until_s = best.way.times_s[-1]  # what fell with it is of the same alarm
        self._falls += 1
        return (self._report(best, now_s),)

    def _fall(self, way: _Way) -> _Fall | None:
        """Return the way as a fall, if it is one."""
        if len(way.places) < LEAST_PICTURES:
            return None
        times, places = np.array(way.times_s) - way.times_s[0], np.array(way.places)
        fitted = _fitted(times, places[:, 1])
        aside = np.polyfit(times, places[:, 0], 1)
        if fitted is None:
            return None
        (half_gain, speed, begin), off, doubt = fitted
        storeys = float(places[-1, 1] - places[0, 1])
        across = places[:, 0] - np.polyval(aside, times)
        columns_a_storey = _columns_a_storey(self._facade)
        seen = sum(1 for at in self._pictures_s if way.times_s[0] <= at <= way.times_s[-1])
        is_falling = (
            HALF_GAIN[0] <= half_gain <= HALF_GAIN[1]
            and doubt <= half_gain / 3
            and off <= MOST_OFF
            and speed >= -0.3
            and float(np.sqrt((across**2).mean())) / columns_a_storey <= MOST_OFF
            and abs(places[-1, 0] - places[0, 0]) / columns_a_storey <= MOST_ASIDE * storeys
            and len(times) >= LEAST_SEEN * seen
            and self._is_small(way)
        )
        # From rest, seen or not, it fell from where its speed was nothing; at most so much is added as it was seen.
        rest_s = min(0.0, -speed / (2 * half_gain)) if half_gain > 0 else 0.0
        rest = begin + speed * rest_s + half_gain * rest_s**2
        fallen, unseen = float(places[-1, 1]) - rest, float(places[0, 1]) - rest
        if not is_falling or fallen <= LEAST_STOREYS or unseen > MOST_UNSEEN or rest < -ROOF:
            return None
        first_x, doubted = float(np.polyval(aside, 0.0)), max(0.15, 2 * off)
        rest_x = float(np.polyval(aside, rest_s))
        return _Fall(
            way=way,
            storeys=fallen,
            off=off,
            start=(rest, rest - doubted, float(places[0, 1]) + 0.05),
            column=(rest_x, min(first_x, rest_x) - 0.15, max(first_x, rest_x) + 0.15),
            pictures=len(times),
        )

    def _is_small(self, way: _Way) -> bool:
        """Tell whether it is no taller than a thing that somebody can throw, in half of its pictures."""
        boxes = np.array(way.boxes)
        middles = boxes[:, (0, 2)].mean(axis=1)
        top = self._facade.to_grid(np.stack([middles, boxes[:, 1]], axis=1))[:, 1]
        foot = self._facade.to_grid(np.stack([middles, boxes[:, 3]], axis=1))[:, 1]
        moved = np.diff([y for _, y in way.places], prepend=way.places[0][1])
        return bool(np.median(foot - top - moved) <= _TALL)

    def _report(self, fall: _Fall, now_s: float) -> Hit:
        cells, way = self._facade.cells(fall.column, fall.start), fall.way
        began_s, ended_s = way.times_s[0], way.times_s[-1]
        sure = max(0.0, 1.0 - fall.off / MOST_OFF / 2)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=self._falls,
            label=LABEL,
            score=sure,
            mean_score=sure,
            box=way.boxes[-1],
            dwell_s=ended_s - began_s,
            began_media_s=began_s,
            media_time_s=now_s,
            reasons=(
                ReasonValue("storeys_fallen", round(fall.storeys, 1)),
                ReasonValue("dwell_s", ended_s - began_s),
                ReasonValue("storey", cells.storey),
                ReasonValue("storey_from", cells.storey_from),
                ReasonValue("storey_to", cells.storey_to),
                ReasonValue("column", cells.column),
                ReasonValue("column_from", cells.column_from),
                ReasonValue("column_to", cells.column_to),
            ),
            stills=(Still("began", began_s, way.boxes[0]), Still("due", ended_s, way.boxes[-1])),
        )


def _columns_a_storey(facade: Facade) -> float:
    """Return how many columns aside look as long in the middle of the façade as a storey down."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = facade.corners
    width = abs(x1 + x2 - x0 - x3) / 2 / facade.columns
    height = abs(y2 + y3 - y0 - y1) / 2 / facade.storeys
    return height * 9 / 16 / width if width > 0 else 1.0


def _fitted(times: Floats, down: Floats) -> tuple[tuple[float, float, float], float, float] | None:
    """Fit half the gain, speed and begin, the worst place left out where there are enough.

    Returns:
        The three, the root mean square off it, and the standard deviation of half the gain; ``None`` without spread.
    """
    for _ in range(2):
        rows = np.stack([times**2, times, np.ones_like(times)], axis=1)
        found, _, rank, _ = np.linalg.lstsq(rows, down, rcond=None)
        if rank < 3:
            return None
        left = down - rows @ found
        off = float(np.sqrt((left**2).mean()))
        worst = int(np.abs(left).argmax())
        if len(times) <= LEAST_PICTURES or abs(left[worst]) <= 3 * off:
            break
        times, down = np.delete(times, worst), np.delete(down, worst)
    free = max(1, len(times) - 3)
    doubt = float(np.sqrt((left**2).sum() / free * np.linalg.inv(rows.T @ rows)[0, 0]))
    return (float(found[0]), float(found[1]), float(found[2])), off, doubt
