"""Which vehicles of the picture wait in a jam: they came by themselves, stopped one behind another, and none is passed.

A row of parked cars is no jam: nobody saw them come. Neither is a car that was left in the road: the others drive on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot, inf

from inference.geometry import Box, Point, foot_point, inside_share, iou
from inference.tracker import Track
from inference.zones import GRACE_S

SAME_PLACE_IOU = 0.4
"""Overlap from which a new track is a vehicle that was there before: in a jam boxes are cut by those in front."""
STILL_SHARE = 0.75
"""Of the smaller of two boxes in the other, from which both are of one place: of two boxes of one size it is a quarter
of a car's length, and one that is cut by a car in front has not moved."""
MOVED_S = 1.0
"""How long a box must be elsewhere before the vehicle has moved: a person who walks past cuts it for less."""
SLOW_S = 2.0
"""One that keeps its place for so long waits or creeps: under a quarter of its length in two seconds (judgement)."""
CAME = 0.5
"""Way, in box heights, after which a vehicle was seen to come, and over which its heading is taken: more than a box
jitters; one that comes towards the camera makes less than a height for each of its lengths (judgement)."""
WAITS_S = 180.0
"""Who has not moved for longer waits no more: a red light is over by then, and what blocks a road for longer is news
(judgement). A place is remembered for as long, or a parked car seen now and then would be a new one each time."""
STOOD_S = 2.0
"""What is found within the first seconds of watching stood there before."""
SPELL_S = 30.0
"""Two that stopped farther apart in time did not stop for the same reason: one stood already (judgement)."""
BESIDE = 0.5
ALONG = 3.0
"""They stand in one lane when the one is so many box heights beside, and so many before or behind the other, by the
smaller of both: the next lane is a car's width away, which is more than a height (judgement)."""
SAME_SHARE = 0.5
"""Of two boxes of which one lies so far inside the other, both are of one vehicle."""
SAME_WAY = 0.5
"""Least cosine between the headings of two that go the same way: 60°, for a picture bends a lane (judgement)."""
PASSES = 2
"""Who was passed by so many while it stood is what they drive round, and waits for nobody (judgement)."""
TWO_WHEELED = frozenset({"bicycle", "motorcycle"})
"""They filter through a jam: it is one all the same when they pass."""


@dataclass(slots=True, eq=False)
class _Vehicle:
    number: int
    track_id: int
    label: str
    box: Box
    seen_s: float
    place: Box
    stopped_s: float
    mark: Point
    heading: Point | None = None
    astray_since_s: float | None = None
    behind: set[int] = field(default_factory=set)
    passed_by: set[int] = field(default_factory=set)

    def see(self, track: Track, media_time_s: float) -> None:
        self.track_id, self.label, self.box, self.seen_s = track.track_id, track.label, track.box, media_time_s
        if _shared(self.place, track.box) >= STILL_SHARE:
            self.astray_since_s = None
        elif self.astray_since_s is None:
            self.astray_since_s = media_time_s
        elif media_time_s - self.astray_since_s >= MOVED_S:
            self._move(track.box, media_time_s)

    def _move(self, box: Box, media_time_s: float) -> None:
        self.place, self.stopped_s, self.astray_since_s = box, media_time_s, None
        self.behind, self.passed_by = set(), set()
        across, down = _way(self.mark, self.foot)
        gone = hypot(across, down)
        if gone >= CAME * self.height:
            self.heading, self.mark = (across / gone, down / gone), self.foot

    @property
    def foot(self) -> Point:
        return foot_point(self.box)

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    def is_slow(self, media_time_s: float) -> bool:
        return media_time_s - self.stopped_s >= SLOW_S

    def is_here(self, media_time_s: float) -> bool:
        return media_time_s - self.seen_s <= GRACE_S

    def is_known(self, media_time_s: float) -> bool:
        """Tell whether it counts still: who drove on leaves no place behind."""
        return self.is_here(media_time_s) or (media_time_s - self.seen_s <= WAITS_S and self.is_slow(self.seen_s))

    def waits(self, media_time_s: float) -> bool:
        return (
            self.is_slow(media_time_s)
            and media_time_s - self.stopped_s <= WAITS_S
            and self.is_here(media_time_s)
            and len(self.passed_by) < PASSES
        )


