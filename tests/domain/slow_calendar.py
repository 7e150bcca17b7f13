"""A calendar that asks every single minute whether it is worked: too slow for a city, too plain to be wrong."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
# A month and a half of minutes holds the longest limit the claims use.
PATIENCE = 45 * 24 * 60


def is_worked(
    moment: datetime,
    zone: ZoneInfo,
    hours: tuple[tuple[time, time], ...],
    holidays: frozenset[date],
    make_up_days: frozenset[date],
) -> bool:
    """Say whether the minute that begins now is worked."""
    local = moment.astimezone(zone)
    day = local.date()
    if day in make_up_days:
        pass
    elif day in holidays or local.weekday() in (5, 6):
        return False
    clock = local.time()
    return any(begin <= clock < end for begin, end in hours)


def minutes(start: datetime) -> Iterator[datetime]:
    """Yield the beginnings of the minutes that follow."""
    moment = start.astimezone(UTC)
    for _ in range(PATIENCE):
        yield moment
        moment += MINUTE


def slowly_after(start: datetime, count: int, runs: Callable[[datetime], bool]) -> datetime:
    """Return the end of the last of ``count`` minutes that run."""
    if not count:
        return start.astimezone(UTC)
    for minute in minutes(start):
        if runs(minute):
            count -= 1
            if not count:
                return minute + MINUTE
    raise AssertionError("the claim asks for more time than the slow calendar walks")


def slowly_between(start: datetime, end: datetime, runs: Callable[[datetime], bool]) -> int:
    """Return how many minutes run before the end."""
    count = 0
    for minute in minutes(start):
        if minute >= end:
            return count
        count += runs(minute)
    raise AssertionError("the claim asks for more time than the slow calendar walks")
