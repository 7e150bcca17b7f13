"""What a street looks like without its people and cars, and what has come to stand on it since.

Two backgrounds a cell: the short one is what is there now, past who walks by; the long one is what has been there since
this camera is watched. Both hold local contrast of the logarithm of luma, so light that changes softly over the
picture (dusk, a cloud, the rim of a moving shadow, a headlight's patch) changes neither. All ages are media time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.errors import ClockWentBackwards
from inference.frames import Frame
from inference.geometry import Box, Point
from inference.motion import DARK_MEAN, FLAT_DEVIATION
from inference.tracker import Track
from inference.zones import GRACE_S

COLUMNS = 160
"""Cells across at least: a bag of 3 % of the picture is five of them, and a look costs about a millisecond."""
MOVERS = frozenset(
    {"person", "rider", "cyclist", "bicycle", "bike", "motorcycle", "tricycle", "car", "van", "bus", "truck", "vehicle"}
) | {"train", "boat", "dog", "cat", "bird"}
"""Labels of what comes and goes by itself: where one of them is, nothing is known of the ground. A suitcase or a chair
that the detector knows is ground like any other thing."""
CHANGED = 0.10
"""Contrast by which a cell is not as it was: about a quarter of the luma beside it; averaged noise has 0.02."""
CHANGED_SHARE = 0.5
"""Least part of its own contrast a cell must change by: at night a lamp makes all edges plainer, and moves none."""
SETTLED_S = 1.0
"""What a cell shows for so long is there; who walks through covers it for less (judgement)."""
BELIEVED_S = 3.0
"""A long background younger than this gives way to what stays longer: somebody may have stood there at first."""
FOLLOW_S = 60.0
"""The long background follows slow change (daylight) with this time constant."""
ANEW_SHARE = 0.4
"""When so much of the picture is another one, the camera turned, or the clip was cut: all begins anew."""
MOVED_SHARE = 0.6
"""The same of the cells with edges only: a picture of asphalt changes little when the camera turns."""
LEAST_EDGES = 0.004
"""A part of the picture with fewer of its cells on edges says nothing about that."""
PARTS = (4, 3)
LEAST_PARTS = 4
"""The picture is judged by twelve parts, and only where so many say something (judgement)."""
MARGIN = 4
"""Cells around a mover of which nothing is known either: its shadow's rim, and the blur of the contrast."""
REACH = 3
"""Cells by which a thing's own change reaches beyond it, as the blur of the contrast does."""
LEAST_EDGE_CELLS = 8
"""A thing with fewer cells of edges cannot be told from the ground (judgement)."""
RIM = 2
"""Cells at the rim of the picture that are not judged: a shaking mast brings in what was outside."""
MOST_SHAKE = 4.0
"""Cells by which a shaking mast may move the picture (2.5 % of it); farther, the camera has turned."""
STEADIED = 0.5
"""Moving it back must find at least half of the edges that were lost: a shaking mast's are all found (judgement)."""
CUT_SHARE = 0.7
"""When so many edges go from one look to the next, it is another picture at once: 0.81 and more where a clip is cut,
0.56 at most where two cars pass over bare asphalt (tuning halves of the clips, 2026-11-23)."""
_CORE, _AROUND = 0.8, 3.0  # cells: what a cell's contrast is between
_DARK_OFFSET = 16.0  # levels: keeps the logarithm of a dark street from being noise
_KEEP = 0.8  # of the short background at each look: a mean of about five looks

