"""Claims about sensors at the desk: a fault is an alarm, its end ends it, and readings that stay away are told of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.application.alarm_review import Filing
from console.application.errors import Stale
from console.application.sensor_desk import SensorDesk, SensorsDesk
from console.domain.accounts import Role
from console.domain.alarms import AlarmStage, Priority, Source
from console.domain.cases import Act
from console.domain.categories import Category
from console.domain.errors import Refusal
from console.domain.ids import AlarmId, CameraId
from console.domain.places import Place
from console.domain.sensors import READINGS_LOST, Bound, Reading, Sensor, SensorKind
from tests.application.city import BEGIN, CAMERA, PARKING, TEAM, City, open_city, person

LI = person("李文静")
CHEN = person("陈建国", Role.ADMINISTRATOR)
CHIMNEY = Sensor(
    number="YY-31",
    kind=SensorKind.FUME,
    zh="老街火锅店",
    en="Hot-pot house",
    place=Place(address="老街 31 号", longitude=120.1, latitude=30.2),
    camera_id=CAMERA,
    category=PARKING,  # the one matter of this city
    priority=Priority.MEDIUM,
    bound=Bound(is_upper=True, at=2.0, back_at=1.6),
    unit_of_value="mg/m³",
    closes_itself=True,
    silent_after_s=600,
)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as city:
        with city.units.write() as unit:
            parking: Category = unit.directory.category(PARKING)
            unit.directory.put_category(replace(parking, code=READINGS_LOST, zh="监测读数中断"))
            unit.commit()
        SensorsDesk(city.units, city.gate).put(CHEN, [CHIMNEY])
        yield city


@pytest.fixture
def desk(city: City) -> SensorDesk:
    return SensorDesk(city.units, city.clock)


def measured(sequence: int, value: float = 1.0, boot: int = 1) -> Reading:
    return Reading(boot=boot, sequence=sequence, value=value, at=BEGIN + timedelta(seconds=sequence))


def take(desk: SensorDesk, *readings: Reading, number: str = "YY-31") -> list[bool | None]:
    receipts = desk.take([(number, reading) for reading in readings])
    return [None if receipt is None else receipt.counted for receipt in receipts]


def waiting(city: City) -> list[AlarmId]:
    return [AlarmId(row.alarm_id) for row in city.review.queue(LI)]


def test_too_much_is_one_alarm_at_its_place_with_its_camera_and_what_was_measured(city: City, desk: SensorDesk) -> None:
    assert take(desk, measured(1), measured(2, 2.6), measured(2, 2.6), measured(3, 2.8)) == [True, True, False, True]
    (row,) = city.review.queue(LI)
    assert (row.source, row.camera_id, row.address, row.hits) == (Source.SENSOR, CAMERA, "老街 31 号", 1)
    (said,) = city.review.card(LI, waiting(city)[0]).said
    assert (said.text, said.name, said.contact) == ("2.6 mg/m³ ≥ 2", "YY-31", "老街火锅店")


def test_back_to_normal_ends_an_alarm_nobody_has_in_hand(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1, 2.6))
    (alarm_id,) = waiting(city)
    take(desk, measured(2, 1.2))
    assert waiting(city) == []
    card = city.review.card(LI, alarm_id)
    assert card.row.stage is AlarmStage.RECOVERED
    assert [verdict.display_name for verdict in card.verdicts] == ["YY-31"]
    with city.units.read() as unit:
        verbs = [line.facts.verb for line in unit.audit.lines(0, 20)]
    assert verbs[-3:-1] == ["raise_alarm", "recover"] and verbs[0] == "put_sensors"
    take(desk, measured(3, 2.9))
    assert len(waiting(city)) == 1  # a new one


def test_whoever_has_it_in_hand_keeps_it_and_reads_that_it_is_over(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1, 2.6))
    (alarm_id,) = waiting(city)
    city.review.claim(LI, alarm_id)
    take(desk, measured(2, 1.2))
    assert waiting(city) == [alarm_id]
    assert [said.text for said in city.review.card(LI, alarm_id).said] == ["2.6 mg/m³ ≥ 2", "✓ 1.2 mg/m³"]


def test_what_a_person_must_see_does_not_end_by_itself(city: City, desk: SensorDesk) -> None:
    manhole = replace(CHIMNEY, number="JG-7", kind=SensorKind.MANHOLE, closes_itself=False)
    SensorsDesk(city.units, city.gate).put(CHEN, [manhole])
    take(desk, measured(1, 3.0), measured(2, 0.0), number="JG-7")
    assert len(waiting(city)) == 1


def test_an_alarm_two_sensors_speak_in_ends_with_neither_alone(city: City, desk: SensorDesk) -> None:
    SensorsDesk(city.units, city.gate).put(CHEN, [replace(CHIMNEY, number="YY-32")])
    take(desk, measured(1, 2.6))
    take(desk, measured(1, 2.7), number="YY-32")
    (row,) = city.review.queue(LI)
    assert row.hits == 2
    take(desk, measured(2, 1.0))
    assert len(waiting(city)) == 1


def test_a_case_that_was_filed_gets_a_line_and_stays_open(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1, 2.6))
    (alarm_id,) = waiting(city)
    case_id = city.cases.confirm_and_file(LI, alarm_id, Filing(PARKING, "1"), TEAM).case_id
    take(desk, measured(2, 1.0))
    with city.units.read() as unit:
        case = unit.cases.get(case_id)
    assert case.steps[-1].act is Act.BACK_TO_NORMAL and case.steps[-1].facts["value"] == "1 mg/m³"
    assert case.closed_at is None


def test_readings_that_stay_away_are_told_of_once_after_a_minute(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1), measured(5))
    assert desk.look() == 0
    city.clock.wait(seconds=61)
    assert (desk.look(), desk.look()) == (1, 0)
    (row,) = city.review.queue(LI)
    assert (row.category, row.priority) == (READINGS_LOST, Priority.LOW)
    assert [said.text for said in city.review.card(LI, waiting(city)[0]).said] == ["#2–4"]


def test_readings_that_come_within_the_minute_are_told_of_to_nobody(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1), measured(5))
    take(desk, measured(3), measured(4), measured(2))
    city.clock.wait(seconds=61)
    assert desk.look() == 0


def test_a_sensor_that_falls_silent_is_told_of_once_and_ends_it_when_it_speaks(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1))
    city.clock.wait(seconds=601)
    assert (desk.look(), desk.look()) == (1, 0)
    assert len(waiting(city)) == 1
    take(desk, measured(2))
    assert waiting(city) == []
    city.clock.wait(seconds=601)
    assert desk.look() == 1


def test_a_reading_of_a_sensor_nobody_registered_is_not_kept_and_holds_up_nobody(city: City, desk: SensorDesk) -> None:
    receipts = desk.take([("who", measured(1, 9.0)), ("YY-31", measured(1, 9.0))])
    assert receipts[0] is None and receipts[1] is not None
    assert len(waiting(city)) == 1


def test_readings_are_kept_for_thirty_days(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1), measured(2))
    city.clock.wait(days=20)
    take(desk, measured(3))
    city.clock.wait(days=11)
    assert desk.forget_old() == 2
    with city.units.read() as unit:
        assert [reading.sequence for reading in unit.sensors.readings("YY-31", BEGIN, 10)] == [3]
    assert take(desk, measured(2)) == [False]  # forgotten, and still known to have come


def test_changing_a_sensor_forgets_nothing_it_said(city: City, desk: SensorDesk) -> None:
    take(desk, measured(1), measured(2))
    SensorsDesk(city.units, city.gate).put(CHEN, [replace(CHIMNEY, zh="老街面馆")])
    assert take(desk, measured(2)) == [False]
    with city.units.read() as unit:
        (known,) = unit.sensors.all()
    assert known.sensor.zh == "老街面馆" and known.state.last_value == 1.0


def test_only_an_administrator_registers_and_only_what_the_directory_knows(city: City) -> None:
    desk = SensorsDesk(city.units, city.gate)
    with pytest.raises(Refusal):
        desk.put(LI, [CHIMNEY])
    with pytest.raises(Stale):
        desk.put(CHEN, [replace(CHIMNEY, number="A1"), replace(CHIMNEY, number="A2", camera_id=CameraId("nowhere"))])
    with city.units.read() as unit:
        assert [known.sensor.number for known in unit.sensors.all()] == ["YY-31"]
