"""Segments of recordings."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass, Segment


def row_of_segment(segment: Segment) -> dict[str, Any]:
    return {
        "segment_id": segment.segment_id,
        "camera_id": segment.camera_id,
        "profile": segment.profile.value,
        "made_for": segment.made_for.value,
        "path": segment.path,
        "begins_at": segment.begins_at,
        "ends_at": segment.ends_at,
        "media_from_s": segment.media_from_s,
        "media_to_s": segment.media_to_s,
        "size_bytes": segment.size_bytes,
        "sha256": segment.sha256,
        "codec": segment.codec,
        "width": segment.width,
        "height": segment.height,
        "captured_at": segment.captured_at,
        "clock_offset_s": segment.clock_offset_s,
        "follows": segment.follows,
        "lost_at": segment.lost_at,
    }


def segment_in(row: RowMapping) -> Segment:
    return Segment(
        segment_id=SegmentId(row["segment_id"]),
        camera_id=CameraId(row["camera_id"]),
        profile=StreamProfile(row["profile"]),
        made_for=RecordingClass(row["made_for"]),
        path=row["path"],
        begins_at=row["begins_at"],
        ends_at=row["ends_at"],
        media_from_s=row["media_from_s"],
        media_to_s=row["media_to_s"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        codec=row["codec"],
        width=row["width"],
        height=row["height"],
        captured_at=row["captured_at"],
        clock_offset_s=row["clock_offset_s"],
        follows=row["follows"],
        lost_at=row["lost_at"],
    )
