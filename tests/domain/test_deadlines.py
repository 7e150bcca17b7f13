"""Claims about clocks: working limits pause at night, at lunch and on holidays; urgent ones never do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.domain.deadlines import Clock, Lamp, Limit, WorkingCalendar, due_at, lamp_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(
    zone=SHANGHAI, holidays=frozenset({date(2026, 10, 1)}), make_up_days=frozenset({date(2026, 10, 10)})
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 15:00"),  # over lunch
        ("2026-11-20 17:00", 2, "2026-11-23 09:00"),  # over a weekend
        ("2026-11-22 03:00", 4, "2026-11-23 12:00"),  # filed on a Sunday night
        ("2026-09-30 17:00", 2, "2026-10-02 09:00"),  # over a holiday
        ("2026-10-09 17:00", 2, "2026-10-10 09:00"),  # a Saturday that is worked
        ("2026-11-23 08:00", 16, "2026-11-24 18:00"),  # two whole working days
    ],
)
def test_a_working_limit_runs_in_working_hours_only(start: str, hours: int, due: str) -> None:
    limit = Limit(Clock.WORKING, timedelta(hours=hours))
    assert due_at(local(start), limit, CALENDAR) == local(due)


def test_an_urgent_limit_runs_through_the_night() -> None:
    limit = Limit(Clock.CONTINUOUS, timedelta(hours=2))
    assert due_at(local("2026-11-21 23:30"), limit, CALENDAR) == local("2026-11-22 01:30")


def test_a_calendar_without_working_time_is_an_error_and_not_an_endless_loop() -> None:
    broken = WorkingCalendar(zone=SHANGHAI, hours=())
    with pytest.raises(ValueError, match="no working time"):
        due_at(local("2026-11-23 09:00"), Limit(Clock.WORKING, timedelta(hours=1)), broken)


@pytest.mark.parametrize(
    ("minute", "lamp"), [(0, Lamp.IN_TIME), (95, Lamp.IN_TIME), (96, Lamp.NEAR), (120, Lamp.NEAR), (121, Lamp.OVERDUE)]
)
def test_the_lamp_turns_at_eighty_per_cent_and_past_the_limit(minute: int, lamp: Lamp) -> None:
    start = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert lamp_at(start + timedelta(minutes=minute), start, start + timedelta(minutes=120)) is lamp
