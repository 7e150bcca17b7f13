"""Something that the model knows by name is to be seen where it may not be: an electric bike in a lift, smoke, fire.

Any label of any model will do; nothing is known of it but that the model says so.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from inference.geometry import Point, area, contains, foot_point
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.tracker import Track

OF_LOOKS, VOTES = 8, 5
"""Five of the last eight looks must show it: at 3 looks/s under three seconds, and no flicker of a lamp (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SightedRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a thing is in it while its foot point is.
        labels: what may not be there.
        minimum_score: least score of a look that counts.
        least_area: of the thing's box, in fractions of the picture's area: what passes behind the door is smaller.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    minimum_score: float
    least_area: float = 0.001

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels or not 0 < self.least_area < 1:
            raise ValueError(f"rule {self.rule_id} needs three corners, a label and a least size")


class Sighted:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: SightedRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._looks: deque[tuple[float, Track | None]] = deque(maxlen=OF_LOOKS)

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        before = len(self._looks)
        passed_s = self._clock.pass_time(media_time_s)
        if passed_s == 0.0 and before:
            self._looks.clear()  # nobody looked for a while: what was seen then says nothing of now
        seen = max((track for track in tracks if self._counts(track)), key=lambda track: track.score, default=None)
        self._looks.append((media_time_s, seen))
        shown = [(at_s, track) for at_s, track in self._looks if track is not None]
        is_due = seen is not None and len(shown) >= VOTES and self._quiet.is_armed
        is_cleared = self._quiet.see(seen is None, passed_s)
        dwells = {seen.track_id: media_time_s - shown[0][0]} if seen is not None else {}
        return RuleLook(dwells=dwells, hits=(self._report(shown),) if is_due else (), is_cleared=is_cleared)

    def restart(self) -> None:
        """Go on after the stream began again: what was counted is lost, what was told is still known."""
        self._clock.restart()
        self._quiet.restart()
        self._looks.clear()

    def _counts(self, track: Track) -> bool:
        return (
            track.label in self.rule.labels
            and track.score >= self.rule.minimum_score
            and area(track.box) >= self.rule.least_area
            and contains(self.rule.polygon, foot_point(track.box))
        )

    def _report(self, shown: Sequence[tuple[float, Track]]) -> Hit:
        self._quiet.disarm()
        (began_s, first), (now_s, last) = shown[0], shown[-1]
        mean = sum(track.score for _, track in shown) / len(shown)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=last.track_id,
            label=last.label,
            score=last.score,
            mean_score=mean,
            box=last.box,
            dwell_s=now_s - began_s,
            began_media_s=began_s,
            media_time_s=now_s,
            reasons=(ReasonValue("votes", len(shown)), ReasonValue("of_votes", OF_LOOKS), ReasonValue("score", mean)),
            stills=(Still("began", began_s, first.box), Still("due", now_s, last.box)),
        )
