"""What may be freed one day, and the log of what was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, or_, select

from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, SegmentId
from console.domain.recordings import RecordingClass, Segment
from console.domain.retention import Deletion, Holding, LockKind, Stored
from console.infrastructure.database.mapping.evidence import item_in
from console.infrastructure.database.mapping.recordings import segment_in
from console.infrastructure.database.mapping.retention import deletion_in, row_of_deletion
from console.infrastructure.database.recording_tables import recording_segments
from console.infrastructure.database.repositories.evidence import items_with_fate
from console.infrastructure.database.repositories.recordings import SqlRecordings
from console.infrastructure.database.retention_tables import LOCK_HOLDS, deletions, locks
from console.infrastructure.database.tables import alarms, cases, evidence_items, rechecks, talks

_RECORDED = {Holding.CONTINUOUS: RecordingClass.CONTINUOUS, Holding.MANUAL: RecordingClass.MANUAL}
_KINDS = {
    Holding.UNFILED: (EvidenceKind.CLIP, EvidenceKind.STILL, EvidenceKind.PHOTO, EvidenceKind.RECHECK_STILL),
    Holding.SPEECH: (EvidenceKind.SPEECH,),
}


class SqlHoldings:
    """Keeps the promises of ``ports.Holdings``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._recordings = SqlRecordings(connection)

    def oldest_unlocked(self, holding: Holding, most: int) -> Sequence[Stored]:
        if holding in _RECORDED:
            return self._segments(
                select(recording_segments)
                .where(
                    recording_segments.c.made_for == holding.value,
                    recording_segments.c.lost_at.is_(None),
                    ~_span_is_locked(),
                )
                .order_by(recording_segments.c.begins_at, recording_segments.c.segment_id)
                .limit(most)
            )
        rows = self._connection.execute(
            items_with_fate()
            .where(_is_of(holding), deletions.c.line.is_(None), ~_item_is_locked(), or_(~_has_a_case(), _was_locked()))
            .order_by(evidence_items.c.begins_at)
            .limit(most)
        )
        return [_stored_item(item_in(row), holding) for row in rows.mappings()]

    def size(self, holding: Holding) -> int:
        if holding in _RECORDED:
            return self._recordings.size(_RECORDED[holding])
        statement = select(func.coalesce(func.sum(evidence_items.c.size_bytes), 0)).where(
            _is_of(holding), ~_is_deleted(), ~_has_a_case()
        )
        return int(self._connection.execute(statement).scalar_one())

    def of_camera(self, camera_id: CameraId, from_at: datetime, to_at: datetime) -> Sequence[Stored]:
        return [
            _stored_segment(segment)
            for segment in self._recordings.of_camera(camera_id, from_at, to_at)
            if segment.lost_at is None
        ]

    def delete(self, deletions_: Sequence[Deletion]) -> None:
        if not deletions_:
            return
        self._connection.execute(insert(deletions), [row_of_deletion(deletion) for deletion in deletions_])
        recorded = [SegmentId(line.stored.stored_id) for line in deletions_ if line.stored.is_recording]
        self._recordings.remove(recorded)

    def deletions(self, most: int, *, before: datetime | None = None) -> Sequence[Deletion]:
        statement = select(deletions).order_by(deletions.c.line.desc()).limit(most)
        if before is not None:
            statement = statement.where(deletions.c.deleted_at < before)
        return [deletion_in(row) for row in self._connection.execute(statement).mappings()]

    def _segments(self, statement: Select[Any]) -> list[Stored]:
        return [_stored_segment(segment_in(row)) for row in self._connection.execute(statement).mappings()]


def _span_is_locked() -> ColumnElement[bool]:
    return exists().where(
        LOCK_HOLDS,
        locks.c.kind == LockKind.SPAN.value,
        locks.c.camera_id == recording_segments.c.camera_id,
        locks.c.to_at > recording_segments.c.begins_at,
        locks.c.from_at < recording_segments.c.ends_at,
    )


def _is_of(holding: Holding) -> ColumnElement[bool]:
    return evidence_items.c.kind.in_([kind.value for kind in _KINDS[holding]])


def _is_deleted() -> ColumnElement[bool]:
    return exists().where(deletions.c.stored_id == evidence_items.c.evidence_id)


def _item_is_locked() -> ColumnElement[bool]:
    return exists().where(LOCK_HOLDS, locks.c.evidence_id == evidence_items.c.evidence_id)


def _was_locked() -> ColumnElement[bool]:
    """What a case needed is free only after somebody, or the end of its years, released it."""
    return exists().where(locks.c.evidence_id == evidence_items.c.evidence_id)


def _has_a_case() -> ColumnElement[bool]:
    subject = evidence_items.c.subject_id
    return or_(
        exists().where(cases.c.case_id == subject),
        exists().where(alarms.c.alarm_id == subject, alarms.c.case_id.is_not(None)),
        exists().where(rechecks.c.recheck_id == subject),
        exists().where(talks.c.talk_id == subject, talks.c.case_id.is_not(None)),
    )


def _stored_segment(segment: Segment) -> Stored:
    return Stored(
        stored_id=segment.segment_id,
        holding=Holding(segment.made_for.value),
        path=segment.path,
        camera_id=segment.camera_id,
        begins_at=segment.begins_at,
        ends_at=segment.ends_at,
        size_bytes=segment.size_bytes,
        sha256=segment.sha256,
    )


def _stored_item(item: EvidenceItem, holding: Holding) -> Stored:
    return Stored(
        stored_id=item.evidence_id,
        holding=holding,
        path=item.path,
        camera_id=item.camera_id,
        begins_at=item.begins_at,
        ends_at=item.begins_at + timedelta(seconds=item.duration_s),
        size_bytes=item.size_bytes,
        sha256=item.sha256,
    )
