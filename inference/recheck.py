"""Look again after somebody says the vehicle is gone: cleared, still there, or an honest "cannot tell".

Only looks on live frames count: later than the one before by sequence and media time, with something moved in the
picture since, neither dark nor covered, and with the zone in view. A frozen picture of an empty bay clears nothing.
"""

from collections import Counter, deque
from dataclasses import dataclass, replace
from enum import Enum

from inference.detections import Detections
from inference.frames import Frame
from inference.geometry import Box, bounds, contains, foot_point, overlap
from inference.geometry import area as area_of
from inference.manifest import Manifest
from inference.motion import Glance, glance
from inference.rules.standing_vehicle import StandingVehicleRule

LEAST_LOOKS = 3
"""Fewer looks than this decide nothing, whatever was asked (judgement)."""
SPAN_S = 3.0
"""The looks that decide span at least so much media time: a walker or a cyclist hides a zone for less."""
FAINT_SHARE = 0.2
"""Share of looks in which something scored below the rule's minimum may be seen and the zone still be called empty."""
HIDDEN_SHARE = 0.5
"""Share of the zone that things outside it may cover in the picture before a look says nothing about it."""


class Answer(Enum):
    """What can be said of the zone."""

    CLEARED = "cleared"
    STILL_THERE = "still_there"
    CANNOT_TELL = "cannot_tell"


class Reason(Enum):
    """Why it is said."""

    SEEN_EMPTY = "seen_empty"
    SEEN_STANDING = "seen_standing"
    MIXED = "mixed"
    TOO_FEW_LOOKS = "too_few_looks"
    NO_NEW_FRAMES = "no_new_frames"
    NOTHING_MOVES = "nothing_moves"
    TOO_DARK = "too_dark"
    COVERED = "covered"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer and what it rests on.

    Attributes:
        looks: looks that counted, of those that decided.
        looks_with: of these, those in which the vehicle was seen with the rule's minimum score.
        is_moving: the picture was seen to move.
        best_score: of anything in the zone, also below the rule's minimum.
        box: of that best one, in fractions of the whole picture.
        from_media_s, to_media_s: media time of the first and last look that counted.
    """

    answer: Answer
    reason: Reason
    looks: int
    looks_with: int
    is_moving: bool
    best_score: float
    box: Box | None
    from_media_s: float | None
    to_media_s: float | None


@dataclass(frozen=True, slots=True)
class _Look:
    media_time_s: float
    score: float
    box: Box | None


class Recheck:
    """One running recheck of one rule on one camera. Used by one thread.

    Args:
        rule: whose zone, labels and minimum score are asked for.
        manifest: of the model that looks.
        looks: how many looks decide.
    """

    def __init__(self, rule: StandingVehicleRule, manifest: Manifest, looks: int) -> None:
        self._rule = rule
        self._labels = manifest.labels
        self._wanted = max(looks, LEAST_LOOKS)
        self._spacing_s = SPAN_S / (self._wanted - 1)
        self._looks: deque[_Look] = deque(maxlen=self._wanted)
        self._refused: Counter[Reason] = Counter()
        self._last: tuple[int, float] | None = None
        self._glance: Glance | None = None
        self._is_moving = False
        self._frames = 0

    def take(self, frame: Frame, detections: Detections) -> Finding | None:
        """Note a look; return the finding once it can be made."""
        if not self._is_newer(frame):
            return None
        refusal = self._refuse(glance(frame), detections)
        if refusal is not None:
            self._refused[refusal] += 1
        if refusal is not None or not self._is_moving:
            return None
        look = self._in_zone(frame.media_time_s, detections)
        if self._looks and look.media_time_s - self._looks[-1].media_time_s < self._spacing_s:
            # Too close to count by itself, but what it saw is not lost: it may be the vehicle.
            if look.score > self._looks[-1].score:
                self._looks[-1] = replace(look, media_time_s=self._looks[-1].media_time_s)
            return None
        self._looks.append(look)
        return self._decide() if len(self._looks) == self._wanted else None

    def give_up(self) -> Finding:
        """Return what can be said when the time is over: never that the zone is clear."""
        if self._frames <= 1:
            reason = Reason.NO_NEW_FRAMES
        elif len(self._looks) == self._wanted:
            reason = Reason.MIXED
        elif self._refused:
            reason = self._refused.most_common(1)[0][0]
        else:
            reason = Reason.TOO_FEW_LOOKS
        return self._finding(Answer.CANNOT_TELL, reason)

    def _is_newer(self, frame: Frame) -> bool:
        last = self._last
        if last is not None and frame.sequence <= last[0]:
            return False
        if last is not None and frame.media_time_s < last[1]:
            # The stream began again: what was seen before proves nothing now.
            self._looks.clear()
            self._glance = None
            self._is_moving = False
        self._last = (frame.sequence, frame.media_time_s)
        self._frames += 1
        return True

    def _refuse(self, seen: Glance, detections: Detections) -> Reason | None:
        before = self._glance
        if seen.is_dark:
            return Reason.TOO_DARK
        if seen.is_flat:
            return Reason.COVERED
        if before is not None and not seen.differs_from(before):
            return Reason.NOTHING_MOVES
        self._is_moving = before is not None  # the first picture proves no motion, and is no reason to complain either
        self._glance = seen
        return Reason.HIDDEN if self._is_hidden(detections) else None

    def _is_hidden(self, detections: Detections) -> bool:
        zone = bounds(self._rule.polygon)
        boxes = [detections.box(row) for row in range(len(detections))]
        outside = [box for box in boxes if not contains(self._rule.polygon, foot_point(box))]
        return any(overlap(box, zone) >= HIDDEN_SHARE * area_of(zone) for box in outside)

    def _in_zone(self, media_time_s: float, detections: Detections) -> _Look:
        best = _Look(media_time_s, 0.0, None)
        for row in range(len(detections)):
            box, score = detections.box(row), float(detections.scores[row])
            is_vehicle = self._labels[int(detections.labels[row])] in self._rule.labels
            if is_vehicle and score > best.score and contains(self._rule.polygon, foot_point(box)):
                best = _Look(media_time_s, score, box)
        return best

    def _decide(self) -> Finding | None:
        with_it = sum(look.score >= self._rule.minimum_score for look in self._looks)
        faint = sum(0 < look.score < self._rule.minimum_score for look in self._looks)
        if 2 * with_it > len(self._looks):
            return self._finding(Answer.STILL_THERE, Reason.SEEN_STANDING)
        if with_it == 0 and faint <= FAINT_SHARE * len(self._looks):
            return self._finding(Answer.CLEARED, Reason.SEEN_EMPTY)
        return None  # something passes through: the next look replaces the oldest

    def _finding(self, answer: Answer, reason: Reason) -> Finding:
        best = max(self._looks, key=lambda look: look.score, default=_Look(0.0, 0.0, None))
        return Finding(
            answer=answer,
            reason=reason,
            looks=len(self._looks),
            looks_with=sum(look.score >= self._rule.minimum_score for look in self._looks),
            is_moving=self._is_moving,
            best_score=best.score,
            box=best.box,
            from_media_s=self._looks[0].media_time_s if self._looks else None,
            to_media_s=self._looks[-1].media_time_s if self._looks else None,
        )
