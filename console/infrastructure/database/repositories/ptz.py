"""Who turns which camera: one row a camera, taken by whoever writes it first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from console.domain.ids import CameraId
from console.domain.ptz import PtzLease, PtzSetup
from console.infrastructure.database.mapping.ptz import lease_in, row_of_lease, row_of_setup, setup_in
from console.infrastructure.database.ptz_tables import ptz_leases, ptz_setups
from console.infrastructure.database.repositories.rows import hold, one, put


class SqlPtz:
    """Keeps the promises of ``ports.Ptz``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def setup(self, camera_id: CameraId) -> PtzSetup | None:
        row = one(self._connection, select(ptz_setups).where(ptz_setups.c.camera_id == camera_id))
        return setup_in(row) if row is not None else None

    def put_setup(self, setup: PtzSetup) -> None:
        put(self._connection, ptz_setups, row_of_setup(setup))

    def with_tour(self) -> Sequence[PtzSetup]:
        statement = select(ptz_setups).where(ptz_setups.c.tour.is_not(None)).order_by(ptz_setups.c.camera_id)
        return [setup_in(row) for row in self._connection.execute(statement).mappings()]

    def lease(self, camera_id: CameraId) -> PtzLease | None:
        row = one(self._connection, select(ptz_leases).where(ptz_leases.c.camera_id == camera_id))
        return lease_in(row) if row is not None else None

    def take(self, lease: PtzLease, now: datetime, instead_of: str = "") -> bool:
        hold(self._connection, f"ptz/{lease.camera_id}")  # both may find no row, and one would fail for its key
        is_free = or_(ptz_leases.c.until <= now, ptz_leases.c.lease_id == instead_of)
        changed = self._connection.execute(
            update(ptz_leases).where(ptz_leases.c.camera_id == lease.camera_id, is_free).values(**row_of_lease(lease))
        )
        if changed.rowcount == 1:
            return True
        if self.lease(lease.camera_id) is not None:
            return False
        self._connection.execute(insert(ptz_leases).values(**row_of_lease(lease)))
        return True

    def renew(self, lease_id: str, now: datetime, until: datetime) -> bool:
        return self._change(lease_id, now, until)

    def end(self, lease_id: str, now: datetime) -> bool:
        return self._change(lease_id, now, now)

    def _change(self, lease_id: str, now: datetime, until: datetime) -> bool:
        changed = self._connection.execute(
            update(ptz_leases).where(ptz_leases.c.lease_id == lease_id, ptz_leases.c.until > now).values(until=until)
        )
        return changed.rowcount == 1
