"""What a time line of recordings shows: windows of time, bars, gaps and marks in fractions of its width. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from console.application.recordings_desk import Recorded
from console.domain.alarms import AlarmStage, Priority
from console.domain.recordings import RecordingClass
from console.words import N_
from widgets.state.telling import Told, age

# What the time line can show at once, and how far apart its ticks are then.
ZOOMS = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(hours=24), timedelta(hours=2)),
)
# Segments closer together than this are drawn as one bar: a segment's arrival jitters by some hundred milliseconds.
JOINED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that is drawn."""

    from_at: datetime
    to_at: datetime

    @classmethod
    def around(cls, at: datetime, zoom: int, day: "Window") -> "Window":
        """Return the window of a zoom with a moment in its middle, inside the day."""
        length = min(ZOOMS[zoom][0], day.to_at - day.from_at)
        begin = min(max(at - length / 2, day.from_at), day.to_at - length)
        return cls(begin, begin + length)

    @property
    def length(self) -> timedelta:
        return self.to_at - self.from_at

    def part(self, at: datetime) -> float:
        """Return where a moment lies, 0 at the left end and 1 at the right."""
        return (at - self.from_at) / (self.to_at - self.from_at)

    def moment(self, part: float) -> datetime:
        return self.from_at + (self.to_at - self.from_at) * max(0.0, min(1.0, part))

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at <= self.to_at


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane. ``is_manual``: recorded by hand. ``words`` stand in it where there is room."""

    from_at: datetime
    to_at: datetime
    words: Told | str = ""
    is_manual: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a lane with its shape (a state's or an icon's name) and what it is."""

    at: datetime
    shape: str
    words: Told | str


@dataclass(frozen=True, slots=True)
class Lanes:
    """Everything a time line draws of what was found."""

    bars: tuple[Bar, ...] = ()
    gaps: tuple[Bar, ...] = ()
    alarms: tuple[Mark, ...] = ()
    talks: tuple[Bar, ...] = ()
    locks: tuple[Bar, ...] = ()

    @property
    def events(self) -> tuple[datetime, ...]:
        """Return the moments one jumps between: alarms, speeches, and where a recording goes on behind a gap."""
        joins = [gap.to_at for gap in self.gaps]
        return tuple(sorted([*(mark.at for mark in self.alarms), *(talk.from_at for talk in self.talks), *joins]))


AlarmShape = Literal["high", "high_acknowledged", "medium", "low"]


def lanes_of(found: Recorded, now: datetime) -> Lanes:
    """Return what is drawn of a search. What lies ahead of ``now`` is no gap."""
    bars: list[Bar] = []
    for segment in found.segments:
        if segment.lost_at is not None:
            continue
        is_manual = segment.made_for is RecordingClass.MANUAL
        last = bars[-1] if bars else None
        if last is not None and last.is_manual == is_manual and segment.begins_at - last.to_at < JOINED:
            bars[-1] = Bar(last.from_at, max(last.to_at, segment.ends_at), last.words, is_manual)
        else:
            words = Told(N_("by hand")) if is_manual else ""
            bars.append(Bar(segment.begins_at, segment.ends_at, words, is_manual))
    gaps = tuple(
        Bar(
            gap.from_at,
            min(gap.to_at, now),
            Told(N_("gap {length}"), {"length": age(min(gap.to_at, now) - gap.from_at)}),
        )
        for gap in found.gaps
        if gap.from_at < now
    )
    alarms = tuple(
        Mark(alarm.raised_at, _shape_of(alarm.priority, is_open=_is_unheard(alarm.stage, alarm.acknowledged_at)), "")
        for alarm in sorted(found.alarms, key=lambda alarm: alarm.raised_at)
    )
    talks = tuple(
        Bar(talk.began_at, talk.ended_at or talk.began_at + timedelta(seconds=talk.duration_s), talk.text)
        for talk in found.talks
        if talk.began_at is not None
    )
    locks = tuple(
        Bar(lock.from_at, lock.to_at, lock.reason)
        for lock in found.locks
        if lock.from_at is not None and lock.to_at is not None
    )
    return Lanes(tuple(bars), gaps, alarms, talks, locks)


def _is_unheard(stage: AlarmStage, acknowledged_at: datetime | None) -> bool:
    return stage is AlarmStage.WAITING and acknowledged_at is None


def _shape_of(priority: Priority, *, is_open: bool) -> AlarmShape:
    if priority is Priority.HIGH:
        return "high" if is_open else "high_acknowledged"
    return "medium" if priority is Priority.MEDIUM else "low"


def ticks(window: Window, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the moments of the scale inside a window, on whole steps of local time."""
    length = window.to_at - window.from_at
    step = next((step for span, step in ZOOMS if length <= span), ZOOMS[-1][1])
    midnight = window.from_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = window.from_at - midnight
    first = midnight + step * -(-passed // step)
    found = []
    while first <= window.to_at:
        found.append(first)
        first += step
    return tuple(found)


def day_of(at: datetime, zone: tzinfo) -> Window:
    """Return the local day that a moment lies in."""
    begin = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    end = (begin + timedelta(days=1, hours=12)).replace(hour=0)
    return Window(begin, end)
