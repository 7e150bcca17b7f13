"""What every rule says about one look."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.geometry import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule satisfied, with its reasons.

    Attributes:
        rule_id: which rule.
        track_id: which track of the camera, at this moment.
        label: what it is, by most of its score.
        score: of the detection of this look.
        mean_score: of all detections of this stay.
        box: in fractions of the whole picture.
        dwell_s: how long it has stayed, by media time.
        began_media_s: media time at which the stay began.
        media_time_s: media time of this look.
    """

    rule_id: str
    track_id: int
    label: str
    score: float
    mean_score: float
    box: Box
    dwell_s: float
    began_media_s: float
    media_time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLook:
    """One rule's answer to one look.

    Attributes:
        dwells: dwell in seconds by track, for those that count.
        hits: new ones only.
        is_cleared: the zone of an earlier hit has now been empty long enough; the next stay is news.
    """

    dwells: Mapping[int, float]
    hits: tuple[Hit, ...] = ()
    is_cleared: bool = False
