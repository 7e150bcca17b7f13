"""Alarms against the truth of a labelled clip: event-level precision, recall and delay.

Truth files and the matching are those of the labelled set (one TOML per clip): an alarm matches an event of its kind,
zone and direction inside the event's window, one alarm per event, events in the order they are due.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from inference.geometry import Point

Span = tuple[float, float]
"""Media seconds, the end left out."""
ALL: Span = (-inf, inf)
BAY_STAYS = "bay_stays"
"""Kind of the comings and goings that a rule of bays tells of beside its alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm, as a rule raised it on a clip."""

    kind: str
    zone: str
    media_time_s: float
    toward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthEvent:
    """Something that happens in the clip, and when an alarm for it is right."""

    kind: str
    zone: str
    due_s: float
    earliest_s: float
    latest_s: float
    toward: str = ""
    max_alarms: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthZone:
    """A zone or line with its rule's figures; ``labelled`` are the spans in which truth is known.

    A figure the kind does not have is 0; ``allowed`` is then no way at all. ``exempt`` are places within the zone where
    it is allowed: marked bike parks, licensed pitches.
    """

    name: str
    kind: str
    polygon: tuple[Point, ...]
    objects: frozenset[str]
    dwell_s: float
    labelled: tuple[Span, ...]
    min_count: int = 0
    hold_s: float = 0.0
    allowed: Point = (0.0, 0.0)
    bays: tuple[tuple[Point, ...], ...] = ()
    exempt: tuple[tuple[Point, ...], ...] = ()
    least_area: float = 0.0

    @property
    def labelled_s(self) -> float:
        return sum(end - begin for begin, end in self.labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A span of a zone in which an alarm is neither right nor false."""

    kind: str
    zone: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of one clip."""

    clip: str
    fps: float
    frames: int = 0
    zones: tuple[TruthZone, ...]
    events: tuple[TruthEvent, ...]
    ignored: tuple[Ignored, ...]

    def zones_of(self, kind: str) -> tuple[TruthZone, ...]:
        """Return the zones of one kind of rule."""
        return tuple(zone for zone in self.zones if zone.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One kind of alarm on one clip (or several, added).

    Attributes:
        right: events that have their alarm.
        misses: events that have none.
        wrong: alarms that are false.
        delays_s: of the right alarms, against ``due_s``; below 0 for an early one.
        labelled_s: labelled time of the zones, added up.
        camera_s: time of the cameras in which at least one of the zones is labelled.
    """

    right: int
    misses: tuple[TruthEvent, ...]
    wrong: tuple[Raised, ...]
    delays_s: tuple[float, ...]
    labelled_s: float
    camera_s: float

    def __add__(self, other: "Score") -> "Score":
        return Score(
            right=self.right + other.right,
            misses=self.misses + other.misses,
            wrong=self.wrong + other.wrong,
            delays_s=self.delays_s + other.delays_s,
            labelled_s=self.labelled_s + other.labelled_s,
            camera_s=self.camera_s + other.camera_s,
        )

    @property
    def missed(self) -> int:
        """How many events have no alarm."""
        return len(self.misses)

    @property
    def false(self) -> int:
        """How many alarms are false."""
        return len(self.wrong)

    @property
    def precision(self) -> float | None:
        """Share of the alarms that were right; ``None`` without alarms."""
        alarms = self.right + self.false
        return self.right / alarms if alarms else None

    @property
    def recall(self) -> float | None:
        """Share of the events that were found; ``None`` without events."""
        events = self.right + self.missed
        return self.right / events if events else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; ``None`` where nothing happened and nothing was raised."""
        counted = 2 * self.right + self.false + self.missed
        return 2 * self.right / counted if counted else None

    @property
    def false_per_hour(self) -> float | None:
        """False alarms per hour of labelled zone time."""
        return self.false / self.labelled_s * 3600 if self.labelled_s else None


def read_truth(path: Path) -> Truth:
    """Read one clip's truth.

    Raises:
        OSError: there is no such file.
        ValueError: it is not a truth file.
    """
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Truth(
            clip=str(found["clip"]["file"]),
            fps=float(found["clip"]["fps"]),
            frames=int(found["clip"]["frames"]),
            zones=tuple(_zone(row) for row in (*found.get("zone", ()), *found.get("line", ()))),
            events=tuple(_event(row) for row in found.get("event", ())),
            ignored=tuple(
                Ignored(kind=row["kind"], zone=row["zone"], begin_s=row["begin_s"], end_s=row["end_s"])
                for row in found.get("ignore", ())
            ),
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise ValueError(f"{path.name} is not a truth file: {cause}") from cause


def score(truth: Truth, raised: Sequence[Raised], kind: str, within: Span = ALL) -> Score:
    """Match the alarms of one kind with the truth of one clip.

    Args:
        truth: of the whole clip.
        raised: on the whole clip, so that an alarm just after ``within`` still serves its event.
        kind: of rule.
        within: count only events due here, alarms that are false here, and time here.
    """
    zones = {zone.name: zone for zone in truth.zones_of(kind)}
    events = sorted((event for event in truth.events if event.kind == kind), key=lambda event: event.due_s)
    free = sorted(
        (alarm for alarm in raised if alarm.kind == kind and _counts(alarm, zones, truth.ignored, events)),
        key=lambda alarm: alarm.media_time_s,
    )
    matched: list[tuple[TruthEvent, Raised]] = []
    misses: list[TruthEvent] = []
    for event in events:
        match = next((alarm for alarm in free if _matches(alarm, event)), None)
        if match is None:
            misses.append(event)
        else:
            free.remove(match)
            matched.append((event, match))
    for event, _ in matched:  # second alarms that are neither right nor false
        for spare in [alarm for alarm in free if _matches(alarm, event)][: event.max_alarms - 1]:
            free.remove(spare)
    delays_s = tuple(alarm.media_time_s - event.due_s for event, alarm in matched if _lies_in(event.due_s, within))
    return Score(
        right=len(delays_s),
        misses=tuple(event for event in misses if _lies_in(event.due_s, within)),
        wrong=tuple(alarm for alarm in free if _lies_in(alarm.media_time_s, within)),
        delays_s=delays_s,
        labelled_s=sum(_length_s(span, within) for zone in zones.values() for span in zone.labelled),
        camera_s=sum(_length_s(span, within) for span in _joined(zones.values())),
    )


def _zone(row: dict[str, Any]) -> TruthZone:
    return TruthZone(
        name=row["name"],
        kind=row["kind"],
        polygon=tuple((float(x), float(y)) for x, y in row.get("polygon", row.get("points", ()))),
        objects=frozenset(row.get("objects", ())),
        dwell_s=float(row.get("dwell_s", 0.0)),
        labelled=tuple((float(begin), float(end)) for begin, end in row["labelled"]),
        min_count=int(row.get("min_count", 0)),
        hold_s=float(row.get("hold_s", 0.0)),
        allowed=_pair(row.get("allowed", (0.0, 0.0))),
    )


def _pair(row: Sequence[float]) -> Point:
    x, y = row
    return float(x), float(y)


def _event(row: dict[str, Any]) -> TruthEvent:
    return TruthEvent(
        kind=row["kind"],
        zone=row["zone"],
        due_s=float(row["due_s"]),
        earliest_s=float(row["earliest_s"]),
        latest_s=float(row["latest_s"]),
        toward=row.get("toward", ""),
        max_alarms=int(row.get("max_alarms", 1)),
    )


def _counts(alarm: Raised, zones: dict[str, TruthZone], spans: Sequence[Ignored], events: Sequence[TruthEvent]) -> bool:
    zone = zones.get(alarm.zone)
    if zone is None or not any(begin <= alarm.media_time_s <= end for begin, end in zone.labelled):
        return False
    return not _is_ignored(alarm, spans) or any(_matches(alarm, event) for event in events)


def _is_ignored(alarm: Raised, spans: Sequence[Ignored]) -> bool:
    return any(
        (span.kind, span.zone) == (alarm.kind, alarm.zone) and span.begin_s <= alarm.media_time_s <= span.end_s
        for span in spans
    )


def _matches(alarm: Raised, event: TruthEvent) -> bool:
    return (alarm.zone, alarm.toward) == (event.zone, event.toward) and (
        event.earliest_s <= alarm.media_time_s <= event.latest_s
    )


def _lies_in(at_s: float, span: Span) -> bool:
    return span[0] <= at_s < span[1]


def _length_s(span: Span, within: Span) -> float:
    return max(0.0, min(span[1], within[1]) - max(span[0], within[0]))


def _joined(zones: Iterable[TruthZone]) -> list[Span]:
    """Return the labelled spans of all zones without what they share."""
    joined: list[Span] = []
    for begin, end in sorted(span for zone in zones for span in zone.labelled):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
