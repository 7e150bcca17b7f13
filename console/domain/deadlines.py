"""When a case must be done: limits, working calendars, what stops and lengthens a clock, and the lamp beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NEAR_THE_LIMIT = 0.8  # lamp turns at 80 % (DOMAIN A.4, UNI Statistics)


class Clock(StrEnum):
    """Urgent limits run on through nights and holidays; working ones pause (DOMAIN A.4)."""

    CONTINUOUS = "continuous"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Limit:
    clock: Clock
    amount: timedelta


class Lamp(StrEnum):
    IN_TIME = "in_time"
    NEAR = "near"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Days:
    """Days that follow each other, first and last included: a holiday week, or one make-up day.

    Raises:
        ValueError: the last day is before the first.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Working hours of a city.

    A span of hours begins and ends by the wall clock of ``zone``; what passes between is real time.

    Attributes:
        hours: spans of a working day, local time, in order and apart.
        holidays: days without work though they are weekdays.
        make_up_days: days worked though they are weekend or holiday.

    Raises:
        ValueError: a span ends before it begins, or before the one before it.
    """

    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        edges = [edge for span in self.hours for edge in span]
        if edges != sorted(edges) or any(begin == end for begin, end in self.hours):
            raise ValueError("the hours of a working day do not follow each other")

    def with_year(self, holidays: Iterable[Days], make_up_days: Iterable[Days] = ()) -> "WorkingCalendar":
        """Return the calendar with what a year's list adds, which names holidays and make-up days as ranges."""
        return replace(
            self,
            holidays=self.holidays | {day for days in holidays for day in days},
            make_up_days=self.make_up_days | {day for days in make_up_days for day in days},
        )

    def is_working_day(self, day: date) -> bool:
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first moment at which ``amount`` of working time has passed since ``start`` (aware; in UTC).

        Raises:
            ValueError: ``amount`` is negative, or ten years hold less working time.
        """
        if amount < timedelta():
            raise ValueError("working time does not run backwards")
        if not amount:
            return start.astimezone(UTC)
        left = amount
        for opens, closes in self._spans(start, start + timedelta(days=3660)):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise ValueError("the calendar holds no working time")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from one moment to a later one (aware); none where ``end`` is not later."""
        return sum((closes - opens for opens, closes in self._spans(start, end)), timedelta())

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield spans of work between two moments, in order, each longer than nothing, in UTC."""
        begins, ends = start.astimezone(UTC), end.astimezone(UTC)
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            if self.is_working_day(day):
                for opening, closing in self.hours:
                    opens = max(datetime.combine(day, opening, self.zone).astimezone(UTC), begins)
                    closes = min(datetime.combine(day, closing, self.zone).astimezone(UTC), ends)
                    if opens < closes:
                        yield opens, closes
            day += timedelta(days=1)


def due_at(start: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """Return when a case that starts now is overdue. Computed once, then stored."""
    return _later(limit.clock, calendar, start, limit.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """A case's time: how much it was given, and when that is nearly and wholly used. Stored as it is.

    The moments move only when somebody acts; a calendar changed meanwhile moves no case that nobody touches.

    Attributes:
        allowed: by its own clock, extensions included, suspensions not.
        near_at: when 80 % of it has run (aware).
        due_at: when all of it has run; past it the case is overdue (aware).
    """

    clock: Clock
    allowed: timedelta
    near_at: datetime
    due_at: datetime

    @classmethod
    def begin(cls, start: datetime, limit: Limit, calendar: WorkingCalendar) -> "Countdown":
        """Start the clock of a limit."""
        near_at = _later(limit.clock, calendar, start, limit.amount * NEAR_THE_LIMIT)
        return cls(clock=limit.clock, allowed=limit.amount, near_at=near_at, due_at=due_at(start, limit, calendar))

    def stopped(self, at: datetime, until: datetime, calendar: WorkingCalendar) -> "Countdown":
        """Let it stand still from one moment to a later one: what had not come by ``at`` comes that much later."""
        return self._moved(at, until, calendar)

    def started_early(self, at: datetime, until: datetime, calendar: WorkingCalendar) -> "Countdown":
        """Let one that stands still ``until`` then run on from ``at``, before it."""
        return self._moved(until, at, calendar)

    def lengthened(self, at: datetime, amount: timedelta, calendar: WorkingCalendar) -> "Countdown":
        """Give it ``amount`` more by its own clock. It must be running, and not be over."""
        allowed = self.allowed + amount
        ran = self.allowed - _passed(self.clock, calendar, at, self.due_at)
        left = allowed * NEAR_THE_LIMIT - ran
        near_at = self.near_at if left <= timedelta() else _later(self.clock, calendar, at, left)
        end = _later(self.clock, calendar, self.due_at, amount)
        return replace(self, allowed=allowed, near_at=near_at, due_at=end)

    def lamp(self, now: datetime) -> Lamp:
        """Return the lamp: green below 80 % of its time by its own clock, then yellow, past it overdue."""
        return lamp_at(now, self.near_at, self.due_at, self.near_at)

    def _moved(self, before: datetime, after: datetime, calendar: WorkingCalendar) -> "Countdown":
        def moved(moment: datetime) -> datetime:
            if moment <= before:
                return moment
            return _later(self.clock, calendar, after, _passed(self.clock, calendar, before, moment))

        return replace(self, near_at=moved(self.near_at), due_at=moved(self.due_at))


def _later(clock: Clock, calendar: WorkingCalendar, start: datetime, amount: timedelta) -> datetime:
    return start + amount if clock is Clock.CONTINUOUS else calendar.after(start, amount)


def _passed(clock: Clock, calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    return end - start if clock is Clock.CONTINUOUS else calendar.between(start, end)


def lamp_at(now: datetime, start: datetime, due: datetime, near: datetime | None = None) -> Lamp:
    """Return the lamp of a case: green below 80 % of its time, then yellow, past it overdue.

    Args:
        near: when 80 % of its time has run by its own clock; cases of older tables have none, and go by the wall's.
    """
    if now > due:
        return Lamp.OVERDUE
    if near is not None:
        return Lamp.NEAR if now >= near else Lamp.IN_TIME
    whole = (due - start).total_seconds()
    passed = (now - start).total_seconds()
    return Lamp.NEAR if whole > 0 and passed / whole >= NEAR_THE_LIMIT else Lamp.IN_TIME
