"""What is wrong with one picture, by itself and against its reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from inference.sight.reference import Reference
from inference.sight.traits import Floats, Marks, Traits

FLAT = 12.0
"""Grey levels between the darkest and the lightest 2 %: less is no street. The emptiest of the footage, asphalt from
above, has 37; a lens cap with the noise of a cheap sensor 3 to 6."""
BLACK_BELOW = 50.0
"""Mean luma of a flat picture that is called black; 16 is black in video, noise and a leaking cap lift it."""
LEAST_PLAIN = 10
"""Blocks of 40 with edges that a picture needs to be judged against its reference (footage: asphalt 4, a lobby 30)."""
BLURRED, SHARP_AGAIN = 0.32, 0.45
"""Fineness of the middle block against the reference. A blur of 1.5 pixels (standard deviation) in 640 to 768 leaves
0.17 to 0.42, one of 3 leaves 0.05 to 0.20; whole footage never fell below 0.86."""
STILL_SHARP = 0.6
"""A block this fine is not blurred; where one in six is, the lens is in focus and something else is wrong."""
ALIKE_THUMB = 0.75
"""Correlation of the picture's rough light with the reference's that a blurred picture keeps."""
LOST_BLOCK, KEPT_BLOCK = 0.25, 0.5
"""Agreement below which a block does not show what it should, and above which it does."""
COVERED, UNCOVERED = 0.35, 0.25
"""Part of the blocks that are lost together. One person close to the camera hides up to 0.15 (footage)."""
TURNED, TURNED_BACK = 0.35, 0.5
"""Part of the blocks kept, at most: of a picture that shows another street."""
UNLIKE, ALIKE_AGAIN = 0.5, 0.6
"""Overall agreement that no whole picture has (footage: 0.73, 0.64 when it shakes by 1 %): a view that was zoomed to
1.2 has 0.19 to 0.49, one that was tilted by 5 degrees 0.28 to 0.44, and no shift undoes either."""
SMOOTH = 0.3
"""Energy of the lost blocks against the reference's, the gain of the others taken out: less has no edges."""
KEPT_BESIDE = 0.4
"""Part of the blocks kept beside a thing with edges of its own that hangs before the lens (judgement)."""
LEAST_SHIFT, SURE_SHIFT = 0.035, 0.08
"""Part of the picture's width a view must have moved, and by how much better it must fit there than unmoved. Zones
drawn in a picture are wrong by then, and wind moves less (judgement)."""
LOOK_FOR_SHIFT_BELOW = 0.8
"""Overall agreement from which on nothing is looked for: the search costs as much as the rest."""
OTHER_LIGHT = 2.5
"""Times a picture may be lighter or darker than its reference (footage darkened to 0.3 with noise agrees by 0.88)."""

SAME_LIGHT = 1.5
"""Times two references of one camera may differ in light to be called of the same (judgement)."""


class Wrong(StrEnum):
    """What may be wrong with what a camera sees."""

    BLACK = "black"
    BLANK = "blank"
    BLURRED = "blurred"
    COVERED = "covered"
    TURNED = "turned"