Grid = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A connected part of the ground that is not as it was.

    Attributes:
        box: in fractions of the whole picture.
        since_s: media time since when most of it has been so.
        solid: the share of its cells that changed themselves, 0 to 1; the rest lies between them.
        has_come: its rim is plainer than the ground was; otherwise something was taken away.
    """

    box: Box
    since_s: float
    solid: float
    has_come: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ground:
    """What one look says of the ground. Grids are ``(rows, columns)`` over ``region``, origin top-left.

    Attributes:
        region: the part of the picture they cover, in fractions of it.
        now, before: local contrast, short and long.
        since_s: media time since when ``now`` is so.
        known: both are known.
        hidden: somebody or a vehicle is or just was before it.
        shown: this look shows what ``now`` says.
        is_blind: too dark or too flat to say anything.
        is_anew: the picture has just become another one; whatever was counted is of no use.
    """

    region: Box
    now: Grid
    before: Grid
    since_s: Grid
    known: Mask
    hidden: Mask
    shown: Mask
    is_blind: bool
    is_anew: bool

    def patches(
        self, outline: Sequence[Point], least_area: float, media_time_s: float, *, but: Sequence[Point] = ()
    ) -> list[Patch]:
        """Return what is not as it was within an outline.

        Args:
            outline: in fractions of the whole picture.
            least_area: of a patch's box, in fractions of the whole picture's area.
            media_time_s: of this look.
            but: an outline of which nothing counts, nor what its change makes plainer or fainter next to it.
        """
        changed = self.changed & (media_time_s - self.since_s >= SETTLED_S) & self.within(outline)
        if but:
            reach = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
            changed &= cv2.dilate(self.within(but).astype(np.uint8), reach) == 0
        if not changed.any():
            return []
        joined = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found = []
        for around in outlines:
            left, top, wide, high = cv2.boundingRect(around)
            box = self.in_picture((left, top, left + wide, top + high))
            if (box[2] - box[0]) * (box[3] - box[1]) < least_area:
                continue
            window = np.s_[top : top + high, left : left + wide]
            filled = np.zeros((high, wide), np.uint8)
            cv2.drawContours(filled, [around - np.array([left, top])], -1, 1, cv2.FILLED)
            own = changed[window] & (filled > 0)
            found.append(
                Patch(
                    box=box,
                    since_s=float(np.median(self.since_s[window][own])),
                    solid=float(filled.mean()),
                    has_come=float(np.abs(self.now[window])[own].mean())
                    >= float(np.abs(self.before[window])[own].mean()),
                )
            )
        return found

    def hidden_share(self, box: Box) -> float:
        """Return which share of a place is behind somebody, or not known, 0 to 1."""
        rows, columns = self._cells_of(box)
        return float((self.hidden[rows, columns] | ~self.known[rows, columns]).mean())

    def lost_share(self, outline: Sequence[Point]) -> float | None:
        """Return which share of the edges within an outline is not as it was, 0 to 1.

        ``None`` where most of them cannot be seen, or there are too few to tell.
        """
        edges = self.within(outline) & self.known & (np.abs(self.before) >= 2 * CHANGED)
        open_ = edges & ~self.hidden
        if edges.sum() < LEAST_EDGE_CELLS or open_.sum() < edges.sum() / 2:
            return None
        return float(_differs(self.now, self.before)[open_].mean())

    def within(self, outline: Sequence[Point]) -> Mask:
        """Return the cells inside an outline given in fractions of the whole picture."""
        rows, columns = self.now.shape
        x0, y0, x1, y1 = self.region
        corners = [((x - x0) / (x1 - x0) * columns, (y - y0) / (y1 - y0) * rows) for x, y in outline]
        inside = np.zeros((rows, columns), np.uint8)
        cv2.fillPoly(inside, [np.round(np.array(corners)).astype(np.int32)], 1)
        return np.asarray(inside > 0)

    @property
    def changed(self) -> Mask:
        """Which cells are not as they were; those that are hidden are not said to be."""
        return np.asarray(self.known & self.shown & _differs(self.now, self.before))

    def in_picture(self, cells: tuple[int, int, int, int]) -> Box:
        """Return left, top, right and bottom cells as a box in fractions of the whole picture."""
        rows, columns = self.now.shape
        x0, y0, x1, y1 = self.region
        across, down = (x1 - x0) / columns, (y1 - y0) / rows
        left, top, right, bottom = cells
        return x0 + left * across, y0 + top * down, x0 + right * across, y0 + bottom * down

    def _cells_of(self, box: Box, margin: int = 0) -> tuple[slice, slice]:
        return cells_of(box, self.region, (self.now.shape[0], self.now.shape[1]), margin)


class Background:
    """Both backgrounds of one camera. Used by one thread."""

    def __init__(self) -> None:
        self._region: Box | None = None
        self._seen_s = 0.0
        self._now = np.zeros((0, 0), np.float32)
        self._before = self._now
        self._last = self._now
        self._since_s = self._now
        self._astray_s = self._now
        self._support_s = self._now
        self._learned_s = self._now
        self._is_known = np.zeros((0, 0), np.bool_)
        self._inner = self._is_known
        self._fits = self._is_known
        self._movers: dict[int, tuple[Box, float]] = {}

    def see(self, frame: Frame, tracks: Sequence[Track]) -> Ground:
        """Take a frame and the tracks seen in it, and return what is known of the ground now.

        Raises:
            ClockWentBackwards: the stream restarted; call ``restart`` first.
        """
        media_time_s, contrast = frame.media_time_s, _contrast(frame)
        if self._region != frame.region or self._now.shape != contrast.shape:
            self._begin(contrast, frame.region, media_time_s)
        if media_time_s < self._seen_s:
            raise ClockWentBackwards(self._seen_s, media_time_s)
        passed_s = min(media_time_s - self._seen_s, GRACE_S)  # a gap in looking is not a time in which things were seen
        self._seen_s = media_time_s
        contrast, is_cut = _steadied(contrast, self._now), _lost_edges(contrast, self._last) >= CUT_SHARE
        self._last = contrast
        if is_cut:
            self._begin(contrast, frame.region, media_time_s)
        hidden = self._hide(tracks, frame.region, media_time_s)
        is_blind = float(frame.luma.mean()) < DARK_MEAN or float(frame.luma.std()) < FLAT_DEVIATION
        if not is_blind:
            self._follow(contrast, ~hidden, media_time_s, passed_s)
        ground = self._ground(frame.region, hidden, is_blind=is_blind, is_anew=is_cut)
        if _is_another(ground, media_time_s):
            self._begin(contrast, frame.region, media_time_s)
            return self._ground(frame.region, hidden, is_blind=is_blind, is_anew=True)
        return ground

    def restart(self) -> None:
        """Go on after the stream began again: the long background stays, for it is the same street."""
        self._seen_s = 0.0
        self._movers = {}
        self._since_s = np.zeros_like(self._since_s)
        self._learned_s = np.full_like(self._since_s, -1.0)  # before the new stream began
        self._astray_s = np.zeros_like(self._astray_s)

    def _begin(self, contrast: Grid, region: Box, media_time_s: float) -> None:
        self._region, self._seen_s = region, media_time_s
        self._now, self._before, self._last = contrast.copy(), contrast.copy(), contrast
        self._since_s = np.full_like(contrast, media_time_s)
        self._astray_s, self._support_s = np.zeros_like(contrast), np.zeros_like(contrast)
        self._learned_s = np.full_like(contrast, media_time_s)
        self._is_known = np.zeros(contrast.shape, np.bool_)
        self._inner = np.zeros(contrast.shape, np.bool_)
        self._inner[RIM:-RIM, RIM:-RIM] = True
        self._fits = np.ones(contrast.shape, np.bool_)

    def _hide(self, tracks: Sequence[Track], region: Box, media_time_s: float) -> Mask:
        for track in tracks:
            if track.label in MOVERS:
                self._movers[track.track_id] = (track.box, media_time_s)
        self._movers = {
            number: (box, seen_s) for number, (box, seen_s) in self._movers.items() if media_time_s - seen_s <= GRACE_S
        }
        hidden = np.zeros(self._now.shape, np.bool_)
        shape = (hidden.shape[0], hidden.shape[1])
        for box, _ in self._movers.values():
            hidden[cells_of(box, region, shape, MARGIN)] = True
        return hidden

    def _follow(self, contrast: Grid, seen: Mask, media_time_s: float, passed_s: float) -> None:
        fits = np.abs(contrast - self._now) < np.maximum(CHANGED, CHANGED_SHARE / 2 * np.abs(self._now))
        as_before = seen & fits
        self._now = np.where(as_before, _KEEP * self._now + (1 - _KEEP) * contrast, self._now)
        self._astray_s = np.where(seen, np.where(fits, 0.0, self._astray_s + passed_s), self._astray_s)
        turned = seen & (self._astray_s >= SETTLED_S / 2)
        self._now = np.where(turned, contrast, self._now)
        self._since_s = np.where(turned, media_time_s - self._astray_s, self._since_s).astype(np.float32)
        self._astray_s = np.where(turned, 0.0, self._astray_s).astype(np.float32)
        age_s = media_time_s - self._since_s
        settled = seen & (age_s >= SETTLED_S) & fits
        same = np.abs(self._now - self._before) < CHANGED
        step = np.float32(passed_s / FOLLOW_S)
        kept = self._is_known & settled & same
        self._before = np.where(kept, self._before + step * (self._now - self._before), self._before)
        self._support_s = np.where(kept, self._support_s + passed_s, self._support_s)
        firm = settled & ~same & (self._support_s < BELIEVED_S) & (age_s > self._support_s + SETTLED_S)
        # What has been there as long as the ground itself did not come: the light drifted (a camera's own exposure).
        drifted = self._is_known & settled & ~same & (self._since_s <= self._learned_s)
        fresh = (settled & ~self._is_known) | firm | drifted
        self._learned_s = np.where(fresh, media_time_s, self._learned_s).astype(np.float32)
        self._before = np.where(fresh, self._now, self._before).astype(np.float32)
        self._support_s = np.where(fresh, age_s, self._support_s).astype(np.float32)
        self._is_known |= fresh & self._inner
        # What was not there long enough before somebody hid it does not grow older behind them.
        self._since_s = np.where(~seen & (age_s < SETTLED_S), media_time_s, self._since_s).astype(np.float32)
        self._fits = fits

    def _ground(self, region: Box, hidden: Mask, *, is_blind: bool, is_anew: bool) -> Ground:
        return Ground(
            region=region,
            now=self._now,
            before=self._before,
            since_s=self._since_s,
            known=self._is_known.copy(),
            hidden=hidden,
            shown=self._fits & ~hidden,
            is_blind=is_blind,
            is_anew=is_anew,
        )


def _is_another(ground: Ground, media_time_s: float) -> bool:
    """Tell whether the picture as a whole has settled to another one."""
    judged = ground.known & ~ground.hidden
    if not judged.any():
        return False
    other = ground.changed & (media_time_s - ground.since_s >= SETTLED_S)
    edges = judged & (np.abs(ground.before) >= CHANGED)
    return float(other[judged].mean()) >= ANEW_SHARE or _all_over(other, edges) >= MOVED_SHARE


def _steadied(contrast: Grid, before: Grid) -> Grid:
    """Return the picture moved back to where it was, if it only shook a little."""
    (across, down), _ = cv2.phaseCorrelate(before, contrast)
    if max(abs(across), abs(down)) > MOST_SHAKE:
        return contrast
    back = np.array([[1, 0, across], [0, 1, down]], np.float32)
    size = (contrast.shape[1], contrast.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = np.asarray(cv2.warpAffine(contrast, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)
    # On plain asphalt a passing car has most of the edges: the picture is not moved along with it.
    return moved if _lost_edges(moved, before) < STEADIED * _lost_edges(contrast, before) else contrast


def _lost_edges(contrast: Grid, before: Grid) -> float:
    """Return the share of the plain edges that are not where they were, 0 to 1."""
    return _all_over(_differs(contrast, before), np.abs(before) >= 2 * CHANGED)


def _all_over(lost: Mask, edges: Mask) -> float:
    """Return the mean share of lost edges over the parts of the picture that have any; 0 where too few have.

    Each part weighs the same: on bare asphalt one thing may have most of the edges there are.
    """
    own = cv2.resize(edges.astype(np.float32), PARTS, interpolation=cv2.INTER_AREA)
    gone = cv2.resize((edges & lost).astype(np.float32), PARTS, interpolation=cv2.INTER_AREA)
    counted = own >= LEAST_EDGES
    return float((gone[counted] / own[counted]).mean()) if int(counted.sum()) >= LEAST_PARTS else 0.0


def _differs(contrast: Grid, before: Grid) -> Mask:
    by = np.abs(contrast - before)
    return np.asarray((by >= CHANGED) & (by >= CHANGED_SHARE * np.maximum(np.abs(contrast), np.abs(before))))


def cells_of(box: Box, region: Box, shape: tuple[int, int], margin: int = 0) -> tuple[slice, slice]:
    """Return the rows and columns a box of the whole picture covers, at least one of each."""
    (x0, y0, x1, y1), (rows, columns) = region, shape
    left, right = ((x - x0) / (x1 - x0) * columns for x in (box[0], box[2]))
    top, bottom = ((y - y0) / (y1 - y0) * rows for y in (box[1], box[3]))
    first_row, first_column = (min(max(0, int(low) - margin), most - 1) for low, most in ((top, rows), (left, columns)))
    last_row = max(first_row + 1, min(rows, int(np.ceil(bottom)) + margin))
    last_column = max(first_column + 1, min(columns, int(np.ceil(right)) + margin))
    return slice(first_row, last_row), slice(first_column, last_column)


def _contrast(frame: Frame) -> Grid:
    """Return how each cell's logarithm of luma differs from what is around it: light that is even cancels out."""
    luma = np.ascontiguousarray(frame.luma)
    cell_px = max(1, luma.shape[1] // COLUMNS)
    size = (max(1, luma.shape[1] // cell_px), max(1, luma.shape[0] // cell_px))
    cells = cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.log(np.maximum(cells - 16, 0) + np.float32(_DARK_OFFSET))
    core, around = (cv2.GaussianBlur(light, (0, 0), sigma) for sigma in (_CORE, _AROUND))
    return np.asarray(core - around, np.float32)
