"""Something that has to be in a zone and is not: a post that is not manned, a bin that is gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.background import MOVERS, Ground
from inference.geometry import Point, area, bounds, contains, foot_point, overlap
from inference.rules.quiet import LookClock
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.static_object import LABEL
from inference.tracker import Track
from inference.zones import GRACE_S

MANNED_S = 3.0
"""Somebody must be there so long to be the one who has to be: who walks through is there for less (judgement)."""
LOST_SHARE = 0.6
"""A thing has gone when so much of the edges of its zone is not as it was: the ground beside it stays (judgement)."""
HIDDEN_SHARE = 0.5
"""Behind a vehicle that covers so much of the zone nobody can be seen to be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; drawn close around a thing that has to stay.
        labels: one of these has to be there; none for the thing that stood there when watching began.
        dwell_s: how long it may be missing, by media time.
        minimum_score: least score of one who is there.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    dwell_s: float
    minimum_score: float

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or self.dwell_s <= 0:
            raise ValueError(f"rule {self.rule_id} needs three corners and a dwell")


class Absence:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: AbsenceRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._is_told = False
        self._missing_s = 0.0
        self._there_s = 0.0
        self._unseen_s = 0.0
        self._seen_s: float | None = None

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look; see ``PixelRuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        if passed_s == 0.0 and self._seen_s is not None and media_time_s > self._seen_s:
            self._forget()  # nobody looked: it may have been there
        self._seen_s = media_time_s
        is_there = None if ground.is_blind else self._is_there(tracks, ground)
        if is_there is None:
            return RuleLook(dwells={})
        self._missing_s += passed_s
        self._unseen_s = 0.0 if is_there else self._unseen_s + passed_s
        self._there_s = self._there_s + passed_s if self._unseen_s <= GRACE_S and (is_there or self._there_s) else 0.0
        if is_there and self._there_s >= MANNED_S:
            self._missing_s = 0.0
            was_told, self._is_told = self._is_told, False
            return RuleLook(dwells={}, is_cleared=was_told)
        if self._is_told or is_there or self._missing_s < self.rule.dwell_s:
            return RuleLook(dwells={})
        self._is_told = True
        return RuleLook(dwells={}, hits=(self._report(media_time_s),))

    def restart(self) -> None:
        """Go on after the stream began again: how long it was missing is lost, what was told is still known."""
        self._clock.restart()
        self._seen_s = None
        self._forget()

    def _forget(self) -> None:
        self._missing_s = self._there_s = self._unseen_s = 0.0

    def _is_there(self, tracks: Sequence[Track], ground: Ground) -> bool | None:
        """Tell whether it is there; ``None`` where that cannot be seen."""
        if not self.rule.labels:
            lost = ground.lost_share(self.rule.polygon)
            return None if lost is None else lost < LOST_SHARE
        if any(self._counts(track) for track in tracks):
            return True
        zone = bounds(self.rule.polygon)
        before_it = [track for track in tracks if track.label in MOVERS - self.rule.labels]
        is_hidden = any(overlap(track.box, zone) >= HIDDEN_SHARE * area(zone) for track in before_it)
        return None if is_hidden else False

    def _counts(self, track: Track) -> bool:
        return (
            track.label in self.rule.labels
            and track.score >= self.rule.minimum_score
            and contains(self.rule.polygon, foot_point(track.box))
        )

    def _report(self, media_time_s: float) -> Hit:
        zone, began_s = bounds(self.rule.polygon), max(0.0, media_time_s - self._missing_s)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=0,
            label=min(self.rule.labels, default=LABEL),
            score=1.0,
            mean_score=1.0,
            box=zone,
            dwell_s=self._missing_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("change", "missing"), ReasonValue("dwell_s", self._missing_s)),
            stills=(Still("began", began_s, zone), Still("due", media_time_s, zone)),
        )
