"""Boxes, tracks, zones and dwell over a live picture: what belongs to the frame of now. Qt-free, pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from console.domain.cameras import Camera
from console.domain.rules import WITH_DWELL
from console.words import N_
from widgets.state.bays import BayDrawn, BayTold
from widgets.state.tile import OVERLAY_KEPT_S

Box = tuple[float, float, float, float]
Point = tuple[float, float]
TAIL = timedelta(seconds=2)
# A look is older than the picture it is drawn on by the time the detector took, 0.1 to 0.3 s here: a person on foot is
# half a body further. A box goes with what it shows, no longer than this; the pace is that of the last second. Drawn
# 0.2 s late, boxes of walking people overlap them by 0.64 instead of 0.40, of bikes near by 0.56 instead of 0.55.
LEAD_S = 0.5
PACE_OVER = timedelta(seconds=1)
PACE_FROM_S = 0.2
MOVES_FROM = 0.3  # of the box's own side: boxes of what stands tremble, and grow with what comes into view
# The classes of the street. Any other class of the model is drawn only where a rule counts it, by the model's own word.
LABEL_WORDS = {
    "person": N_("Person"),
    "bicycle": N_("Bicycle"),
    "car": N_("Car"),
    "truck": N_("Truck"),
    "bus": N_("Bus"),
    "motorcycle": N_("Motorcycle"),
}


class TrackTold(Protocol):
    @property
    def track_id(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def box(self) -> Box: ...
    @property
    def dwell_s(self) -> float: ...
    @property
    def rule_id(self) -> str: ...


class SeenTold(Protocol):
    """What one look found."""

    @property
    def camera_id(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def tracks(self) -> Sequence[TrackTold]: ...
    @property
    def bays(self) -> Sequence[BayTold]: ...


@dataclass(frozen=True, slots=True)
class ZoneDrawn:
    """A rule's zone or line in fractions of the picture. ``dwell_s`` is its limit, 0 where it has none.

    ``bays``: the parts of a row of parking bays.
    """

    rule_id: str
    name: str
    polygon: tuple[Point, ...]
    dwell_s: float
    is_red: bool = False
    bays: tuple[tuple[Point, ...], ...] = ()

    @property
    def is_line(self) -> bool:
        return len(self.polygon) == 2


@dataclass(frozen=True, slots=True)
class TrackDrawn:
    """One track of now.

    Attributes:
        foot: bottom centre; tail: earlier foot points with their age in seconds, oldest first.
        fullness: of the dwell ring, 1 = limit reached; ``None`` for no ring.
        is_cause: it raised (or is about to be) the alarm of its zone; ``is_red`` while a high one is unheard.
    """

    track_id: int
    label: str
    box: Box
    tail: tuple[tuple[Point, float], ...]
    dwell_s: float
    fullness: float | None
    is_cause: bool
    is_red: bool

    @property
    def foot(self) -> Point:
        return foot_of(self.box)


def foot_of(box: Box) -> Point:
    """Return the middle of the lower edge: where the thing stands."""
    return ((box[0] + box[2]) / 2, box[3])


class OverlayMemory:
    """The last two seconds of what was seen by one camera. Owned by one tile, GUI thread."""

    def __init__(self) -> None:
        self._looks: list[SeenTold] = []
        self._paces: dict[int, Point] = {}

    @property
    def is_empty(self) -> bool:
        return not self._looks

    def note(self, seen: SeenTold) -> None:
        """Take in a look. Looks that come late or twice are left out."""
        if self._looks and seen.received_at <= self._looks[-1].received_at:
            return
        self._looks.append(seen)
        while self._looks and seen.received_at - self._looks[0].received_at > TAIL:
            del self._looks[0]
        self._paces = {track.track_id: self._pace(track) for track in seen.tracks}

    def clear(self) -> None:
        self._looks.clear()
        self._paces.clear()

    def tracks_at(
        self, received_at: datetime, zones: Sequence[ZoneDrawn], *, is_unheard: bool = False
    ) -> tuple[TrackDrawn, ...]:
        """Return the tracks that belong to a frame received then; none when the newest look is 1 s apart from it.

        What moves is drawn where it has got to by then at its pace of the last second.
        """
        if not self._looks:
            return ()
        newest = self._looks[-1]
        if abs((received_at - newest.received_at).total_seconds()) > OVERLAY_KEPT_S:
            return ()
        limits = {zone.rule_id: zone.dwell_s for zone in zones}
        drawn = []
        lead_s = min(max((received_at - newest.received_at).total_seconds(), -LEAD_S), LEAD_S)
        for track in newest.tracks:
            if track.label not in LABEL_WORDS and not track.rule_id:
                continue  # a sports ball that nobody asked for is a bag on the lawn, and no matter of the desk
            across, down = self._paces[track.track_id]
            limit_s = limits.get(track.rule_id, 0.0)
            is_cause = limit_s > 0 and track.dwell_s >= limit_s
            drawn.append(
                TrackDrawn(
                    track_id=track.track_id,
                    label=track.label,
                    box=_moved(track.box, across * lead_s, down * lead_s),
                    tail=self._tail(track.track_id, newest.received_at),
                    dwell_s=track.dwell_s,
                    fullness=min(1.0, track.dwell_s / limit_s) if limit_s > 0 and track.dwell_s > 0 else None,
                    is_cause=is_cause,
                    is_red=is_cause and is_unheard,
                )
            )
        return tuple(sorted(drawn, key=lambda track: track.track_id))

    def bays_at(self, received_at: datetime, zones: Sequence[ZoneDrawn]) -> tuple[BayDrawn, ...]:
        """Return the bays as they were seen with a frame received then; none when the newest look is 1 s apart."""
        if not self._looks:
            return ()
        newest = self._looks[-1]
        if abs((received_at - newest.received_at).total_seconds()) > OVERLAY_KEPT_S:
            return ()
        outlines = {(zone.rule_id, number): one for zone in zones for number, one in enumerate(zone.bays, start=1)}
        return tuple(
            BayDrawn(
                outline=outlines[bay.rule_id, bay.bay],
                bay=bay.bay,
                state=bay.state,
                since_s=bay.since_s,
                is_overdue=bay.is_overdue,
            )
            for bay in newest.bays
            if (bay.rule_id, bay.bay) in outlines
        )

    def _pace(self, track: TrackTold) -> Point:
        """Return how far its foot point goes in a second, in fractions of the picture; 0 for what stands."""
        newest = self._looks[-1].received_at
        for look in self._looks:
            if newest - look.received_at > PACE_OVER:
                continue
            earlier = next((other for other in look.tracks if other.track_id == track.track_id), None)
            if earlier is None:
                continue
            passed_s = (newest - look.received_at).total_seconds()
            if passed_s < PACE_FROM_S:
                return (0.0, 0.0)
            moves = [is_now - was for is_now, was in zip(track.box, earlier.box, strict=True)]
            wide, high = track.box[2] - track.box[0], track.box[3] - track.box[1]
            return (_of_both(moves[0], moves[2], wide) / passed_s, _of_both(moves[1], moves[3], high) / passed_s)
        return (0.0, 0.0)

    def _tail(self, track_id: int, now: datetime) -> tuple[tuple[Point, float], ...]:
        return tuple(
            (foot_of(track.box), (now - look.received_at).total_seconds())
            for look in self._looks
            for track in look.tracks
            if track.track_id == track_id
        )


def _of_both(one: float, other: float, side: float) -> float:
    """Return by how much both edges of a side moved; nothing where they part or meet, or hardly go anywhere."""
    least = min(one, other, key=abs)
    return least if one * other > 0 and abs(least) >= MOVES_FROM * side else 0.0


def _moved(box: Box, across: float, down: float) -> Box:
    return (box[0] + across, box[1] + down, box[2] + across, box[3] + down)


def zones_of(camera: Camera | None, unheard: frozenset[str] = frozenset()) -> tuple[ZoneDrawn, ...]:
    """Return a camera's zones; those named in ``unheard`` have a high alarm that nobody acknowledged."""
    if camera is None:
        return ()
    return tuple(
        ZoneDrawn(
            rule.rule_id,
            rule.zone.name,
            rule.zone.polygon,
            rule.dwell_s if rule.family in WITH_DWELL else 0.0,
            rule.zone.name in unheard,
            rule.bays,
        )
        for rule in camera.rules
        if rule.is_on
    )


def labelled(tracks: Sequence[TrackDrawn], rects: Sequence[Box], most: int) -> list[int]:
    """Return which tracks show their label: where two plates collide the older track (smaller id) keeps its own.

    Args:
        rects: the plates, in the order of ``tracks`` (by id), ``left top right bottom`` in pixels.
        most: how many labels a tile may show.
    """
    kept: list[int] = []
    order = sorted(range(len(tracks)), key=lambda at: (not tracks[at].is_cause, tracks[at].track_id))
    for at in order:
        if len(kept) == most:
            break
        if not any(_collide(rects[at], rects[other]) for other in kept):
            kept.append(at)
    return sorted(kept)


def _collide(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