class Jam:
    """What one rule knows of the traffic in its camera's picture. Used by one thread."""

    def __init__(self) -> None:
        self._vehicles: list[_Vehicle] = []
        self._next_number = 1
        self._begun_s: float | None = None

    def see(self, tracks: Sequence[Track], media_time_s: float) -> frozenset[int]:
        """Return the tracks that wait in a jam, hidden for a moment or not; none where there is no jam.

        Args:
            tracks: the vehicles of this look, in the whole picture; boxes in fractions of it.
            media_time_s: seconds since the stream began, by the camera's clock; never less than before.
        """
        if self._begun_s is None:
            self._begun_s = media_time_s
        self._vehicles = [one for one in self._vehicles if one.is_known(media_time_s)]
        self._follow(tracks, media_time_s)
        self._note_passes(media_time_s)
        waiting = [one for one in self._vehicles if one.waits(media_time_s)]
        driving = [
            one
            for one in self._vehicles
            if one.seen_s == media_time_s and one.label not in TWO_WHEELED and not one.is_slow(media_time_s)
        ]
        queue = [one for one in waiting if any(_are_in_line(one, other) for other in waiting if other is not one)]
        return frozenset(
            one.track_id for one in queue if len(queue) > sum(_go_the_same_way(one, other) for other in driving)
        )

    def forget(self) -> None:
        """Begin with the next look."""
        self._vehicles = []
        self._begun_s = None

    def _follow(self, tracks: Sequence[Track], media_time_s: float) -> None:
        known = {one.track_id: one for one in self._vehicles}
        unseen = [one for one in self._vehicles if one.track_id not in {track.track_id for track in tracks}]
        for track in tracks:
            one = known.get(track.track_id) or next(
                (other for other in unseen if iou(other.box, track.box) >= SAME_PLACE_IOU), None
            )
            if one is None:
                one = self._begin(track, media_time_s)
            elif one in unseen:
                unseen.remove(one)
            one.see(track, media_time_s)

    def _begin(self, track: Track, media_time_s: float) -> _Vehicle:
        one = _Vehicle(
            number=self._next_number,
            track_id=track.track_id,
            label=track.label,
            box=track.box,
            seen_s=media_time_s,
            place=track.box,
            stopped_s=-inf if media_time_s - (self._begun_s or 0.0) <= STOOD_S else media_time_s,
            mark=foot_point(track.box),
        )
        self._next_number += 1
        self._vehicles.append(one)
        return one

    def _note_passes(self, media_time_s: float) -> None:
        """Note who was behind one that stands, and who has driven past it since."""
        seen = [one for one in self._vehicles if one.seen_s == media_time_s and one.label not in TWO_WHEELED]
        for one in self._vehicles:
            if one.heading is None or not one.is_here(media_time_s) or not one.is_slow(media_time_s):
                continue
            for other in seen:
                if other is one or (along := _along(one, other)) == 0.0:
                    continue
                if along < 0:
                    one.behind.add(other.number)
                elif along >= CAME * one.height / 2 and other.number in one.behind and _go_the_same_way(one, other):
                    one.passed_by.add(other.number)


def _shared(a: Box, b: Box) -> float:
    """Return which share of the smaller box lies in the other."""
    return max(inside_share(a, b), inside_share(b, a))


def _way(begin: Point, end: Point) -> Point:
    return end[0] - begin[0], end[1] - begin[1]


def _along(one: _Vehicle, other: _Vehicle) -> float:
    """Return how far the other is ahead, in fractions of the picture; 0 where it is not known which way is ahead."""
    if one.heading is None:
        return 0.0
    across, down = _way(one.foot, other.foot)
    return across * one.heading[0] + down * one.heading[1]


def _go_the_same_way(one: _Vehicle, other: _Vehicle) -> bool:
    if one.heading is None or other.heading is None:
        return False
    return one.heading[0] * other.heading[0] + one.heading[1] * other.heading[1] >= SAME_WAY


def _are_in_line(one: _Vehicle, other: _Vehicle) -> bool:
    """Tell whether both stopped in the same spell, one behind the other, and one of them at least was seen to come."""
    if abs(one.stopped_s - other.stopped_s) > SPELL_S:
        return False
    if one.heading is not None and other.heading is not None and not _go_the_same_way(one, other):
        return False
    if _shared(one.box, other.box) >= SAME_SHARE:
        return False
    height = min(one.height, other.height)
    across, down = _way(one.foot, other.foot)
    return any(
        abs(across * toward_y - down * toward_x) <= BESIDE * height
        and abs(across * toward_x + down * toward_y) <= ALONG * height
        for toward_x, toward_y in (heading for heading in (one.heading, other.heading) if heading is not None)
    )
