"""Rechecks: the camera looks again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from console.application.errors import Stale
from console.domain.ids import CaseId, RecheckId
from console.domain.rechecks import Recheck
from console.infrastructure.database.mapping.cases import recheck_in, row_of_recheck
from console.infrastructure.database.repositories.rows import add, one, swap
from console.infrastructure.database.tables import RECHECK_IS_ASKED, rechecks


class SqlRechecks:
    """Keeps the promises of ``ports.Rechecks``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, recheck: Recheck) -> None:
        add(self._connection, rechecks, row_of_recheck(recheck))

    def get(self, recheck_id: RecheckId) -> Recheck:
        row = one(self._connection, select(rechecks).where(rechecks.c.recheck_id == recheck_id))
        if row is None:
            raise Stale("This re-check is not there any more.")
        return recheck_in(row)

    def take_asked(self, now: datetime, lease_until: datetime) -> Sequence[Recheck]:
        # As in the outbox: skipped where locked (PostgreSQL), alone (SQLite), and asked again by the update.
        nobody_at_it = and_(
            RECHECK_IS_ASKED,
            or_(rechecks.c.leased_until.is_(None), rechecks.c.leased_until <= now),
        )
        free = select(rechecks.c.recheck_id).where(nobody_at_it).with_for_update(skip_locked=True)
        recheck_ids = self._connection.execute(free).scalars().all()
        if not recheck_ids:
            return []
        taken = self._connection.execute(
            update(rechecks)
            .where(rechecks.c.recheck_id.in_(recheck_ids), nobody_at_it)
            .values(leased_until=lease_until, version=rechecks.c.version + 1)
            .returning(*rechecks.c)
        )
        return sorted(
            (recheck_in(row) for row in taken.mappings()),
            key=lambda asked: (asked.asked_at, asked.recheck_id),
        )

    def of_case(self, case_id: CaseId) -> Sequence[Recheck]:
        statement = (
            select(rechecks).where(rechecks.c.case_id == case_id).order_by(rechecks.c.asked_at, rechecks.c.recheck_id)
        )
        return [recheck_in(row) for row in self._connection.execute(statement).mappings()]

    def save(self, recheck: Recheck) -> None:
        if not swap(self._connection, rechecks, row_of_recheck(recheck), recheck.version):
            raise Stale("Somebody changed this re-check first. Look at it again.")
        recheck.version += 1
