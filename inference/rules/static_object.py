"""A thing that came to stand or lie in a zone and stays: goods on the pavement, garbage, what somebody tipped there.

No model of things is asked: whatever changes the ground and stays is one, unless it is a person or a vehicle.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from inference.background import MOVERS, Ground, Patch
from inference.geometry import Box, Point, area, bounds, centre, overlap
from inference.rules.quiet import EMPTY_S, LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.tracker import Track
from inference.zones import GRACE_S

SAME_SHARE = 0.3
"""Two patches that share so much of the smaller one are one thing: a patch grows as its cells settle (judgement)."""
SOLID = 0.35
"""Least share of its box a thing fills: a line across the zone is a shadow's rim or a crack of light (judgement)."""
HIDDEN_SHARE = 0.5
"""With more of its place behind somebody a thing is neither there nor gone."""
BROUGHT_S = 4.0
"""Who was near up to so long before a thing could be seen may have brought it."""
BROUGHT_REACH = 1.0
"""And was no farther from it than so many of their own box heights (judgement: an arm and a step)."""
MOVER_SHARE = 0.25
"""A patch of at least this part of a mover's box, where that mover was last seen, is the mover standing still."""
MEMORY_S = 60.0
LABEL = "thing"
"""What it is called: the rule does not know what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticObjectRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture.
        dwell_s: how long it may be there, by media time.
        least_area: of the thing's box, in fractions of the picture's area.
        is_removal_told: whether something that went is told as well.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    dwell_s: float
    least_area: float = 0.001
    is_removal_told: bool = False

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or self.dwell_s <= 0 or not 0 < self.least_area < 1:
            raise ValueError(f"rule {self.rule_id} needs three corners, a dwell and a least size")


@dataclass(slots=True, eq=False)
class _Thing:
    first_box: Box
    patch: Patch
    since_s: float
    brought_by: tuple[int, str] | None
    is_mover: bool
    is_told: bool = False
    gone_s: float = 0.0
    is_seen: bool = True


class StaticObject:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: StaticObjectRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._things: list[_Thing] = []
        self._passers: deque[tuple[float, int, str, Box]] = deque()
        self._last_seen: dict[int, tuple[float, Box]] = {}

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look; see ``PixelRuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        self._remember(tracks, media_time_s)
        if ground.is_anew:
            self._things = [thing for thing in self._things if thing.is_told]
        if ground.is_blind:
            return RuleLook(dwells={})
        found = ground.patches(self.rule.polygon, self.rule.least_area, media_time_s)
        self._match([patch for patch in found if self._counts(patch)], ground, media_time_s, passed_s)
        hits = tuple(self._due(media_time_s))
        is_empty = not self._things and ground.hidden_share(bounds(self.rule.polygon)) < HIDDEN_SHARE
        return RuleLook(dwells={}, hits=hits, is_cleared=self._quiet.see(is_empty, passed_s))

    def restart(self) -> None:
        """Go on after the stream began again: unfinished stays are lost, what was told is still known."""
        self._clock.restart()
        self._quiet.restart()
        self._things = [thing for thing in self._things if thing.is_told]
        self._passers.clear()
        self._last_seen = {}

    def _counts(self, patch: Patch) -> bool:
        return patch.solid >= SOLID and (patch.has_come or self.rule.is_removal_told)

    def _remember(self, tracks: Sequence[Track], media_time_s: float) -> None:
        for track in tracks:
            if track.label in MOVERS:
                self._passers.append((media_time_s, track.track_id, track.label, track.box))
                self._last_seen[track.track_id] = (media_time_s, track.box)
        while self._passers and media_time_s - self._passers[0][0] > EMPTY_S + BROUGHT_S:
            self._passers.popleft()
        self._last_seen = {
            number: (seen_s, box)
            for number, (seen_s, box) in self._last_seen.items()
            if media_time_s - seen_s <= MEMORY_S
        }

    def _match(self, patches: Sequence[Patch], ground: Ground, media_time_s: float, passed_s: float) -> None:
        left = list(patches)
        for thing in list(self._things):
            own = [patch for patch in left if _is_same(thing.patch.box, patch.box)]
            left = [patch for patch in left if patch not in own]
            thing.is_seen = bool(own)
            if own:
                thing.patch = max(own, key=lambda patch: area(patch.box))
                thing.gone_s = 0.0
            elif ground.hidden_share(thing.patch.box) < HIDDEN_SHARE:
                thing.gone_s += passed_s
                if thing.gone_s > (EMPTY_S if thing.is_told else GRACE_S):
                    self._things.remove(thing)
        for patch in left:
            self._things.append(
                _Thing(
                    first_box=patch.box,
                    patch=patch,
                    since_s=min(patch.since_s, media_time_s),
                    brought_by=self._bringer(patch),
                    is_mover=self._is_mover(patch, media_time_s),
                )
            )

    def _bringer(self, patch: Patch) -> tuple[int, str] | None:
        """Return the track nearest to the place as the thing came; who stood before it may only now have gone on."""
        near = [
            (far, track_id, label)
            for seen_s, track_id, label, box in self._passers
            if patch.since_s - BROUGHT_S <= seen_s <= patch.since_s + GRACE_S
            and (far := _between(box, patch.box)) <= BROUGHT_REACH * (box[3] - box[1])
        ]
        return min(near)[1:] if near else None

    def _is_mover(self, patch: Patch, media_time_s: float) -> bool:
        """Tell whether it is somebody, or a vehicle, that stopped here and that the detector has since lost."""
        return any(
            overlap(box, patch.box) >= 0.5 * area(patch.box) and area(patch.box) >= MOVER_SHARE * area(box)
            for seen_s, box in self._last_seen.values()
            if media_time_s - seen_s > 0.0
        )

    def _due(self, media_time_s: float) -> list[Hit]:
        due = [
            thing
            for thing in self._things
            if thing.is_seen
            and not thing.is_told
            and not thing.is_mover
            and media_time_s - thing.since_s >= self.rule.dwell_s
        ]
        for thing in due:
            thing.is_told = True
        if not due or not self._quiet.is_armed:
            return []  # more of what was told already: one heap is one alarm
        self._quiet.disarm()
        largest = max(due, key=lambda thing: area(thing.patch.box))
        return [self._report(largest, len(due), media_time_s)]

    def _report(self, thing: _Thing, count: int, media_time_s: float) -> Hit:
        dwell_s = media_time_s - thing.since_s
        track_id, label = thing.brought_by or (0, "")
        reasons = [
            ReasonValue("change", "came" if thing.patch.has_come else "went"),
            ReasonValue("dwell_s", dwell_s),
            ReasonValue("count", count),
        ]
        if label:
            reasons.append(ReasonValue("brought_by", label))
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=track_id,
            label=LABEL,
            score=thing.patch.solid,
            mean_score=thing.patch.solid,
            box=thing.patch.box,
            dwell_s=dwell_s,
            began_media_s=thing.since_s,
            media_time_s=media_time_s,
            reasons=tuple(reasons),
            stills=(Still("began", thing.since_s, thing.first_box), Still("due", media_time_s, thing.patch.box)),
        )


def _is_same(a: Box, b: Box) -> bool:
    return overlap(a, b) >= SAME_SHARE * min(area(a), area(b))


def _between(a: Box, b: Box) -> float:
    """Return how far two boxes are apart, centre to centre in fractions of the picture."""
    (xa, ya), (xb, yb) = centre(a), centre(b)
    return hypot(xa - xb, ya - yb)
