"""Somebody enters a zone that is to be empty: one hit until it was seen empty again."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.geometry import Point, contains, foot_point
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.subjects import Subject, Subjects
from inference.tracker import Track

CONFIRM_S = 0.4
"""How long an intruder must be inside: longer than a false box of one look or a foot point's jitter on the border lasts
at 5 looks/s (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrusionRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a thing is in it while its foot point is.
        labels: who may not enter.
        minimum_score: least score to be believed, and least mean score inside.
        is_present_told: whether one who is inside when watching begins is an intruder, as when the closed hours begin
            with somebody still in the yard.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    minimum_score: float
    is_present_told: bool = False

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels:
            raise ValueError(f"rule {self.rule_id} needs three corners and a label")


class Intrusion:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: IntrusionRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._subjects = Subjects(rule.minimum_score)
        self._is_first = True

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        inside = [track for track in tracks if self._counts(track)]
        outside = [track for track in tracks if track not in inside]
        seen = self._subjects.see(inside, media_time_s, passed_s, outside=outside)
        if self._is_first and seen and not self.rule.is_present_told:
            self._quiet.disarm()  # not an empty zone that was entered: wait until it has been seen empty
        self._is_first = False
        due = [subject for subject in seen if self._is_due(subject, media_time_s)]
        hits = (self._report(due[0], len(seen), media_time_s),) if due and self._quiet.is_armed else ()
        return RuleLook(
            dwells={subject.track_id: media_time_s - subject.entered_s for subject in seen},
            hits=hits,
            is_cleared=self._quiet.see(not inside, passed_s, self._subjects.empty_s),
        )

    def restart(self) -> None:
        """Go on after the stream began again: a hit stays told until the zone is seen empty."""
        self._clock.restart()
        self._quiet.restart()
        self._subjects.restart()

    def _counts(self, track: Track) -> bool:
        return track.label in self.rule.labels and contains(self.rule.polygon, foot_point(track.box))

    def _is_due(self, subject: Subject, media_time_s: float) -> bool:
        return (
            media_time_s - subject.entered_s >= CONFIRM_S
            and subject.seen > 1
            and subject.mean_score >= self.rule.minimum_score
        )

    def _report(self, subject: Subject, count: int, media_time_s: float) -> Hit:
        self._quiet.disarm()
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=subject.track_id,
            label=subject.label,
            score=subject.score,
            mean_score=subject.mean_score,
            box=subject.box,
            dwell_s=media_time_s - subject.entered_s,
            began_media_s=subject.entered_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("count", count), ReasonValue("score", subject.mean_score)),
            stills=(Still("began", subject.entered_s, subject.first_box), Still("due", media_time_s, subject.box)),
        )
