"""Evidence and its custody: written once, never edited (triggers see to it)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from console.application.errors import Stale
from console.domain.evidence import CustodyLine, EvidenceItem
from console.domain.ids import EvidenceId
from console.infrastructure.database.mapping.evidence import custody_in, item_in, row_of, row_of_custody
from console.infrastructure.database.repositories.rows import add, one
from console.infrastructure.database.retention_tables import deletions
from console.infrastructure.database.tables import custody_lines, evidence_items


class SqlEvidence:
    """Keeps the promises of ``ports.Evidence``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, item: EvidenceItem) -> None:
        add(self._connection, evidence_items, row_of(item))

    def get(self, evidence_id: EvidenceId) -> EvidenceItem:
        row = one(self._connection, items_with_fate().where(evidence_items.c.evidence_id == evidence_id))
        if row is None:
            raise Stale("This evidence is not there any more.")
        return item_in(row)

    def of_subject(self, subject_id: str) -> Sequence[EvidenceItem]:
        statement = (
            items_with_fate()
            .where(evidence_items.c.subject_id == subject_id)
            .order_by(evidence_items.c.begins_at, evidence_items.c.evidence_id)
        )
        return [item_in(row) for row in self._connection.execute(statement).mappings()]

    def note(self, line: CustodyLine) -> None:
        add(self._connection, custody_lines, row_of_custody(line))

    def custody(self, evidence_id: EvidenceId) -> Sequence[CustodyLine]:
        statement = (
            select(custody_lines).where(custody_lines.c.evidence_id == evidence_id).order_by(custody_lines.c.line)
        )
        return [custody_in(row) for row in self._connection.execute(statement).mappings()]


def items_with_fate() -> Select[Any]:
    """Return the statement that reads items, each with its line of the deletion log if it has one."""
    return select(evidence_items, deletions.c.deleted_at, deletions.c.why).outerjoin(
        deletions, deletions.c.stored_id == evidence_items.c.evidence_id
    )
