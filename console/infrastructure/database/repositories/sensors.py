"""Sensors and their readings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, or_, select, update

from console.application.sensor_ports import KnownSensor
from console.domain.alarms import Priority
from console.domain.ids import AlarmId, CameraId, CategoryCode
from console.domain.sensors import Bound, Gap, Reading, Sensor, SensorKind, SensorState
from console.infrastructure.database.mapping.places import columns_of, place_in
from console.infrastructure.database.repositories.rows import add, hold, one
from console.infrastructure.database.sensor_tables import sensor_readings, sensors


class SqlSensors:
    """Keeps the promises of ``sensor_ports.Sensors``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, sensor: Sensor) -> None:
        values = _columns_of(sensor)
        changed = self._connection.execute(update(sensors).where(sensors.c.number == sensor.number).values(**values))
        if changed.rowcount == 0:
            add(self._connection, sensors, {**values, "state": _written(SensorState())})

    def hold(self, number: str) -> KnownSensor | None:
        hold(self._connection, f"sensor/{number}")
        row = one(self._connection, select(sensors).where(sensors.c.number == number))
        return None if row is None else _known_in(row)

    def all(self) -> Sequence[KnownSensor]:
        statement = select(sensors).order_by(sensors.c.number)
        return [_known_in(row) for row in self._connection.execute(statement).mappings()]

    def keep_state(self, number: str, state: SensorState) -> None:
        self._connection.execute(update(sensors).where(sensors.c.number == number).values(state=_written(state)))

    def keep_reading(self, number: str, reading: Reading, received_at: datetime) -> None:
        is_it = and_(
            sensor_readings.c.number == number,
            sensor_readings.c.boot == reading.boot,
            sensor_readings.c.sequence == reading.sequence,
        )
        if one(self._connection, select(sensor_readings.c.number).where(is_it)) is not None:
            return
        values = {
            "number": number,
            "boot": reading.boot,
            "sequence": reading.sequence,
            "value": reading.value,
            "at": reading.at,
            "received_at": received_at,
        }
        add(self._connection, sensor_readings, values)

    def readings(self, number: str, since: datetime, most: int) -> Sequence[Reading]:
        statement = (
            select(sensor_readings)
            .where(sensor_readings.c.number == number, sensor_readings.c.received_at >= since)
            .order_by(sensor_readings.c.boot.desc(), sensor_readings.c.sequence.desc())
            .limit(most)
        )
        return [
            Reading(boot=row["boot"], sequence=row["sequence"], value=row["value"], at=row["at"])
            for row in self._connection.execute(statement).mappings()
        ]

    def forget_readings(self, before: datetime, most: int) -> int:
        columns = (sensor_readings.c.number, sensor_readings.c.boot, sensor_readings.c.sequence)
        oldest = self._connection.execute(
            select(*columns)
            .where(sensor_readings.c.received_at < before)
            .order_by(sensor_readings.c.received_at)
            .limit(most)
        ).all()
        for begin in range(0, len(oldest), 200):
            these = [
                and_(columns[0] == number, columns[1] == boot, columns[2] == sequence)
                for number, boot, sequence in oldest[begin : begin + 200]
            ]
            self._connection.execute(delete(sensor_readings).where(or_(*these)))
        return len(oldest)


def _columns_of(sensor: Sensor) -> dict[str, Any]:
    return {
        "number": sensor.number,
        "kind": sensor.kind.value,
        "zh": sensor.zh,
        "en": sensor.en,
        "camera_id": sensor.camera_id,
        **columns_of(sensor.place),
        "category": sensor.category,
        "priority": sensor.priority.value,
        "is_upper": sensor.bound.is_upper,
        "bound_at": sensor.bound.at,
        "back_at": sensor.bound.back_at,
        "for_s": sensor.bound.for_s,
        "hold_off_s": sensor.bound.hold_off_s,
        "unit_of_value": sensor.unit_of_value,
        "closes_itself": sensor.closes_itself,
        "silent_after_s": sensor.silent_after_s,
    }


def _known_in(row: RowMapping) -> KnownSensor:
    return KnownSensor(
        sensor=Sensor(
            number=row["number"],
            kind=SensorKind(row["kind"]),
            zh=row["zh"],
            en=row["en"],
            place=place_in(row),
            camera_id=None if row["camera_id"] is None else CameraId(row["camera_id"]),
            category=CategoryCode(row["category"]),
            priority=Priority(row["priority"]),
            bound=Bound(
                is_upper=row["is_upper"],
                at=row["bound_at"],
                back_at=row["back_at"],
                for_s=row["for_s"],
                hold_off_s=row["hold_off_s"],
            ),
            unit_of_value=row["unit_of_value"],
            closes_itself=row["closes_itself"],
            silent_after_s=row["silent_after_s"],
        ),
        state=_state_in(row["state"]),
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment_in(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _written(state: SensorState) -> dict[str, Any]:
    return {
        "boot": state.boot,
        "next_sequence": state.next_sequence,
        "gaps": [
            {
                "boot": gap.boot,
                "first": gap.first,
                "last": gap.last,
                "noticed_at": gap.noticed_at.isoformat(),
                "is_told": gap.is_told,
            }
            for gap in state.gaps
        ],
        "last_at": _moment(state.last_at),
        "last_value": state.last_value,
        "past_since": _moment(state.past_since),
        "alarm_report": state.alarm_report,
        "alarm_id": state.alarm_id,
        "recovered_at": _moment(state.recovered_at),
        "heard_at": _moment(state.heard_at),
        "silence_report": state.silence_report,
        "silence_alarm_id": state.silence_alarm_id,
    }


def _state_in(written: dict[str, Any]) -> SensorState:
    return SensorState(
        boot=written["boot"],
        next_sequence=written["next_sequence"],
        gaps=tuple(
            Gap(
                boot=gap["boot"],
                first=gap["first"],
                last=gap["last"],
                noticed_at=datetime.fromisoformat(gap["noticed_at"]),
                is_told=gap["is_told"],
            )
            for gap in written["gaps"]
        ),
        last_at=_moment_in(written["last_at"]),
        last_value=written["last_value"],
        past_since=_moment_in(written["past_since"]),
        alarm_report=written["alarm_report"],
        alarm_id=AlarmId(written["alarm_id"]),
        recovered_at=_moment_in(written["recovered_at"]),
        heard_at=_moment_in(written["heard_at"]),
        silence_report=written["silence_report"],
        silence_alarm_id=AlarmId(written["silence_alarm_id"]),
    )
