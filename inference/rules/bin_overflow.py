"""A bin whose rubbish stands over its rim or lies beside its foot.

No model of bins is asked: whoever draws the rule draws the bin's outline, and the rule judges what came to the ground
around it and stays. What changes inside the outline alone (a lid opened, a bin full up to its rim) is not overflowing.

It cannot know how full the bin was when watching began: rubbish that lay there then is ground to it, and is told only
once more comes. A bin that is put back elsewhere than it was drawn looks changed around its outline: draw it anew.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from inference.background import MOVERS, Ground, Patch
from inference.geometry import Box, Point, area, bounds, overlap
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.static_object import LABEL, MEMORY_S, MOVER_SHARE
from inference.tracker import Track
from inference.zones import GRACE_S

VOTES = 10
"""The rule asks as many of the last votes …"""
ENOUGH = 8
"""… of which so many must say that it overflows (judgement). Votes lie an eighth of the dwell apart."""
OVER = 0.6
"""Over the rim: up to so many of the bin's heights above it (judgement: a heap is no higher)."""
BESIDE = 0.8
"""Beside the foot: up to so many of the bin's widths to either side (judgement: a step from it)."""
FOOT = 0.4
"""The foot is the lowest part of the outline, so many of its heights; what lies there may be nearer as well."""
NEARER = 0.25
LEAST_PATCH = 0.01
"""Of the bin's outline box: a patch that is smaller is a leaf or noise (judgement; on generated scenes half and twice
as much let nothing false through, twice as much misses a heap at dusk)."""
HIDDEN_SHARE = 0.3
"""With more of the bin's surroundings behind somebody there is no vote: half a heap may be behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinOverflowRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: the bin's outline in fractions of the whole picture, rim included.
        dwell_s: how long it may overflow, by media time; only time in which it can be seen counts.
        least_share: what lies over the rim and beside the foot covers at least so much, as a share of the outline's
            box, 0 to 1. On generated scenes heaps cover 2.6 to 25 % of it, what passes and all weathers nothing.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    dwell_s: float
    least_share: float = 0.025

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or self.dwell_s <= 0 or not 0 < self.least_share < 1:
            raise ValueError(f"rule {self.rule_id} needs three corners, a dwell and a least share")


@dataclass(frozen=True, slots=True)
class _Finding:
    share: float
    over: float
    since_s: float
    box: Box


class BinOverflow:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: BinOverflowRule) -> None:
        self.rule = rule
        self._bin = bounds(rule.polygon)
        self._places = _over(self._bin), _beside(self._bin)
        self._clock = LookClock()
        self._quiet = Quiet()
        self._votes: deque[bool] = deque(maxlen=VOTES)
        self._looks: list[bool] = []
        self._passed_s = 0.0
        self._stopped: dict[int, tuple[float, float, Box]] = {}
        self._began: tuple[float, Box] | None = None

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look; see ``PixelRuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        if ground.is_anew:
            self._forget()
        for track in tracks:
            if track.label in MOVERS:
                first_s = self._stopped.get(track.track_id, (media_time_s,))[0]
                self._stopped[track.track_id] = (first_s, media_time_s, track.box)
        if ground.is_blind or ground.hidden_share(_around(self._places)) > HIDDEN_SHARE:
            return RuleLook(dwells={})
        found = self._find(ground, media_time_s)
        is_full = found is not None and found.share >= self.rule.least_share
        if found is None or not is_full:
            self._began = self._began if any(self._votes) else None
        elif self._began is None:
            self._began = (min(found.since_s, media_time_s), found.box)
        self._vote(is_full, passed_s)
        is_cleared = self._quiet.see(not is_full, passed_s)
        if found is None or not is_full or not self._quiet.is_armed or sum(self._votes) < ENOUGH:
            return RuleLook(dwells={}, is_cleared=is_cleared)
        self._quiet.disarm()
        return RuleLook(dwells={}, hits=(self._report(found, media_time_s),), is_cleared=is_cleared)

    def restart(self) -> None:
        """Go on after the stream began again: votes are lost, what was told is still known."""
        self._clock.restart()
        self._quiet.restart()
        self._forget()
        self._stopped = {}

    def _forget(self) -> None:
        self._votes.clear()
        self._looks = []
        self._passed_s = 0.0
        self._began = None

    def _vote(self, is_full: bool, passed_s: float) -> None:
        """Count this look; those between two votes make the vote by their majority."""
        self._looks.append(is_full)
        self._passed_s += passed_s
        if self._passed_s >= self.rule.dwell_s / ENOUGH:
            self._votes.append(sum(self._looks) > len(self._looks) / 2)
            self._looks, self._passed_s = [], 0.0

    def _find(self, ground: Ground, media_time_s: float) -> _Finding | None:
        least = LEAST_PATCH * area(self._bin)
        over, beside = (
            [
                patch
                for patch in ground.patches(place, least, media_time_s, but=self.rule.polygon)
                if patch.has_come and not self._is_mover(patch, bounds(place), media_time_s)
            ]
            for place in self._places
        )
        seen = [*over, *beside]
        self._stopped = {number: seen for number, seen in self._stopped.items() if media_time_s - seen[1] <= MEMORY_S}
        if not seen:
            return None
        whole = area(self._bin)
        return _Finding(
            share=sum(map(_covered, seen)) / whole,
            over=sum(map(_covered, over)) / whole,
            since_s=min(patch.since_s for patch in seen),
            box=_around([_corners(patch.box) for patch in seen] + [self.rule.polygon]),
        )

    def _is_mover(self, patch: Patch, place: Box, media_time_s: float) -> bool:
        """Tell whether it is somebody, or a vehicle, that stopped here and that the detector has since lost.

        They are known for as long as they stand there.
        """
        for number, (first_s, _, box) in self._stopped.items():
            is_in_it = overlap(box, patch.box) >= 0.5 * area(patch.box) and patch.since_s >= first_s - GRACE_S
            if is_in_it and area(patch.box) >= MOVER_SHARE * overlap(box, place):
                self._stopped[number] = (first_s, media_time_s, box)
                return True
        return False

    def _report(self, found: _Finding, media_time_s: float) -> Hit:
        began_s, first_box = self._began or (found.since_s, found.box)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=0,
            label=LABEL,
            score=min(1.0, found.share),
            mean_score=sum(self._votes) / VOTES,
            box=found.box,
            dwell_s=media_time_s - began_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(
                ReasonValue("change", "over_rim" if found.over >= found.share / 2 else "beside_bin"),
                ReasonValue("covered_share", found.share),
                ReasonValue("dwell_s", media_time_s - began_s),
                ReasonValue("votes", sum(self._votes)),
                ReasonValue("of_votes", VOTES),
            ),
            stills=(Still("began", began_s, first_box), Still("due", media_time_s, found.box)),
        )


def _covered(patch: Patch) -> float:
    return area(patch.box) * patch.solid


def _over(outline: Box) -> tuple[Point, ...]:
    x0, y0, x1, y1 = outline
    margin = (x1 - x0) / 4  # what stands over the rim leans out a little
    return _corners((x0 - margin, y0 - OVER * (y1 - y0), x1 + margin, y1 - FOOT * (y1 - y0)))


def _beside(outline: Box) -> tuple[Point, ...]:
    (x0, y0, x1, y1), wide = outline, BESIDE * (outline[2] - outline[0])
    return _corners((x0 - wide, y1 - FOOT * (y1 - y0), x1 + wide, y1 + NEARER * (y1 - y0)))


def _corners(box: Box) -> tuple[Point, ...]:
    x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in box)
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def _around(outlines: Sequence[Sequence[Point]]) -> Box:
    return bounds([corner for outline in outlines for corner in outline])
