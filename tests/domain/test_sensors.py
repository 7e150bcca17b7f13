"""Claims about sensors: each reading counts once, whatever comes twice, late or never; no lasting fault is hidden."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import DomainError
from console.domain.sensors import MOST_GAPS, Bound, Judged, Reading, SensorState, Signal, judge, missing, told, untold

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
FUME = Bound(is_upper=True, at=2.0, back_at=1.5)  # GB 18483-2001: 2.0 mg/m³


def reading(sequence: int, value: float = 0.0, boot: int = 1, at_s: float | None = None) -> Reading:
    return Reading(
        boot=boot, sequence=sequence, value=value, at=NOON + timedelta(seconds=sequence if at_s is None else at_s)
    )


def after(state: SensorState, *readings: Reading, bound: Bound = FUME) -> tuple[SensorState, list[Judged]]:
    """Return the state after these readings, with an alarm kept for each signal as the desk keeps it."""
    judged = []
    for one in readings:
        found = judge(bound, state, one, max(one.at, NOON))
        state = found.state
        if found.signal is Signal.RAISE:
            state = replace(state, alarm_report=f"{one.boot}:{one.sequence}")
        elif found.signal is Signal.RECOVER:
            state = replace(state, alarm_report="")
        judged.append(found)
    return state, judged


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 12)), max_size=60),
)
def test_every_reading_counts_once_in_whatever_order_it_comes(sent: list[tuple[int, int]]) -> None:
    _, judged = after(SensorState(), *(reading(sequence, boot=boot) for boot, sequence in sent))
    counted = [one for one, found in zip(sent, judged, strict=True) if found.counts]
    assert len(counted) == len(set(counted))
    # From the first start that was seen on, nothing that was sent is left out.
    seen = [sent[0][0]] if sent else []
    expected = set()
    for boot, sequence in sent:
        if boot >= seen[0]:
            expected.add((boot, sequence))
    newest = 0
    skipped = set()
    for boot, _ in sent:
        if boot < newest and not any(one == boot for one, _ in counted):
            skipped.add(boot)  # a start nobody knew of when a later one was seen
        newest = max(newest, boot)
    assert {one for one in expected if one[0] not in skipped} <= set(counted)


@given(st.sets(st.integers(2, 40), max_size=20), st.randoms(use_true_random=False))
def test_what_is_missing_is_known_exactly_and_filled_by_what_comes_late(lost: set[int], order: random.Random) -> None:
    state, _ = after(SensorState(), *(reading(number) for number in range(1, 42) if number not in lost))
    assert missing(state) == len(lost)
    late = sorted(lost)
    order.shuffle(late)
    state, judged = after(state, *(reading(number) for number in late))
    assert all(one.counts for one in judged)
    assert missing(state) == 0 and state.gaps == ()


def test_a_gap_is_told_of_once_and_one_before_the_first_sight_never() -> None:
    state, _ = after(SensorState(), reading(100))
    assert untold(state, NOON + timedelta(hours=1)) == ()
    state, _ = after(state, reading(103))
    gaps = untold(state, NOON + timedelta(hours=1))
    assert [(gap.first, gap.last) for gap in gaps] == [(101, 102)]
    assert untold(state, NOON - timedelta(hours=1)) == ()
    assert untold(told(state, gaps), NOON + timedelta(hours=1)) == ()


def test_readings_of_a_start_that_is_over_still_count_when_they_come_late() -> None:
    state, _ = after(SensorState(), reading(1), reading(2), reading(1, boot=2))
    state, judged = after(state, reading(4, boot=1), reading(3, boot=1), reading(3, boot=1))
    assert [one.counts for one in judged] == [True, True, False]
    assert missing(state) == 0


def test_a_sensor_full_of_holes_keeps_the_newest_of_them() -> None:
    state, _ = after(SensorState(), *(reading(1 + 2 * number) for number in range(3 * MOST_GAPS)))
    assert len(state.gaps) == MOST_GAPS
    assert state.gaps[-1].last == 2 * (3 * MOST_GAPS - 1)


def test_an_alarm_is_raised_once_and_ends_only_when_the_value_is_back() -> None:
    _, judged = after(
        SensorState(), *(reading(n, value) for n, value in enumerate((1.0, 2.0, 2.6, 1.9, 1.6, 1.5, 2.4), start=1))
    )
    raised = [number for number, one in enumerate(judged, start=1) if one.signal is Signal.RAISE]
    assert raised == [2, 7]
    assert [number for number, one in enumerate(judged, start=1) if one.signal is Signal.RECOVER] == [6]


@given(
    before=st.lists(st.floats(0, 4), max_size=12),
    for_s=st.sampled_from([0.0, 5.0, 30.0]),
    hold_off_s=st.sampled_from([0.0, 20.0, 60.0]),
)
def test_neither_waiting_nor_holding_off_hides_a_fault_that_lasts(
    before: list[float], for_s: float, hold_off_s: float
) -> None:
    bound = Bound(is_upper=True, at=2.0, back_at=1.5, for_s=for_s, hold_off_s=hold_off_s)
    state, _ = after(SensorState(), *(reading(n, value) for n, value in enumerate(before, start=1)), bound=bound)
    first = len(before) + 1
    lasting = int(max(for_s, hold_off_s)) + 1
    state, _ = after(state, *(reading(n, 3.0) for n in range(first, first + lasting + 1)), bound=bound)
    assert state.alarm_report


@given(st.lists(st.floats(0, 4), min_size=1, max_size=40))
def test_between_a_recovery_and_the_end_of_its_hold_off_no_alarm_is_raised(values: list[float]) -> None:
    bound = Bound(is_upper=True, at=2.0, back_at=1.5, hold_off_s=10.0)
    _, judged = after(SensorState(), *(reading(n, value) for n, value in enumerate(values, start=1)), bound=bound)
    signals = [(number, one.signal) for number, one in enumerate(judged, start=1) if one.signal is not None]
    assert [signal for _, signal in signals] == [Signal.RAISE, Signal.RECOVER] * (len(signals) // 2) + (
        [Signal.RAISE] if len(signals) % 2 else []
    )
    for (recovered, signal), (raised, _) in itertools.pairwise(signals):
        assert signal is not Signal.RECOVER or raised - recovered >= 10


def test_an_open_manhole_whose_reading_came_late_is_an_alarm_though_it_is_shut_again() -> None:
    state, _ = after(SensorState(), reading(1), reading(3))
    _, judged = after(state, reading(2, 2.5))
    assert judged[0].signal is Signal.RAISE_LATE


def test_a_clock_that_was_set_back_hides_nothing() -> None:
    bound = replace(FUME, for_s=30.0)
    state, _ = after(SensorState(), reading(1, 3.0, at_s=86_400.0), bound=bound)
    state, judged = after(state, *(reading(n, 3.0, at_s=10.0 * n) for n in range(2, 7)), bound=bound)
    assert [one.signal for one in judged].count(Signal.RAISE) == 1


def test_a_clock_far_ahead_of_ours_does_not_make_a_fault_last() -> None:
    bound = replace(FUME, for_s=600.0)
    state = judge(bound, SensorState(), reading(1, 3.0), NOON).state
    far = replace(reading(2, 3.0), at=NOON + timedelta(days=400))
    assert judge(bound, state, far, NOON + timedelta(seconds=2)).signal is None


def test_too_little_is_judged_downwards() -> None:
    paper = Bound(is_upper=False, at=10.0, back_at=80.0)
    _, judged = after(SensorState(), *(reading(n, v) for n, v in enumerate((50, 9, 60, 95), start=1)), bound=paper)
    assert [one.signal for one in judged] == [None, Signal.RAISE, None, Signal.RECOVER]


@pytest.mark.parametrize(("is_upper", "at", "back_at"), [(True, 2.0, 2.0), (True, 2.0, 3.0), (False, 2.0, 1.0)])
def test_a_bound_that_is_its_own_end_is_refused(is_upper: bool, at: float, back_at: float) -> None:
    with pytest.raises(DomainError):
        Bound(is_upper=is_upper, at=at, back_at=back_at)


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_a_number_no_sensor_has_is_refused_and_changes_nothing(boot: int, sequence: int) -> None:
    state, _ = after(SensorState(), reading(1), reading(2))
    if boot >= 0 and sequence >= 1:
        judge(FUME, state, reading(sequence, boot=boot), NOON)
    else:
        with pytest.raises(DomainError):
            judge(FUME, state, reading(sequence, boot=boot), NOON)
