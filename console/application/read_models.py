"""Rows for lists and pages: what a screen shows, ready to show, never an aggregate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.alarms import AlarmStage, Priority, Said, Source, Verdict
from console.domain.audit import AuditLine
from console.domain.cases import Case
from console.domain.evidence import EvidenceItem, RuleFacts
from console.domain.ids import AlarmId
from console.domain.rechecks import Recheck
from console.domain.speaking import TalkSession


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One line of the queue. High before medium before low, older first among equals.

    Attributes:
        camera_id, camera_number, camera_name: "" where no camera looks; then the address says where it is.
    """

    alarm_id: str
    camera_id: str
    camera_number: str
    camera_name: str
    category: str
    category_zh: str
    category_en: str
    source: Source
    address: str
    priority: Priority
    stage: AlarmStage
    raised_at: datetime
    acknowledged_at: datetime | None
    claimed_by: str
    claimed_seat: str
    claimed_until: datetime | None
    postponed_until: datetime | None
    hits: int
    still_path: str

    @property
    def where(self) -> str:
        """The camera that sees it, or the address."""
        return f"{self.camera_number} {self.camera_name}".strip() or self.address


@dataclass(frozen=True, slots=True)
class EndedByItself:
    """An alarm that ended when its sensor went back to normal.

    Attributes:
        sensor: its number. value: what it measured then, with its unit.
    """

    alarm_id: AlarmId
    at: datetime
    sensor: str
    value: str


# The verb of the line of audit that says so.
EVIDENCE_MISSING = "evidence_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEvidence:
    """A clip or still that an alarm should have and never will.

    Attributes:
        kind: "clip" or "still". remark: which of the stills.
        sentence: why, a key of the catalogue; ``values`` fill it.
    """

    kind: str
    remark: str
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCard:
    """Everything the review page shows of one alarm."""

    row: AlarmRow
    address: str
    grid_cell: str
    street: str
    community: str
    began_at: datetime
    last_hit_at: datetime
    rule: RuleFacts | None
    said: tuple[Said, ...] = ()
    evidence: tuple[EvidenceItem, ...]
    missing: tuple[MissingEvidence, ...] = ()
    verdicts: tuple[Verdict, ...]
    case_id: str
    case_number: str
    open_cases_here: tuple[str, ...]
    alarms_here_30_days: int
    confirmed_here_30_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the case list, newest first."""

    case_id: str
    number: str
    category: str
    category_zh: str
    category_en: str
    address: str
    stage: str
    unit_zh: str
    unit_en: str
    filed_at: datetime
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    recheck: str
    near_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """How an order to a unit fares."""

    kind: str
    stage: str
    tries: int
    made_at: datetime
    not_before: datetime
    next_try_at: datetime | None
    failure: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the case page shows."""

    case: Case
    row: CaseRow
    camera_number: str
    camera_name: str
    rule: RuleFacts | None
    evidence: tuple[EvidenceItem, ...]
    deliveries: tuple[DeliveryRow, ...]
    rechecks: tuple[Recheck, ...]
    talks: tuple[TalkSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits, for the health bar and the login page."""

    alarms_waiting: int
    orders_waiting: int
    oldest_order_at: datetime | None
    orders_parked: int
    rechecks_waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """What an auditor looks for; what is empty is not asked.

    Attributes:
        from_at, to_at: when it was done, UTC; the end not included.
        who: a part of the name. verb: whole. text: a part of the subject, the reason or the detail.
    """

    from_at: datetime | None = None
    to_at: datetime | None = None
    who: str = ""
    verb: str = ""
    camera_id: str = ""
    case_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A line of the audit with the names people know its camera and case by."""

    line: AuditLine
    camera_number: str
    camera_name: str
    case_number: str
