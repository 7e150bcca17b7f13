"""Marked parking bays: which are taken, since when, and who stands longer than allowed.

Counts places, not track numbers: a bay is taken by a place where something stood, whatever number its track has. A bay
is free again only when it was seen empty: what a bus hides is not known, and said to be.

Long because the way of one bay, from taken to free again, is read in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.background import MOVERS
from inference.errors import ClockWentBackwards
from inference.geometry import Box, Point, area, bounds, iou, overlap, shared_area
from inference.rules.rule import BayCause, BayChange, BayEvent, BayLook, BayState, Hit, ReasonValue, RuleLook, Still
from inference.rules.standing_vehicle import SAME_PLACE_IOU, SEEN_SHARE
from inference.tracker import Track
from inference.zones import GRACE_S

ENTER_S = 5.0
"""A vehicle has taken a bay when it has stood there so long: one that backs and fills stands for less (judgement)."""
PARKED_IOU = 0.7
"""A box that overlaps its first one less moves: closer than for a stay, as who parks moves by little (judgement)."""
LEAVE_S = 15.0
"""A bay is free when it was seen empty so long: detectors lose a parked car for up to 10 s (judgement)."""
FREE_S = 3.0
"""The same for a bay of which nothing is known yet, and for one that its vehicle was seen to leave (judgement)."""
UNSURE_S = 30.0
"""Unseen for so long a bay is no longer sure: longer than a bus stands at a stop in front of it (judgement)."""
FOOT_HIGH, FOOT_WIDE = 0.35, 0.8
"""Part of a box that stands on the ground: the lower third without its rims, as cameras look down (judgement)."""
INSIDE_SHARE = 0.5
"""Least share of what stands on the ground that lies in bays: a car in the lane before them has less (judgement)."""
ACROSS_SHARE = 0.3
"""A vehicle takes two bays when the lesser has this share of the greater: a third of a bay off (judgement)."""
OFF_IOU = 0.1
"""A vehicle drives off when its box overlaps its place less; one that puts itself straight stays nearer (judgement)."""
HIDDEN_SHARE = 0.6
"""A bay of which others cover so much cannot be seen (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaysRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        bays: their outlines in fractions of the whole picture; the first is bay 1.
        labels: what counts as a vehicle.
        dwell_s: how long one may stand, by media time.
        minimum_score: least mean score of one that stands.
    """

    rule_id: str
    bays: tuple[tuple[Point, ...], ...]
    labels: frozenset[str]
    dwell_s: float
    minimum_score: float

    def __post_init__(self) -> None:
        if not self.bays or min(len(bay) for bay in self.bays) < 3 or not self.labels or self.dwell_s <= 0:
            raise ValueError(f"rule {self.rule_id} needs a bay of three corners, a label and a dwell")


@dataclass(slots=True, eq=False)
class _Standing:
    """A vehicle that stands, wherever that is."""

    track_id: int
    box: Box
    since_s: float
    seen_s: float
    score_sum: float = 0.0
    seen: int = 0
    looks: int = 0


@dataclass(slots=True, eq=False)
class _Stay:
    """A bay that is taken. ``beside``: the bay it takes a part of, ``None`` for none."""

    place: Box
    track_id: int
    entered_s: float
    seen_s: float
    beside: int | None
    is_begin_known: bool
    is_sure: bool
    score_sum: float
    seen: int
    empty_s: float = 0.0
    has_driven_off: bool = False
    is_reported: bool = False

    @property
    def mean_score(self) -> float:
        return self.score_sum / self.seen


@dataclass(slots=True, eq=False)
class _Bay:
    """``empty_s``: how long it was seen empty in one go; ``known_s``: when it was last seen to be as it is."""

    number: int
    outline: tuple[Point, ...]
    size: float
    stay: _Stay | None = None
    empty_s: float = 0.0
    known_s: float | None = None
    state: BayState = "unsure"
    cause: BayCause = "unknown"
    since_s: float = 0.0
    left_s: float = 0.0


class Bays:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: BaysRule) -> None:
        self.rule = rule
        self._bays = [
            _Bay(number, outline, shared_area(outline, bounds(outline)))
            for number, outline in enumerate(rule.bays, start=1)
        ]
        self._standing: list[_Standing] = []
        self._media_time_s: float | None = None
        self._began_s = 0.0
        self._is_restarted = False

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._pass_time(media_time_s)
        vehicles = [track for track in tracks if track.label in self.rule.labels]
        places = {track.track_id: self._place(track.box) for track in vehicles}
        self._stand(vehicles, media_time_s)
        events: list[BayEvent] = []
        seen = {id(bay): self._see(bay, vehicles, media_time_s) for bay in self._bays}
        was_reported = any(bay.stay is not None and bay.stay.is_reported for bay in self._bays)
        for bay in self._bays:
            if seen[id(bay)] is None:
                is_in = any(bay.number in places[track.track_id] for track in vehicles)
                self._miss(bay, is_in, tracks, media_time_s, passed_s, events)
        self._enter(places, media_time_s, events)
        hits = tuple(self._overdue(seen, media_time_s))
        is_reported = any(bay.stay is not None and bay.stay.is_reported for bay in self._bays)
        for bay in self._bays:
            self._tell(bay, media_time_s, events)
        return RuleLook(
            dwells={
                track.track_id: media_time_s - bay.stay.entered_s
                for bay in self._bays
                if (track := seen[id(bay)]) is not None and bay.stay is not None
            },
            hits=hits,
            is_cleared=was_reported and not is_reported,
            bays=tuple(self._said(bay, media_time_s) for bay in self._bays),
            bay_events=tuple(events),
        )

    def restart(self) -> None:
        """Go on after the stream began again: who stood there stands there, for all that is known."""
        self._is_restarted = True
        self._standing = []

    def _pass_time(self, media_time_s: float) -> float:
        before_s = self._media_time_s
        if before_s is not None and self._is_restarted:
            self._shift(media_time_s - before_s)
            before_s = None
        if before_s is not None and media_time_s < before_s:
            raise ClockWentBackwards(before_s, media_time_s)
        if self._media_time_s is None:
            for bay in self._bays:
                bay.since_s = media_time_s
        self._is_restarted = False
        self._media_time_s = media_time_s
        if before_s is None or media_time_s - before_s > GRACE_S:
            self._began_s = media_time_s  # nobody looked: who stands there now was not seen to come
            return 0.0
        return media_time_s - before_s

    def _shift(self, by_s: float) -> None:
        """Count by the new stream's time; what passed between the streams is not known and counts for nothing."""
        for bay in self._bays:
            bay.since_s += by_s
            bay.known_s = None if bay.known_s is None else bay.known_s + by_s
            if bay.stay is not None:
                bay.stay.entered_s += by_s
                bay.stay.seen_s += by_s

    def _place(self, box: Box) -> tuple[int, ...]:
        """Return the bays a box stands in, the greatest part first: none, one, or two where it stands across."""
        x0, y0, x1, y1 = box
        rim = (x1 - x0) * (1 - FOOT_WIDE) / 2
        foot = (x0 + rim, y1 - (y1 - y0) * FOOT_HIGH, x1 - rim, y1)
        size = area(foot)
        if size <= 0:
            return ()
        shares = sorted(((shared_area(bay.outline, foot) / size, bay.number) for bay in self._bays), reverse=True)
        if sum(share for share, _ in shares) < INSIDE_SHARE:
            return ()
        least = ACROSS_SHARE * shares[0][0]
        return tuple(number for share, number in shares[:2] if share >= least)

    def _stand(self, vehicles: Sequence[Track], media_time_s: float) -> None:
        """Follow who stands where, by place; a new track at the same place is the same vehicle."""
        free = list(self._standing)
        for track in vehicles:
            near = [one for one in free if iou(one.box, track.box) >= PARKED_IOU]
            one = max(near, key=lambda other: iou(other.box, track.box), default=None)
            if one is None:
                one = _Standing(track.track_id, track.box, media_time_s, media_time_s)
                self._standing.append(one)
            else:
                free.remove(one)
            one.track_id, one.seen_s = track.track_id, media_time_s
            one.score_sum += track.score
            one.seen += 1
        for one in self._standing:
            one.looks += 1
        moved = {id(one) for one in free if any(track.track_id == one.track_id for track in vehicles)}
        self._standing = [
            one for one in self._standing if media_time_s - one.seen_s <= GRACE_S and id(one) not in moved
        ]

    def _see(self, bay: _Bay, vehicles: Sequence[Track], media_time_s: float) -> Track | None:
        """Return who is seen where the bay's vehicle stood, and note it."""
        stay = bay.stay
        if stay is None:
            return None
        track = max(vehicles, key=lambda one: iou(stay.place, one.box), default=None)
        if track is None or iou(stay.place, track.box) < SAME_PLACE_IOU:
            return None
        if media_time_s - stay.seen_s > UNSURE_S:
            stay.is_sure = False  # it may be another one by now
        stay.track_id, stay.seen_s, stay.empty_s, stay.has_driven_off = track.track_id, media_time_s, 0.0, False
        stay.score_sum += track.score
        stay.seen += 1
        return track

    def _miss(
        self,
        bay: _Bay,
        is_in: bool,
        tracks: Sequence[Track],
        media_time_s: float,
        passed_s: float,
        events: list[BayEvent],
    ) -> None:
        """Note a look in which nobody stands where the bay's vehicle stood, or in a bay without one."""
        stay = bay.stay
        if stay is not None and any(_is_off(stay, track) for track in tracks):
            stay.has_driven_off = True  # seen elsewhere; an empty bay confirms it, as numbers are exchanged at times
        if is_in:
            bay.empty_s = 0.0
            bay.known_s = bay.known_s if stay is not None else media_time_s
            return
        if self._is_hidden(bay, tracks):
            bay.empty_s = 0.0
            return
        bay.known_s = media_time_s
        if stay is None:
            bay.empty_s += passed_s
            return
        stay.empty_s += passed_s
        if stay.empty_s >= (FREE_S if stay.has_driven_off else LEAVE_S):
            events.append(self._end(bay, stay, media_time_s))
            bay.empty_s = stay.empty_s

    def _is_hidden(self, bay: _Bay, tracks: Sequence[Track]) -> bool:
        """Tell whether others stand before the bay, or before the place where its vehicle stood."""
        before = [track.box for track in tracks if track.label in MOVERS | self.rule.labels]
        if bay.stay is not None:
            place = bay.stay.place
            return sum(overlap(box, place) for box in before) >= HIDDEN_SHARE * area(place)
        return sum(shared_area(bay.outline, box) for box in before) >= HIDDEN_SHARE * bay.size

    def _enter(self, places: dict[int, tuple[int, ...]], media_time_s: float, events: list[BayEvent]) -> None:
        for one in self._standing:
            place = places.get(one.track_id, ()) if one.seen_s == media_time_s else ()
            if not place or not self._is_settled(one, media_time_s):
                continue
            bay = self._bays[place[0] - 1]
            stay = bay.stay
            if stay is not None and iou(stay.place, one.box) >= SAME_PLACE_IOU:
                stay.beside = place[1] if len(place) > 1 else None
                continue
            if stay is not None and stay.track_id == one.track_id:
                stay.place, stay.seen_s, stay.empty_s = one.box, media_time_s, 0.0  # it put itself straight
                continue
            if any(other.stay is not None and iou(other.stay.place, one.box) >= SAME_PLACE_IOU for other in self._bays):
                continue  # it is counted for the bay beside
            if stay is not None:
                if media_time_s - stay.seen_s < GRACE_S:
                    continue  # two boxes in one bay: the one that was there first has it
                events.append(self._end(bay, stay, media_time_s))
            events.append(self._begin(bay, one, place))

    def _is_settled(self, one: _Standing, media_time_s: float) -> bool:
        return (
            media_time_s - one.since_s >= ENTER_S
            and one.seen >= SEEN_SHARE * one.looks
            and one.score_sum / one.seen >= self.rule.minimum_score
        )

    def _begin(self, bay: _Bay, one: _Standing, place: tuple[int, ...]) -> BayEvent:
        bay.stay = _Stay(
            place=one.box,
            track_id=one.track_id,
            entered_s=one.since_s,
            seen_s=one.seen_s,
            beside=place[1] if len(place) > 1 else None,
            # Who is there when watching begins may have stood for hours.
            is_begin_known=one.since_s - self._began_s > FREE_S,
            is_sure=len(place) == 1,
            score_sum=one.score_sum,
            seen=one.seen,
        )
        bay.empty_s = 0.0
        return self._event(bay, bay.stay, "entered", one.since_s)

    def _end(self, bay: _Bay, stay: _Stay, media_time_s: float) -> BayEvent:
        """End a stay when it was last seen; one that was unseen for long before ended somewhere between."""
        is_sure = stay.is_sure and media_time_s - stay.seen_s <= UNSURE_S + LEAVE_S
        bay.stay, bay.left_s = None, stay.seen_s
        bay.empty_s = 0.0
        return self._event(bay, replace(stay, is_sure=is_sure), "left", stay.seen_s)

    def _event(self, bay: _Bay, stay: _Stay, change: BayChange, at_s: float) -> BayEvent:
        return BayEvent(
            bay=bay.number,
            change=change,
            media_time_s=at_s,
            is_sure=stay.is_sure,
            is_begin_known=stay.is_begin_known,
            box=stay.place,
        )

    def _overdue(self, seen: dict[int, Track | None], media_time_s: float) -> list[Hit]:
        hits = []
        for bay in self._bays:
            track, stay = seen[id(bay)], bay.stay
            if track is None or stay is None or stay.is_reported or media_time_s - stay.entered_s < self.rule.dwell_s:
                continue
            if stay.mean_score >= self.rule.minimum_score:
                stay.is_reported = True
                hits.append(self._report(bay, stay, track, media_time_s))
        return hits

    def _report(self, bay: _Bay, stay: _Stay, track: Track, media_time_s: float) -> Hit:
        began_s, dwell_s = max(0.0, stay.entered_s), media_time_s - stay.entered_s
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=track.track_id,
            label=track.label,
            score=track.score,
            mean_score=stay.mean_score,
            box=track.box,
            dwell_s=dwell_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(
                ReasonValue("bay", bay.number),
                ReasonValue("dwell_s", dwell_s),
                ReasonValue("score", stay.mean_score),
            ),
            stills=(Still("began", began_s, stay.place), Still("due", media_time_s, track.box)),
        )

    def _tell(self, bay: _Bay, media_time_s: float, events: list[BayEvent]) -> None:
        """Say what is known of the bay now, and since when that is so."""
        before, was_unknown = bay.state, bay.cause == "unknown"
        bay.state, bay.cause = self._known(bay, media_time_s)
        if bay.state == before:
            return
        match bay.state:
            case "occupied" if bay.stay is not None:
                bay.since_s = bay.stay.entered_s
            case "free" if before == "occupied":
                bay.since_s = bay.left_s
            case _:
                bay.since_s = media_time_s
        if bay.state == "free" and was_unknown:
            events.append(
                BayEvent(
                    bay=bay.number,
                    change="found_free",
                    media_time_s=media_time_s,
                    is_sure=True,
                    is_begin_known=False,
                    box=bounds(bay.outline),
                )
            )

    def _known(self, bay: _Bay, media_time_s: float) -> tuple[BayState, BayCause]:
        stay = bay.stay
        if stay is not None:
            if stay.beside is not None:
                return "unsure", "across"
            return ("unsure", "hidden") if media_time_s - stay.seen_s > UNSURE_S else ("occupied", "")
        if any(other.stay is not None and other.stay.beside == bay.number for other in self._bays):
            return "unsure", "across"
        if bay.known_s is None:
            return "unsure", "unknown"
        if media_time_s - bay.known_s > UNSURE_S:
            return "unsure", "hidden"
        if bay.state == "free" or bay.empty_s >= FREE_S:
            return "free", ""
        return bay.state, bay.cause

    def _said(self, bay: _Bay, media_time_s: float) -> BayLook:
        stay = bay.stay
        return BayLook(
            bay=bay.number,
            state=bay.state,
            cause=bay.cause,
            since_s=bay.since_s,
            is_overdue=stay is not None and media_time_s - stay.entered_s >= self.rule.dwell_s,
        )


def _is_off(stay: _Stay, track: Track) -> bool:
    return track.track_id == stay.track_id and iou(stay.place, track.box) < OFF_IOU
