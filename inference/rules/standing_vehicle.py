"""A vehicle standing where it may not.

Counts places, not track numbers: a bus that hides a parked van for a while gives the van a new track, not a new stay.
Time that it waits in a jam does not count, and what was counted before is not lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.errors import ClockWentBackwards
from inference.geometry import Box, Point, contains, foot_point, inside_share, iou
from inference.rules.jam import TWO_WHEELED, Jam
from inference.rules.quiet import EMPTY_S
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still
from inference.tracker import Track
from inference.zones import GRACE_S, DwellClock

STILL_IOU = 0.6
"""A box that overlaps its first one less has moved: about a quarter of a car's length along the street, or more than
any jitter seen (campus van: 0.86 at least, full frame, 5 looks/s, 398 looks, 2026-11-22)."""
MOVED_S = 1.0
"""How long a box must be elsewhere before the vehicle has moved: a person walking past cuts a van's box for less."""
HIDDEN_SHARE = 0.85
"""A box that lies so far in its first one is a part of the same vehicle: somebody walks before the rest of it."""
HIDDEN_S = 4.0
"""For so long: a group walks past in less; who is cut for longer has gone, and another is seen there (judgement)."""
SAME_PLACE_IOU = 0.5
"""Overlap from which a new track continues an old stay."""
REPORTED_PLACE_IOU = 0.4
"""The same for a stay that was reported; looser, because a second alarm for one vehicle costs an operator's time."""
SEEN_SHARE = 0.5
"""Least share of the looks of a stay in which the vehicle was seen (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingVehicleRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        polygon: zone in fractions of the whole picture; a vehicle is in it while its foot point is.
        labels: what counts as a vehicle.
        dwell_s: how long it may stand, by media time; a jam does not count.
        minimum_score: least score to begin a stay, and least mean score of a stay that is a hit.
    """

    rule_id: str
    polygon: tuple[Point, ...]
    labels: frozenset[str]
    dwell_s: float
    minimum_score: float

    def __post_init__(self) -> None:
        if len(self.polygon) < 3 or not self.labels or self.dwell_s <= 0:
            raise ValueError(f"rule {self.rule_id} needs three corners, a label and a dwell")


@dataclass(slots=True, eq=False)
class _Stay:
    number: int
    track_id: int
    first_box: Box
    box: Box
    score_sum: float = 0.0
    seen: int = 0
    looks: int = 0
    is_reported: bool = False
    astray_since_s: float | None = None
    empty_s: float = 0.0
    jam_s: float = 0.0

    @property
    def mean_score(self) -> float:
        return self.score_sum / self.seen

    def see(self, track: Track) -> None:
        self.track_id, self.box = track.track_id, track.box
        self.score_sum += track.score
        self.seen += 1
        self.looks += 1
        self.empty_s = 0.0


