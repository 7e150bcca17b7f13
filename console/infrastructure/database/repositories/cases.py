"""Cases."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from console.application.errors import Stale
from console.domain.cases import Case, Stage
from console.domain.ids import CameraId, CaseId, CategoryCode
from console.infrastructure.database.mapping.cases import case_in, row_of
from console.infrastructure.database.repositories.rows import add, one, swap
from console.infrastructure.database.tables import CASE_IS_OPEN, cases

_MAY_BE_ANSWERED = (Stage.DELIVERED.value, Stage.HANDLED.value, Stage.CHECKED.value)

# One statement, so that no two seats read the same number; the row stays locked until the unit of work ends.
_NEXT_OF_DAY = text(
    "INSERT INTO day_sequences (day, last_taken) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last_taken = day_sequences.last_taken + 1"
    " RETURNING last_taken"
)


class SqlCases:
    """Keeps the promises of ``ports.Cases``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, case_id: CaseId) -> Case:
        row = one(self._connection, select(cases).where(cases.c.case_id == case_id))
        if row is None:
            raise Stale("This case is not there any more.")
        return case_in(row)

    def open_about(self, camera_id: CameraId, category: CategoryCode) -> Case | None:
        statement = (
            select(cases)
            .where(CASE_IS_OPEN, cases.c.category == category, cases.c.camera_id == camera_id)
            .order_by(cases.c.filed_at, cases.c.case_id)
            .limit(1)
        )
        row = one(self._connection, statement)
        return None if row is None else case_in(row)

    def with_unit(self) -> Sequence[Case]:
        statement = (
            select(cases)
            # The second condition is the open cases' index; the first alone would read the whole ledger.
            .where(cases.c.stage.in_(_MAY_BE_ANSWERED), CASE_IS_OPEN)
            .order_by(cases.c.filed_at, cases.c.case_id)
        )
        return [case_in(row) for row in self._connection.execute(statement).mappings()]

    def add(self, case: Case) -> None:
        add(self._connection, cases, row_of(case))

    def save(self, case: Case) -> None:
        if not swap(self._connection, cases, row_of(case), case.version):
            raise Stale("Somebody changed this case first. Look at it again.")
        case.version += 1

    def next_of_day(self, day: str) -> int:
        return int(self._connection.execute(_NEXT_OF_DAY, {"day": day}).scalar_one())
