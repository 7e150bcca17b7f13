"""Claims about every clock: what runs, what a suspension shifts, what an extension gives, held against one that walks
minute by minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.deadlines import Clock, Countdown, Days, Lamp, Limit, WorkingCalendar
from tests.domain.slow_calendar import MINUTE, is_worked, slowly_after, slowly_between

# Cities with half hours, without and with summer time; the clocks change at night, away from the hours of work.
ZONES = [
    ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Urumqi", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns")
]
# Two weeks with the last Sunday of March, the first of November and the National Day in them, by zone or calendar.
BEGINNINGS = [datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 9, 24, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]

# What runs at the minute that begins now.
Runs = Callable[[datetime], bool]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    edges = sorted(draw(st.sets(st.integers(4 * 60, 24 * 60 - 1), min_size=4, max_size=4)))
    clock = [time(edge // 60, edge % 60) for edge in edges]
    first = draw(st.sampled_from(BEGINNINGS)).date()
    days = st.integers(0, 20).map(lambda count: first + timedelta(days=count))
    return WorkingCalendar(
        zone=draw(st.sampled_from(ZONES)),
        hours=((clock[0], clock[1]), (clock[2], clock[3])),
        holidays=(holidays := draw(st.frozensets(days, max_size=4))),
        # Now and then a day is in both lists: then it is worked.
        make_up_days=draw(
            st.frozensets(days if not holidays else days | st.sampled_from(sorted(holidays)), max_size=2)
        ),
    )


moments = st.builds(
    lambda begin, count: begin + timedelta(minutes=count), st.sampled_from(BEGINNINGS), st.integers(0, 8 * 24 * 60)
)
# Amounts of which 80 % are whole minutes.
amounts = st.integers(1, 36).map(lambda count: timedelta(minutes=5 * count))


def walks(calendar: WorkingCalendar, clock: Clock = Clock.WORKING) -> Runs:
    if clock is Clock.CONTINUOUS:
        return lambda _moment: True
    return lambda moment: is_worked(moment, calendar.zone, calendar.hours, calendar.holidays, calendar.make_up_days)


def count_of(amount: timedelta) -> int:
    return amount // MINUTE


@settings(max_examples=30, deadline=None)
@given(calendars(), moments, amounts)
def test_working_time_ends_where_a_walk_over_every_minute_ends(
    calendar: WorkingCalendar, start: datetime, amount: timedelta
) -> None:
    try:
        walked = slowly_after(start, count_of(amount), walks(calendar))
    except AssertionError:  # hours of a few minutes
        return
    assert calendar.after(start, amount) == walked


@settings(max_examples=30, deadline=None)
@given(calendars(), moments, st.integers(0, 6 * 24 * 60))
def test_as_much_working_time_lies_between_two_moments_as_a_walk_counts(
    calendar: WorkingCalendar, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    assert count_of(calendar.between(start, end)) == slowly_between(start, end, walks(calendar))


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(hours=9)), st.timedeltas(timedelta(), timedelta(4)))
def test_after_and_between_are_each_others_inverse(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, wall: timedelta
) -> None:
    assert calendar.between(start, calendar.after(start, amount)) == amount
    # The other way round a moment outside the hours of work is led back to when work ended before it.
    end = start + wall
    back = calendar.after(start, calendar.between(start, end))
    assert back <= end
    assert calendar.between(back, end) == timedelta()


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(3)), amounts, amounts)
def test_who_begins_later_or_has_longer_is_never_due_earlier(
    calendar: WorkingCalendar, start: datetime, wait: timedelta, amount: timedelta, more: timedelta
) -> None:
    assert calendar.after(start, amount) <= calendar.after(start + wait, amount)
    assert calendar.after(start, amount) < calendar.after(start, amount + more)
    assert calendar.after(calendar.after(start, amount), more) == calendar.after(start, amount + more)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, amounts, st.sampled_from(ZONES))
def test_a_moment_is_the_same_moment_in_whatever_zone_it_is_written(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, zone: ZoneInfo
) -> None:
    assert calendar.after(start.astimezone(zone), amount) == calendar.after(start, amount)
    end = start + timedelta(days=2)
    assert calendar.between(start.astimezone(zone), end) == calendar.between(start, end.astimezone(zone))


@settings(max_examples=30, deadline=None)
@given(calendars(), moments, amounts, st.sampled_from(Clock), st.data())
def test_a_suspension_shifts_both_lamps_exactly_and_an_early_end_takes_the_rest_back(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, clock: Clock, data: st.DataObject
) -> None:
    begun = Countdown.begin(start, Limit(clock, amount), calendar)
    stops = start + timedelta(minutes=data.draw(st.integers(0, count_of(begun.due_at - start) - 1)))
    lasts = data.draw(st.integers(1, 4 * 24 * 60))
    until = stops + timedelta(minutes=lasts)
    resumes = stops + timedelta(minutes=data.draw(st.integers(0, lasts)))
    walked = walks(calendar, clock)

    def expected(end: datetime, share: float) -> datetime:
        return slowly_after(start, round(count_of(amount) * share), lambda m: walked(m) and not stops <= m < end)

    try:
        due, near = expected(until, 1), expected(until, 0.8)
        early_due, early_near = expected(resumes, 1), expected(resumes, 0.8)
    except AssertionError:  # hours of a few minutes
        return
    stopped = begun.stopped(stops, until, calendar)
    assert (stopped.due_at, stopped.near_at) == (due, near)
    resumed = stopped.started_early(resumes, until, calendar)
    assert (resumed.due_at, resumed.near_at) == (early_due, early_near)
    assert resumed.allowed == amount


@settings(max_examples=30, deadline=None)
@given(calendars(), moments, amounts, st.sampled_from(Clock), st.data())
def test_an_extension_gives_its_time_whole_and_the_lamp_asks_for_the_share_of_all_of_it(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, clock: Clock, data: st.DataObject
) -> None:
    begun = Countdown.begin(start, Limit(clock, amount), calendar)
    at = start + timedelta(minutes=data.draw(st.integers(0, count_of(begun.due_at - start))))
    longer = begun.lengthened(at, amount, calendar)
    walked = walks(calendar, clock)
    try:
        due = slowly_after(start, 2 * count_of(amount), walked)
        near = slowly_after(start, round(1.6 * count_of(amount)), walked)
    except AssertionError:  # hours of a few minutes
        return
    assert (longer.allowed, longer.due_at, longer.near_at) == (2 * amount, due, near)
    assert longer.lamp(begun.due_at) is Lamp.IN_TIME


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, amounts, st.integers(-60, 60))
def test_the_lamp_turns_by_working_time_and_never_back(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, minutes: int
) -> None:
    countdown = Countdown.begin(start, Limit(Clock.WORKING, amount), calendar)
    now = max(start, countdown.near_at + timedelta(minutes=minutes))
    share = calendar.between(start, now) / amount
    lamp = countdown.lamp(now)
    if share < 0.8:
        assert lamp is Lamp.IN_TIME
    elif now <= countdown.due_at:
        assert lamp is Lamp.NEAR
    else:
        assert lamp is Lamp.OVERDUE
    order = [Lamp.IN_TIME, Lamp.NEAR, Lamp.OVERDUE]
    assert order.index(countdown.lamp(now + timedelta(hours=1))) >= order.index(lamp)


def test_a_case_that_is_due_on_monday_is_not_near_its_end_on_sunday() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    friday = datetime(2026, 11, 20, 17, tzinfo=zone)
    countdown = Countdown.begin(friday, Limit(Clock.WORKING, timedelta(hours=4)), WorkingCalendar(zone=zone))
    assert countdown.due_at == datetime(2026, 11, 23, 11, tzinfo=zone)
    assert countdown.lamp(datetime(2026, 11, 22, 23, tzinfo=zone)) is Lamp.IN_TIME
    assert countdown.lamp(datetime(2026, 11, 23, 10, 12, tzinfo=zone)) is Lamp.NEAR


def test_a_years_list_names_holidays_and_make_up_days_as_ranges() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    year = WorkingCalendar(zone=zone).with_year(
        holidays=[Days(date(2026, 10, 1), date(2026, 10, 7))],
        make_up_days=[Days(date(2026, 9, 20), date(2026, 9, 20)), Days(date(2026, 10, 10), date(2026, 10, 10))],
    )
    worked = [day for day in range(1, 12) if year.is_working_day(date(2026, 10, day))]
    assert worked == [8, 9, 10]
    assert year.is_working_day(date(2026, 9, 20))
    with pytest.raises(ValueError, match="last day"):
        Days(date(2026, 10, 7), date(2026, 10, 1))


@pytest.mark.parametrize(
    "hours",
    [((time(14), time(18)), (time(8), time(12))), ((time(8), time(12)), (time(11), time(18))), ((time(8), time(8)),)],
)
def test_hours_that_do_not_follow_each_other_are_no_calendar(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="follow"):
        WorkingCalendar(zone=ZoneInfo("Asia/Shanghai"), hours=hours)
