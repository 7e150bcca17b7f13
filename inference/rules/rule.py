"""What every rule says about one look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from inference.background import Ground
from inference.geometry import Box
from inference.tracker import Track

Toward = Literal["left", "right", "up", "down"]
"""The side of the picture a thing goes to."""
Level = Literal["warning", "alarm"]
Change = Literal["came", "went", "missing", "over_rim", "beside_bin", "not_as_reference"]
"""What became of a thing."""
ReasonName = Literal[
    "dwell_s",
    "jam_s",
    "count",
    "least_count",
    "density_per_m2",
    "level",
    "toward",
    "trend_per_minute",
    "off_by_degrees",
    "score",
    "change",
    "brought_by",
    "beside",
    "covered_share",
    "changed_share",
    "votes",
    "of_votes",
    "storeys_fallen",
    "storey",
    "storey_from",
    "storey_to",
    "column",
    "column_from",
    "column_to",
    "bay",
]
BayState = Literal["free", "occupied", "unsure"]
BayCause = Literal["", "across", "hidden", "unknown"]
"""Why a bay is unsure: a vehicle takes two, something stands before it, or it was not seen long enough yet."""
BayChange = Literal["entered", "left", "found_free"]
"""What became of a bay; ``found_free``: the first that is known of it."""


@dataclass(frozen=True, slots=True)
class ReasonValue:
    """One value a sentence to the operator is made of; the sentence itself is the catalogue's.

    Attributes:
        name: says what it is and, for figures, the unit.
        value: a figure, the number of a bay, a ``Level``, a ``Toward``, a ``Change``, or a class of the model.
    """

    name: ReasonName
    value: float | str


@dataclass(frozen=True, slots=True)
class Still:
    """A picture the hit wants kept.

    Attributes:
        moment: what it shows: how it began, or what satisfied the rule.
        media_time_s: by the camera's clock; never later than the hit.
        box: what to look at, in fractions of the whole picture.
    """

    moment: Literal["began", "due"]
    media_time_s: float
    box: Box


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
        reasons: why, as values for words.
        stills: what to keep, oldest first.
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
    reasons: tuple[ReasonValue, ...] = ()
    stills: tuple[Still, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BayLook:
    """One parking bay as it is now.

    Attributes:
        bay: its number in the row, from 1.
        state: what is known of it; cause: why that is unsure, empty where it is not.
        since_s: media time from which it has been so; below 0 where that was before the stream began again.
        is_overdue: a vehicle has stood there longer than allowed.
    """

    bay: int
    state: BayState
    cause: BayCause
    since_s: float
    is_overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BayEvent:
    """A vehicle took a bay, or left it.

    Attributes:
        bay: its number in the row, from 1.
        media_time_s: when that happened, by the camera's clock: earlier than when it was sure.
        is_sure: one vehicle, in one bay, never out of sight for long.
        is_begin_known: it was seen to come.
        box: where it stood, in fractions of the whole picture.
    """

    bay: int
    change: BayChange
    media_time_s: float
    is_sure: bool
    is_begin_known: bool
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLook:
    """One rule's answer to one look.

    Attributes:
        dwells: dwell in seconds by track, for those that count.
        hits: new ones only.
        is_cleared: the zone of an earlier hit has now been empty long enough; the next stay is news.
        bays: all of a row of bays, in order; none for other families.
        bay_events: new ones only.
    """

    dwells: Mapping[int, float]
    hits: tuple[Hit, ...] = ()
    is_cleared: bool = False
    bays: tuple[BayLook, ...] = ()
    bay_events: tuple[BayEvent, ...] = ()


@runtime_checkable
class RuleState(Protocol):
    """What a rule has counted on one camera. Used by one thread."""

    def look(self, tracks: Sequence[Track], media_time_s: float) -> RuleLook:
        """Return what the rule says after this look.

        Args:
            tracks: those seen in this look, boxes in fractions of the whole picture.
            media_time_s: seconds since the stream began, by the camera's clock.

        Raises:
            ClockWentBackwards: the stream restarted; call ``restart`` first.
        """
        ...

    def restart(self) -> None:
        """Go on after the stream began again: what was counted is lost, what was reported is still known."""
        ...


@runtime_checkable
class PixelRuleState(Protocol):
    """What a rule has counted on one camera that looks at the ground as well as at tracks. Used by one thread."""

    def look(self, tracks: Sequence[Track], media_time_s: float, ground: Ground) -> RuleLook:
        """Return what the rule says after this look.

        Args:
            tracks: those seen in this look, boxes in fractions of the whole picture.
            media_time_s: seconds since the stream began, by the camera's clock.
            ground: what this look says of the ground.

        Raises:
            ClockWentBackwards: the stream restarted; call ``restart`` first.
        """
        ...

    def restart(self) -> None:
        """Go on after the stream began again: what was counted is lost, what was reported is still known."""
        ...
