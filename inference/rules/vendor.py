"""Trade on the road: somebody stays beside a cart, or beside goods that were not there before.

Who stays and what stands there must go together for the whole dwell. Customers may come and go; who only passes a
parked tricycle does not count, and a tricycle alone is none. Two who talk for so long beside their own bicycles are
told as well: the rule does not know what is for sale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot

from inference.background import Ground, Patch
from inference.geometry import Box, Point, area, contains, foot_point, overlap
from inference.rules.quiet import EMPTY_S, LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.subjects import Subject, Subjects, distance
from inference.tracker import Track
from inference.zones import GRACE_S

PERSON = "person"
STAYS_S = 15.0
"""Who is no farther than ``MOVED`` from where they were so long ago stays; a passer-by is gone (judgement)."""
MOVED = 1.0
"""In own box heights: a step to the customer and back is no going away (judgement)."""
REACH = 0.75
"""Between a person and the cart, in the person's box heights: an arm and a step (judgement)."""
PART = 0.5
"""Of the least area of goods: of a large plain thing only edges and corners are seen to have come (judgement)."""
TOGETHER_S, TOGETHER = 2.0, 0.1
"""Parts that came within so long, no farther apart than so much of the picture, are one thing (judgement: a stall)."""
SAME_SHARE, SOLID, HIDDEN_SHARE = 0.3, 0.35, 0.5  # of goods on the ground, as for things left there
APART_S = 20.0
"""A seller may leave the cart for so long and come back to the same trade (judgement)."""
GOODS = "goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a cart is in it while its foot point is.
        labels: of carts: what somebody sells from. Persons are always looked for.
        dwell_s: how long somebody must stay beside it, by media time.
        minimum_score: least score to be believed.
        least_area: of goods on the ground, in fractions of the picture's area.
        licensed: places where trade is allowed.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    dwell_s: float
    minimum_score: float
    least_area: float = 0.001
    licensed: tuple[tuple[Point, ...], ...] = ()

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or self.dwell_s <= 0 or PERSON in self.labels or not 0 < self.least_area < 1:
            raise ValueError(
                f"rule {self.rule_id} needs three corners, a dwell, a least size and carts that are things"
            )


@dataclass(slots=True, eq=False)
class _Stall:
    """A cart or goods, since when it is there, and since when somebody stays beside it."""

    box: Box
    label: str
    since_s: float
    is_seen: bool = True
    unseen_s: float = 0.0
    beside_s: float = 0.0
    apart_s: float = 0.0
    began_s: float = 0.0
    first_box: Box = (0.0, 0.0, 0.0, 0.0)
    seller: Subject | None = None


