"""A city whose cameras fall ill."""

from datetime import datetime, timedelta

from console.domain.camera_faults import OUT_OF_ORDER, CameraFault, FaultKind
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock, Limit
from console.domain.ids import CameraId
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.application.city import CAMERA

MATTER = Category(
    code=OUT_OF_ORDER,
    standard="GB/T 47678.5-2026",
    zh="监控电子眼设施异常",
    en="Surveillance camera out of order",
    question_zh="",
    question_en="",
    filing=(
        Condition(code="1", zh="立杆或镜头倾斜、损坏", en="Pole or camera tilted or broken"),
        Condition(code="2", zh="外壳或线缆破损", en="Housing or cable damaged"),
        Condition(code="3", zh="镜头脏污", en="Lens dirty"),
    ),
    closing=(Condition(code="1", zh="修复", en="Repaired"),),
    limit=Limit(Clock.WORKING, timedelta(days=1)),
)


def fall_ill(
    units: SqlUnitsOfWork,
    at: datetime,
    *,
    name: str = "fault-1",
    kind: FaultKind = FaultKind.COVERED,
    camera_id: CameraId = CAMERA,
) -> str:
    """Let a camera have had a fault for a minute."""
    fault = CameraFault(
        fault_id=name,
        camera_id=camera_id,
        kind=kind,
        began_at=at - timedelta(minutes=1),
        noted_at=at - timedelta(seconds=40),
        clock_offset_s=-3.25 if kind is FaultKind.CLOCK_OFF else None,
    )
    with units.write() as unit:
        unit.directory.put_category(MATTER)
        unit.sight.put_fault(fault)
        unit.commit()
    return name
