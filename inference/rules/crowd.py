"""Many people in a zone: a warning and an alarm by count or density, and which way the count goes."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median_low

from inference.geometry import Box, Point, contains, foot_point
from inference.rules.quiet import LookClock
from inference.rules.rule import Hit, Level, ReasonValue, RuleLook, Still
from inference.tracker import Track
from inference.zones import GRACE_S

SMOOTH_S = 1.0
"""The count is the median over so long, so that people hidden for one look do not end a crowd (judgement)."""
RELEASE_SHARE = 0.8
"""A level is left at this share of what reached it, or a crowd at the brink would come and go (judgement)."""
DISSOLVED_S = 5.0
"""A crowd that was told is over when so long too few were there; those who come together then are a new one. Longer
than people hide one another (about 1 s, campus clip), shorter than the pauses between its groups (5.4 to 7 s,
2026-11-23)."""
TREND_S = 30.0
"""The trend is taken over so long: shorter shows who walks past, longer tells too late (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a person is in it while the foot point is.
        labels: who counts.
        alarm_count: persons that are an alarm.
        warning_count: persons that are a warning; ``None`` for no warning.
        hold_s: how long so many must be there, by media time.
        minimum_score: least score of a person who counts.
        area_m2: ground the zone covers; with it the alarm's and the warning's density count as well.
        alarm_per_m2, warning_per_m2: persons per square metre that reach the level; ``None`` for none.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    alarm_count: int
    hold_s: float
    minimum_score: float
    warning_count: int | None = None
    area_m2: float | None = None
    alarm_per_m2: float | None = None
    warning_per_m2: float | None = None

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels or self.hold_s < 0 or self.alarm_count < 1:
            raise ValueError(f"rule {self.rule_id} needs three corners, a label, a count and a hold")
        if self.area_m2 is None and (self.alarm_per_m2 is not None or self.warning_per_m2 is not None):
            raise ValueError(f"rule {self.rule_id} has a density but no ground")
        warning = self.least_of("warning")
        if (self.area_m2 is not None and self.area_m2 <= 0) or (
            warning is not None and not 1 <= warning < (self.least_of("alarm") or 0)
        ):
            raise ValueError(f"rule {self.rule_id} needs a warning below its alarm, and some ground")

    def least_of(self, level: Level) -> int | None:
        """Return the persons from which the level is reached, by count or by density; ``None`` without that level."""
        count, dense = (
            (self.alarm_count, self.alarm_per_m2) if level == "alarm" else (self.warning_count, self.warning_per_m2)
        )
        by_density = ceil(dense * self.area_m2) if dense is not None and self.area_m2 is not None else None
        limits = [limit for limit in (count, by_density) if limit is not None]
        return min(limits) if limits else None


@dataclass(slots=True)
class _Gathering:
    """How long one level has been reached, and whether that was told."""

    level: Level
    least: int
    since_s: float | None = None
    first_box: Box | None = None
    held_s: float = 0.0
    below_s: float = 0.0
    is_told: bool = False

    def see(self, count: int, box: Box | None, media_time_s: float, passed_s: float) -> bool:
        """Note the count of a look; tell whether a told gathering has now dissolved."""
        if count >= (ceil(self.least * RELEASE_SHARE) if self.is_told else self.least):
            self.below_s = 0.0
            if self.since_s is None:
                self.since_s, self.first_box, self.held_s = media_time_s, box, 0.0
            else:
                self.held_s += passed_s
            return False
        self.below_s += passed_s  # neither held nor given up yet: somebody may hide another for a moment
        if self.below_s <= (DISSOLVED_S if self.is_told else GRACE_S):
            return False
        was_told, self.is_told, self.since_s = self.is_told, False, None
        return was_told


class Crowd:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: CrowdRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._counts: deque[tuple[float, int]] = deque()
        self._levels = [
            _Gathering(level, least) for level in ("alarm", "warning") if (least := rule.least_of(level)) is not None
        ]

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        if passed_s == 0.0 and self._counts and media_time_s > self._counts[-1][0]:
            self._forget_unfinished()  # nobody looked: whether they stayed is not known
        inside = [track for track in tracks if self._is_in(track)]
        self._counts.append((media_time_s, len(inside)))
        while media_time_s - self._counts[0][0] > TREND_S:
            self._counts.popleft()
        count = median_low([number for at_s, number in self._counts if media_time_s - at_s <= SMOOTH_S])
        box = _around(inside)
        dissolved = [level.see(count, box, media_time_s, passed_s) for level in self._levels]
        hits = self._due(inside, count, media_time_s)
        is_cleared = any(dissolved) and not any(level.is_told for level in self._levels)
        return RuleLook(dwells={}, hits=hits, is_cleared=is_cleared)

    def restart(self) -> None:
        """Go on after the stream began again: an unfinished hold is lost, a crowd that was told is still known."""
        self._clock.restart()
        self._counts.clear()
        self._forget_unfinished()

    def trend_per_minute(self) -> float:
        """Return how the count goes: persons a minute by least squares over the last ``TREND_S``; 0 when unknown."""
        if len(self._counts) < 2:
            return 0.0
        mean_s = sum(at_s for at_s, _ in self._counts) / len(self._counts)
        mean = sum(number for _, number in self._counts) / len(self._counts)
        spread = sum((at_s - mean_s) ** 2 for at_s, _ in self._counts)
        rise = sum((at_s - mean_s) * (number - mean) for at_s, number in self._counts)
        return 60.0 * rise / spread if spread > 0 else 0.0

    def _is_in(self, track: Track) -> bool:
        return (
            track.label in self.rule.labels
            and track.score >= self.rule.minimum_score
            and contains(self.rule.polygon, foot_point(track.box))
        )

    def _forget_unfinished(self) -> None:
        for level in self._levels:
            level.below_s = 0.0
            level.since_s = level.since_s if level.is_told else None

    def _due(self, inside: Sequence[Track], count: int, media_time_s: float) -> tuple[Hit, ...]:
        for level in self._levels:  # the alarm first: who is alarmed needs no warning
            if level.is_told:
                return ()
            since_s = level.since_s
            if since_s is None or not inside or count < level.least or level.held_s < self.rule.hold_s:
                continue
            return (self._report(level, since_s, inside, count, media_time_s),)
        return ()

    def _report(
        self, level: _Gathering, since_s: float, inside: Sequence[Track], count: int, media_time_s: float
    ) -> Hit:
        for told in self._levels if level.level == "alarm" else [level]:
            told.is_told = True  # an alarm that eases off is no news as a warning
        box = _around(inside) or (0.0, 0.0, 1.0, 1.0)
        sure = max(inside, key=lambda track: track.score)
        score = sum(track.score for track in inside) / len(inside)
        reasons = [
            ReasonValue("level", level.level),
            ReasonValue("count", count),
            ReasonValue("least_count", level.least),
            ReasonValue("dwell_s", media_time_s - since_s),
            ReasonValue("trend_per_minute", self.trend_per_minute()),
        ]
        if self.rule.area_m2 is not None:
            reasons.append(ReasonValue("density_per_m2", count / self.rule.area_m2))
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=sure.track_id,
            label=sure.label,
            score=score,
            mean_score=score,
            box=box,
            dwell_s=media_time_s - since_s,
            began_media_s=since_s,
            media_time_s=media_time_s,
            reasons=tuple(reasons),
            stills=(Still("began", since_s, level.first_box or box), Still("due", media_time_s, box)),
        )


def _around(tracks: Sequence[Track]) -> Box | None:
    if not tracks:
        return None
    x0, y0, x1, y1 = zip(*(track.box for track in tracks), strict=True)
    return min(x0), min(y0), max(x1), max(y1)
