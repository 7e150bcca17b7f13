"""Claims about the wall when a sensor goes back to normal: the seat says what left the queue, and only that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.application.sensor_desk import SensorDesk, SensorsDesk
from console.domain.accounts import Role
from console.domain.alarms import DismissReason, Priority
from console.domain.ids import AlarmId
from console.domain.places import Place
from console.domain.sensors import Bound, Reading, Sensor, SensorKind
from console.seat.self_ended import SHOWN_FOR, SelfEnded
from console.words import ENGLISH, Words
from tests.application.city import BEGIN, PARKING, City, open_city, person
from widgets.desk import Desk
from widgets.state.telling import Teller

LI = person("李文静")
CHIMNEY = Sensor(
    number="YY-31",
    kind=SensorKind.FUME,
    zh="老街火锅店",
    en="Hot-pot house",
    place=Place(address="老街 31 号"),
    camera_id=None,
    category=PARKING,  # the one matter of this city
    priority=Priority.MEDIUM,
    bound=Bound(is_upper=True, at=2.0, back_at=1.6),
    unit_of_value="mg/m³",
    closes_itself=True,
)


@dataclass
class Room:
    """A seat's ear for sensors over a city with one chimney."""

    city: City
    sensors: SensorDesk
    desk: Desk
    ended: SelfEnded
    sequence: int = 0

    def measure(self, value: float) -> None:
        self.sequence += 1
        at = BEGIN + timedelta(seconds=self.sequence)
        self.sensors.take([("YY-31", Reading(boot=1, sequence=self.sequence, value=value, at=at))])

    def look(self) -> None:
        self.ended.note(LI, self.city.review.queue(LI))

    @property
    def words(self) -> str:
        return Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")).say(self.ended.line)


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_city(tmp_path) as city:
        SensorsDesk(city.units, city.gate).put(person("陈建国", Role.ADMINISTRATOR), [CHIMNEY])
        holder = QWidget()
        qtbot.addWidget(holder)
        desk = Desk(holder)
        yield Room(city, SensorDesk(city.units, city.clock), desk, SelfEnded(city.review, desk, city.clock))
        desk.close()


def test_what_ended_by_itself_is_said_with_its_place_and_value_for_a_minute(room: Room, qtbot: QtBot) -> None:
    room.measure(2.6)
    room.look()
    assert room.words == ""
    room.measure(1.2)
    room.look()
    qtbot.waitUntil(lambda: room.words != "")
    assert room.words == (
        "老街 31 号, Vehicle parked badly: sensor YY-31 is back to normal (1.2 mg/m³). Its alarm ended by itself."
    )
    room.city.clock.wait(seconds=SHOWN_FOR.total_seconds())
    assert room.words == ""


def test_what_somebody_decided_is_not_said_to_have_ended_by_itself(room: Room, qtbot: QtBot) -> None:
    room.measure(2.6)
    room.look()
    (row,) = room.city.review.queue(LI)
    alarm_id = AlarmId(row.alarm_id)
    room.city.review.claim(LI, alarm_id)
    room.city.review.dismiss(LI, alarm_id, DismissReason.NO_OFFENCE, "")
    room.look()
    assert room.city.review.ended_by_themselves(LI, [alarm_id]) == []
    answered: list[str] = []
    room.desk.fetch(lambda: "asked after it", answered.append, lambda refusal: None)
    qtbot.waitUntil(lambda: bool(answered))
    assert room.words == ""
