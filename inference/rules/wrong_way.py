"""Something moves through a zone against the way traffic may go."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import acos, degrees, hypot

from inference.geometry import Box, Point, contains, foot_point
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.subjects import Subject, Subjects
from inference.tracker import Track

SUSTAINED_S = 1.0
"""How long it must move against the way: the truth's own figure (about 1 s after it begins)."""
LEAST_WAY = 0.2
"""Least way a second, in box heights: slower than a walking person (about 0.7 across the picture, less along the line
of sight), more than a standing thing's box jitters (judgement)."""
LEAST_AGAINST = 0.17
"""Least share of the way that goes against the allowed one: 10° beyond the 90° of the definition, so that crossing at a
right angle does not waver into a hit (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongWayRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a thing is in it while its foot point is.
        labels: what counts as traffic.
        allowed: the way traffic may go, in fractions of the picture; any length but none.
        minimum_score: least score to be believed, and least mean score of a hit.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    allowed: Point
    minimum_score: float

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels or hypot(*self.allowed) == 0:
            raise ValueError(f"rule {self.rule_id} needs three corners, a label and a way that is allowed")


@dataclass(slots=True, eq=False)
class _Way:
    places: deque[tuple[float, Point, Box]] = field(default_factory=deque)

    def go(self, media_time_s: float, box: Box) -> None:
        self.places.append((media_time_s, foot_point(box), box))
        while len(self.places) > 2 and media_time_s - self.places[1][0] >= SUSTAINED_S:
            self.places.popleft()


class WrongWay:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: WrongWayRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._subjects = Subjects(rule.minimum_score)
        self._ways: dict[int, _Way] = {}

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        inside = [track for track in tracks if self._counts(track)]
        outside = [track for track in tracks if track not in inside]
        seen = self._subjects.see(inside, media_time_s, passed_s, outside=outside)
        kept = {subject.number for subject in self._subjects.known}
        self._ways = {number: way for number, way in self._ways.items() if number in kept}
        hits = []
        for subject in seen:
            if subject.entered_s == media_time_s:  # its stay began, or began anew after nobody looked
                self._ways.pop(subject.number, None)
            way = self._ways.setdefault(subject.number, _Way())
            way.go(media_time_s, subject.box)
            off = self._off_by(way, subject)
            if off is not None and not subject.is_reported and subject.mean_score >= self.rule.minimum_score:
                hits.append(self._report(subject, way, off, media_time_s))
        is_cleared = self._quiet.see(not inside, passed_s, self._subjects.empty_s)
        if is_cleared:
            self._subjects.forget()
        return RuleLook(dwells={}, hits=tuple(hits), is_cleared=is_cleared)

    def restart(self) -> None:
        """Go on after the stream began again: ways are lost, what was reported is still known."""
        self._clock.restart()
        self._quiet.restart()
        self._subjects.restart()
        self._ways = {}

    def _counts(self, track: Track) -> bool:
        return track.label in self.rule.labels and contains(self.rule.polygon, foot_point(track.box))

    def _off_by(self, way: _Way, subject: Subject) -> float | None:
        """Return the degrees between the way gone and the allowed one; ``None`` unless it kept going against it."""
        (begun_s, begin, _), (now_s, end, _) = way.places[0], way.places[-1]
        if now_s - begun_s < SUSTAINED_S:
            return None
        middle = min(way.places, key=lambda place: abs(place[0] - (begun_s + now_s) / 2))[1]
        if self._share(begin, middle) >= 0 or self._share(middle, end) >= 0:
            return None  # it came back, or only rocked
        gone = hypot(end[0] - begin[0], end[1] - begin[1])
        share = self._share(begin, end)
        if gone < LEAST_WAY * (subject.box[3] - subject.box[1]) * (now_s - begun_s) or share > -LEAST_AGAINST:
            return None
        return degrees(acos(max(-1.0, share)))

    def _share(self, begin: Point, end: Point) -> float:
        """Return the cosine between a way and the allowed one; 0 for no way at all."""
        across, down = end[0] - begin[0], end[1] - begin[1]
        gone, allowed = hypot(across, down), self.rule.allowed
        return (across * allowed[0] + down * allowed[1]) / (gone * hypot(*allowed)) if gone > 0 else 0.0

    def _report(self, subject: Subject, way: _Way, off_by: float, media_time_s: float) -> Hit:
        subject.is_reported = True
        self._quiet.disarm()
        began_s, _, first_box = way.places[0]
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=subject.track_id,
            label=subject.label,
            score=subject.score,
            mean_score=subject.mean_score,
            box=subject.box,
            dwell_s=media_time_s - began_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("off_by_degrees", off_by), ReasonValue("score", subject.mean_score)),
            stills=(Still("began", began_s, first_box), Still("due", media_time_s, subject.box)),
        )
