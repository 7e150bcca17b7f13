"""Something crosses a line, one way or either."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.geometry import Box, Point, foot_point, iou
from inference.rules.quiet import LookClock, Quiet
from inference.rules.rule import Hit, ReasonValue, RuleLook, Still, Toward
from inference.tracker import Track
from inference.zones import GRACE_S

MARGIN = 0.1
"""How far beyond the line, in box heights, a place counts as being on that side: a foot point jitters less (judgement;
a tenth of a person is about the width of a shoe)."""
AGAIN_S = 5.0
"""The same track crossing the same way again within so long only wavers on the line (judgement)."""
TWIN_S = 1.0
TWIN_IOU = 0.3
"""Two boxes of one thing: they cross the same way within ``TWIN_S`` and overlap at least so much (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCrossingRule:
    """The rule's figures.

    Attributes:
        rule_id: how hits name it.
        points: both ends of the line, in fractions of the whole picture.
        labels: what counts.
        minimum_score: least mean score of the track's detections.
        toward: the only way that is told; ``None`` for either.
    """

    rule_id: str
    points: tuple[Point, Point]
    labels: frozenset[str]
    minimum_score: float
    toward: Toward | None = None

    def __post_init__(self) -> None:
        if self.points[0] == self.points[1] or not self.labels:
            raise ValueError(f"rule {self.rule_id} needs a line of some length and a label")
        if self.toward is not None and self.toward not in _sides(self.points):
            raise ValueError(f"nothing can cross the line of rule {self.rule_id} toward {self.toward}")


@dataclass(slots=True, eq=False)
class _Path:
    is_beyond: bool | None
    place: Point
    box: Box
    sure_s: float
    seen_s: float
    score_sum: float = 0.0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class _Crossing:
    track_id: int
    toward: Toward
    box: Box
    media_time_s: float


class LineCrossing:
    """State of one rule on one camera. Used by one thread."""

    def __init__(self, rule: LineCrossingRule) -> None:
        self.rule = rule
        self._clock = LookClock()
        self._quiet = Quiet()
        self._paths: dict[int, _Path] = {}
        self._crossings: list[_Crossing] = []

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look; see ``RuleState``."""
        passed_s = self._clock.pass_time(media_time_s)
        self._paths = {id_: path for id_, path in self._paths.items() if media_time_s - path.seen_s <= GRACE_S}
        self._crossings = [past for past in self._crossings if media_time_s - past.media_time_s <= AGAIN_S]
        counted = [track for track in tracks if track.label in self.rule.labels]
        hits = tuple(hit for track in counted if (hit := self._follow(track, media_time_s)) is not None)
        if hits:
            self._quiet.disarm()
        is_empty = not any(self._is_at_line(track.box) for track in counted)
        return RuleLook(dwells={}, hits=hits, is_cleared=self._quiet.see(is_empty, passed_s))

    def restart(self) -> None:
        """Go on after the stream began again: who was on which side is not known any more."""
        self._clock.restart()
        self._quiet.restart()
        self._paths, self._crossings = {}, []

    def _follow(self, track: Track, media_time_s: float) -> Hit | None:
        place = foot_point(track.box)
        path = self._paths.setdefault(track.track_id, _Path(None, place, track.box, media_time_s, media_time_s))
        path.seen_s = media_time_s
        path.score_sum += track.score
        path.seen += 1
        off = _off_line(self.rule.points, place)
        if abs(off) < MARGIN * (track.box[3] - track.box[1]):
            return None
        was_beyond, came_from, began_s, first_box = path.is_beyond, path.place, path.sure_s, path.box
        path.is_beyond, path.place, path.sure_s, path.box = off > 0, place, media_time_s, track.box
        if was_beyond is None or was_beyond == path.is_beyond or not _meet(self.rule.points, came_from, place):
            return None
        toward = _sides(self.rule.points)[0 if path.is_beyond else 1]
        if self.rule.toward not in (None, toward) or path.score_sum / path.seen < self.rule.minimum_score:
            return None
        crossing = _Crossing(track.track_id, toward, track.box, media_time_s)
        is_news = not any(_is_same(past, crossing) for past in self._crossings)
        self._crossings.append(crossing)
        if not is_news:
            return None
        return Hit(
            rule_id=self.rule.rule_id,
            track_id=track.track_id,
            label=track.label,
            score=track.score,
            mean_score=path.score_sum / path.seen,
            box=track.box,
            dwell_s=0.0,
            began_media_s=began_s,
            media_time_s=media_time_s,
            reasons=(ReasonValue("toward", toward), ReasonValue("score", path.score_sum / path.seen)),
            stills=(Still("began", began_s, first_box), Still("due", media_time_s, track.box)),
        )

    def _is_at_line(self, box: Box) -> bool:
        (xa, ya), (xb, yb) = self.rule.points
        across, down = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
        x, y = foot_point(box)
        is_along = min(xa, xb) - across <= x <= max(xa, xb) + across and min(ya, yb) - down <= y <= max(ya, yb) + down
        return is_along and abs(_off_line(self.rule.points, (x, y))) <= max(across, down)


def _sides(points: tuple[Point, Point]) -> tuple[Toward, Toward]:
    """Return the sides of the picture beyond the line and before it; a steep line parts left from right."""
    (xa, ya), (xb, yb) = points
    if abs(yb - ya) >= abs(xb - xa):
        return ("right", "left") if yb < ya else ("left", "right")
    return ("down", "up") if xb > xa else ("up", "down")


def _off_line(points: tuple[Point, Point], place: Point) -> float:
    """Return the distance from the line, drawn on without end; positive beyond it."""
    (xa, ya), (xb, yb) = points
    length = float(((xb - xa) ** 2 + (yb - ya) ** 2) ** 0.5)
    return ((xb - xa) * (place[1] - ya) - (yb - ya) * (place[0] - xa)) / length


def _meet(points: tuple[Point, Point], begin: Point, end: Point) -> bool:
    """Tell whether the way passes between both ends of the line; its own ends lie on either side."""
    return _off_line((begin, end), points[0]) * _off_line((begin, end), points[1]) <= 0


def _is_same(past: _Crossing, now: _Crossing) -> bool:
    if past.toward != now.toward:
        return False
    if past.track_id == now.track_id:
        return True
    return now.media_time_s - past.media_time_s <= TWIN_S and iou(past.box, now.box) >= TWIN_IOU
