"""Reports taken in, with where they stand."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from console.application.intake_ports import ReportStatus, TakenReport
from console.domain.alarms import AlarmStage
from console.domain.cases import Act, Stage
from console.domain.ids import AlarmId
from console.infrastructure.database.mapping.alarms import verdicts_in
from console.infrastructure.database.mapping.cases import case_in
from console.infrastructure.database.report_tables import reports
from console.infrastructure.database.repositories.rows import add, one
from console.infrastructure.database.tables import alarms, cases, categories, units


class SqlReports:
    """Keeps the promises of ``intake_ports.Reports``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: TakenReport) -> None:
        add(self._connection, reports, asdict(report))

    def find(self, report_id: str) -> TakenReport | None:
        row = one(self._connection, select(reports).where(reports.c.report_id == report_id))
        if row is None:
            return None
        return TakenReport(
            report_id=row["report_id"],
            partner=row["partner"],
            alarm_id=AlarmId(row["alarm_id"]),
            at=row["at"],
            digest=row["digest"],
        )

    def status(self, report_id: str) -> ReportStatus | None:
        row = one(self._connection, _statuses().where(reports.c.report_id == report_id))
        return None if row is None else self._status_in(row)

    def of_partner(self, partner: str, since: datetime, until: datetime, most: int) -> Sequence[ReportStatus]:
        statement = (
            _statuses()
            .where(reports.c.partner == partner, reports.c.at >= since, reports.c.at <= until)
            .order_by(reports.c.at.desc(), reports.c.report_id.desc())
            .limit(most)
        )
        return [self._status_in(row) for row in self._connection.execute(statement).mappings().all()]

    def _status_in(self, row: RowMapping) -> ReportStatus:
        of_case = (
            one(self._connection, select(cases).where(cases.c.case_id == row["case_id"])) if row["case_id"] else None
        )
        case = None if of_case is None else case_in(of_case)
        verdicts = verdicts_in(row["verdicts"])
        stage = AlarmStage(row["stage"])
        decided = verdicts[-1] if verdicts and stage is not AlarmStage.WAITING else None
        if stage is AlarmStage.MERGED and decided is not None:
            into = one(
                self._connection, _statuses(into=decided.merged_into).where(reports.c.report_id == row["report_id"])
            )
            if into is not None and into["stage"] != AlarmStage.MERGED.value:
                return self._status_in(into)
        moments = [row["at"], *(verdict.at for verdict in verdicts)]
        if case is not None:
            moments += [step.at for step in case.steps]
        delivered = [step.at for step in case.steps if step.act is Act.DELIVERED] if case is not None else []
        return ReportStatus(
            report_id=row["report_id"],
            partner=row["partner"],
            category=row["category"],
            category_zh=row["zh"] or "",
            category_en=row["en"] or "",
            address=row["address"],
            longitude=row["longitude"],
            latitude=row["latitude"],
            at=row["at"],
            changed_at=max(moments),
            alarm_stage=stage,
            case_stage=None if case is None else Stage(case.stage),
            case_number="" if case is None else case.number,
            unit_zh=row["unit_zh"] or "",
            unit_en=row["unit_en"] or "",
            due_at=None if case is None else case.due_at,
            decided_at=None if decided is None else decided.at,
            reason=None if decided is None else decided.reason,
            delivered_at=delivered[0] if delivered else None,
            closed_at=None if case is None else case.closed_at,
        )


def _statuses(into: str = "") -> Select[Any]:
    """Return where reports stand: each with its own alarm, or all with the one ``into`` names."""
    is_its = alarms.c.alarm_id == (into or reports.c.alarm_id)
    return (
        select(
            reports.c.report_id,
            reports.c.partner,
            reports.c.at,
            alarms.c.category,
            categories.c.zh,
            categories.c.en,
            alarms.c.address,
            alarms.c.longitude,
            alarms.c.latitude,
            alarms.c.stage,
            alarms.c.verdicts,
            alarms.c.case_id,
            units.c.zh.label("unit_zh"),
            units.c.en.label("unit_en"),
        )
        .select_from(reports)
        .join(alarms, is_its)
        .outerjoin(categories, categories.c.code == alarms.c.category)
        .outerjoin(cases, cases.c.case_id == alarms.c.case_id)
        .outerjoin(units, units.c.unit_id == cases.c.unit_id)
    )
