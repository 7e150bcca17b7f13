"""How cameras see: what is wrong with them, and how they should look."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from console.application.errors import Stale
from console.domain.camera_faults import CameraFault, ReferencePicture
from console.domain.ids import CameraId
from console.infrastructure.database.mapping.sight import fault_in, reference_in, row_of_fault, row_of_reference
from console.infrastructure.database.repositories.rows import hold, one, put
from console.infrastructure.database.sight_tables import camera_faults, camera_references


class SqlSight:
    """Keeps the promises of ``ports.Sight``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_fault(self, fault: CameraFault) -> None:
        put(self._connection, camera_faults, row_of_fault(fault))

    def fault(self, fault_id: str) -> CameraFault:
        row = one(self._connection, select(camera_faults).where(camera_faults.c.fault_id == fault_id))
        if row is None:
            raise Stale("This fault is not there any more.")
        hold(self._connection, f"camera fault/{row['camera_id']}")
        return fault_in(row)

    def open_faults(self) -> Sequence[CameraFault]:
        order = (camera_faults.c.began_at, camera_faults.c.fault_id)
        statement = select(camera_faults).where(camera_faults.c.ended_at.is_(None)).order_by(*order)
        return [fault_in(row) for row in self._connection.execute(statement).mappings()]

    def put_reference(self, reference: ReferencePicture) -> None:
        put(self._connection, camera_references, row_of_reference(reference))

    def remove_references(self, reference_ids: Sequence[str]) -> None:
        gone = camera_references.c.reference_id.in_(list(reference_ids))
        self._connection.execute(delete(camera_references).where(gone))

    def references(self, camera_id: CameraId) -> Sequence[ReferencePicture]:
        statement = (
            select(camera_references)
            .where(camera_references.c.camera_id == camera_id)
            .order_by(camera_references.c.taken_at.desc(), camera_references.c.reference_id)
        )
        return [reference_in(row) for row in self._connection.execute(statement).mappings()]
