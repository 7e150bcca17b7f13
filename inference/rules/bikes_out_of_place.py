"""Bikes and e-bikes that stand together where they may not: the group is one event, not each bike."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.background import MOVERS
from inference.geometry import Box, Point, area, bounds, contains, foot_point, iou, overlap
from inference.rules.quiet import EMPTY_S, LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.rules.subjects import Subject, Subjects, distance
from inference.tracker import Track
from inference.zones import GRACE_S

STANDING_S = 3.0
"""A bike stands when its box has been still so long; a rider waits at a crossing longer, so the dwell decides too."""
STILL_IOU = 0.5
"""A box that overlaps its first one less has moved: looser than for cars, small boxes jitter more (judgement)."""
NEAR = 1.5
"""Bikes belong together when their places are nearer than so many of their mean height: one may be walked around
farther apart (judgement)."""
HIDDEN_S = 30.0
"""Who passes or stands before a group for no longer ends no stay of it (judgement)."""
COVERED, LARGER = 0.5, 1.4
"""A box that covers so much of two others and is so many times as large as each is those two once more (judgement)."""
WEAKEST = 0.8
"""A bike whose mean score is below so much of the rule's least one does not count beside surer ones (judgement)."""
WITHIN, SMALLER = 0.8, 0.45
"""A box that lies so far within another and has no more than so much of its area is a wheel of that one (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BikesOutOfPlaceRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a bike is in it while its foot point is.
        parks: marked bike parks within the zone, where they may stand.
        labels: what counts as a bike.
        least_count: bikes that make a group.
        dwell_s: how long the group may stand, by media time.
        minimum_score: least score to be believed, and least mean score of the group.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    least_count: int
    dwell_s: float
    minimum_score: float
    parks: tuple[tuple[Point, ...], ...] = ()

    def __post_init__(self) -> None:
        if min(len(outline) for outline in (self.polygon, *self.parks)) < 3 or not self.labels:
            raise ValueError(f"rule {self.rule_id} needs three corners and a label")
        if self.least_count < 1 or self.dwell_s <= 0:
            raise ValueError(f"rule {self.rule_id} needs a count and a dwell")


class BikesOutOfPlace:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: BikesOutOfPlaceRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._subjects = Subjects(rule.minimum_score)
        self._since_s: float | None = None
        self._fewer_s = self._hidden_s = 0.0
        self._first_box: Box | None = None
        self._places: list[Box] = []

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        inside = [track for track in tracks if self._counts(track)]
        seen = self._subjects.see(inside, media_time_s, passed_s)
        single = [subject for subject in seen if not _is_several(subject, seen)]
        for subject in seen:
            is_own = subject in single and not _is_part(subject, single)
            if not is_own or iou(subject.first_box, subject.box) < STILL_IOU:
                subject.begin_anew(subject.box, media_time_s)
        group = _largest_group(
            [
                one
                for one in self._subjects.known
                if _stands(one, self._places, media_time_s) and one.mean_score >= WEAKEST * self.rule.minimum_score
            ]
        )
        self._hold(group, media_time_s, 0.0 if self._is_hidden(tracks, passed_s) else passed_s)
        hits = (self._report(group, media_time_s),) if self._is_due(group, media_time_s) else ()
        return RuleLook(
            dwells={subject.track_id: media_time_s - subject.entered_s for subject in seen},
            hits=hits,
            is_cleared=self._quiet.see(not group, passed_s),
        )

    def restart(self) -> None:
        """Go on after the stream began again: a group that was told stays told until its zone is seen empty."""
        self._clock.restart()
        self._quiet.restart()
        self._subjects.forget()
        self._since_s, self._fewer_s, self._places = None, 0.0, []

    def _counts(self, track: Track) -> bool:
        place = foot_point(track.box)
        return (
            track.label in self.rule.labels
            and contains(self.rule.polygon, place)
            and not any(contains(park, place) for park in self.rule.parks)
        )

    def _hold(self, group: Sequence[Subject], media_time_s: float, passed_s: float) -> None:
        if len(group) >= self.rule.least_count:
            self._fewer_s = 0.0
            self._places = [bike.box for bike in group]
            if self._since_s is None:
                # The group stands since its last needed bike came, not since that bike was believed to stand.
                came = sorted(subject.entered_s for subject in group)
                self._since_s, self._first_box = came[self.rule.least_count - 1], _around(group)
            return
        self._fewer_s += passed_s
        if self._fewer_s > EMPTY_S:  # bikes that lean on one another are often seen as fewer for a while
            self._since_s, self._places = None, []

    def _is_hidden(self, tracks: Sequence[Track], passed_s: float) -> bool:
        """Tell whether somebody or a vehicle is before the group, for no longer than ``HIDDEN_S`` at a time."""
        group = self._first_box
        before = [track for track in tracks if track.label in MOVERS - self.rule.labels]
        if group is None or not any(overlap(track.box, group) > 0.0 for track in before):
            self._hidden_s = 0.0
            return False
        self._hidden_s += passed_s
        return self._hidden_s <= HIDDEN_S

    def _is_due(self, group: Sequence[Subject], media_time_s: float) -> bool:
        return (
            self._quiet.is_armed
            and self._since_s is not None
            and sum(bike.unseen_s == 0.0 for bike in group) >= self.rule.least_count  # all of them in sight now
            and sum(bike.mean_score for bike in group) / len(group) >= self.rule.minimum_score
            and media_time_s - self._since_s >= self.rule.dwell_s
        )

    def _report(self, group: Sequence[Subject], media_time_s: float) -> Hit:
        self._quiet.disarm()
        since_s = media_time_s if self._since_s is None else self._since_s
        box = _around(group)
        sure = max(group, key=lambda bike: bike.mean_score)
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=sure.track_id,
            label=sure.label,
            score=sure.score,
            mean_score=sum(bike.mean_score for bike in group) / len(group),
            box=box,
            dwell_s=media_time_s - since_s,
            began_media_s=since_s,
            media_time_s=media_time_s,
            reasons=(
                ReasonValue("count", len(group)),
                ReasonValue("least_count", self.rule.least_count),
                ReasonValue("dwell_s", media_time_s - since_s),
            ),
            stills=(Still("began", since_s, self._first_box or box), Still("due", media_time_s, box)),
        )


def _stands(subject: Subject, places: Sequence[Box], media_time_s: float) -> bool:
    """Tell whether a bike stands; what is seen again where one of the group stood need not prove it again."""
    if subject.seen < 2 or subject.unseen_s > GRACE_S:
        return False
    is_back = any(iou(subject.box, place) >= STILL_IOU for place in places)
    return is_back or media_time_s - subject.entered_s >= STANDING_S


def _is_several(bike: Subject, others: Sequence[Subject]) -> bool:
    """Tell whether it is no bike of its own: detectors sometimes see two as one, beside the box of each."""
    covered = [
        other
        for other in others
        if other is not bike
        and overlap(bike.box, other.box) >= COVERED * area(other.box)
        and area(bike.box) >= LARGER * area(other.box)
    ]
    return len(covered) >= 2


def _is_part(bike: Subject, others: Sequence[Subject]) -> bool:
    """Tell whether it is a wheel or a frame of another: a bike half hidden stands beside, not within."""
    return any(
        other is not bike
        and other.score > bike.score  # a doubtful box over two bikes takes neither away
        and overlap(bike.box, other.box) >= WITHIN * area(bike.box)
        and area(bike.box) <= SMALLER * area(other.box)
        for other in others
    )


def _largest_group(bikes: Sequence[Subject]) -> list[Subject]:
    """Return the largest set of bikes each near another of it."""
    largest: list[Subject] = []
    left = list(bikes)
    while left:
        group, edge = [], [left.pop()]
        while edge:
            bike = edge.pop()
            group.append(bike)
            near = [other for other in left if _are_near(bike, other)]
            left = [other for other in left if other not in near]
            edge += near
        largest = max(largest, group, key=len)
    return largest


def _are_near(a: Subject, b: Subject) -> bool:
    height = (a.box[3] - a.box[1] + b.box[3] - b.box[1]) / 2
    return distance(foot_point(a.box), foot_point(b.box)) <= NEAR * height


def _around(bikes: Sequence[Subject]) -> Box:
    return bounds([corner for bike in bikes for corner in (bike.box[:2], bike.box[2:])])
