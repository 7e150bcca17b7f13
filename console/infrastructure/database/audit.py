"""The audit: a chain of lines, each behind the last, appended by one writer at a time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from sqlalchemy import Connection, select

from console.domain.audit import NOTHING_BEFORE, AuditFacts, AuditLine, digest_of
from console.infrastructure.database.mapping.people import line_in, row_of_line
from console.infrastructure.database.repositories.rows import add, hold, one
from console.infrastructure.database.tables import audit_lines


class SqlAudit:
    """Keeps the promises of ``ports.Audit``.

    Append as the last act of a unit of work: until it ends, no other unit can append.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, facts: AuditFacts) -> AuditLine:
        hold(self._connection, "audit")
        last = one(
            self._connection,
            select(audit_lines.c.position, audit_lines.c.digest).order_by(audit_lines.c.position.desc()).limit(1),
        )
        position, before = (1, NOTHING_BEFORE) if last is None else (last["position"] + 1, last["digest"])
        # The digest is over what will be read again: UTC, and detail as JSON gives it back.
        kept = replace(facts, at=facts.at.astimezone(UTC), detail=json.loads(json.dumps(facts.detail)))
        line = AuditLine(position=position, facts=kept, before=before, digest=digest_of(position, kept, before))
        add(self._connection, audit_lines, row_of_line(line))
        return line

    def lines(self, after: int, most: int) -> Sequence[AuditLine]:
        statement = (
            select(audit_lines).where(audit_lines.c.position > after).order_by(audit_lines.c.position).limit(most)
        )
        return [line_in(row) for row in self._connection.execute(statement).mappings()]
