"""Turning a camera: speeds, presets, and the lease that keeps two people from turning one camera at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from console.domain.accounts import Role
from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ids import AccountId, CameraId, SeatId

# DESIGN §7: PTZ mode ends after 30 s without a key, and the camera goes back to its preset.
IDLE = timedelta(seconds=30)
# Who answers for more may take a camera from who answers for less; equals wait.
PRIORITIES = MappingProxyType({Role.OPERATOR: 10, Role.DISPATCHER: 20, Role.SUPERVISOR: 30})
TOUR_PRIORITY = 0
# Tours, rules and everybody's way back hang on presets: who answers for the room keeps them.
KEEPS_PRESETS = PRIORITIES[Role.SUPERVISOR]
MOST_KEPT = 9  # those that a key calls
LEAST_DWELL, LONGEST_DWELL = timedelta(seconds=5), timedelta(hours=24)  # judgement: a dome needs seconds to arrive
EVERY_DAY, MIDNIGHT = frozenset(range(7)), time(0)
MOST_TOURS, MOST_STOPS = 9, 32  # of one camera: those that a key calls; judgement: more nobody can follow on a screen
LONGEST_TOUR_NAME = 32  # characters; judgement: what a row of the list shows


class DayKind(StrEnum):
    """Which days of the city's working calendar a tour keeps to, besides those of the week."""

    ANY = "any"
    WORKED = "worked"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Velocity:
    """Speed of pan (right is positive), tilt (up) and zoom (in), each from −1 to 1."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0

    def __post_init__(self) -> None:
        for speed in (self.pan, self.tilt, self.zoom):
            if not -1.0 <= speed <= 1.0:  # also refuses what is not a number
                raise DomainError("A speed lies between −1 and 1.")

    @property
    def is_still(self) -> bool:
        return not (self.pan or self.tilt or self.zoom)


STILL = Velocity()


@dataclass(frozen=True, slots=True)
class Preset:
    """A named pose, by the token the device knows it by."""

    token: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TourStop:
    """A preset of a tour. ``watches``: the camera's rules are on while it stands there."""

    preset: str
    dwell: timedelta
    watches: bool = True

    def __post_init__(self) -> None:
        if not LEAST_DWELL <= self.dwell <= LONGEST_DWELL:
            raise DomainError("A tour stays between 5 s and 24 h at a preset.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzTour:
    """A round of presets, and when it runs, by the site's own time of day.

    Attributes:
        days: of the week, Monday is 0.
        kept_to: besides, only days that the city works, or only days off: holidays count as its calendar has them.
        begins, ends: of a day; equal is all day, an end before the beginning is on the next day.
        is_on: an operator's switch; a tour that is off waits, however its calendar stands.
    """

    stops: tuple[TourStop, ...]
    name: str = ""
    is_on: bool = True
    days: frozenset[int] = EVERY_DAY
    kept_to: DayKind = DayKind.ANY
    begins: time = MIDNIGHT
    ends: time = MIDNIGHT

    def __post_init__(self) -> None:
        if len(self.stops) < 2:
            raise DomainError("A tour needs at least two presets.")
        if len(self.stops) > MOST_STOPS:
            raise DomainError("A tour has at most {most} steps.", most=MOST_STOPS)
        if len(self.name) > LONGEST_TOUR_NAME:
            raise DomainError("A tour's name has at most {most} characters.", most=LONGEST_TOUR_NAME)
        if not self.days or not self.days <= EVERY_DAY:
            raise DomainError("A tour needs a day of the week.")

    def runs_at(self, local: datetime, calendar: WorkingCalendar) -> bool:
        """Say whether the tour runs at this moment of the site's own time; after midnight it is still yesterday's."""
        at, today = local.time(), local.date()
        if not self.is_on:
            return False
        if self.begins == self.ends:
            return self._is_of(today, calendar)
        if self.begins < self.ends:
            return self._is_of(today, calendar) and self.begins <= at < self.ends
        is_evening = at >= self.begins and self._is_of(today, calendar)
        return is_evening or (at < self.ends and self._is_of(today - timedelta(days=1), calendar))

    def _is_of(self, day: date, calendar: WorkingCalendar) -> bool:
        if day.weekday() not in self.days:
            return False
        return self.kept_to is DayKind.ANY or calendar.is_working_day(day) is (self.kept_to is DayKind.WORKED)


def due_of(tours: Sequence[PtzTour], local: datetime, calendar: WorkingCalendar) -> PtzTour | None:
    """Return the first tour that runs at this moment of the site's own time."""
    return next((tour for tour in tours if tour.runs_at(local, calendar)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzSetup:
    """How a camera is turned.

    Attributes:
        device_address: of the device's own service.
        profile: the device's token of the stream that is turned.
        return_preset: where it goes when nobody turns it any more; empty is its home.
        tours: of several that would run at once the first one does.
    """

    camera_id: CameraId
    device_address: str
    profile: str
    return_preset: str = ""
    tours: tuple[PtzTour, ...] = ()

    def __post_init__(self) -> None:
        if len(self.tours) > MOST_TOURS:
            raise DomainError("A camera has at most {most} tours.", most=MOST_TOURS)

    def due(self, local: datetime, calendar: WorkingCalendar) -> PtzTour | None:
        """Return the tour that runs at this moment of the site's own time."""
        return due_of(self.tours, local, calendar)


@dataclass(frozen=True, slots=True)
class DueTour:
    """The tour that a camera is to go now."""

    setup: PtzSetup
    tour: PtzTour


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzLease:
    """Whoever has it turns the camera; nobody else does.

    Attributes:
        lease_id: known to its holder and the station alone.
        until: when it ends unless it is used.
    """

    lease_id: str
    camera_id: CameraId
    account_id: AccountId
    display_name: str
    seat_id: SeatId
    priority: int
    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return at < self.until

    @property
    def is_tour(self) -> bool:
        return self.priority == TOUR_PRIORITY
