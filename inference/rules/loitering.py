"""A person who stays in a zone, standing or moving about."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.geometry import Point, contains, foot_point
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.subjects import Subject, Subjects
from inference.tracker import Track

SEEN_SHARE = 0.5
"""Least share of the looks of a stay in which the person was seen (judgement, as for vehicles)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoiteringRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a person is in it while the foot point is.
        labels: who counts.
        dwell_s: how long one person may stay, by media time.
        minimum_score: least score to begin a stay, and least mean score of a stay that is a hit.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    dwell_s: float
    minimum_score: float

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels or self.dwell_s <= 0:
            raise ValueError(f"rule {self.rule_id} needs three corners, a label and a dwell")


class Loitering:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: LoiteringRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._subjects = Subjects(rule.minimum_score)

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        inside = [track for track in tracks if self._counts(track)]
        outside = [track for track in tracks if track not in inside]
        seen = self._subjects.see(inside, media_time_s, passed_s, outside=outside)
        hits = tuple(self._report(subject, media_time_s) for subject in seen if self._is_due(subject, media_time_s))
        is_cleared = self._quiet.see(not inside, passed_s, self._subjects.empty_s)
        if is_cleared:
            self._subjects.forget()
        return RuleLook(
            dwells={subject.track_id: media_time_s - subject.entered_s for subject in seen},
            hits=hits,
            is_cleared=is_cleared,
        )

    def restart(self) -> None:
        """Go on after the stream began again: unfinished stays are lost, reported ones are still known."""
        self._clock.restart()
        self._quiet.restart()
        self._subjects.restart()

    def _counts(self, track: Track) -> bool:
        return track.label in self.rule.labels and contains(self.rule.polygon, foot_point(track.box))

    def _is_due(self, subject: Subject, media_time_s: float) -> bool:
        return (
            not subject.is_reported
            and media_time_s - subject.entered_s >= self.rule.dwell_s
            and subject.mean_score >= self.rule.minimum_score
            and subject.seen_share >= SEEN_SHARE
        )

    def _report(self, subject: Subject, media_time_s: float) -> Hit:
        subject.is_reported = True
        self._quiet.disarm()
        dwell_s = media_time_s - subject.entered_s
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=subject.track_id,
            label=subject.label,
            score=subject.score,
            mean_score=subject.mean_score,
            box=subject.box,
            dwell_s=dwell_s,
            began_media_s=subject.entered_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("dwell_s", dwell_s), ReasonValue("score", subject.mean_score)),
            stills=(Still("began", subject.entered_s, subject.first_box), Still("due", media_time_s, subject.box)),
        )
