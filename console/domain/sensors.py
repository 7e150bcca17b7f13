"""Sensors in the street: which readings there were, which were lost, and when one is an alarm.

Readings are numbered by the sensor, so that a lost one is noticed and one sent twice counts once. Whether a reading is
past its bound goes by the sensor's own clock: one that was cut off and hands in late is judged as if it had not been.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from console.domain.alarms import Priority
from console.domain.errors import DomainError
from console.domain.ids import AlarmId, CameraId, CategoryCode
from console.domain.places import Place

MOST_GAPS = 100  # judgement: a sensor with more holes than this needs a hand, not a list
AHEAD = timedelta(minutes=5)  # judgement: a sensor whose clock is further ahead of ours has none
SENSOR_NUMBER = r"^[A-Za-z0-9._-]{1,64}$"
NO_ALARM = AlarmId("")
READINGS_LOST = CategoryCode("10989")  # local.csv


class SensorKind(StrEnum):
    FUME = "fume"
    MANHOLE = "manhole"
    BIN = "bin"
    SUPPLY = "supply"
    SHED_CURRENT = "shed_current"
    SHED_VOLTAGE = "shed_voltage"
    SHED_SMOKE = "shed_smoke"
    LIFT = "lift"
    ACCESS = "access"
    WEARABLE = "wearable"


# Back to normal is the end of it. Smoke, an open manhole or a fallen person is looked at by somebody all the same.
CLOSES_ITSELF = frozenset(
    {SensorKind.FUME, SensorKind.BIN, SensorKind.SUPPLY, SensorKind.SHED_CURRENT, SensorKind.SHED_VOLTAGE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is too much or too little, in the sensor's own unit.

    Attributes:
        is_upper: too much at ``at`` and above; else too little at ``at`` and below.
        back_at: normal again here and beyond; not the same as ``at``, so that a value on the line does not flicker.
        for_s: how long it must stay past the bound. 0: one reading is enough.
        hold_off_s: how long after an alarm's recovery no new one is raised, unless the fault outlasts it.
    """

    is_upper: bool
    at: float
    back_at: float
    for_s: float = 0.0
    hold_off_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.back_at < self.at if self.is_upper else self.back_at > self.at):
            raise DomainError("Back to normal must lie on the good side of the bound, and not on it.")
        if self.for_s < 0 or self.hold_off_s < 0:
            raise DomainError("A time cannot be negative.")

    def is_past(self, value: float) -> bool:
        return value >= self.at if self.is_upper else value <= self.at

    def is_back(self, value: float) -> bool:
        return value <= self.back_at if self.is_upper else value >= self.back_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A sensor as the directory knows it.

    Attributes:
        number: as its messages name it; unique.
        camera_id: whose picture shows its place, ``None`` where none does.
        unit_of_value: as ``mg/m³``, "" for a count or a state of 0 and 1.
        closes_itself: an alarm nobody has in hand ends when the sensor is back to normal.
        silent_after_s: heard nothing for so long, its readings count as lost. 0: it speaks only when something happens.
    """

    number: str
    kind: SensorKind
    zh: str
    en: str
    place: Place
    camera_id: CameraId | None
    category: CategoryCode
    priority: Priority
    bound: Bound
    unit_of_value: str = ""
    closes_itself: bool = False
    silent_after_s: float = 0.0

    def __post_init__(self) -> None:
        if not re.match(SENSOR_NUMBER, self.number):
            raise DomainError("A sensor's number has 1 to 64 letters, digits, points, - and _.")
        if self.silent_after_s < 0:
            raise DomainError("A time cannot be negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a sensor measured.

    Attributes:
        boot: grows each time the sensor starts again; its sequence then begins anew.
        sequence: one more each time, from 1.
        at: the sensor's own clock, UTC.
    """

    boot: int
    sequence: int
    value: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Readings that were sent, as their numbers show, and have not come.

    Attributes:
        last: ``None`` for all from ``first`` on, of a start that is over.
        noticed_at: our clock. is_told: somebody was told, or there is nothing to tell, as before a first sight.
    """

    boot: int
    first: int
    last: int | None
    noticed_at: datetime
    is_told: bool = False

    def holds(self, boot: int, sequence: int) -> bool:
        return boot == self.boot and self.first <= sequence and (self.last is None or sequence <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorState:
    """What is known of a sensor's readings so far.

    Attributes:
        next_sequence: of ``boot``; 0 before the first reading.
        past_since: sensor's clock, since when every reading was past the bound.
        alarm_report, alarm_id: of the alarm it raised and has not recovered from; "" for none.
        recovered_at: sensor's clock. heard_at: ours.
        silence_report, silence_alarm_id: of the alarm that says it is silent; "" for none.
    """

    boot: int = 0
    next_sequence: int = 0
    gaps: tuple[Gap, ...] = ()
    last_at: datetime | None = None
    last_value: float | None = None
    past_since: datetime | None = None
    alarm_report: str = ""
    alarm_id: AlarmId = NO_ALARM
    recovered_at: datetime | None = None
    heard_at: datetime | None = None
    silence_report: str = ""
    silence_alarm_id: AlarmId = NO_ALARM


class Signal(StrEnum):
    RAISE = "raise"
    RAISE_LATE = "raise_late"  # it came late, and the sensor is back to normal since or was never asked
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reading means.

    Attributes:
        counts: false for one that came before.
    """

    state: SensorState
    counts: bool
    signal: Signal | None = None


