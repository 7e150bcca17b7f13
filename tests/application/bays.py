"""Rows of parking bays and stays in them, put into a city."""

from dataclasses import replace
from datetime import datetime

from console.application.ports import UnitsOfWork
from console.domain.bay_sessions import BaySession
from console.domain.ids import CameraId, CategoryCode, RuleId, new_id
from console.domain.rules import CameraRule, RuleFamily, RuleFigures, Zone

ROW = ((0.1, 0.8), (0.9, 0.8), (0.9, 0.5), (0.1, 0.5))


def put_row(units: UnitsOfWork, camera_id: CameraId, bays: int = 3) -> RuleId:
    """Watch a row of bays in a camera's picture."""
    rule_id = RuleId(f"row-{camera_id}")
    rule = CameraRule(
        rule_id=rule_id,
        camera_id=camera_id,
        zone=Zone(name="北侧泊位", polygon=ROW),
        category=CategoryCode("09009"),
        labels=("car",),
        dwell_s=7200.0,
        minimum_score=0.3,
        family=RuleFamily.BAYS,
        figures=RuleFigures(bay_count=bays),
    )
    with units.write() as unit:
        camera = unit.directory.camera(camera_id)
        kept = tuple(one for one in camera.rules if one.rule_id != rule_id)
        unit.directory.put_camera(replace(camera, rules=(*kept, rule)))
        unit.commit()
    return rule_id


def put_stay(
    units: UnitsOfWork,
    camera_id: CameraId,
    entered_at: datetime,
    *,
    bay: int = 2,
    left_at: datetime | None = None,
    is_sure: bool = False,
) -> BaySession:
    """Have somebody stand in a bay."""
    session = BaySession(
        session_id=new_id(),
        camera_id=camera_id,
        rule_id=RuleId(f"row-{camera_id}"),
        row="北侧泊位",
        bay=bay,
        entered_at=entered_at,
        is_begin_known=True,
        is_sure=is_sure,
        left_at=left_at,
    )
    with units.write() as unit:
        unit.bays.put(session)
        unit.commit()
    return session
