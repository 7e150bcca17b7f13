"""What the intake keeps of the reports it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.alarms import AlarmStage
from console.domain.cases import Stage
from console.domain.ids import AlarmId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReport:
    """A report that was taken in, whether it raised an alarm or was heard by one that waited.

    Attributes:
        digest: of what it said, hexadecimal SHA-256: the same id with other words is another report.
    """

    report_id: str
    partner: str
    alarm_id: AlarmId
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """Where a report stands now.

    Attributes:
        case_number, unit_zh: "" until there is a case, a unit. changed_at: of the last thing that happened to it.
    """

    report_id: str
    category: str
    category_zh: str
    address: str
    longitude: float | None
    latitude: float | None
    at: datetime
    changed_at: datetime
    alarm_stage: AlarmStage
    case_stage: Stage | None
    case_number: str
    unit_zh: str
    due_at: datetime | None


class Reports(Protocol):
    """Reports taken in."""

    def add(self, report: TakenReport) -> None: ...

    def find(self, report_id: str) -> TakenReport | None: ...

    def status(self, report_id: str) -> ReportStatus | None: ...

    def of_partner(self, partner: str, since: datetime, until: datetime, most: int) -> Sequence[ReportStatus]:
        """Return those taken from ``since`` to ``until``, both included, newest first."""
        ...
