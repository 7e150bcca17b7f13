"""What is wrong with a camera itself, since when; and the pictures that say how it should look."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.ids import CameraId, CategoryCode

OUT_OF_ORDER = CategoryCode("01050")  # 监控电子眼设施异常, GB/T 47678.5-2026


class FaultKind(StrEnum):
    """The first five are seen in its picture, the last is read from its stream."""

    BLACK = "black"
    BLANK = "blank"
    BLURRED = "blurred"
    COVERED = "covered"
    TURNED = "turned"
    CLOCK_OFF = "clock_off"

    @property
    def is_seen(self) -> bool:
        return self is not FaultKind.CLOCK_OFF


# Which filing condition of the matter fits, by its place in the standard's list: tilted or broken, damaged, dirty.
CONDITION_OF = {
    FaultKind.TURNED: 0,
    FaultKind.BLACK: 1,
    FaultKind.BLANK: 1,
    FaultKind.CLOCK_OFF: 1,
    FaultKind.BLURRED: 2,
    FaultKind.COVERED: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFault:
    """One thing wrong with one camera, from its beginning to its end.

    Attributes:
        began_at: when it was first so, by our clock. noted_at: when that had held for long enough.
        ended_at: since when it is over; ``None`` while it lasts.
        clock_offset_s: camera minus ours when it was noted, of a clock that is off.
    """

    fault_id: str
    camera_id: CameraId
    kind: FaultKind
    began_at: datetime
    noted_at: datetime
    ended_at: datetime | None = None
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePicture:
    """How a camera should look, in one light.

    Attributes:
        measured: file of what was measured of it, picture: of the picture itself; names in the camera's own folder.
        taken_by: who said so; empty where the picture was taken by itself after it had been steady.
    """

    reference_id: str
    camera_id: CameraId
    taken_at: datetime
    measured: str
    picture: str
    width: int
    height: int
    taken_by: str = ""
