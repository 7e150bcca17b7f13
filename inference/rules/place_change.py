"""A place that is no longer as its reference shows it: a shed that was built, ground that was dug up.

The reference is taken of the ground without people and vehicles when the rule first looks, or anew by a person's act,
and lies in a file: it outlives the process. What is looked at now is what is there past who walks by; local contrast is
compared, so that even light changes nothing, moved back by a few cells if the mast has sagged.

Nothing is said where the picture around the zone is another one as well (night, snow, rain, another season, a camera
that turned): a zone leaves most of the picture outside, or this is not known. It cannot tell whether what is new is
allowed, and after a restart it tells a change again that still is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from inference.background import CHANGED, MOST_SHAKE, RIM, SETTLED_S, Grid, Ground, Mask
from inference.geometry import Box, Point
from inference.place_reference import NotAPlace, PlaceReference, read_place
from inference.rules.quiet import LookClock
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.static_object import LABEL
from inference.tracker import Track

ENOUGH = 8
"""Votes that must show a cell otherwise. They lie an eighth of the dwell apart; one that shows it as it was takes two
back (judgement: eight of ten)."""
MOST_VOTES = 10
TAKEN_S = 10.0
"""A cell is taken into the reference once it has been as it is for so long (judgement: who waits there is longer, and
is hidden by their own detection)."""
TAKING_S = 30.0
"""For so long the reference is put together; what was hidden all the time is not judged."""
LEAST_KNOWN = 0.5
"""Of the zone that can be seen, for a vote and for a reference (judgement)."""
LEAST_AROUND = 0.2
"""Of the picture outside the zone, to say whether all of it is another one."""
OTHER_SHARE = 0.15
"""With more of the cells outside changed than that, it is the light, the weather or the camera (judgement)."""
SOME_SHARE, PLAINLY = 0.04, 3.0
"""With more than the first changed outside, the zone must have so many times as much (judgement: leaves)."""
OTHER_EDGES = 0.4
"""The same of the cells with edges: at night they are fainter, and a camera that turned has none of them."""
SOLID_CELLS = 12
"""A patch of fewer cells is a leaf, a cable or noise (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChangeRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture.
        dwell_s: how long it must stay changed, by media time in which it can be seen.
        least_share: of the zone that must be changed, 0 to 1.
        reference: where its reference lies, or is put; ``None`` keeps it in memory.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    dwell_s: float
    least_share: float = 0.1
    reference: Path | None = None

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or self.dwell_s <= 0 or not 0 < self.least_share < 1:
            raise ValueError(f"rule {self.rule_id} needs three corners, a dwell and a least share")


class PlaceChange:
    """State of one rule on one camera. Used by one thread.

    A reference that cannot be read, or was taken of another part of the picture, is not taken anew: the rule stays
    blind until a person does so.
    """

    def __init__(self, rule: PlaceChangeRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._reference: PlaceReference | None = None
        self._is_spoilt = False
        self._taken_s = 0.0
        self._taking: tuple[Grid, Mask] | None = None
        self._votes: Grid | None = None
        self._waited_s = self._changed_s = 0.0
        self._is_told = self._is_unkept = False
        if rule.reference is not None and rule.reference.exists():
            try:
                self._reference = read_place(rule.reference)
            except (NotAPlace, OSError):
                self._is_spoilt = True

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look; see ``PixelRuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        if ground.is_blind or ground.is_anew or self._is_spoilt:
            return RuleLook(dwells={})
        if self._reference is None:
            self._take(ground, media_time_s, passed_s)
            return RuleLook(dwells={})
        self._waited_s += passed_s
        if self._waited_s < self.rule.dwell_s / ENOUGH:
            return RuleLook(dwells={})
        if self._is_unkept:
            self._keep()
        judged = _compared(ground, self._reference, self.rule.polygon, media_time_s)
        if judged is None:
            return RuleLook(dwells={})
        changed, seen, zone = judged
        return self._vote(ground, changed, seen, zone, media_time_s)

    def restart(self) -> None:
        """Go on after the stream began again: it is the same place, so votes are kept."""
        self._clock.restart()

    def _vote(self, ground: Ground, changed: Mask, seen: Mask, zone: Mask, media_time_s: float) -> RuleLook:
        votes = np.zeros(changed.shape, np.float32) if self._votes is None else self._votes
        step = np.where(changed, 1.0, -2.0)
        self._votes = np.clip(np.where(seen, votes + step, votes), 0, MOST_VOTES).astype(np.float32)
        waited_s, self._waited_s = self._waited_s, 0.0
        share, box = _covered((self._votes >= ENOUGH) & zone, zone, ground)
        begun, _ = _covered((self._votes > 0) & zone, zone, ground)
        self._changed_s = self._changed_s + waited_s if begun >= self.rule.least_share / 2 else 0.0
        if self._is_told and share < self.rule.least_share / 2:
            self._is_told = False
            return RuleLook(dwells={}, is_cleared=True)
        if self._is_told or share < self.rule.least_share:
            return RuleLook(dwells={})
        self._is_told = True
        return RuleLook(dwells={}, hits=(self._report(share, box, media_time_s),))

    def _take(self, ground: Ground, media_time_s: float, passed_s: float) -> None:
        if self._taking is None or self._taking[0].shape != ground.now.shape:
            self._taking, self._taken_s = (np.zeros_like(ground.now), np.zeros(ground.now.shape, np.bool_)), 0.0
        grid, known = self._taking
        self._taken_s += passed_s
        settled = ground.known & ground.shown & (media_time_s - ground.since_s >= TAKEN_S)
        grid[settled] = ground.now[settled]
        known |= settled
        if self._taken_s < TAKING_S or known[ground.within(self.rule.polygon)].mean() < LEAST_KNOWN:
            return
        self._reference = PlaceReference(region=ground.region, contrast=grid, known=known)
        self._keep()

    def _keep(self) -> None:
        """Write the reference down; what the disk does not take now it is given again with the next vote."""
        if self.rule.reference is None or self._reference is None:
            return
        try:
            self._reference.keep(self.rule.reference)
            self._is_unkept = False
        except OSError:
            self._is_unkept = True

    def _report(self, share: float, box: Box, media_time_s: float) -> Hit:
        changed_s = max(self._changed_s, self.rule.dwell_s)
        began_s = max(0.0, media_time_s - changed_s)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=0,
            label=LABEL,
            score=min(1.0, share),
            mean_score=min(1.0, share),
            box=box,
            dwell_s=changed_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(
                ReasonValue("change", "not_as_reference"),
                ReasonValue("changed_share", share),
                ReasonValue("dwell_s", changed_s),
            ),
            stills=(Still("began", began_s, box), Still("due", media_time_s, box)),
        )


def _compared(
    ground: Ground, reference: PlaceReference, outline: Sequence[Point], media_time_s: float
) -> tuple[Mask, Mask, Mask] | None:
    """Return which cells changed, which can be seen, and the zone; ``None`` where nothing can be said."""
    if reference.contrast.shape != ground.now.shape or reference.region != ground.region:
        return None
    against = replace(
        ground,
        before=reference.contrast,
        known=ground.known & reference.known,
    )
    moved = replace(against, now=_moved_back(ground.now, reference.contrast))
    against = min(against, moved, key=lambda one: float(one.changed.sum()))
    changed, zone = against.changed, ground.within(outline)
    seen = against.known & against.shown & (media_time_s - ground.since_s >= SETTLED_S)
    around = seen & ~zone
    if not zone.any() or seen[zone].mean() < LEAST_KNOWN:
        return None
    if around.mean() < LEAST_AROUND * (~zone).mean():
        return None if (~zone).mean() >= LEAST_AROUND else (changed & seen, seen, zone)
    edges = around & (np.abs(reference.contrast) >= 2 * CHANGED)
    has_edges = edges.sum() >= SOLID_CELLS
    other = float(changed[around].mean())
    if other > OTHER_SHARE or (other > SOME_SHARE and changed[seen & zone].mean() < PLAINLY * other):
        return None
    if has_edges and changed[edges].mean() > OTHER_EDGES:
        return None
    return changed & seen, seen, zone


def _moved_back(now: Grid, before: Grid) -> Grid:
    """Return what is there now moved to where it was, where a mast has sagged or shakes."""
    (across, down), _ = cv2.phaseCorrelate(before, now)
    if max(abs(across), abs(down)) > MOST_SHAKE:
        return now
    back, flags = np.array([[1, 0, across], [0, 1, down]], np.float32), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (now.shape[1], now.shape[0])
    return np.asarray(cv2.warpAffine(now, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _covered(changed: Mask, zone: Mask, ground: Ground) -> tuple[float, Box]:
    """Return the share of the zone that patches of changed cells cover, holes filled, and the box around them."""
    joined = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros(changed.shape, np.uint8)
    for outline in outlines:
        one = np.zeros(changed.shape, np.uint8)
        cv2.drawContours(one, [outline], -1, 1, cv2.FILLED)
        if one.sum() >= SOLID_CELLS:
            filled |= one
    inside = (filled > 0) & zone
    if not inside.any():
        return 0.0, ground.region
    judged = zone.copy()
    judged[:RIM], judged[-RIM:], judged[:, :RIM], judged[:, -RIM:] = False, False, False, False
    rows, columns = np.nonzero(inside)
    box = ground.in_picture((int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1))
    return min(1.0, float(inside.sum() / max(1, judged.sum()))), box