class StandingVehicle:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: StandingVehicleRule) -> None:
        self.rule = rule
        self._clock = DwellClock(GRACE_S)
        self._jam = Jam()
        self._stays: list[_Stay] = []
        self._next_number = 1
        self._media_time_s: float | None = None
        self._zone_empty_s = 0.0
        self._is_armed = True

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look.

        Args:
            tracks: those seen in this look, boxes in fractions of the whole picture.
            media_time_s: seconds since the stream began, by the camera's clock.

        Raises:
            ClockWentBackwards: the stream restarted; call ``restart`` first.
        """
        passed_s = self._pass_time(media_time_s)
        inside = [track for track in tracks if self._counts(track)]
        pairs, waiting = self._match(inside)
        for track, stay in pairs:
            if stay is None:
                self._begin(track, media_time_s)
            else:
                self._continue(stay, track, media_time_s)
        self._miss(waiting, passed_s)
        self._wait(tracks, media_time_s, passed_s)
        self._zone_empty_s = 0.0 if inside else self._zone_empty_s + passed_s
        return RuleLook(
            dwells={stay.track_id: self._counted_s(stay, media_time_s) for stay in self._stays if stay not in waiting},
            hits=tuple(self._report(stay, track, media_time_s) for stay, track in self._ripe(inside, media_time_s)),
            is_cleared=self._clear(),
        )

    def restart(self) -> None:
        """Go on after the stream began again: unfinished stays are lost, reported ones are still known."""
        self._stays = [stay for stay in self._stays if stay.is_reported]
        self._clock = DwellClock(GRACE_S)
        self._jam.forget()
        self._media_time_s = None
        self._zone_empty_s = 0.0
        for stay in self._stays:
            stay.track_id = 0
            stay.astray_since_s = None

    def _pass_time(self, media_time_s: float) -> float:
        before_s = self._media_time_s
        if before_s is not None and media_time_s < before_s:
            raise ClockWentBackwards(before_s, media_time_s)
        self._media_time_s = media_time_s
        passed_s = 0.0 if before_s is None else media_time_s - before_s
        # What happened while nobody looked is not known: neither dwell nor emptiness counts over such a gap.
        return passed_s if passed_s <= GRACE_S else 0.0

    def _counts(self, track: Track) -> bool:
        return track.label in self.rule.labels and contains(self.rule.polygon, foot_point(track.box))

    def _match(self, inside: Sequence[Track]) -> tuple[list[tuple[Track, _Stay | None]], list[_Stay]]:
        """Return each track with the stay it continues, and the stays nobody continues."""
        by_track = {stay.track_id: stay for stay in self._stays}
        pairs = [(track, by_track[track.track_id]) for track in inside if track.track_id in by_track]
        taken = {id(stay) for _, stay in pairs}
        waiting = [stay for stay in self._stays if id(stay) not in taken]
        answer: list[tuple[Track, _Stay | None]] = list(pairs)
        for track in inside:
            if track.track_id in by_track or any(_is_part_of(track, stay) for _, stay in pairs):
                continue
            stay = _at_same_place(track, waiting)
            if stay is not None:
                waiting.remove(stay)
            answer.append((track, stay))
        return answer, waiting

    def _begin(self, track: Track, media_time_s: float) -> None:
        if track.score < self.rule.minimum_score:
            return
        stay = _Stay(self._next_number, track.track_id, track.box, track.box)
        self._next_number += 1
        self._stays.append(stay)
        stay.see(track)
        self._clock.observe(stay.number, media_time_s)

    def _continue(self, stay: _Stay, track: Track, media_time_s: float) -> None:
        if iou(stay.first_box, track.box) >= STILL_IOU:
            stay.astray_since_s = None
        elif stay.astray_since_s is None:
            stay.astray_since_s = media_time_s
        elif media_time_s - stay.astray_since_s >= (HIDDEN_S if _is_part_of(track, stay) else MOVED_S):
            self._move(stay, track, media_time_s)
            return
        if self._clock.observe(stay.number, media_time_s) == 0.0 and not stay.is_reported:
            stay.score_sum, stay.seen, stay.looks, stay.jam_s = 0.0, 0, 0, 0.0  # the clock began anew after a gap
        stay.see(track)

    def _move(self, stay: _Stay, track: Track, media_time_s: float) -> None:
        if stay.is_reported:  # it only shuffles: told already, and no news until the zone was seen empty
            stay.first_box, stay.astray_since_s = track.box, None
            self._clock.observe(stay.number, media_time_s)
            stay.see(track)
        else:
            self._end(stay)
            self._begin(track, media_time_s)

    def _miss(self, stays: Sequence[_Stay], passed_s: float) -> None:
        for stay in stays:
            stay.looks += 1
            stay.empty_s += passed_s
            if stay.empty_s > (EMPTY_S if stay.is_reported else GRACE_S):
                self._end(stay)

    def _wait(self, tracks: Sequence[Track], media_time_s: float, passed_s: float) -> None:
        """Take from those that wait in a jam what has passed since the last look."""
        queue = self._jam.see([track for track in tracks if track.label in self.rule.labels], media_time_s)
        for stay in self._stays:
            if stay.track_id in queue and not stay.is_reported:
                stay.jam_s += min(passed_s, self._counted_s(stay, media_time_s))

    def _counted_s(self, stay: _Stay, media_time_s: float) -> float:
        return media_time_s - self._clock.entered_s(stay.number) - stay.jam_s

    def _end(self, stay: _Stay) -> None:
        self._stays.remove(stay)
        self._clock.forget(stay.number)

    def _ripe(self, inside: Sequence[Track], media_time_s: float) -> list[tuple[_Stay, Track]]:
        by_id = {track.track_id: track for track in inside}
        return [
            (stay, by_id[stay.track_id])
            for stay in self._stays
            if not stay.is_reported
            and stay.track_id in by_id
            and stay.astray_since_s is None
            and self._counted_s(stay, media_time_s) >= self.rule.dwell_s
            and stay.mean_score >= self.rule.minimum_score
            and stay.seen >= SEEN_SHARE * stay.looks
        ]

    def _report(self, stay: _Stay, track: Track, media_time_s: float) -> Hit:
        stay.is_reported = True
        self._is_armed = False
        began_s = self._clock.entered_s(stay.number)
        jam = (ReasonValue("jam_s", stay.jam_s),) if stay.jam_s else ()
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=track.track_id,
            label=track.label,
            score=track.score,
            mean_score=stay.mean_score,
            box=track.box,
            dwell_s=media_time_s - began_s,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("dwell_s", media_time_s - began_s), *jam, ReasonValue("score", stay.mean_score)),
            stills=(Still("began", began_s, stay.first_box), Still("due", media_time_s, track.box)),
        )

    def _clear(self) -> bool:
        if self._is_armed or self._zone_empty_s < EMPTY_S:
            return False
        for stay in [stay for stay in self._stays if stay.is_reported]:
            self._end(stay)
        self._is_armed = True
        return True


def _at_same_place(track: Track, stays: Sequence[_Stay]) -> _Stay | None:
    near = [(iou(stay.box, track.box), stay) for stay in stays]
    near = [(shared, stay) for shared, stay in near if shared >= _least_overlap(stay) or _is_part_of(track, stay)]
    return max(near, key=lambda pair: pair[0])[1] if near else None


def _is_part_of(track: Track, stay: _Stay) -> bool:
    """Tell whether it is what can be seen of a vehicle; a motorcycle that stands before one is another."""
    return track.label not in TWO_WHEELED and inside_share(track.box, stay.first_box) >= HIDDEN_SHARE


def _least_overlap(stay: _Stay) -> float:
    return REPORTED_PLACE_IOU if stay.is_reported else SAME_PLACE_IOU