def judge(bound: Bound, state: SensorState, reading: Reading, received_at: datetime) -> Judged:
    """Return what a reading means and the state after it. Pure and total: any order, any repetition.

    A start of which nothing was seen before a later one is not looked for any more.

    Raises:
        DomainError: the sequence is below 1 or the start below 0.
    """
    if reading.sequence < 1 or reading.boot < 0:
        raise DomainError("A reading's sequence begins at 1, its start at 0.")
    state = replace(state, heard_at=received_at)
    is_newest = state.next_sequence == 0 or (reading.boot, reading.sequence) >= (state.boot, state.next_sequence)
    if not is_newest:
        gap = next((gap for gap in state.gaps if gap.holds(reading.boot, reading.sequence)), None)
        if gap is None:
            return Judged(state, counts=False)
        state = replace(state, gaps=_filled(state.gaps, gap, reading.sequence))
        is_alone = bound.for_s == 0 and bound.is_past(reading.value) and not state.alarm_report
        return Judged(state, counts=True, signal=Signal.RAISE_LATE if is_alone else None)
    state = _followed(state, reading, received_at)
    return _valued(bound, state, reading, min(reading.at, received_at + AHEAD))


def untold(state: SensorState, before: datetime) -> tuple[Gap, ...]:
    """Return the gaps noticed before a moment that somebody must be told of."""
    return tuple(gap for gap in state.gaps if not gap.is_told and gap.noticed_at <= before)


def told(state: SensorState, gaps: tuple[Gap, ...]) -> SensorState:
    return replace(state, gaps=tuple(replace(gap, is_told=True) if gap in gaps else gap for gap in state.gaps))


def is_silent(sensor: Sensor, state: SensorState, now: datetime) -> bool:
    if not sensor.silent_after_s or state.heard_at is None:
        return False
    return (now - state.heard_at).total_seconds() > sensor.silent_after_s


def missing(state: SensorState) -> int:
    """Return how many readings are known to be lost so far."""
    return sum(gap.last - gap.first + 1 for gap in state.gaps if gap.last is not None and gap.last >= gap.first)


def _followed(state: SensorState, reading: Reading, received_at: datetime) -> SensorState:
    """Return the state with the reading as its newest, and what lies between as a gap."""
    gaps = list(state.gaps)
    is_first_sight = state.next_sequence == 0
    expected = state.next_sequence if reading.boot == state.boot and not is_first_sight else 1
    if not is_first_sight and reading.boot != state.boot:
        # What it sent before it started again and is still under way; how much there was nobody can tell.
        gaps.append(Gap(boot=state.boot, first=state.next_sequence, last=None, noticed_at=received_at, is_told=True))
    if reading.sequence > expected:
        gaps.append(
            Gap(
                boot=reading.boot,
                first=expected,
                last=reading.sequence - 1,
                noticed_at=received_at,
                is_told=is_first_sight,
            )
        )
    # The oldest are given up first; those were told of long before.
    return replace(
        state, boot=reading.boot, next_sequence=reading.sequence + 1, gaps=tuple(gaps[max(0, len(gaps) - MOST_GAPS) :])
    )


def _filled(gaps: tuple[Gap, ...], gap: Gap, sequence: int) -> tuple[Gap, ...]:
    rest: list[Gap] = []
    for one in gaps:
        if one is not gap:
            rest.append(one)
            continue
        if one.first < sequence:
            rest.append(replace(one, last=sequence - 1))
        if one.last is None or sequence < one.last:
            rest.append(replace(one, first=sequence + 1))
    return tuple(rest)


def _valued(bound: Bound, state: SensorState, reading: Reading, at: datetime) -> Judged:
    if state.last_at is not None and at < state.last_at:
        # Its clock was set back: spans across that moment mean nothing. One alarm too many rather than one too few.
        state = replace(state, past_since=None, recovered_at=None)
    state = replace(state, last_at=at, last_value=reading.value)
    if bound.is_past(reading.value):
        since = state.past_since or at
        state = replace(state, past_since=since)
        lasts = (at - since).total_seconds() >= bound.for_s
        holds_off = state.recovered_at is not None and ((at - state.recovered_at).total_seconds() < bound.hold_off_s)
        if state.alarm_report or not lasts or holds_off:
            return Judged(state, counts=True)
        return Judged(state, counts=True, signal=Signal.RAISE)
    state = replace(state, past_since=None)
    if state.alarm_report and bound.is_back(reading.value):
        return Judged(replace(state, recovered_at=at), counts=True, signal=Signal.RECOVER)
    return Judged(state, counts=True)
