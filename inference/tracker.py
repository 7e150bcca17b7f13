"""The same thing over frames: ByteTrack, fed by media time.

``trackers`` and ``supervision`` take seconds to import; only the vision worker and its tests import this module.
"""

from dataclasses import dataclass, field

import numpy as np
import supervision
from trackers import ByteTrackTracker

from inference.detections import Detections
from inference.errors import ClockWentBackwards
from inference.geometry import Box
from inference.manifest import Manifest

LOST_S = 2.0
"""A track may vanish this long and come back as the same: longer than a passer-by hides a car (judgement)."""
NEW_TRACK_SCORE = 0.3
"""Score from which a detection may begin a track. The campus van scores 0.39 to 0.55 full frame (2026-11-22)."""
SURE_SCORE = 0.35
"""Score from which a detection is matched first; weaker ones only continue tracks (ByteTrack's second round)."""
_MINIMUM_IOU = 0.1
_LOOKS_BEFORE_A_TRACK = 2
_NOMINAL_HZ = 30.0
# ByteTrack's noise figures are for pixels, so fractions of the picture are given to it at this size.
_PICTURE_PX = 1000.0
# Share of the older looks in a track's label: about the last ten decide.
_LABEL_MEMORY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One thing, as last seen.

    Attributes:
        track_id: unique within its camera's tracker, from 1.
        label: the label with most score over the last looks; the detector may change its mind between looks.
        group: the kind it was tracked as.
        score: of the last detection.
        box: of the last detection, in fractions of the whole picture.
        media_time_s: when it was last seen, by the camera's clock.
    """

    track_id: int
    label: str
    group: str
    score: float
    box: Box
    media_time_s: float


@dataclass(slots=True)
class _Votes:
    scores: dict[str, float] = field(default_factory=dict)

    def winner(self, label: str, score: float) -> str:
        self.scores = {name: total * _LABEL_MEMORY for name, total in self.scores.items()}
        self.scores[label] = self.scores.get(label, 0.0) + score
        return max(self.scores, key=lambda name: self.scores[name])


class Tracker:
    """Tracks of one camera. Used by one thread.

    Each group of labels is tracked by itself, so a van called car, then truck, stays one track, and a person who walks
    in front of it never takes its number.
    """

    def __init__(self, manifest: Manifest, looks_per_s: float) -> None:
        self._labels = manifest.labels
        self._groups = tuple(manifest.group_of(label) for label in manifest.labels)
        self._looks_per_s = looks_per_s
        self._by_group: dict[str, ByteTrackTracker] = {}
        self._seen_s: dict[str, float] = {}  # by group, when the detector last saw one
        self._numbers: dict[tuple[str, int], int] = {}
        self._next_id = 1
        self._votes: dict[int, _Votes] = {}
        self._tracks: dict[int, Track] = {}
        self._media_time_s: float | None = None

    def follow(self, seen: Detections, media_time_s: float) -> tuple[Track, ...]:
        """Return the tracks seen in this look, oldest first.

        Args:
            seen: what the detector saw; boxes in fractions of the whole picture.
            media_time_s: seconds since the stream began, by the camera's clock.

        Raises:
            ClockWentBackwards: the stream restarted (or this frame was looked at before); begin a new tracker.
        """
        before_s = self._media_time_s
        if before_s is not None and media_time_s <= before_s:
            raise ClockWentBackwards(before_s, media_time_s)
        self._media_time_s = media_time_s
        groups = [self._groups[label] for label in seen.labels.tolist()]
        self._seen_s |= dict.fromkeys(groups, media_time_s)
        found: list[Track] = []
        for group in {*groups, *self._by_group}:
            rows = np.array([row for row, name in enumerate(groups) if name == group], np.intp)
            found += self._follow_group(group, seen.take(rows), media_time_s)
        self._forget(media_time_s)
        return tuple(sorted(found, key=lambda track: track.track_id))

    def within(self, age_s: float) -> tuple[Track, ...]:
        """Return the tracks seen in the last ``age_s`` of media time, oldest first: what an overlay may still show."""
        now_s = self._media_time_s or 0.0
        return tuple(track for track in self._tracks.values() if now_s - track.media_time_s <= age_s)

    def _follow_group(self, group: str, seen: Detections, media_time_s: float) -> list[Track]:
        tracker = self._by_group.get(group)
        if tracker is None:
            tracker = self._by_group[group] = ByteTrackTracker(
                lost_track_buffer=round(LOST_S * _NOMINAL_HZ),
                frame_rate=self._looks_per_s,
                track_activation_threshold=NEW_TRACK_SCORE,
                minimum_consecutive_frames=_LOOKS_BEFORE_A_TRACK,
                minimum_iou_threshold=_MINIMUM_IOU,
                high_conf_det_threshold=SURE_SCORE,
            )
        answer = tracker.update(
            supervision.Detections(
                xyxy=seen.boxes * _PICTURE_PX, confidence=seen.scores, data={"row": np.arange(len(seen))}
            ),
            timestamp=media_time_s,
        )
        if answer.tracker_id is None or not len(answer):
            return []
        found: list[Track] = []
        for number, row in zip(answer.tracker_id.tolist(), np.asarray(answer.data["row"]).tolist(), strict=True):
            if number >= 0:  # -1: seen once only
                found.append(self._track((group, number), seen, row, media_time_s))
        return found

    def _track(self, key: tuple[str, int], seen: Detections, row: int, media_time_s: float) -> Track:
        track_id = self._number(key)
        score = float(seen.scores[row])
        label = self._labels[int(seen.labels[row])]
        track = Track(
            track_id=track_id,
            label=self._votes.setdefault(track_id, _Votes()).winner(label, score),
            group=key[0],
            score=score,
            box=seen.box(row),
            media_time_s=media_time_s,
        )
        self._tracks[track_id] = track
        return track

    def _number(self, key: tuple[str, int]) -> int:
        # ByteTrack numbers each group by itself; operators see one count per camera.
        if key not in self._numbers:
            self._numbers[key] = self._next_id
            self._next_id += 1
        return self._numbers[key]

    def _forget(self, media_time_s: float) -> None:
        # Twice the time ByteTrack itself keeps a lost track.
        gone = {id_ for id_, track in self._tracks.items() if media_time_s - track.media_time_s > 2 * LOST_S}
        for track_id in gone:
            del self._tracks[track_id]
            del self._votes[track_id]
        self._numbers = {key: id_ for key, id_ in self._numbers.items() if id_ not in gone}
        # A kind that was not seen for so long is not looked for any more: an empty street costs nothing.
        self._by_group = {
            group: tracker
            for group, tracker in self._by_group.items()
            if media_time_s - self._seen_s[group] <= 2 * LOST_S
        }