class Unjudged(StrEnum):
    """Why a picture was not judged against a reference."""

    NO_REFERENCE = "no_reference"
    OTHER_LIGHT = "other_light"
    FEW_EDGES = "few_edges"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one picture says.

    Attributes:
        wrong: what is wrong, ``None`` where nothing is, as far as it was judged.
        unjudged: why only black and blank were looked for, ``None`` where all was.
        agreement: with the reference, about 1 for the same; 0 without one.
    """

    wrong: Wrong | None
    unjudged: Unjudged | None = None
    agreement: float = 0.0


def best_of(references: Sequence[Reference], seen: Traits) -> Reference | None:
    """Return the reference of a light like this that the picture agrees with most; else the one of the nearest light.

    Infrared at night may be as light as the day and show other edges: which of the two it is, the picture says.
    """
    fitting = [one for one in references if not is_other_light(one, seen)]
    if fitting:
        return max(fitting, key=lambda one: one.overall(seen))
    return min(references, key=lambda one: _times(one.level, seen.level), default=None)


def is_other_light(reference: Reference, seen: Traits) -> bool:
    """Say whether the picture is so much lighter or darker that the reference does not tell how it should be."""
    return _times(reference.level, seen.level) > OTHER_LIGHT


def are_of_one_light(one: Reference, other: Reference) -> bool:
    """Say whether two references are of about the same light, so that one of them is enough."""
    return _times(one.level, other.level) <= SAME_LIGHT


def judge(seen: Traits, reference: Reference | None, before: Wrong | None = None) -> Opinion:
    """Return what is wrong with a picture.

    Args:
        before: what was wrong a moment ago; that it is over has to be plainer than that it began.
    """
    if seen.high - seen.low < FLAT:
        return Opinion(wrong=Wrong.BLACK if seen.level < BLACK_BELOW else Wrong.BLANK)
    if reference is None:
        return Opinion(wrong=None, unjudged=Unjudged.NO_REFERENCE)
    plain = reference.plain
    if int(plain.sum()) < LEAST_PLAIN:
        return Opinion(wrong=None, unjudged=Unjudged.FEW_EDGES)
    overall = reference.overall(seen)
    blocks = reference.agreement(seen)
    fineness = np.asarray((seen.fineness / np.maximum(reference.fineness, 1e-3))[plain], np.float32)
    if _is_blurred(seen, reference, fineness, SHARP_AGAIN if before is Wrong.BLURRED else BLURRED):
        return Opinion(wrong=Wrong.BLURRED, agreement=overall)
    if overall < LOOK_FOR_SHIFT_BELOW and _is_shifted(seen, reference, overall):
        return Opinion(wrong=Wrong.TURNED, agreement=overall)
    lost = plain & (blocks < LOST_BLOCK)
    kept = float((blocks[plain] >= KEPT_BLOCK).mean())
    is_smooth = _energy_left(seen, reference, lost, blocks) < SMOOTH
    is_unlike = overall < (ALIKE_AGAIN if before is Wrong.TURNED else UNLIKE)
    if not is_smooth and (is_unlike or kept < (TURNED_BACK if before is Wrong.TURNED else TURNED)):
        is_part = kept >= KEPT_BESIDE and _largest(lost) / int(plain.sum()) >= UNCOVERED
        return Opinion(wrong=Wrong.COVERED if is_part else Wrong.TURNED, agreement=overall)
    if _largest(lost) / int(plain.sum()) >= (UNCOVERED if before is Wrong.COVERED else COVERED):
        return Opinion(wrong=Wrong.COVERED, agreement=overall)
    return Opinion(wrong=None, agreement=overall)


def _is_blurred(seen: Traits, reference: Reference, fineness: Floats, least: float) -> bool:
    if float(np.median(fineness)) >= least or float((fineness >= STILL_SHARP).mean()) > 1 / 6:
        return False
    return _correlation(seen.thumb, reference.thumb) >= ALIKE_THUMB


def _is_shifted(seen: Traits, reference: Reference, overall: float) -> bool:
    across, down, fit = reference.displacement(seen)
    return float(np.hypot(across, down)) >= LEAST_SHIFT and fit - max(0.0, overall) >= SURE_SHIFT


def _energy_left(seen: Traits, reference: Reference, lost: Marks, blocks: Floats) -> float:
    """Return the energy of what was lost against the reference's, by the gain of what was kept."""
    if not lost.any():
        return 1.0
    ratio = seen.energy / (reference.energy + 1.0)
    others = reference.plain & (blocks >= KEPT_BLOCK)
    gain = float(np.median(ratio[others])) if others.sum() >= LEAST_PLAIN // 2 else _gain(seen, reference)
    return float(np.median(ratio[lost])) / max(gain, 1e-3)


def _gain(seen: Traits, reference: Reference) -> float:
    return min(1.0, (seen.level / max(reference.level, 1.0)) ** 2)


def _largest(lost: Marks) -> int:
    """Return how many lost blocks hang together at most."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(lost.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max()) if len(stats) > 1 else 0


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / size if size > 0.0 else 0.0


def _times(one: float, other: float) -> float:
    return (max(one, other) + 1.0) / (min(one, other) + 1.0)
