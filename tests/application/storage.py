"""Things the storage desk and the upkeep are tried with."""

from dataclasses import dataclass, field
from datetime import timedelta

from console.application.errors import Unavailable
from console.domain.cameras import StreamProfile
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, CameraId, EvidenceId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.domain.retention import Disk, Stored
from tests.application.city import CAMERA, City

PLENTY = Disk(free_bytes=10**12, begin_below_bytes=10**9, until_bytes=2 * 10**9)


@dataclass(slots=True)
class Shelf:
    """Files that are somewhere else, and files that do not go."""

    absent: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    removed: list[str] = field(default_factory=list)

    def is_here(self, stored: Stored) -> bool:
        return stored.stored_id not in self.absent and stored.stored_id not in self.removed

    def remove(self, stored: Stored) -> None:
        if stored.stored_id in self.stuck:
            raise Unavailable("{name} cannot be deleted: {reason}.", name=stored.path, reason="busy")
        self.removed.append(stored.stored_id)


def record(city: City, name: str, *, ago: timedelta, camera: CameraId = CAMERA, size_bytes: int = 1000) -> None:
    """Put a minute of recording into the index that ended so long ago."""
    ends_at = city.clock.now() - ago
    with city.units.write() as unit:
        unit.recordings.add(
            Segment(
                segment_id=SegmentId(name),
                camera_id=camera,
                profile=StreamProfile.MAIN,
                made_for=RecordingClass.CONTINUOUS,
                path=f"{name}.mp4",
                begins_at=ends_at - timedelta(minutes=1),
                ends_at=ends_at,
                media_from_s=0.0,
                media_to_s=60.0,
                size_bytes=size_bytes,
                sha256="ab" * 32,
                codec="h264",
                width=1280,
                height=720,
            )
        )
        unit.commit()


def clip(city: City, alarm_id: AlarmId, name: str = "clip") -> EvidenceId:
    """Keep a clip of an alarm."""
    city.intake.keep_evidence(
        EvidenceItem(
            evidence_id=EvidenceId(name),
            kind=EvidenceKind.CLIP,
            subject_id=alarm_id,
            path=f"{name}.mp4",
            sha256="cd" * 32,
            size_bytes=5000,
            begins_at=city.clock.now(),
            camera_id=CAMERA,
        )
    )
    return EvidenceId(name)


def recorded(city: City) -> list[str]:
    """Return the recordings in the index."""
    span = timedelta(days=4000)
    with city.units.read() as unit:
        found = unit.recordings.of_camera(CAMERA, city.clock.now() - span, city.clock.now() + span)
        return [segment.segment_id for segment in found]
