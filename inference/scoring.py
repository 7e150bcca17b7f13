"""Alarms against the truth of a labelled clip: event-level precision, recall and delay.

Truth files and the matching are those of the labelled set (one TOML per clip): an alarm matches an event of its kind,
zone and direction inside the event's window, one alarm per event, events in the order they are due.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.geometry import Point


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
    """A zone or line with its rule's figures; ``labelled`` are the spans in which truth is known."""

    name: str
    kind: str
    polygon: tuple[Point, ...]
    objects: frozenset[str]
    dwell_s: float
    labelled: tuple[tuple[float, float], ...]

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
    zones: tuple[TruthZone, ...]
    events: tuple[TruthEvent, ...]
    ignored: tuple[Ignored, ...]

    def zones_of(self, kind: str) -> tuple[TruthZone, ...]:
        """Return the zones of one kind of rule."""
        return tuple(zone for zone in self.zones if zone.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One kind of alarm on one clip (or several, added)."""

    right: int
    missed: int
    false: int
    delays_s: tuple[float, ...]
    labelled_s: float

    def __add__(self, other: "Score") -> "Score":
        return Score(
            right=self.right + other.right,
            missed=self.missed + other.missed,
            false=self.false + other.false,
            delays_s=self.delays_s + other.delays_s,
            labelled_s=self.labelled_s + other.labelled_s,
        )

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
            zones=tuple(_zone(row) for row in (*found.get("zone", ()), *found.get("line", ()))),
            events=tuple(_event(row) for row in found.get("event", ())),
            ignored=tuple(
                Ignored(kind=row["kind"], zone=row["zone"], begin_s=row["begin_s"], end_s=row["end_s"])
                for row in found.get("ignore", ())
            ),
        )
    except (KeyError, TypeError) as cause:
        raise ValueError(f"{path.name} is not a truth file: {cause}") from cause


def score(truth: Truth, raised: Sequence[Raised], kind: str) -> Score:
    """Match the alarms of one kind with the truth of one clip."""
    zones = {zone.name: zone for zone in truth.zones_of(kind)}
    events = sorted((event for event in truth.events if event.kind == kind), key=lambda event: event.due_s)
    free = sorted(
        (alarm for alarm in raised if alarm.kind == kind and _is_labelled(alarm, zones)),
        key=lambda alarm: alarm.media_time_s,
    )
    delays_s: list[float] = []
    matched: list[TruthEvent] = []
    for event in events:
        match = next((alarm for alarm in free if _matches(alarm, event)), None)
        if match is not None:
            free.remove(match)
            matched.append(event)
            delays_s.append(match.media_time_s - event.due_s)
    for event in matched:  # second alarms that are neither right nor false
        for spare in [alarm for alarm in free if _matches(alarm, event)][: event.max_alarms - 1]:
            free.remove(spare)
    false = [alarm for alarm in free if not _is_ignored(alarm, truth.ignored)]
    return Score(
        right=len(matched),
        missed=len(events) - len(matched),
        false=len(false),
        delays_s=tuple(delays_s),
        labelled_s=sum(zone.labelled_s for zone in zones.values()),
    )


def _zone(row: dict[str, Any]) -> TruthZone:
    return TruthZone(
        name=row["name"],
        kind=row["kind"],
        polygon=tuple((float(x), float(y)) for x, y in row.get("polygon", row.get("points", ()))),
        objects=frozenset(row.get("objects", ())),
        dwell_s=float(row.get("dwell_s", 0.0)),
        labelled=tuple((float(begin), float(end)) for begin, end in row["labelled"]),
    )


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


def _is_labelled(alarm: Raised, zones: dict[str, TruthZone]) -> bool:
    zone = zones.get(alarm.zone)
    return zone is not None and any(begin <= alarm.media_time_s <= end for begin, end in zone.labelled)


def _is_ignored(alarm: Raised, spans: Sequence[Ignored]) -> bool:
    return any(
        (span.kind, span.zone) == (alarm.kind, alarm.zone) and span.begin_s <= alarm.media_time_s <= span.end_s
        for span in spans
    )


def _matches(alarm: Raised, event: TruthEvent) -> bool:
    return (alarm.zone, alarm.toward) == (event.zone, event.toward) and (
        event.earliest_s <= alarm.media_time_s <= event.latest_s
    )
