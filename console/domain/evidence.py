"""What can be shown later: clips, stills, recordings and photographs, each with its digest and its clock."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum

from console.domain.ids import CameraId, EvidenceId
from console.domain.rules import WITH_DWELL, RuleFamily

# The remark of a picture that came with a report.
REPORTED = "reported"
LARGEST_CLOCK_OFFSET_S = 1.0  # GA/T 832-2014: device clock within 1.0 s of Beijing time


class Doubt(StrEnum):
    """Why an item can inform but not prove."""

    NONE = ""
    CLOCK_UNKNOWN = "clock_unknown"
    CLOCK_OFF = "clock_off"


class EvidenceKind(StrEnum):
    CLIP = "clip"
    STILL = "still"
    SPEECH = "speech"
    PHOTO = "photo"
    RECHECK_STILL = "recheck_still"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The window of a façade something came from: the likely one, and those it may have been.

    Attributes:
        storey, column: storeys counted upward, columns from the left of the picture, 1 the first.
    """

    storey: int
    storey_from: int
    storey_to: int
    column: int
    column_from: int
    column_to: int


_NAMING_WINDOW = tuple(one.name for one in fields(Window))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What the machine knew when it raised the alarm, written beside the picture and never into it.

    Attributes:
        reasons: why, as names and values for words; what they say is the catalogue's.
    """

    rule_id: str
    zone_name: str
    polygon: tuple[tuple[float, float], ...]
    box: tuple[float, float, float, float] | None
    label: str
    score: float
    mean_score: float
    dwell_s: float
    model_name: str
    model_sha256: str
    device: str
    precision: str
    family: RuleFamily = RuleFamily.STANDING_VEHICLE
    reasons: tuple[tuple[str, float | str], ...] = ()

    @property
    def window(self) -> Window | None:
        """The window it came from; ``None`` where the rule names none, or where it is masked."""
        known = dict(self.reasons)
        if not all(name in known for name in _NAMING_WINDOW):
            return None
        return Window(**{name: int(known[name]) for name in _NAMING_WINDOW})

    @property
    def masked(self) -> "RuleFacts":
        """The same without what names a window: behind it somebody lives who may have thrown nothing."""
        return replace(self, reasons=tuple((name, value) for name, value in self.reasons if name not in _NAMING_WINDOW))

    @property
    def has_stayed(self) -> bool:
        """Whether its dwell says anything: a crossing is over as it is seen."""
        return self.family in WITH_DWELL


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One file, sealed at birth.

    Attributes:
        subject_id: the alarm, case or talk session it belongs to.
        path: below the evidence store's root.
        begins_at: by our clock, UTC. captured_at: by the camera's, ``None`` if unknown.
        clock_offset_s: camera minus ours; ``clock_source`` says who told us.
        sound: the codec of the sound in it, empty where there is none.
        deleted_at: since when the file is gone and only this row stays (``deleted_why`` as in the deletion log).
    """

    evidence_id: EvidenceId
    kind: EvidenceKind
    subject_id: str
    path: str
    sha256: str
    size_bytes: int
    begins_at: datetime
    duration_s: float = 0.0
    media_time_s: float | None = None
    camera_id: CameraId | None = None
    captured_at: datetime | None = None
    clock_offset_s: float | None = None
    clock_source: str = "unknown"
    width: int = 0
    height: int = 0
    sound: str = ""
    rule: RuleFacts | None = None
    remark: str = ""
    made_by: str = ""
    deleted_at: datetime | None = None
    deleted_why: str = ""

    @property
    def is_reported(self) -> bool:
        """Whether it came with a report: no camera of ours took it, and nobody knows its clock."""
        return self.remark == REPORTED

    @property
    def is_evidence_grade(self) -> bool:
        """True when the camera's clock is known and within 1.0 s; anything else can inform but not prove."""
        return self.doubt is Doubt.NONE

    @property
    def doubt(self) -> Doubt:
        if self.clock_offset_s is None:
            return Doubt.CLOCK_UNKNOWN
        return Doubt.NONE if abs(self.clock_offset_s) <= LARGEST_CLOCK_OFFSET_S else Doubt.CLOCK_OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLine:
    """Who did what with an item, when."""

    evidence_id: EvidenceId
    at: datetime
    who: str
    act: str
    detail: dict[str, str] = field(default_factory=dict)
