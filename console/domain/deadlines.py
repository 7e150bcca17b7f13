"""When a case must be done: limits, working calendars, and the lamp beside it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Working hours of a city.

    Attributes:
        hours: spans of a working day, local time, in order.
        holidays: days without work though they are weekdays.
        make_up_days: weekend days worked instead.
    """

    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which ``amount`` of working time has passed since ``start`` (aware; result in UTC)."""
        left = amount
        local = start.astimezone(self.zone)
        day = local.date()
        for _ in range(3660):  # ten years without enough working time is a broken calendar
            if self.is_working_day(day):
                for begin, end in self.hours:
                    opens = max(datetime.combine(day, begin, self.zone), local)
                    closes = datetime.combine(day, end, self.zone)
                    if closes <= opens:
                        continue
                    span = closes - opens
                    if left <= span:
                        return (opens + left).astimezone(ZoneInfo("UTC"))
                    left -= span
            day += timedelta(days=1)
        raise ValueError("the calendar holds no working time")


def due_at(start: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """Return when a case that starts now is overdue. Computed once, then stored."""
    if limit.clock is Clock.CONTINUOUS:
        return start + limit.amount
    return calendar.after(start, limit.amount)


def lamp_at(now: datetime, start: datetime, due: datetime) -> Lamp:
    """Return the lamp of a case: green below 80 % of its time, then yellow, past it overdue."""
    if now > due:
        return Lamp.OVERDUE
    whole = (due - start).total_seconds()
    passed = (now - start).total_seconds()
    return Lamp.NEAR if whole > 0 and passed / whole >= NEAR_THE_LIMIT else Lamp.IN_TIME
