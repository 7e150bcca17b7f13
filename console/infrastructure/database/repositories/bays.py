"""Stays in parking bays, with where their pictures lie."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, ScalarSelect, delete, select

from console.application.errors import Stale
from console.domain.bay_sessions import ENTERED, LEFT, BaySession, Settled
from console.domain.evidence import EvidenceKind
from console.domain.ids import CameraId, RuleId
from console.infrastructure.database.bay_tables import bay_sessions
from console.infrastructure.database.repositories.rows import one, put
from console.infrastructure.database.retention_tables import deletions
from console.infrastructure.database.tables import evidence_items


class SqlBays:
    """Keeps the promises of ``ports.Bays``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, session: BaySession) -> None:
        put(self._connection, bay_sessions, asdict(session))

    def get(self, session_id: str) -> BaySession:
        row = one(self._connection, select(bay_sessions).where(bay_sessions.c.session_id == session_id))
        if row is None:
            raise Stale("This stay is not there any more.")
        return _session_in(row)

    def open_at(self, camera_id: CameraId, rule_id: RuleId, bay: int) -> BaySession | None:
        statement = (
            select(bay_sessions)
            .where(
                bay_sessions.c.camera_id == camera_id,
                bay_sessions.c.rule_id == rule_id,
                bay_sessions.c.bay == bay,
                bay_sessions.c.left_at.is_(None),
            )
            .order_by(bay_sessions.c.entered_at.desc())
            .limit(1)
        )
        row = one(self._connection, statement)
        return None if row is None else _session_in(row)

    def newest(self, most: int) -> Sequence[tuple[BaySession, str, str]]:
        statement = (
            select(bay_sessions, _still(ENTERED).label("came"), _still(LEFT).label("went"))
            .order_by(bay_sessions.c.entered_at.desc(), bay_sessions.c.session_id.desc())
            .limit(most)
        )
        rows = self._connection.execute(statement).mappings()
        return [(_session_in(row), row["came"] or "", row["went"] or "") for row in rows]

    def forget_ended(self, before: datetime, most: int) -> int:
        ended = (
            select(bay_sessions.c.session_id)
            .where(bay_sessions.c.left_at < before)
            .order_by(bay_sessions.c.entered_at, bay_sessions.c.session_id)
            .limit(most)
        )
        oldest = list(self._connection.scalars(ended))
        if oldest:
            self._connection.execute(delete(bay_sessions).where(bay_sessions.c.session_id.in_(oldest)))
        return len(oldest)


def _still(remark: str) -> ScalarSelect[Any]:
    """Return where a stay's picture lies, if it was not deleted since."""
    return (
        select(evidence_items.c.path)
        .outerjoin(deletions, deletions.c.stored_id == evidence_items.c.evidence_id)
        .where(
            evidence_items.c.subject_id == bay_sessions.c.session_id,
            evidence_items.c.kind == EvidenceKind.STILL.value,
            evidence_items.c.remark == remark,
            deletions.c.stored_id.is_(None),
        )
        .limit(1)
        .scalar_subquery()
    )


def _session_in(row: RowMapping) -> BaySession:
    return BaySession(
        session_id=row["session_id"],
        camera_id=CameraId(row["camera_id"]),
        rule_id=RuleId(row["rule_id"]),
        row=row["row"],
        bay=row["bay"],
        entered_at=row["entered_at"],
        is_begin_known=row["is_begin_known"],
        is_sure=row["is_sure"],
        left_at=row["left_at"],
        plate=row["plate"],
        settled=None if row["settled"] is None else Settled(row["settled"]),
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
    )
