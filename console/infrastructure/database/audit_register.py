"""The audit as an auditor searches it: newest first, by the filters that are set, with the names people know."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, or_, select

from console.application.read_models import AuditQuery, RegisterRow
from console.infrastructure.database.audit import lines_as_kept, whatever_text_holds
from console.infrastructure.database.mapping.people import line_in
from console.infrastructure.database.tables import audit_lines, cameras, cases


def register(connection: Connection, query: AuditQuery, most: int, before: int | None) -> Sequence[RegisterRow]:
    """Return up to ``most`` lines before a position (``None``: from the newest)."""
    statement = lines_as_kept().where(*_conditions(query)).order_by(audit_lines.c.position.desc()).limit(most)
    if before is not None:
        statement = statement.where(audit_lines.c.position < before)
    with whatever_text_holds(connection):
        lines = [line_in(row) for row in connection.execute(statement).mappings()]
        known_cameras = {
            row.camera_id: row
            for row in connection.execute(
                select(cameras.c.camera_id, cameras.c.number, cameras.c.name).where(
                    cameras.c.camera_id.in_({line.facts.camera_id for line in lines if line.facts.camera_id})
                )
            )
        }
        numbers = {
            row.case_id: row.number
            for row in connection.execute(
                select(cases.c.case_id, cases.c.number).where(
                    cases.c.case_id.in_({line.facts.case_id for line in lines if line.facts.case_id})
                )
            )
        }
    found = []
    for line in lines:
        camera = known_cameras.get(line.facts.camera_id)
        found.append(
            RegisterRow(
                line=line,
                camera_number=camera.number if camera is not None else "",
                camera_name=camera.name if camera is not None else "",
                case_number=numbers.get(line.facts.case_id, ""),
            )
        )
    return found


def _conditions(query: AuditQuery) -> list[ColumnElement[bool]]:
    lines = audit_lines.c
    found: list[ColumnElement[bool]] = []
    if query.from_at is not None:
        found.append(lines.at >= query.from_at)
    if query.to_at is not None:
        found.append(lines.at < query.to_at)
    if query.who:
        found.append(lines.who.icontains(query.who, autoescape=True))
    if query.verb:
        found.append(lines.verb == query.verb)
    if query.camera_id:
        found += [lines.camera_id == query.camera_id, lines.camera_id != ""]
    if query.case_id:
        found += [lines.case_id == query.case_id, lines.case_id != ""]
    if query.text:
        found.append(
            or_(
                *(
                    column.icontains(query.text, autoescape=True)
                    for column in (lines.subject, lines.reason, lines.detail)
                )
            )
        )
    return found
