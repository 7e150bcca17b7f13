"""A case holds what proves it: its evidence and the recordings around it, in the transaction that files it."""

from datetime import datetime, timedelta

from console.application.errors import Stale
from console.application.ports import UnitOfWork
from console.domain.alarms import Alarm
from console.domain.cases import Case
from console.domain.evidence import EvidenceItem
from console.domain.ids import AlarmId, CaseId, new_id
from console.domain.retention import Lock, LockKind

# Judgement: who came and went in the minute before and after is asked about; a recording's segment is a minute.
AROUND = timedelta(seconds=60)


def lock_case(unit: UnitOfWork, case: Case, alarm: Alarm, by: str, at: datetime) -> None:
    """Lock the alarm's evidence and its camera's recordings of the time in question, if a camera looks."""
    for item in unit.evidence.of_subject(alarm.alarm_id):
        unit.locks.add(_of_item(item, case, by, at))
    if alarm.camera_id is None:
        return
    unit.locks.add(
        Lock(
            lock_id=new_id(),
            kind=LockKind.SPAN,
            camera_id=alarm.camera_id,
            from_at=min(alarm.began_at, alarm.raised_at) - AROUND,
            to_at=max(alarm.last_hit_at, alarm.raised_at) + AROUND,
            case_id=case.case_id,
            reason=case.number,
            by=by,
            at=at,
        )
    )


def lock_late_of_alarm(unit: UnitOfWork, item: EvidenceItem, by: str, at: datetime) -> None:
    """Lock what reached the store after its alarm became a case."""
    try:
        case_id = unit.alarms.get(AlarmId(item.subject_id)).case_id
    except Stale:  # it belongs to no alarm
        return
    lock_late(unit, item, case_id, by, at)


def lock_late(unit: UnitOfWork, item: EvidenceItem, case_id: CaseId | None, by: str, at: datetime) -> None:
    """Lock what reached the store after its case was filed; nothing where there is no case."""
    if case_id is not None:
        unit.locks.add(_of_item(item, unit.cases.get(case_id), by, at))


def unlock_case(unit: UnitOfWork, case_id: CaseId, by: str, reason: str, at: datetime) -> None:
    """Release what a filing locked, when the filing is taken back."""
    for lock in unit.locks.of_case(case_id):
        unit.locks.release(lock.lock_id, by, reason, at)


def _of_item(item: EvidenceItem, case: Case, by: str, at: datetime) -> Lock:
    return Lock(
        lock_id=new_id(),
        kind=LockKind.EVIDENCE,
        evidence_id=item.evidence_id,
        case_id=case.case_id,
        reason=case.number,
        by=by,
        at=at,
    )
