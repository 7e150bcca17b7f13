"""A camera's rules of every family come back as they were drawn, and those of older versions stay readable."""

import json
from dataclasses import replace
from datetime import time

from sqlalchemy import text

from console.domain.rules import CameraRule, Hours, Line, RuleFamily, RuleFigures, Tiling, Zone
from console.infrastructure.database.engine import Database
from console.infrastructure.database.mapping.alarms import rule_in, written_rule
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders

GATE = Line(name="门", begin=(0.5, 0.2), end=(0.5, 0.8))
FRONT = Zone(name="1 号楼", polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)))
FULL = RuleFigures(
    least_count=8,
    warning_count=5,
    area_m2=20.0,
    alarm_per_m2=2.0,
    warning_per_m2=1.0,
    allowed=(0.0, 1.0),
    is_present_told=True,
    parks=(((0.3, 0.3), (0.4, 0.3), (0.4, 0.4)),),
    storeys=18,
    columns=7,
    lowest_storey=3,
)


def test_a_rule_of_every_family_comes_back_with_its_line_or_zone_and_figures(units: SqlUnitsOfWork) -> None:
    (plain,) = builders.camera().rules
    crossing = replace(plain, family=RuleFamily.LINE_CROSSING, zone=GATE, figures=RuleFigures(toward="left"))
    rules: tuple[CameraRule, ...] = (
        crossing,
        replace(plain, hours=Hours(begins=time(22), ends=time(6, 30), days=frozenset({0, 4}))),
        replace(plain, tiling=Tiling.SIX),
        *(
            replace(plain, family=family, figures=FULL, zone=FRONT if family is RuleFamily.THROWN else plain.zone)
            for family in RuleFamily
            if family is not RuleFamily.LINE_CROSSING
        ),
    )
    camera = builders.camera(rules=rules)
    with units.write() as unit:
        unit.directory.put_camera(camera)
        unit.commit()
    with units.read() as unit:
        assert unit.directory.camera(camera.camera_id) == camera


def test_a_rule_stored_before_there_were_families_is_of_a_standing_vehicle(
    units: SqlUnitsOfWork, database: Database
) -> None:
    camera = builders.camera()
    with units.write() as unit:
        unit.directory.put_camera(camera)
        unit.commit()
    with database.writing() as connection:
        stored = connection.execute(text("SELECT rules FROM cameras")).scalar_one()
        rules = json.loads(stored) if isinstance(stored, str) else stored
        for rule in rules:
            del rule["family"], rule["figures"]
        connection.execute(text("UPDATE cameras SET rules = :rules"), {"rules": json.dumps(rules)})
    with units.read() as unit:
        assert unit.directory.camera(camera.camera_id) == camera


def test_what_an_older_station_wrote_of_an_alarms_rule_is_of_a_standing_vehicle() -> None:
    crossing = replace(builders.RULE, family=RuleFamily.LINE_CROSSING, reasons=(("toward", "left"), ("score", 0.8)))
    written = json.loads(json.dumps(written_rule(crossing)))
    assert rule_in(written) == crossing
    assert rule_in({name: value for name, value in written.items() if name not in ("family", "reasons")}) == replace(
        builders.RULE, family=RuleFamily.STANDING_VEHICLE, reasons=()
    )
