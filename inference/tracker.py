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
_FIELD_PX = 3 * _PICTURE_PX  # a track that is lost runs on for two seconds, and may leave the picture meanwhile
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
    in front of it never takes its number: each group has a field of its own, so far from the others that no two boxes
    of different groups touch, and one pass of the library follows them all.
    """

    def __init__(self, manifest: Manifest, looks_per_s: float) -> None:
        self._labels = manifest.labels
        self._groups = tuple(manifest.group_of(label) for label in manifest.labels)
        fields = {group: number * _FIELD_PX for number, group in enumerate(dict.fromkeys(self._groups))}
        self._field_px = np.array([fields[group] for group in self._groups], np.float32)
        self._byte_track = ByteTrackTracker(
            lost_track_buffer=round(LOST_S * _NOMINAL_HZ),
            frame_rate=looks_per_s,
            track_activation_threshold=NEW_TRACK_SCORE,
            minimum_consecutive_frames=_LOOKS_BEFORE_A_TRACK,
            minimum_iou_threshold=_MINIMUM_IOU,
            high_conf_det_threshold=SURE_SCORE,
        )
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
        boxes = seen.boxes * _PICTURE_PX
        boxes[:, 0::2] += self._field_px[seen.labels][:, None]
        answer = self._byte_track.update(
            supervision.Detections(xyxy=boxes, confidence=seen.scores, class_id=np.arange(len(seen))),
            timestamp=media_time_s,
        )
        found: list[Track] = []
        if answer.tracker_id is not None and answer.class_id is not None:
            for number, row in zip(answer.tracker_id.tolist(), answer.class_id.tolist(), strict=True):
                if number >= 0:  # -1: seen once only
                    found.append(self._track(number + 1, seen, row, media_time_s))
        self._forget(media_time_s)
        return tuple(sorted(found, key=lambda track: track.track_id))

    def within(self, age_s: float) -> tuple[Track, ...]:
        """Return the tracks seen in the last ``age_s`` of media time, oldest first: what an overlay may still show."""
        now_s = self._media_time_s or 0.0
        return tuple(track for track in self._tracks.values() if now_s - track.media_time_s <= age_s)

    def _track(self, track_id: int, seen: Detections, row: int, media_time_s: float) -> Track:
        score = float(seen.scores[row])
        label = int(seen.labels[row])
        track = Track(
            track_id=track_id,
            label=self._votes.setdefault(track_id, _Votes()).winner(self._labels[label], score),
            group=self._groups[label],
            score=score,
            box=seen.box(row),
            media_time_s=media_time_s,
        )
        self._tracks[track_id] = track
        return track

    def _forget(self, media_time_s: float) -> None:
        # Twice the time ByteTrack itself keeps a lost track.
        gone = {id_ for id_, track in self._tracks.items() if media_time_s - track.media_time_s > 2 * LOST_S}
        for track_id in gone:
            del self._tracks[track_id]
            del self._votes[track_id]
