"""Faults of cameras, and their reference pictures."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.camera_faults import CameraFault, FaultKind, ReferencePicture
from console.domain.ids import CameraId


def row_of_fault(fault: CameraFault) -> dict[str, Any]:
    return {
        "fault_id": fault.fault_id,
        "camera_id": fault.camera_id,
        "kind": fault.kind.value,
        "began_at": fault.began_at,
        "noted_at": fault.noted_at,
        "ended_at": fault.ended_at,
        "clock_offset_s": fault.clock_offset_s,
    }


def fault_in(row: RowMapping) -> CameraFault:
    return CameraFault(
        fault_id=row["fault_id"],
        camera_id=CameraId(row["camera_id"]),
        kind=FaultKind(row["kind"]),
        began_at=row["began_at"],
        noted_at=row["noted_at"],
        ended_at=row["ended_at"],
        clock_offset_s=row["clock_offset_s"],
    )


def row_of_reference(reference: ReferencePicture) -> dict[str, Any]:
    return {
        "reference_id": reference.reference_id,
        "camera_id": reference.camera_id,
        "taken_at": reference.taken_at,
        "measured": reference.measured,
        "picture": reference.picture,
        "width": reference.width,
        "height": reference.height,
        "taken_by": reference.taken_by,
    }


def reference_in(row: RowMapping) -> ReferencePicture:
    return ReferencePicture(
        reference_id=row["reference_id"],
        camera_id=CameraId(row["camera_id"]),
        taken_at=row["taken_at"],
        measured=row["measured"],
        picture=row["picture"],
        width=row["width"],
        height=row["height"],
        taken_by=row["taken_by"],
    )
