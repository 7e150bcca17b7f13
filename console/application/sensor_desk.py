"""Takes in readings: each counts once, and becomes an alarm, an alarm's end, or a line of the sensor's history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.application.alarm_intake import STATION, Report, take_report
from console.application.errors import Stale
from console.application.permissions import Gate
from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.application.sensor_ports import KnownSensor
from console.domain.accounts import Actor, Verb
from console.domain.alarms import AlarmStage, Priority, Said, Source, Verdict
from console.domain.audit import AuditFacts
from console.domain.cases import Act, CaseStep, Stage
from console.domain.ids import AccountId, AlarmId, CategoryCode
from console.domain.sensors import (
    NO_ALARM,
    READINGS_LOST,
    Judged,
    Reading,
    Sensor,
    SensorState,
    Signal,
    is_silent,
    judge,
    told,
    untold,
)

# Judgement: long enough for a sensor that sends again until it has our receipt, short enough to be told in time.
GRACE = timedelta(minutes=1)
KEPT = timedelta(days=30)  # judgement: what a month's report asks about
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sensor may forget now.

    Attributes:
        counted: false where the reading had come before.
    """

    number: str
    boot: int
    sequence: int
    counted: bool


class SensorDesk:
    """The intake's verbs for sensors. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def take(self, batch: Sequence[tuple[str, Reading]]) -> Sequence[Receipt | None]:
        """Take in readings by their sensors' numbers, all or none, and return a receipt for each.

        ``None`` stands for a sensor nobody registered: nothing was kept of it.

        Raises:
            Unavailable: the database is away; nothing was kept, and no receipt may be given.
            DomainError: a number of a reading is not one.
        """
        receipts: list[Receipt | None] = [None] * len(batch)
        with self._units.write() as unit:
            now = self._clock.now()
            known: dict[str, KnownSensor | None] = {}
            # In one order for everybody, so that two who hold sensors never wait for one another.
            for number in sorted({number for number, _ in batch}):
                known[number] = unit.sensors.hold(number)
            for place, (number, reading) in enumerate(batch):
                found = known[number]
                if found is None:
                    continue
                judged = judge(found.sensor.bound, found.state, reading, now)
                state = judged.state
                if judged.counts:
                    unit.sensors.keep_reading(number, reading, now)
                    state = self._follow(unit, found.sensor, judged, reading, now)
                if state.silence_report:
                    state = self._speaks_again(unit, found.sensor, state, now)
                known[number] = replace(found, state=state)
                receipts[place] = Receipt(number, reading.boot, reading.sequence, judged.counts)
            for number, found in known.items():
                if found is not None:
                    unit.sensors.keep_state(number, found.state)
            unit.commit()
        return receipts

    def look(self) -> int:
        """Raise an alarm for every reading that stays away and every sensor that fell silent; return how many.

        Raises:
            Unavailable: the database is away; look again later.
        """
        raised = 0
        now = self._clock.now()
        with self._units.read() as unit:
            wanted = [found.sensor.number for found in unit.sensors.all() if _is_amiss(found, now)]
        for number in wanted:
            with self._units.write() as unit:
                found = unit.sensors.hold(number)
                if found is None or not _is_amiss(found, now):
                    continue
                sensor, state = found.sensor, found.state
                for gap in untold(state, now - GRACE):
                    numbers = f"#{gap.first}" if gap.first == gap.last else f"#{gap.first}–{gap.last}"
                    report_id = f"lost:{number}:{gap.boot}:{gap.first}-{gap.last}"
                    _raise(unit, sensor, READINGS_LOST, Priority.LOW, report_id, numbers, now)
                    raised += 1
                state = told(state, untold(state, now - GRACE))
                if is_silent(sensor, state, now) and not state.silence_report and state.heard_at is not None:
                    report_id = f"silent:{number}:{state.heard_at.isoformat()}"
                    said = f"> {sensor.silent_after_s:g} s"
                    alarm_id = _raise(unit, sensor, READINGS_LOST, Priority.LOW, report_id, said, now)
                    state = replace(state, silence_report=report_id, silence_alarm_id=alarm_id)
                    raised += 1
                unit.sensors.keep_state(number, state)
                unit.commit()
        return raised

    def forget_old(self) -> int:
        """Forget readings older than thirty days, some at once; return how many."""
        with self._units.write() as unit:
            gone = unit.sensors.forget_readings(self._clock.now() - KEPT, FORGOTTEN_AT_ONCE)
            unit.commit()
        return gone

    def _follow(self, unit: UnitOfWork, sensor: Sensor, judged: Judged, reading: Reading, now: datetime) -> SensorState:
        state = judged.state
        report_id = f"reading:{sensor.number}:{reading.boot}:{reading.sequence}"
        match judged.signal:
            case Signal.RAISE:
                said = _past(sensor, reading)
                alarm_id = _raise(unit, sensor, sensor.category, sensor.priority, report_id, said, now)
                return replace(state, alarm_report=report_id, alarm_id=alarm_id)
            case Signal.RAISE_LATE:
                said = f"{_past(sensor, reading)} @ {reading.at:%Y-%m-%d %H:%M:%SZ}"
                _raise(unit, sensor, sensor.category, sensor.priority, report_id, said, now)
                return state
            case Signal.RECOVER:
                said = _value(sensor, reading.value)
                because = f"reading:{sensor.number}:"
                _recover(unit, sensor, state.alarm_id, report_id, said, now, because, sensor.closes_itself)
                return replace(state, alarm_report="", alarm_id=NO_ALARM)
            case None:
                return state

    def _speaks_again(self, unit: UnitOfWork, sensor: Sensor, state: SensorState, now: datetime) -> SensorState:
        again, because = f"again:{state.silence_report}", f"silent:{sensor.number}:"
        _recover(unit, sensor, state.silence_alarm_id, again, "✓", now, because, closes_itself=True)
        return replace(state, silence_report="", silence_alarm_id=NO_ALARM)


class SensorsDesk:
    """What an administrator does about sensors. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, gate: Gate) -> None:
        self._units = units
        self._gate = gate

    def put(self, actor: Actor, sensors: Sequence[Sensor]) -> None:
        """Register sensors, or change those of the same number; all or none.

        Raises:
            Forbidden: the actor keeps no directory.
            Stale: the directory knows no such matter or camera.
        """
        actor = self._gate.require(actor, Verb.ADMINISTER, "sensors")
        with self._units.write() as unit:
            for sensor in sensors:
                unit.directory.category(sensor.category)
                if sensor.camera_id is not None:
                    unit.directory.camera(sensor.camera_id)
                unit.sensors.put(sensor)
            unit.audit.append(self._gate.facts(actor, "put_sensors", f"{len(sensors)}"))
            unit.commit()


