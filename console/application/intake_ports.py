"""What the intake keeps of the reports it took, and the codes that hang at places."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.alarms import AlarmStage, DismissReason
from console.domain.cases import Stage
from console.domain.ids import AlarmId, EvidenceId
from console.domain.intake import PlaceCode


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReport:
    """A report that was taken in, whether it raised an alarm or was heard by one that waited.

    Attributes:
        partner: who sent it: a partner's name, or the code of a place (``domain.intake.reported_at``).
        digest: of what it said, hexadecimal SHA-256: the same id with other words is another report.
    """

    report_id: str
    partner: str
    alarm_id: AlarmId
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """Where a report stands now; one that was merged stands where the alarm it was merged into does.

    Attributes:
        partner: as in ``TakenReport``.
        case_number, unit_zh, unit_en: "" until there is a case, a unit.
        changed_at: of the last thing that happened to it.
        decided_at: of the verdict; ``None`` while it waits. reason: why it was dismissed.
        delivered_at, closed_at: when its unit had the case, when that was closed.
    """

    report_id: str
    partner: str
    category: str
    category_zh: str
    category_en: str
    address: str
    longitude: float | None
    latitude: float | None
    at: datetime
    changed_at: datetime
    alarm_stage: AlarmStage
    case_stage: Stage | None
    case_number: str
    unit_zh: str
    unit_en: str
    due_at: datetime | None
    decided_at: datetime | None
    reason: DismissReason | None
    delivered_at: datetime | None
    closed_at: datetime | None


class Reports(Protocol):
    """Reports taken in."""

    def add(self, report: TakenReport) -> None: ...

    def find(self, report_id: str) -> TakenReport | None: ...

    def status(self, report_id: str) -> ReportStatus | None: ...

    def of_partner(self, partner: str, since: datetime, until: datetime, most: int) -> Sequence[ReportStatus]:
        """Return those taken from ``since`` to ``until``, both included, newest first."""
        ...


class PlaceCodes(Protocol):
    """Codes that hang at places."""

    def add(self, code: PlaceCode) -> None: ...

    def find(self, code: str) -> PlaceCode | None: ...

    def all(self) -> Sequence[PlaceCode]:
        """Return all of them, forgotten ones too, oldest first."""
        ...

    def forget(self, code: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture somebody sent, known to be one.

    Attributes:
        suffix: ``.jpg`` or ``.png``. width, height: pixels, as stored; how it is to be turned stands in the file.
    """

    data: bytes
    suffix: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class PhotoShelf(Protocol):
    """Where photos are sealed as evidence."""

    def keep(self, evidence_id: EvidenceId, at: datetime, photo: Photo) -> str:
        """Seal a photo for good and return its path below the store's root. Raises ``Unavailable``."""
        ...

    def drop(self, path: str) -> None:
        """Take away what was sealed for a report that was not kept after all."""
        ...
