"""The index of recordings."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from console.application.errors import Stale
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import LONGEST_SEGMENT, RecordingClass, Segment
from console.infrastructure.database.mapping.recordings import row_of_segment, segment_in
from console.infrastructure.database.recording_tables import recording_segments
from console.infrastructure.database.repositories.rows import add, one
from console.infrastructure.database.retention_tables import deletions

_AT_ONCE = 500  # ids in one statement; SQLite takes some thousand, PostgreSQL more


class SqlRecordings:
    """Keeps the promises of ``ports.Recordings``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, segment: Segment) -> None:
        known = select(recording_segments.c.segment_id).where(recording_segments.c.segment_id == segment.segment_id)
        gone = select(deletions.c.line).where(deletions.c.stored_id == segment.segment_id)
        # A file that a crash left after its deletion was written down must not come back through a repair.
        if one(self._connection, known) is None and one(self._connection, gone) is None:
            add(self._connection, recording_segments, row_of_segment(segment))

    def get(self, segment_id: SegmentId) -> Segment:
        row = one(self._connection, select(recording_segments).where(recording_segments.c.segment_id == segment_id))
        if row is None:
            raise Stale("This recording is not there any more.")
        return segment_in(row)

    def of_camera(self, camera_id: CameraId, from_at: datetime, to_at: datetime) -> Sequence[Segment]:
        statement = (
            select(recording_segments)
            .where(
                recording_segments.c.camera_id == camera_id,
                recording_segments.c.begins_at > from_at - LONGEST_SEGMENT,
                recording_segments.c.begins_at < to_at,
                recording_segments.c.ends_at > from_at,
            )
            .order_by(recording_segments.c.begins_at, recording_segments.c.segment_id)
        )
        return [segment_in(row) for row in self._connection.execute(statement).mappings()]

    def between(self, from_at: datetime, to_at: datetime) -> Sequence[Segment]:
        statement = (
            select(recording_segments)
            .where(
                recording_segments.c.begins_at >= from_at,
                recording_segments.c.begins_at < to_at,
                recording_segments.c.lost_at.is_(None),
            )
            .order_by(recording_segments.c.begins_at, recording_segments.c.segment_id)
        )
        return [segment_in(row) for row in self._connection.execute(statement).mappings()]

    def oldest(self, made_for: RecordingClass, most: int) -> Sequence[Segment]:
        statement = (
            select(recording_segments)
            .where(recording_segments.c.made_for == made_for.value, recording_segments.c.lost_at.is_(None))
            .order_by(recording_segments.c.begins_at, recording_segments.c.segment_id)
            .limit(most)
        )
        return [segment_in(row) for row in self._connection.execute(statement).mappings()]

    def oldest_at(self) -> datetime | None:
        # By the index over all beginnings; a lost one among the oldest costs the comparison an empty hour.
        statement = select(recording_segments.c.begins_at).order_by(recording_segments.c.begins_at).limit(1)
        found: datetime | None = self._connection.execute(statement).scalar_one_or_none()
        return found

    def note_lost(self, segment_ids: Sequence[SegmentId], at: datetime) -> None:
        for some in _in_lots(segment_ids):
            self._connection.execute(
                update(recording_segments)
                .where(recording_segments.c.segment_id.in_(some), recording_segments.c.lost_at.is_(None))
                .values(lost_at=at)
            )

    def remove(self, segment_ids: Sequence[SegmentId]) -> None:
        for some in _in_lots(segment_ids):
            self._connection.execute(delete(recording_segments).where(recording_segments.c.segment_id.in_(some)))

    def size(self, made_for: RecordingClass) -> int:
        statement = select(func.coalesce(func.sum(recording_segments.c.size_bytes), 0)).where(
            recording_segments.c.made_for == made_for.value, recording_segments.c.lost_at.is_(None)
        )
        return int(self._connection.execute(statement).scalar_one())


def _in_lots(segment_ids: Sequence[SegmentId]) -> Iterator[Sequence[SegmentId]]:
    for begin in range(0, len(segment_ids), _AT_ONCE):
        yield segment_ids[begin : begin + _AT_ONCE]
