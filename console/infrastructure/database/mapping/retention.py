"""Locks, and the log of what was deleted."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.ids import CameraId, CaseId, EvidenceId
from console.domain.retention import Deletion, Holding, Lock, LockKind, Stored, Why


def row_of_lock(lock: Lock) -> dict[str, Any]:
    return {
        "lock_id": lock.lock_id,
        "kind": lock.kind.value,
        "evidence_id": lock.evidence_id,
        "camera_id": lock.camera_id,
        "from_at": lock.from_at,
        "to_at": lock.to_at,
        "case_id": lock.case_id,
        "reason": lock.reason,
        "locked_by": lock.by,
        "locked_at": lock.at,
        "released_at": lock.released_at,
        "released_by": lock.released_by,
        "release_reason": lock.release_reason,
    }


def lock_in(row: RowMapping) -> Lock:
    return Lock(
        lock_id=row["lock_id"],
        kind=LockKind(row["kind"]),
        evidence_id=None if row["evidence_id"] is None else EvidenceId(row["evidence_id"]),
        camera_id=None if row["camera_id"] is None else CameraId(row["camera_id"]),
        from_at=row["from_at"],
        to_at=row["to_at"],
        case_id=None if row["case_id"] is None else CaseId(row["case_id"]),
        reason=row["reason"],
        by=row["locked_by"],
        at=row["locked_at"],
        released_at=row["released_at"],
        released_by=row["released_by"],
        release_reason=row["release_reason"],
    )


def row_of_deletion(deletion: Deletion) -> dict[str, Any]:
    stored = deletion.stored
    return {
        "deletion_id": deletion.deletion_id,
        "stored_id": stored.stored_id,
        "holding": stored.holding.value,
        "path": stored.path,
        "camera_id": stored.camera_id,
        "begins_at": stored.begins_at,
        "ends_at": stored.ends_at,
        "size_bytes": stored.size_bytes,
        "sha256": stored.sha256,
        "why": deletion.why.value,
        "reason": deletion.reason,
        "deleted_by": deletion.by,
        "deleted_at": deletion.at,
    }


def deletion_in(row: RowMapping) -> Deletion:
    return Deletion(
        deletion_id=row["deletion_id"],
        stored=Stored(
            stored_id=row["stored_id"],
            holding=Holding(row["holding"]),
            path=row["path"],
            camera_id=None if row["camera_id"] is None else CameraId(row["camera_id"]),
            begins_at=row["begins_at"],
            ends_at=row["ends_at"],
            size_bytes=row["size_bytes"],
            sha256=row["sha256"],
        ),
        why=Why(row["why"]),
        reason=row["reason"],
        by=row["deleted_by"],
        at=row["deleted_at"],
    )
