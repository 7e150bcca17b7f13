"""The camera looks again after a unit's answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.cases import RecheckAnswer
from console.domain.ids import CameraId, CaseId, EvidenceId, RecheckId, RuleId


class RecheckStage(StrEnum):
    ASKED = "asked"
    DONE = "done"


@dataclass(slots=True, kw_only=True)
class Recheck:
    """One looking again. Owned by the unit of work that read it.

    Attributes:
        looks, looks_with: frames looked at, and how many of them showed it still there.
        leased_until: while a station is at it.
    """

    recheck_id: RecheckId
    case_id: CaseId
    camera_id: CameraId
    rule_id: RuleId
    asked_at: datetime
    asked_by: str
    stage: RecheckStage = RecheckStage.ASKED
    leased_until: datetime | None = None
    answer: RecheckAnswer | None = None
    reason: str = ""
    looks: int = 0
    looks_with: int = 0
    best_score: float = 0.0
    done_at: datetime | None = None
    still: EvidenceId | None = None
    version: int = 0
