"""Warnings of cases that were given."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from console.domain.case_warnings import CaseWarning, WarningKind
from console.domain.ids import CaseId
from console.infrastructure.database.case_warning_tables import case_warnings
from console.infrastructure.database.repositories.rows import add
from console.infrastructure.database.tables import CASE_IS_OPEN, cases


class SqlCaseWarnings:
    """Keeps the promises of ``case_ports.CaseWarnings``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lacking(self, now: datetime, most: int) -> Sequence[CaseId]:
        is_over = cases.c.due_at < now
        is_suspended = and_(cases.c.suspended_at <= now, cases.c.suspended_until > now)
        statement = (
            select(cases.c.case_id)
            .where(
                CASE_IS_OPEN,
                cases.c.handled_at.is_(None),
                cases.c.near_at <= now,
                or_(
                    and_(is_over, ~_given(WarningKind.OVER, cases.c.due_at)),
                    and_(
                        ~is_over,
                        or_(cases.c.suspended_at.is_(None), ~is_suspended),
                        ~_given(WarningKind.NEAR, cases.c.near_at),
                    ),
                ),
            )
            .order_by(cases.c.near_at)
            .limit(most)
        )
        return [CaseId(case_id) for case_id in self._connection.execute(statement).scalars()]

    def add(self, warning: CaseWarning) -> None:
        add(self._connection, case_warnings, asdict(warning) | {"kind": warning.kind.value})


def _given(kind: WarningKind, moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    return exists().where(
        case_warnings.c.case_id == cases.c.case_id,
        case_warnings.c.kind == kind.value,
        case_warnings.c.of_moment == moment,
    )
