"""Claims about routing whatever the table says: somebody or a named nobody, always the same, and always explained."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from console.domain.deadlines import WorkingCalendar
from console.domain.errors import DomainError
from console.domain.ids import CategoryCode, UnitId
from console.domain.places import Place
from console.domain.routing import (
    DutyDays,
    Escalation,
    Line,
    Nobody,
    Proposal,
    RosterEntry,
    RoutingRow,
    Why,
    explain,
    on_duty,
    propose,
    who_gets,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINNING = datetime(2026, 9, 28, tzinfo=SHANGHAI)  # the Monday before the National Day
SECOND = timedelta(seconds=1)
CALENDAR = WorkingCalendar(
    zone=SHANGHAI,
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
)
CODES = ("09009", "09010", "06001", "01001")
CELLS = ("", "330199001003001", "330199001003002", "330199002001001", "330102001001001")
NIGHT = "night"

units = st.sampled_from(["city", "order", "north", "south"]).map(UnitId)
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
times = st.none() | st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
days = st.none() | st.integers(0, 14).map(lambda count: BEGINNING.date() + timedelta(days=count))
codes = st.sampled_from(CODES).map(CategoryCode)
places = st.sampled_from(CELLS).map(lambda cell: Place(address="学府路", grid_cell=cell))


@st.composite
def lines_of_a_table(draw: st.DrawFn) -> RoutingRow:
    from_roster = draw(st.booleans())
    return RoutingRow(
        row=0,
        unit_id=UnitId("") if from_roster else draw(units),
        roster=draw(st.sampled_from([NIGHT, "weekend"])) if from_roster else "",
        category_prefix=draw(st.sampled_from(CODES))[: draw(st.integers(0, 5))],
        grid_prefix=draw(st.sampled_from(CELLS))[: draw(st.sampled_from([0, 0, 4, 6, 9, 12, 15]))],
        begins=draw(times),
        ends=draw(times),
        weekdays=draw(st.just(frozenset(range(7))) | st.frozensets(st.integers(0, 6), min_size=1)),
        days=draw(st.sampled_from(DutyDays)),
        valid_from=draw(days),
        valid_until=draw(days),
        helpers=draw(st.lists(units, max_size=2).map(tuple)),
    )


tables = st.lists(lines_of_a_table(), max_size=8).map(
    lambda rows: tuple(replace(row, row=number) for number, row in enumerate(rows, start=1))
)
rosters = st.lists(
    st.builds(
        lambda roster, unit_id, begins_at, hours: RosterEntry(
            roster=roster, unit_id=unit_id, begins_at=begins_at, ends_at=begins_at + timedelta(hours=hours)
        ),
        st.sampled_from([NIGHT, "weekend"]),
        units,
        moments,
        st.integers(1, 72),
    ),
    max_size=6,
).map(tuple)
Table = tuple[RoutingRow, ...]
Rosters = tuple[RosterEntry, ...]


@settings(max_examples=200, deadline=None)
@given(tables, rosters, codes, places, moments)
def test_it_answers_with_a_unit_or_with_nobody_and_the_whole_list(
    table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime
) -> None:
    found = who_gets(table, code, place, local, rosters=entries, calendar=CALENDAR)
    assert sorted(line.row.row for line in found.lines) == [row.row for row in table]
    if isinstance(found, Nobody):
        assert all(line.unit_id is None for line in found.lines)
    else:
        assert found.unit_id


@settings(max_examples=150, deadline=None)
@given(tables, rosters, codes, places, moments, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_lines_nor_of_the_duties_changes_a_word(
    table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime, chance: Random
) -> None:
    mixed, others = chance.sample(table, len(table)), chance.sample(entries, len(entries))
    told = explain(table, code, place, local, rosters=entries, calendar=CALENDAR)
    assert explain(mixed, code, place, local, rosters=others, calendar=CALENDAR) == told


@settings(max_examples=200, deadline=None)
@given(tables, rosters, codes, places, moments)
def test_whom_the_explanation_names_is_who_is_proposed_and_nobody_else_won(
    table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime
) -> None:
    told = explain(table, code, place, local, rosters=entries, calendar=CALENDAR)
    proposed = propose(table, code, place, local, rosters=entries, calendar=CALENDAR)
    won = [line for line in told if line.why is Why.WON]
    if proposed is None:
        assert not won
    else:
        assert [(line.unit_id, line.row) for line in won] == [(proposed.unit_id, proposed.because)]


@settings(max_examples=200, deadline=None)
@given(tables, rosters, codes, places, moments)
def test_a_line_that_lost_is_false_where_it_says_so(
    table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime
) -> None:
    for line in explain(table, code, place, local, rosters=entries, calendar=CALENDAR):
        assert _is_true(line, table, entries, code, place, local)


def _is_true(line: Line, table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime) -> bool:
    """Check a reason by walking, apart from how it was found: alone in the table a line wins or not."""
    row, why = line.row, line.why
    alone = propose((row,), code, place, local, rosters=entries, calendar=CALENDAR)
    if line.unit_id is not None:
        winner = propose(table, code, place, local, rosters=entries, calendar=CALENDAR)
        assert alone is not None and alone.unit_id == line.unit_id and winner is not None
        return (why is Why.WON) == (winner.because == row) and (
            why is not Why.WIDER_MATTER or len(row.category_prefix) < len(winner.because.category_prefix)
        )
    # Without what it says it lost by it would win, or it would lose by something that is asked later.
    mended = {
        Why.OTHER_MATTER: replace(row, category_prefix=""),
        Why.OTHER_PLACE: replace(row, grid_prefix=""),
        Why.NO_CELL: replace(row, grid_prefix=""),
        Why.OTHER_HOURS: replace(row, begins=None, ends=None),
        Why.NOT_YET_VALID: replace(row, valid_from=None),
        Why.NO_LONGER_VALID: replace(row, valid_until=None),
        Why.OTHER_WEEKDAY: replace(row, weekdays=frozenset(range(7))),
        Why.OTHER_DAYS: replace(row, days=DutyDays.EVERY),
        Why.NOBODY_ON_DUTY: replace(row, roster="", unit_id=UnitId("city")),
    }[why]
    (again,) = explain((mended,), code, place, local, rosters=entries, calendar=CALENDAR)
    return alone is None and again.why is not why


@settings(max_examples=200, deadline=None)
@given(tables, rosters, codes, places, moments, st.data())
def test_a_line_that_holds_for_less_goes_before_the_one_that_won(
    table: Table, entries: Rosters, code: CategoryCode, place: Place, local: datetime, data: st.DataObject
) -> None:
    won = propose(table, code, place, local, rosters=entries, calendar=CALENDAR)
    assume(won is not None)
    assert won is not None
    narrower = data.draw(st.sampled_from(_narrowed(won.because, code, place, local)))
    added = replace(narrower, row=len(table) + 1, unit_id=UnitId("special"), roster="")
    if won.because.roster:
        added = replace(added, unit_id=UnitId(""), roster=won.because.roster)
    found = propose((*table, added), code, place, local, rosters=entries, calendar=CALENDAR)
    assert found is not None and found.because == added


def _narrowed(row: RoutingRow, code: CategoryCode, place: Place, local: datetime) -> list[RoutingRow]:
    """Lines that hold at this moment and for less than ``row``."""
    found = []
    if len(row.category_prefix) < len(code):
        found.append(replace(row, category_prefix=code[: len(row.category_prefix) + 1]))
    if len(row.grid_prefix) < len(place.grid_cell):
        found.append(replace(row, grid_prefix=place.grid_cell[: len(row.grid_prefix) + 1]))
    day = row.duty_day(local)
    assert day is not None
    if len(row.weekdays) > 1:
        found.append(replace(row, weekdays=frozenset({day.weekday()})))
    if row.days is DutyDays.EVERY:
        found.append(replace(row, days=DutyDays.WORKING if CALENDAR.is_working_day(day) else DutyDays.FREE))
    if row.valid_from != day or row.valid_until != day:
        found.append(replace(row, valid_from=day, valid_until=day))
    if row.begins is None or row.ends is None:
        hour = local.replace(minute=0, second=0, microsecond=0)
        found.append(replace(row, begins=hour.time(), ends=(hour + timedelta(hours=1)).time()))
    assume(found)
    return found


@settings(max_examples=150, deadline=None)
@given(rosters, st.sampled_from([NIGHT, "weekend"]), st.data())
def test_who_is_on_duty_changes_at_the_second_of_a_change_and_at_no_other(
    entries: Rosters, roster: str, data: st.DataObject
) -> None:
    own = [one for one in entries if one.roster == roster]
    assume(own)
    edges = sorted({edge for one in own for edge in (one.begins_at, one.ends_at)})
    begin, end = data.draw(st.sampled_from(list(pairwise(edges))))
    row = RoutingRow(row=1, roster=roster)

    def at(moment: datetime) -> UnitId | None:
        found = propose((row,), CategoryCode("09009"), Place(address=""), moment, rosters=entries)
        return None if found is None else found.unit_id

    # From one change to the next the same one is on duty, to the last second.
    assert at(begin) == at(begin + SECOND) == at(end - SECOND) == on_duty(entries, roster, begin)
    # Nobody is before the first and after the last.
    assert at(edges[0] - SECOND) is None and at(edges[-1]) is None


def test_a_roster_hands_over_at_its_second_wherever_the_clock_that_asks_hangs() -> None:
    change = datetime(2026, 10, 1, 20, 0, 30, tzinfo=SHANGHAI)
    entries = (
        RosterEntry(roster=NIGHT, unit_id=UnitId("north"), begins_at=change - timedelta(hours=12), ends_at=change),
        RosterEntry(roster=NIGHT, unit_id=UnitId("south"), begins_at=change, ends_at=change + timedelta(hours=12)),
    )
    table = (RoutingRow(row=1, roster=NIGHT),)
    here = Place(address="")
    for zone in (SHANGHAI, UTC):
        before = propose(table, CategoryCode("09009"), here, (change - SECOND).astimezone(zone), rosters=entries)
        after = propose(table, CategoryCode("09009"), here, change.astimezone(zone), rosters=entries)
        assert before is not None and before.unit_id == "north"
        assert after is not None and after.unit_id == "south"


def test_a_stand_in_answers_while_it_stands_in() -> None:
    plan = RosterEntry(
        roster=NIGHT, unit_id=UnitId("north"), begins_at=BEGINNING, ends_at=BEGINNING + timedelta(hours=12)
    )
    stand_in = replace(
        plan,
        unit_id=UnitId("south"),
        begins_at=BEGINNING + timedelta(hours=4),
        ends_at=BEGINNING + timedelta(hours=6),
    )
    hours = [on_duty((plan, stand_in), NIGHT, BEGINNING + timedelta(hours=hour)) for hour in (3, 4, 5, 6)]
    assert hours == ["north", "south", "south", "north"]


def test_whoever_is_on_duty_goes_before_the_one_who_always_answers_and_after_the_duty_behind() -> None:
    duty = RosterEntry(roster=NIGHT, unit_id=UnitId("north"), begins_at=BEGINNING, ends_at=BEGINNING + 2 * SECOND)
    table = (RoutingRow(row=1, unit_id=UnitId("city")), RoutingRow(row=2, roster=NIGHT))
    said = [
        explain(table, CategoryCode("09009"), Place(address=""), BEGINNING + count * SECOND, rosters=(duty,))
        for count in (1, 2)
    ]
    assert [[(line.unit_id, line.why) for line in lines] for lines in said] == [
        [("north", Why.WON), ("city", Why.WITHOUT_ROSTER)],
        [("city", Why.WON), (None, Why.NOBODY_ON_DUTY)],
    ]


def test_the_night_of_a_friday_ends_on_saturday_morning() -> None:
    friday = RoutingRow(
        row=1, unit_id=UnitId("night"), begins=time(22), ends=time(6), weekdays=frozenset({4}), days=DutyDays.WORKING
    )
    city = RoutingRow(row=2, unit_id=UnitId("city"))
    here, code = Place(address=""), CategoryCode("09009")
    # Friday 25 September 2026, a working day.
    said = [
        propose((friday, city), code, here, datetime(2026, 9, day, hour, 59, tzinfo=SHANGHAI), calendar=CALENDAR)
        for day, hour in ((25, 21), (25, 22), (26, 5), (26, 6), (26, 22))
    ]
    assert [one.unit_id for one in said if one is not None] == ["city", "night", "night", "city", "city"]


def test_a_line_of_holidays_holds_in_the_holiday_week_and_not_on_the_saturday_that_is_worked_for_it() -> None:
    free = RoutingRow(row=1, unit_id=UnitId("holiday"), days=DutyDays.FREE)
    worked = RoutingRow(row=2, unit_id=UnitId("city"), days=DutyDays.WORKING)
    here, code = Place(address=""), CategoryCode("09009")

    def gets(day: int) -> str:
        noon = datetime(2026, 10, day, 12, tzinfo=SHANGHAI)
        found = who_gets((free, worked), code, here, noon, calendar=CALENDAR)
        assert isinstance(found, Proposal)
        return found.unit_id

    assert [gets(1), gets(5), gets(8), gets(10), gets(11)] == ["holiday", "holiday", "city", "city", "holiday"]


def test_a_place_nobody_measured_is_told_apart_from_one_elsewhere() -> None:
    row = RoutingRow(row=1, unit_id=UnitId("north"), grid_prefix="330199001")
    code = CategoryCode("09009")
    unmeasured, elsewhere = Place(address="学府路"), Place(address="学府路", grid_cell="330199002001001")
    assert [explain((row,), code, place, BEGINNING)[0].why for place in (unmeasured, elsewhere)] == [
        Why.NO_CELL,
        Why.OTHER_PLACE,
    ]


def test_a_case_that_waits_is_told_to_one_after_the_other() -> None:
    chain = (
        Escalation(UnitId("leader"), timedelta(minutes=30)),
        Escalation(UnitId("bureau"), timedelta(hours=2)),
    )
    row = RoutingRow(row=1, unit_id=UnitId("north"), escalations=chain)
    assert row.escalated_to(timedelta(minutes=30) - SECOND) is None
    assert row.escalated_to(timedelta(minutes=30)) == "leader"
    assert row.escalated_to(timedelta(hours=5)) == "bureau"


@pytest.mark.parametrize(
    "write",
    [
        lambda: RoutingRow(row=1),
        lambda: RoutingRow(row=1, unit_id=UnitId("north"), roster=NIGHT),
        lambda: RoutingRow(row=1, roster=NIGHT, weekdays=frozenset()),
        lambda: RoutingRow(row=1, roster=NIGHT, weekdays=frozenset({7})),
        lambda: RoutingRow(row=1, roster=NIGHT, escalations=(Escalation(UnitId("a"), timedelta()),)),
        lambda: RoutingRow(
            row=1,
            roster=NIGHT,
            escalations=(Escalation(UnitId("a"), 2 * SECOND), Escalation(UnitId("b"), SECOND)),
        ),
        lambda: RosterEntry(roster=NIGHT, unit_id=UnitId("north"), begins_at=BEGINNING, ends_at=BEGINNING),
    ],
)
def test_a_line_of_nobody_or_of_two_and_a_duty_without_length_are_refused(write: Callable[[], object]) -> None:
    with pytest.raises(DomainError):
        write()
