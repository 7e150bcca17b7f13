"""What the street looked like, minute by minute: segments of a stream, and the gaps between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from console.domain.cameras import StreamProfile
from console.domain.errors import DomainError
from console.domain.ids import CameraId, SegmentId

# Judgement: a lost index costs a minute to rebuild, and a clip of an alarm lies in one or two files.
SEGMENT_LENGTH = timedelta(seconds=60)
# No segment is longer, whatever a camera's key pictures do: a search by time looks no further back than this.
LONGEST_SEGMENT = timedelta(minutes=5)
# Judgement: arrival jitters by some hundred milliseconds where nothing is missing; nothing shorter is called a gap.
SMALLEST_GAP = timedelta(seconds=1)


class RecordingClass(StrEnum):
    """Why a stream was recorded. Clips of alarms and cases are evidence, not recordings."""

    CONTINUOUS = "continuous"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Some sixty seconds of one stream, in one file, as the camera sent them.

    Attributes:
        path: below the recordings' root.
        begins_at, ends_at: by our clock, UTC. captured_at: of the first picture, by the camera's clock if known.
        media_from_s, media_to_s: seconds by the camera's time stamps, counted by the worker that wrote the file;
            only differences within one file mean anything after a worker was started anew.
        clock_offset_s: camera minus ours at the first picture, ``None`` if unknown.
        follows: the segment after which not one packet is missing; empty behind a gap and where nobody knows.
        lost_at: when its file was found missing; it is a gap since.
    """

    segment_id: SegmentId
    camera_id: CameraId
    profile: StreamProfile
    made_for: RecordingClass
    path: str
    begins_at: datetime
    ends_at: datetime
    media_from_s: float
    media_to_s: float
    size_bytes: int
    sha256: str
    codec: str
    width: int
    height: int
    captured_at: datetime | None = None
    clock_offset_s: float | None = None
    follows: str = ""
    lost_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.ends_at < self.begins_at or self.media_to_s < self.media_from_s:
            raise DomainError("A recording cannot end before it begins.")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which there is no recording."""

    from_at: datetime
    to_at: datetime


def gaps(segments: Sequence[Segment], from_at: datetime, to_at: datetime) -> tuple[Gap, ...]:
    """Return what is missing between two moments, in order.

    Args:
        segments: of one camera and profile, in any order; lost ones count as missing.
    """
    found = []
    covered_to, last = from_at, ""
    kept = (segment for segment in segments if segment.lost_at is None and segment.ends_at > from_at)
    for segment in sorted(kept, key=lambda segment: (segment.begins_at, segment.ends_at)):
        if segment.begins_at >= to_at:
            break
        is_joined = bool(last) and segment.follows == last
        if not is_joined and segment.begins_at - covered_to >= SMALLEST_GAP:
            found.append(Gap(covered_to, segment.begins_at))
        if segment.ends_at >= covered_to:
            covered_to, last = segment.ends_at, segment.segment_id
    if to_at - covered_to >= SMALLEST_GAP:
        found.append(Gap(covered_to, to_at))
    return tuple(found)
