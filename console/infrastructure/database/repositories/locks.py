"""Locks on evidence and on recordings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, update

from console.application.errors import Stale
from console.domain.ids import CaseId
from console.domain.retention import Lock, LockKind, Stored
from console.infrastructure.database.mapping.retention import lock_in, row_of_lock
from console.infrastructure.database.repositories.rows import add, one
from console.infrastructure.database.retention_tables import LOCK_HOLDS, locks
from console.infrastructure.database.tables import cases


class SqlLocks:
    """Keeps the promises of ``ports.Locks``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, lock: Lock) -> None:
        add(self._connection, locks, row_of_lock(lock))

    def get(self, lock_id: str) -> Lock:
        row = one(self._connection, select(locks).where(locks.c.lock_id == lock_id))
        if row is None:
            raise Stale("This lock is not there any more.")
        return lock_in(row)

    def release(self, lock_id: str, by: str, reason: str, at: datetime) -> None:
        changed = self._connection.execute(
            update(locks)
            .where(locks.c.lock_id == lock_id, LOCK_HOLDS)
            .values(released_at=at, released_by=by, release_reason=reason)
        )
        if changed.rowcount != 1:
            raise Stale("This lock is released already.")

    def holding(self, stored: Sequence[Stored]) -> Sequence[Lock]:
        touching: list[ColumnElement[bool]] = []
        items = [file.stored_id for file in stored if not file.is_recording]
        if items:
            touching.append(and_(locks.c.kind == LockKind.EVIDENCE.value, locks.c.evidence_id.in_(items)))
        for camera_id in sorted({file.camera_id for file in stored if file.is_recording and file.camera_id}):
            begins = [file.begins_at for file in stored if file.is_recording and file.camera_id == camera_id]
            ends = [file.ends_at for file in stored if file.is_recording and file.camera_id == camera_id]
            touching.append(
                and_(
                    locks.c.kind == LockKind.SPAN.value,
                    locks.c.camera_id == camera_id,
                    locks.c.from_at < max(ends),
                    locks.c.to_at > min(begins),
                )
            )
        return self._found(select(locks).where(LOCK_HOLDS, or_(*touching))) if touching else []

    def of_case(self, case_id: CaseId) -> Sequence[Lock]:
        return self._found(select(locks).where(LOCK_HOLDS, locks.c.case_id == case_id))

    def newest(self, most: int) -> Sequence[Lock]:
        return self._found(
            select(locks).where(LOCK_HOLDS).order_by(locks.c.locked_at.desc(), locks.c.lock_id.desc()).limit(most)
        )

    def of_cases_closed_before(self, at: datetime, most: int) -> Sequence[Lock]:
        return self._found(
            select(locks)
            .join(cases, cases.c.case_id == locks.c.case_id)
            .where(LOCK_HOLDS, cases.c.closed_at < at)
            .order_by(cases.c.closed_at, locks.c.lock_id)
            .limit(most)
        )

    def _found(self, statement: Select[Any]) -> list[Lock]:
        return [lock_in(row) for row in self._connection.execute(statement).mappings()]
