"""Claims about a seat where cameras are out of order: one key on the wall files one, one on the page takes it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.application.camera_sight import SightDesk
from console.domain.routing import RoutingRow
from console.domain.walls import LAYOUTS, Wall
from console.seat.ill_cameras import IllCameras
from console.words import ENGLISH, Words
from tests.application.city import CAMERA, TEAM, City, open_city, person
from tests.application.ill_cameras import fall_ill
from widgets.desk import Desk
from widgets.health.health_page import HealthPage
from widgets.state.telling import Teller
from widgets.wall.render_clock import RenderClock
from widgets.wall.strip import WallStrip
from widgets.wall.wall_page import WallPage


@dataclass
class Room:
    """A wall with one camera, and the health page."""

    city: City
    wall: WallPage
    page: HealthPage
    ill: IllCameras

    @property
    def line(self) -> str:
        return self.wall.findChildren(WallStrip)[0].told

    def words(self) -> list[str]:
        return [row.words for row in self.page.ill if not row.isHidden()]

    def numbers(self) -> list[str]:
        return [row.number for row in self.city.cases.list(person("李文静"))]


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_city(tmp_path) as city:
        with city.units.write() as unit:
            unit.directory.put_routing((RoutingRow(row=1, unit_id=TEAM),))
            camera = unit.directory.camera(CAMERA)
            unit.commit()
        holder = QWidget()
        qtbot.addWidget(holder)
        desk, teller = Desk(holder), Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai"))
        wall = WallPage(teller, city.clock, RenderClock(), offered=("V", "G"))
        wall.show_cameras([camera], Wall(layout=LAYOUTS[0], cameras=(CAMERA,)))
        page = HealthPage(teller, city.clock)
        for made in (wall, page):
            qtbot.addWidget(made)
        sight = SightDesk(city.units, city.gate)
        actor, units = person("李文静"), city.dispatch.units
        ill = IllCameras(sight, city.cases, units, actor, city.line, desk, holder)
        ill.serve_wall(1, wall)
        ill.serve_page(page)
        for made in (page, wall):
            with qtbot.waitExposed(made):
                made.show()
        yield Room(city, wall, page, ill)
        ill.leave()
        desk.close()


def test_one_key_on_the_wall_files_the_camera_and_one_on_the_page_takes_it_back(room: Room, qtbot: QtBot) -> None:
    fall_ill(room.city.units, room.city.clock.now())
    room.ill.read()
    qtbot.waitUntil(lambda: room.words() == ["01 学府路口·南 Covered · not filed since 09:59:00"])

    QTest.keyClick(room.wall, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: "filed 20261123-0001" in str(room.words()))
    assert room.line == "Filed 20261123-0001, sent to team-2. U on the health page (F9) takes it back."
    assert ("cases", room.city.filed_case_id()) in room.city.line.orders

    QTest.keyClick(room.wall, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: room.line == "This camera is filed already: 20261123-0001.")

    room.page.press("U")
    qtbot.waitUntil(lambda: "not filed" in str(room.words()))
    assert room.page.line == "The filing was taken back; the alarm waits in review (F3)."


def test_a_camera_nothing_is_known_of_is_not_filed(room: Room, qtbot: QtBot) -> None:
    QTest.keyClick(room.wall, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: room.line == "Nothing is known to be wrong with this camera; nothing was filed.")
    assert room.numbers() == []


def test_one_key_says_that_the_camera_looks_as_it_should(room: Room, qtbot: QtBot) -> None:
    QTest.keyClick(room.wall, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: room.city.line.orders == [("reference", f"{CAMERA} by 李文静")])
    assert room.city.audit_verbs()[-1] == "renew_reference"
