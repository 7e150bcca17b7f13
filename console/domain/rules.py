"""What a camera is watched for: a family of rules, where in the picture, and its figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from console.domain.bays import bays_of
from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode, RuleId

Point = tuple[float, float]
Box = tuple[float, float, float, float]
WHOLE_PICTURE: Box = (0.0, 0.0, 1.0, 1.0)


class RuleFamily(StrEnum):
    """What a rule looks for."""

    STANDING_VEHICLE = "standing_vehicle"
    LOITERING = "loitering"
    INTRUSION = "intrusion"
    LINE_CROSSING = "line_crossing"
    WRONG_WAY = "wrong_way"
    CROWD = "crowd"
    BIKES_OUT_OF_PLACE = "bikes_out_of_place"
    STATIC_OBJECT = "static_object"
    ABSENCE = "absence"
    BIN_OVERFLOW = "bin_overflow"
    THROWN = "thrown"
    SIGHTED = "sighted"
    VENDOR = "vendor"
    BAYS = "bays"
    PLACE_CHANGE = "place_change"


class Tiling(StrEnum):
    """Into how many parts a picture is looked at beside the whole: columns by rows."""

    WHOLE = "whole"
    TWO = "2x1"
    FOUR = "2x2"
    SIX = "3x2"

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows; one of each for the whole alone."""
        if self is Tiling.WHOLE:
            return 1, 1
        columns, rows = self.value.split("x")
        return int(columns), int(rows)

    @property
    def looks(self) -> int:
        """How often the detector looks at one picture: at the whole, and at each part."""
        columns, rows = self.grid
        return 1 if self is Tiling.WHOLE else 1 + columns * rows