def _is_amiss(found: KnownSensor, now: datetime) -> bool:
    falls_silent = is_silent(found.sensor, found.state, now) and not found.state.silence_report
    return falls_silent or bool(untold(found.state, now - GRACE))


def _value(sensor: Sensor, value: float) -> str:
    return f"{value:g} {sensor.unit_of_value}".rstrip()


def _past(sensor: Sensor, reading: Reading) -> str:
    sign = "≥" if sensor.bound.is_upper else "≤"
    return f"{_value(sensor, reading.value)} {sign} {sensor.bound.at:g}"


def _said(sensor: Sensor, report_id: str, text: str, now: datetime) -> Said:
    return Said(report_id=report_id, source=Source.SENSOR, at=now, text=text, name=sensor.number, contact=sensor.zh)


def _raise(
    unit: UnitOfWork,
    sensor: Sensor,
    category: CategoryCode,
    priority: Priority,
    report_id: str,
    text: str,
    now: datetime,
) -> AlarmId:
    report = Report(
        report_id=report_id,
        source=Source.SENSOR,
        category=category,
        priority=priority,
        place=sensor.place,
        camera_id=sensor.camera_id,
        at=now,
        text=text,
        name=sensor.number,
        contact=sensor.zh,
    )
    return take_report(unit, report, now).alarm_id


def _recover(
    unit: UnitOfWork,
    sensor: Sensor,
    alarm_id: AlarmId,
    report_id: str,
    text: str,
    now: datetime,
    because: str,
    closes_itself: bool,
) -> None:
    """End the alarm, where nobody has it in hand and nothing else speaks in it; else tell whoever has it.

    Args:
        because: how the names of those reports begin that are over now.
    """
    try:
        alarm = unit.alarms.get(alarm_id)
    except Stale:
        return
    is_all_over = all(said.report_id.startswith(because) for said in alarm.said)
    verdict = Verdict(
        stage=AlarmStage.RECOVERED, at=now, account_id=AccountId(""), display_name=sensor.number, remark=text
    )
    alarm.said.append(_said(sensor, report_id, f"✓ {text}" if text != "✓" else text, now))
    has_ended = closes_itself and is_all_over and alarm.recover(verdict)
    unit.alarms.save(alarm)
    if alarm.case_id is not None:
        case = unit.cases.get(alarm.case_id)
        if case.stage not in (Stage.CLOSED, Stage.VOID):
            facts = {"sensor": sensor.number, "value": text}
            case.note(CaseStep(act=Act.BACK_TO_NORMAL, at=now, who=sensor.number, facts=facts))
            unit.cases.save(case)
    unit.audit.append(
        AuditFacts(
            at=now,
            who=STATION,
            seat_id="",
            verb="recover" if has_ended else "back_to_normal",
            subject=alarm_id,
            detail={"sensor": sensor.number, "value": text},
            camera_id=alarm.camera_id or "",
        )
    )