class Vendor:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: VendorRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._people = Subjects(rule.minimum_score)
        self._carts = Subjects(rule.minimum_score)
        self._stalls: dict[int, _Stall] = {}  # of carts, by their number
        self._goods: list[_Stall] = []

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look; see ``PixelRuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        people = self._people.see([one for one in tracks if one.label == PERSON], media_time_s, passed_s)
        carts = self._carts.see([one for one in tracks if self._is_cart(one)], media_time_s, passed_s)
        for subject in (*people, *carts):
            _begin_where_it_stands(subject, media_time_s)
        self._see_carts(carts)
        self._see_goods(ground, media_time_s, passed_s)
        staying = [one for one in people if media_time_s - one.entered_s >= STAYS_S]
        stalls = [stall for stall in (*self._stalls.values(), *self._goods) if self._is_unlicensed(stall)]
        for stall in stalls:
            _count(stall, staying, media_time_s, passed_s)
        dwells = {stall.seller.track_id: stall.beside_s for stall in stalls if stall.seller is not None}
        due = [stall for stall in stalls if stall.seller is not None and stall.beside_s >= self.rule.dwell_s]
        hits = (self._report(max(due, key=lambda one: one.beside_s), media_time_s),) if self._is_news(due) else ()
        is_quiet = not any(stall.beside_s > 0.0 for stall in stalls)
        return RuleLook(dwells=dwells, hits=hits, is_cleared=self._quiet.see(is_quiet, passed_s))

    def restart(self) -> None:
        """Go on after the stream began again: what was counted is lost, what was told is still known."""
        self._clock.restart()
        self._quiet.restart()
        self._people.restart()
        self._carts.restart()
        self._stalls, self._goods = {}, []

    def _is_news(self, due: Sequence[_Stall]) -> bool:
        return bool(due) and self._quiet.is_armed

    def _is_cart(self, track: Track) -> bool:
        return track.label in self.rule.labels and contains(self.rule.polygon, foot_point(track.box))

    def _is_unlicensed(self, stall: _Stall) -> bool:
        return not any(contains(place, foot_point(stall.box)) for place in self.rule.licensed)

    def _see_carts(self, carts: Sequence[Subject]) -> None:
        known = {cart.number for cart in self._carts.known}
        self._stalls = {number: stall for number, stall in self._stalls.items() if number in known}
        for cart in carts:
            stall = self._stalls.setdefault(cart.number, _Stall(cart.box, cart.label, cart.entered_s))
            if distance(foot_point(cart.first_box), foot_point(cart.box)) == 0.0 and cart.seen == 1:
                stall.beside_s, stall.seller = 0.0, None  # it was pushed on: another stay begins
            stall.box, stall.label, stall.since_s = cart.box, cart.label, cart.entered_s

    def _see_goods(self, ground: Ground, media_time_s: float, passed_s: float) -> None:
        if ground.is_anew:
            self._goods = []
        if ground.is_blind:
            return
        found = ground.patches(self.rule.polygon, self.rule.least_area * PART, media_time_s)
        came = _whole([patch for patch in found if patch.has_come and patch.solid >= SOLID])
        left = [patch for patch in came if area(patch.box) >= self.rule.least_area]
        for stall in list(self._goods):
            own = [patch for patch in left if _is_same(stall.box, patch)]
            left = [patch for patch in left if patch not in own]
            if own:
                seen = max(own, key=lambda patch: area(patch.box)).box
                is_part = area(seen) < area(stall.box) and ground.hidden_share(stall.box) > 0.0
                stall.box, stall.unseen_s = stall.box if is_part else seen, 0.0  # a customer hides the rest
            elif ground.hidden_share(stall.box) < HIDDEN_SHARE:
                stall.unseen_s += passed_s
                if stall.unseen_s > GRACE_S:
                    self._goods.remove(stall)
        self._goods += [_Stall(patch.box, GOODS, min(patch.since_s, media_time_s)) for patch in left]

    def _report(self, stall: _Stall, media_time_s: float) -> Hit:
        seller = stall.seller
        assert seller is not None
        self._quiet.disarm()
        whole = _around(seller.box, stall.box)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=seller.track_id,
            label=seller.label,
            score=seller.score,
            mean_score=seller.mean_score,
            box=whole,
            dwell_s=media_time_s - stall.began_s,
            began_media_s=stall.began_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("dwell_s", media_time_s - stall.began_s), ReasonValue("beside", stall.label)),
            stills=(Still("began", stall.began_s, stall.first_box), Still("due", media_time_s, whole)),
        )


def _begin_where_it_stands(subject: Subject, media_time_s: float) -> None:
    """Begin the stay of what has moved away anew."""
    height = subject.box[3] - subject.box[1]
    if distance(foot_point(subject.first_box), foot_point(subject.box)) > MOVED * height:
        subject.begin_anew(subject.box, media_time_s)
        subject.seen, subject.looks, subject.score_sum = 1, 1, subject.score


def _count(stall: _Stall, staying: Sequence[Subject], media_time_s: float, passed_s: float) -> None:
    near = [one for one in staying if _gap(one.box, stall.box) <= REACH * (one.box[3] - one.box[1])]
    if near:
        stall.seller = min(near, key=lambda one: one.entered_s)
        if stall.beside_s == 0.0:
            # Who waited before there was anything to sell has not sold for so long.
            stall.beside_s = min(STAYS_S, max(0.0, media_time_s - stall.since_s))
            stall.began_s = media_time_s - stall.beside_s
            stall.first_box = _around(stall.seller.first_box, stall.box)
        stall.beside_s += passed_s
        stall.apart_s = 0.0
        return
    stall.seller = None
    stall.apart_s += passed_s
    if stall.apart_s > max(APART_S, EMPTY_S):
        stall.beside_s = 0.0


def _gap(person: Box, thing: Box) -> float:
    """Return how far somebody stands from a thing: between the boxes sideways, between the feet in depth."""
    across = max(0.0, thing[0] - person[2], person[0] - thing[2])
    return hypot(across, person[3] - thing[3])


def _whole(parts: Sequence[Patch]) -> list[Patch]:
    """Return the parts that came together, joined."""
    joined: list[Patch] = []
    for part in sorted(parts, key=lambda one: one.since_s):
        whole = part
        for other in [one for one in joined if _came_together(one, part)]:
            joined.remove(other)
            whole = replace(whole, box=_around(whole.box, other.box), since_s=min(whole.since_s, other.since_s))
        joined.append(whole)
    return joined


def _came_together(a: Patch, b: Patch) -> bool:
    across = max(0.0, a.box[0] - b.box[2], b.box[0] - a.box[2])
    down = max(0.0, a.box[1] - b.box[3], b.box[1] - a.box[3])
    return abs(a.since_s - b.since_s) <= TOGETHER_S and hypot(across, down) <= TOGETHER


def _is_same(box: Box, patch: Patch) -> bool:
    return overlap(box, patch.box) >= SAME_SHARE * min(area(box), area(patch.box))


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