TILE_OVERLAP = 0.2
"""Of a part's side, shared with its neighbour: a person at the seam is whole in one of them (judgement)."""
WITH_DWELL = frozenset(
    {
        RuleFamily.STANDING_VEHICLE,
        RuleFamily.LOITERING,
        RuleFamily.CROWD,
        RuleFamily.BIKES_OUT_OF_PLACE,
        RuleFamily.STATIC_OBJECT,
        RuleFamily.ABSENCE,
        RuleFamily.BIN_OVERFLOW,
        RuleFamily.VENDOR,
        RuleFamily.BAYS,
        RuleFamily.PLACE_CHANGE,
    }
)
"""Families that count how long; the others tell at once."""
SWIFT = frozenset({RuleFamily.THROWN})
"""Families that follow what moves fast, by pictures alone: no detector looks for them."""
SWIFT_PER_S = 15.0
"""Pictures a second they are given: a fall of two storeys takes 1.1 s and has to be seen ten times (judgement)."""
SWIFT_PX = (960, 540)
"""And of this size: a bottle before a façade of ten storeys is four pixels tall in it (judgement)."""
FEWEST_STOREYS = 3
"""Of a façade: an alarm is of a fall over more than two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A polygon in the picture, in fractions of it, origin top left."""

    name: str
    polygon: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.polygon) < 3:
            raise DomainError("Zone {name} needs at least three corners.", name=self.name)
        _check_inside(self.name, self.polygon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line in the picture, in fractions of it, origin top left."""

    name: str
    begin: Point
    end: Point

    def __post_init__(self) -> None:
        if self.begin == self.end:
            raise DomainError("Line {name} has no length.", name=self.name)
        _check_inside(self.name, self.polygon)

    @property
    def polygon(self) -> tuple[Point, ...]:
        """Both ends: what is drawn over the picture, as for a zone."""
        return self.begin, self.end


def place_of(name: str, points: tuple[Point, ...]) -> Zone | Line:
    """Return two points as a line and more as a zone."""
    return Line(name=name, begin=points[0], end=points[1]) if len(points) == 2 else Zone(name=name, polygon=points)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """Figures that only some families have; each family reads its own.

    Attributes:
        least_count: of a crowd's persons that are an alarm, or of bikes that make a group.
        warning_count: of a crowd's persons that are a warning; ``None`` for no warning.
        area_m2: ground of a crowd's zone; needed for a density.
        alarm_per_m2: persons per square metre that are an alarm.
        warning_per_m2: the same for the warning.
        toward: the only side a crossing may go to: left, right, up, down; empty for either way.
        allowed: the way traffic may go, in fractions of the picture.
        is_present_told: whether one who is inside when watching begins is an intruder.
        parks: marked places where it is allowed: bike parks, and where trade is licensed.
        least_area: of a thing that was left or seen, in fractions of the picture's area.
        is_removal_told: whether a thing that was taken away is told as well as one that was left.
        least_share: of a bin's own size that lies over its rim and beside its foot, or of a place that has changed.
        storeys: rows of a façade's grid of windows.
        columns: of that grid.
        lowest_storey: which storey its lowest row is.
        bay_count: into how many bays the outline of a row is parted.
        reference: names the reference a place is compared with; another name has it taken anew.
    """

    least_count: int = 1
    warning_count: int | None = None
    area_m2: float | None = None
    alarm_per_m2: float | None = None
    warning_per_m2: float | None = None
    toward: str = ""
    allowed: Point | None = None
    is_present_told: bool = False
    parks: tuple[tuple[Point, ...], ...] = ()
    least_area: float = 0.001
    is_removal_told: bool = False
    least_share: float = 0.025
    storeys: int = 6
    columns: int = 4
    lowest_storey: int = 1
    bay_count: int = 1
    reference: str = ""

    def __post_init__(self) -> None:
        if self.storeys < FEWEST_STOREYS or self.columns < 1:
            raise DomainError("A grid of windows has three storeys and one column at least.")
        if self.least_count < 1:
            raise DomainError("A group is of one at least.")
        if self.warning_count is not None and not 1 <= self.warning_count < self.least_count:
            raise DomainError("A warning comes at fewer persons than the alarm.")
        densities = [one for one in (self.warning_per_m2, self.alarm_per_m2) if one is not None]
        grounds = [] if self.area_m2 is None else [self.area_m2]
        if (densities and not grounds) or any(one <= 0 for one in (*densities, *grounds)):
            raise DomainError("A density needs the ground of its zone in square metres.")
        if len(densities) == 2 and densities[0] >= densities[1]:
            raise DomainError("A warning comes at fewer persons than the alarm.")
        if not 0 < self.least_area < 1:
            raise DomainError("The least size of a thing is a part of the picture.")
        if not 0 < self.least_share < 1:
            raise DomainError("A share lies between nothing and all.")
        if any(len(outline) < 3 for outline in self.parks):
            raise DomainError("A bike park needs at least three corners.")


NO_FIGURES = RuleFigures()
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a rule looks, by the city's own time.

    Attributes:
        begins, ends: an end that is not later than the begin is on the day after.
        days: on which they begin, 0 for Monday to 6 for Sunday.
    """

    begins: time
    ends: time
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise DomainError("The hours of a rule need a day of the week.")

    def hold_at(self, local: datetime) -> bool:
        """Tell whether the rule looks at this moment, given in the city's time."""
        at, today, before = local.time(), local.weekday(), (local - timedelta(days=1)).weekday()
        if self.begins < self.ends:
            return today in self.days and self.begins <= at < self.ends
        return (today in self.days and at >= self.begins) or (before in self.days and at < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRule:
    """What may not happen in one place of one camera's picture.

    Attributes:
        labels: classes of the model that count; none for families that look at the ground.
        dwell_s: seconds by media time until it is an alarm; 0 for families that tell at once.
        region: the part of the picture the detector looks at; a smaller part finds smaller things.
        priority: of the alarm it raises.
        figures: what the family needs beside.
        hours: when it looks; ``None`` for day and night.
        is_on: a rule that is switched off keeps its place and figures, and looks at nothing.
        tiling: in how many parts its region is looked at; a camera follows the finest of its rules.
    """

    rule_id: RuleId
    camera_id: CameraId
    zone: Zone | Line
    category: CategoryCode
    labels: tuple[str, ...]
    dwell_s: float
    minimum_score: float
    region: Box = WHOLE_PICTURE
    looks_per_s: float = 3.0
    priority: str = "medium"
    family: RuleFamily = RuleFamily.STANDING_VEHICLE
    figures: RuleFigures = NO_FIGURES
    hours: Hours | None = None
    is_on: bool = True
    tiling: Tiling = Tiling.WHOLE

    @property
    def is_swift(self) -> bool:
        """Whether it is given many pictures a second, and no detector."""
        return self.family in SWIFT

    @property
    def pictures_per_s(self) -> float:
        """How many pictures a second it is given."""
        return SWIFT_PER_S if self.is_swift else self.looks_per_s

    @property
    def bays(self) -> tuple[tuple[Point, ...], ...]:
        """The bays of a row, the first one first; none for other families."""
        return bays_of(self.zone.polygon, self.figures.bay_count) if self.family is RuleFamily.BAYS else ()

    def looks_at(self, local: datetime) -> bool:
        """Tell whether it looks at this moment, given in the city's time."""
        return self.is_on and (self.hours is None or self.hours.hold_at(local))

    def __post_init__(self) -> None:
        if self.family in WITH_DWELL and self.dwell_s <= 0:
            raise DomainError("The dwell of rule {rule} must be longer than 0 s.", rule=self.rule_id)
        if (self.family is RuleFamily.LINE_CROSSING) is not isinstance(self.zone, Line):
            raise DomainError("Rule {rule}: a crossing needs a line, every other rule a zone.", rule=self.rule_id)
        if self.family is RuleFamily.THROWN and len(self.zone.polygon) != 4:
            raise DomainError("Rule {rule}: a grid of windows has four corners.", rule=self.rule_id)
        if self.family is RuleFamily.WRONG_WAY and self.figures.allowed in (None, (0.0, 0.0)):
            raise DomainError("Rule {rule} needs the way traffic may go.", rule=self.rule_id)
        if self.family is RuleFamily.LINE_CROSSING and self.figures.toward not in ("", *sides_of(self.zone.polygon)):
            raise DomainError("Rule {rule}: nothing can cross this line toward that side.", rule=self.rule_id)
        if self.family is RuleFamily.BAYS:
            bays_of(self.zone.polygon, self.figures.bay_count)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around these; there is one at least.

    A camera has one look for all its rules: it must show each of them its part.
    """
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def finest(tilings: Iterable[Tiling]) -> Tiling:
    """Return the one with most parts; there is one at least."""
    return max(tilings, key=lambda tiling: tiling.looks)


def tiles_of(region: Box, tiling: Tiling) -> tuple[Box, ...]:
    """Return the parts of a region, row by row from the upper left; none where the whole is looked at alone."""
    if tiling is Tiling.WHOLE:
        return ()
    left, top, right, bottom = region
    (columns, rows), step = tiling.grid, 1 - TILE_OVERLAP
    across, down = (
        (right - left) / (columns - TILE_OVERLAP * (columns - 1)),
        (bottom - top) / (rows - TILE_OVERLAP * (rows - 1)),
    )
    return tuple(
        (
            left + column * step * across,
            top + row * step * down,
            min(right, left + (column * step + 1) * across),
            min(bottom, top + (row * step + 1) * down),
        )
        for row in range(rows)
        for column in range(columns)
    )


def sides_of(points: tuple[Point, ...]) -> tuple[str, str]:
    """Return the sides a line parts: a steep one left from right, a flat one up from down."""
    (xa, ya), (xb, yb) = points
    return ("left", "right") if abs(yb - ya) >= abs(xb - xa) else ("up", "down")


def _check_inside(name: str, points: tuple[Point, ...]) -> None:
    if not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points):
        raise DomainError("Zone {name} leaves the picture.", name=name)
