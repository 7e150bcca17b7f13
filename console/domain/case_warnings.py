"""Warnings of a case's time: once when most of it has run, before it is over, and once when it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.cases import Case
from console.domain.ids import CaseId
from console.domain.steps import Stage


class WarningKind(StrEnum):
    NEAR = "near"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWarning:
    """A warning that was given. One of a kind and moment: a deadline that was moved is warned of anew.

    Attributes:
        of_moment: when 80 % of the time had run, or all of it.
    """

    case_id: CaseId
    kind: WarningKind
    of_moment: datetime
    given_at: datetime


def warning_due(case: Case, now: datetime) -> CaseWarning | None:
    """Return what there is to warn of now, given before or not; ``None`` while there is time, or nobody to hurry."""
    countdown = case.countdown
    if countdown is None or case.handled_at is not None or case.stage in (Stage.CLOSED, Stage.VOID):
        return None
    if now > countdown.due_at:
        kind, moment = WarningKind.OVER, countdown.due_at
    elif now >= countdown.near_at and not case.is_suspended(now):
        kind, moment = WarningKind.NEAR, countdown.near_at
    else:
        return None
    return CaseWarning(case_id=case.case_id, kind=kind, of_moment=moment, given_at=now)
