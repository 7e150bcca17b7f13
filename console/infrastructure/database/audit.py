"""The audit: a chain of lines, each behind the last, appended by one writer at a time."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, String, select, type_coerce

from console.domain.audit import NOTHING_BEFORE, AuditFacts, AuditLine, written
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
        kept = replace(
            facts,
            at=facts.at.astimezone(UTC),
            from_at=_utc(facts.from_at),
            to_at=_utc(facts.to_at),
            detail=json.loads(json.dumps(facts.detail)),
        )
        line = written(position, kept, before)
        add(self._connection, audit_lines, row_of_line(line))
        return line

    def head(self) -> AuditLine | None:
        return self._first(lines_as_kept().order_by(audit_lines.c.position.desc()))

    def lines(self, after: int, most: int) -> Sequence[AuditLine]:
        statement = lines_as_kept().where(audit_lines.c.position > after).order_by(audit_lines.c.position).limit(most)
        with whatever_text_holds(self._connection):
            return [line_in(row) for row in self._connection.execute(statement).mappings()]

    def behind(self, digest: str) -> AuditLine | None:
        return self._first(lines_as_kept().where(audit_lines.c.before == digest).order_by(audit_lines.c.position))

    def _first(self, statement: Select[Any]) -> AuditLine | None:
        with whatever_text_holds(self._connection):
            row = self._connection.execute(statement.limit(1)).mappings().first()
        return None if row is None else line_in(row)


def lines_as_kept() -> Select[Any]:
    """Return the statement for lines; moments come as SQLite keeps them, for a changed one may be none any more."""
    kept = {"at", "from_at", "to_at"}
    columns = [
        type_coerce(column, String).label(column.name) if column.name in kept else column for column in audit_lines.c
    ]
    return select(*columns)


@contextmanager
def whatever_text_holds(connection: Connection) -> Iterator[None]:
    """Read bytes that are no text as something one can see: a line somebody damaged must not stop its discovery."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    usual = driver.text_factory
    driver.text_factory = _seen
    try:
        yield
    finally:
        driver.text_factory = usual


def _seen(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
