"""The people and things inside a zone, each one subject though its track may get a new number."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.geometry import Box, Point, foot_point
from inference.rules.quiet import EMPTY_S
from inference.tracker import Track
from inference.zones import GRACE_S

REACH = 0.5
"""A new track continues a subject that vanished within this many of its box heights (judgement: half a body)."""

EDGE = 0.01
"""A box this near the edge of the picture touches it: detectors are some pixels short of it (judgement)."""


@dataclass(slots=True, eq=False)
class Subject:
    """One thing in the zone.

    Attributes:
        number: unique within the rule; stays when the track's number changes.
        track_id: its track now, 0 after the stream began again.
        label: by its track.
        box: when last seen, in fractions of the whole picture.
        first_box: when the stay began.
        entered_s: media time the stay began.
        seen_s: media time it was last seen.
        is_reported: a hit told of it; it is no news while it stays.
        has_left: it was last seen outside the zone or at the edge of the picture, so nothing hides it.
    """

    number: int
    track_id: int
    label: str
    box: Box
    first_box: Box
    entered_s: float
    seen_s: float
    score: float = 0.0
    score_sum: float = 0.0
    seen: int = 0
    looks: int = 0
    unseen_s: float = 0.0
    is_reported: bool = False
    has_left: bool = False

    @property
    def mean_score(self) -> float:
        """The mean score of all detections of this stay."""
        return self.score_sum / self.seen if self.seen else 0.0

    @property
    def seen_share(self) -> float:
        """The share of the looks of this stay in which it was seen."""
        return self.seen / self.looks if self.looks else 0.0

    def begin_anew(self, box: Box, media_time_s: float) -> None:
        """Forget what was counted; the stay begins now."""
        self.first_box, self.entered_s = box, media_time_s
        self.score_sum, self.seen, self.looks = 0.0, 0, 0


class Subjects:
    """The subjects of one rule. Used by one thread."""

    def __init__(self, minimum_score: float) -> None:
        self._minimum_score = minimum_score
        self._known: list[Subject] = []
        self._next_number = 1
        self._have_all_left = False

    @property
    def known(self) -> tuple[Subject, ...]:
        """All that are not let go yet, seen in the last look or not."""
        return tuple(self._known)

    @property
    def empty_s(self) -> float:
        """How long the zone must be seen empty to be empty: short where all were seen to leave it."""
        return GRACE_S if self._have_all_left else EMPTY_S

    def see(
        self, inside: Sequence[Track], media_time_s: float, passed_s: float, *, outside: Sequence[Track] = ()
    ) -> list[Subject]:
        """Return the subjects seen in this look; those unseen for too long are let go.

        Args:
            inside: the tracks of this look that count, all within the zone.
            media_time_s: of this look, by the camera's clock.
            passed_s: since the last look; 0 where nobody looked.
            outside: the other tracks of this look; a subject that is seen there has left.
        """
        gone_out = {track.track_id for track in outside}
        by_track = {subject.track_id: subject for subject in self._known}
        continued = [(track, by_track[track.track_id]) for track in inside if track.track_id in by_track]
        waiting = [subject for subject in self._known if subject.track_id not in {track.track_id for track in inside}]
        seen = [self._see(subject, track, media_time_s) for track, subject in continued]
        for track in inside:
            if track.track_id in by_track:
                continue
            subject = _nearest(track, waiting)
            if subject is not None:
                waiting.remove(subject)
                seen.append(self._see(subject, track, media_time_s))
            elif track.score >= self._minimum_score:
                seen.append(self._see(self._begin(track, media_time_s), track, media_time_s))
        for subject in waiting:
            subject.looks += 1
            subject.unseen_s += passed_s
            subject.has_left = subject.has_left or subject.track_id in gone_out or _is_at_edge(subject.box)
            if subject.unseen_s > (EMPTY_S if subject.is_reported and not subject.has_left else GRACE_S):
                self._known.remove(subject)
        if inside or waiting:
            self._have_all_left = not inside and all(subject.has_left for subject in waiting)
        return seen

    def forget(self) -> None:
        """Let all go: the zone was seen empty."""
        self._known = []

    def restart(self) -> None:
        """Keep the reported ones only; their tracks have new numbers now."""
        self._known = [subject for subject in self._known if subject.is_reported]
        for subject in self._known:
            subject.track_id, subject.seen_s, subject.entered_s = 0, 0.0, 0.0

    def _begin(self, track: Track, media_time_s: float) -> Subject:
        subject = Subject(
            self._next_number, track.track_id, track.label, track.box, track.box, media_time_s, media_time_s
        )
        self._next_number += 1
        self._known.append(subject)
        return subject

    def _see(self, subject: Subject, track: Track, media_time_s: float) -> Subject:
        if media_time_s - subject.seen_s > GRACE_S and not subject.is_reported:
            subject.begin_anew(track.box, media_time_s)
        subject.track_id, subject.label, subject.box = track.track_id, track.label, track.box
        subject.seen_s, subject.unseen_s, subject.score = media_time_s, 0.0, track.score
        subject.has_left = False
        subject.score_sum += track.score
        subject.seen += 1
        subject.looks += 1
        return subject


def _is_at_edge(box: Box) -> bool:
    return box[0] <= EDGE or box[1] <= EDGE or box[2] >= 1 - EDGE or box[3] >= 1 - EDGE


def _nearest(track: Track, subjects: Sequence[Subject]) -> Subject | None:
    place = foot_point(track.box)
    near = [(distance(place, foot_point(subject.box)), subject) for subject in subjects]
    near = [(far, subject) for far, subject in near if far <= REACH * (subject.box[3] - subject.box[1])]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def distance(a: Point, b: Point) -> float:
    """Return how far two points are apart, in fractions of the picture."""
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)
