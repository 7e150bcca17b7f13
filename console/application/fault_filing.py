"""A camera's fault becomes what a case is made of: a confirmed alarm, a unit, and words for whoever must mend it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from console.application.ports import UnitOfWork
from console.domain.accounts import Actor
from console.domain.alarms import Alarm, AlarmStage, Priority, Source, Verdict
from console.domain.camera_faults import CONDITION_OF, OUT_OF_ORDER, CameraFault, FaultKind
from console.domain.ids import AlarmId, UnitId
from console.domain.routing import Unit

# As the unit's own system gets it: its language is the city's, whatever the seat speaks.
_WORDS = {
    FaultKind.BLACK: "画面全黑",
    FaultKind.BLANK: "画面只有一色",
    FaultKind.BLURRED: "画面模糊",
    FaultKind.COVERED: "镜头被遮挡",
    FaultKind.TURNED: "镜头偏离参考画面",
    FaultKind.CLOCK_OFF: "时钟偏差 {seconds} 秒",
}


def unit_of_owner(owner: str, units: Sequence[Unit]) -> UnitId | None:
    """Return the unit a camera's owner is, by its name in either language or its id; ``None`` for another's."""
    wanted = owner.strip().casefold()
    names = ((unit, (unit.unit_id, unit.zh, unit.en)) for unit in units)
    return next((unit.unit_id for unit, said in names if wanted and wanted in {one.casefold() for one in said}), None)


def words_of(fault: CameraFault, zone: ZoneInfo) -> str:
    """Return what is wrong and since when, for the unit."""
    what = _WORDS[fault.kind].format(seconds=f"{fault.clock_offset_s or 0.0:+.1f}")
    return f"{what}，自 {fault.began_at.astimezone(zone):%Y-%m-%d %H:%M:%S} 起"


def alarm_of_fault(unit: UnitOfWork, fault: CameraFault, actor: Actor, now: datetime) -> Alarm:
    """Return the fault's alarm, confirmed by who files it; a filing that was taken back left one, which is used again.

    It bears the fault's name, so that what was sealed under the fault is the alarm's evidence.

    Raises:
        TransitionRefused: somebody decided about it already, or holds it.
        DomainError: the matter has no filing condition.
    """
    filing = unit.directory.category(OUT_OF_ORDER).filing
    condition = filing[min(CONDITION_OF[fault.kind], len(filing) - 1)].code if filing else ""
    alarm = unit.alarms.with_hit(fault.fault_id)
    if alarm is None:
        alarm = Alarm(
            alarm_id=AlarmId(fault.fault_id),
            hit_id=fault.fault_id,
            camera_id=fault.camera_id,
            place=unit.directory.camera(fault.camera_id).place,
            category=OUT_OF_ORDER,
            priority=Priority.LOW,
            source=Source.CAMERA,
            raised_at=fault.noted_at,
            began_at=fault.began_at,
            last_hit_at=fault.ended_at or now,
            rule=None,
        )
        unit.alarms.add(alarm)
    alarm.confirm(
        Verdict(
            stage=AlarmStage.CONFIRMED,
            at=now,
            account_id=actor.account_id,
            display_name=actor.display_name,
            category=OUT_OF_ORDER,
            filing_condition=condition,
        )
    )
    return alarm
