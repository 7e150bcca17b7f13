"""PTZ mode under real keys and a real mouse: what is held turns, what is let go stops, and nothing is left turning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.application.errors import Unavailable
from console.application.live_wall import layout_named
from console.application.ptz_desk import Turning
from console.domain.ids import AccountId, CameraId, SeatId
from console.domain.ptz import STILL, PtzLease, Velocity
from console.domain.walls import Wall
from console.infrastructure.channel.messages import PtzState
from console.words import CHINESE, ENGLISH, Words
from tests.widgets.street import NOON, StillClock, cameras
from widgets.ptz.mode import PtzMode
from widgets.state.ptz import velocity_of, velocity_towards
from widgets.state.telling import Teller
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage


@dataclass
class Line:
    """A line to the station that keeps what was ordered."""

    orders: list[str] = field(default_factory=list)
    is_cut: bool = False

    def turn_camera(self, lease: PtzLease, action: str, velocity: Velocity = STILL, preset: int = 0) -> None:
        if self.is_cut:
            raise Unavailable("The station does not answer; it is being started again.")
        words = f" {velocity.pan:g} {velocity.tilt:g} {velocity.zoom:g}" if action == "turn" else ""
        self.orders.append(f"{action}{words}{preset or ''}")


LEASE = PtzLease(
    lease_id="l",
    camera_id=CameraId("c01"),
    account_id=AccountId("li"),
    display_name="李文静",
    seat_id=SeatId("02"),
    priority=10,
    since=NOON,
    until=NOON + timedelta(seconds=30),
)


@pytest.fixture
def words() -> Words:
    return Words(CHINESE)


@pytest.fixture
def page(qtbot: QtBot, words: Words) -> Iterator[WallPage]:
    made = WallPage(Teller(words, ZoneInfo("Asia/Shanghai")), StillClock(), RenderClock(), offered=("X",))
    qtbot.addWidget(made)
    made.resize(1920, 1048)
    made.show_cameras(cameras(4), Wall(layout=layout_named("2x2"), cameras=()))
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def mode(page: WallPage, words: Words, line: Line) -> Iterator[PtzMode]:
    tile = page.tiles[0]
    assert tile.camera is not None
    turning = Turning(LEASE, line)
    made = PtzMode(tile, turning, Teller(words, ZoneInfo("Asia/Shanghai")), page)
    yield made
    made.leave()


def repeat(mode: PtzMode, kind: QEvent.Type, key: Qt.Key) -> None:
    """Send what X sends for a key that is held down: a release and a press, both marked as repeated."""
    QApplication.sendEvent(mode, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", True))


def told(condition: str, **more: object) -> PtzState:
    facts = {"camera_id": "c01", "condition": condition, "seat_id": "02", "name": "李文静", **more}
    return PtzState.model_validate(facts)


def test_x_asks_for_the_selected_tiles_camera(page: WallPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.turn_asked) as asked:
        QTest.keyClick(page.tiles[0], Qt.Key.Key_X)

    camera = page.state.selected_camera
    assert camera is not None and asked.args == [camera.camera_id]


def test_an_arrow_turns_while_it_is_held_and_selects_no_other_tile(mode: PtzMode, page: WallPage, line: Line) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Right)
    for _ in range(3):
        repeat(mode, QEvent.Type.KeyRelease, Qt.Key.Key_Right)
        repeat(mode, QEvent.Type.KeyPress, Qt.Key.Key_Right)
    assert line.orders == ["turn 0.5 0 0"]

    QTest.keyRelease(mode, Qt.Key.Key_Right)

    assert line.orders == ["turn 0.5 0 0", "stop"] and page.state.selected == 0


def test_two_arrows_turn_aslant_and_letting_one_go_goes_on(mode: PtzMode, line: Line) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Left)
    QTest.keyPress(mode, Qt.Key.Key_Up)
    QTest.keyRelease(mode, Qt.Key.Key_Left)
    QTest.keyRelease(mode, Qt.Key.Key_Up)

    assert line.orders == ["turn -0.5 0 0", "turn -0.5 0.5 0", "turn 0 0.5 0", "stop"]


@pytest.mark.parametrize(
    ("key", "order"),
    [
        (Qt.Key.Key_Plus, "turn 0 0 0.5"),
        (Qt.Key.Key_Minus, "turn 0 0 -0.5"),
        (Qt.Key.Key_3, "preset3"),
        (Qt.Key.Key_Home, "home"),
    ],
)
def test_each_key_orders_what_its_hint_says(mode: PtzMode, line: Line, key: Qt.Key, order: str) -> None:
    QTest.keyPress(mode, key)

    assert line.orders == [order]


def test_what_turns_is_said_again_so_that_the_station_knows_of_us(mode: PtzMode, line: Line, qtbot: QtBot) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Down)

    qtbot.waitUntil(lambda: line.orders.count("turn 0 -0.5 0") >= 3, timeout=3000)


def test_the_mouse_drags_from_the_centre_and_letting_go_stops(mode: PtzMode, line: Line) -> None:
    centre = QPoint(mode.width() // 2, mode.height() // 2)
    QTest.mousePress(mode, Qt.MouseButton.LeftButton, pos=centre)
    assert line.orders == []
    QTest.mouseMove(mode, QPoint(mode.width() - 1, centre.y()))
    assert (line.orders and line.orders[-1].startswith("turn 0.99")) or line.orders[-1].startswith("turn 1 ")

    QTest.mouseRelease(mode, Qt.MouseButton.LeftButton, pos=centre)

    assert line.orders[-1] == "stop"


def test_esc_stops_lets_go_and_gives_the_ring_back_to_the_tile(mode: PtzMode, page: WallPage, line: Line) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Right)
    QTest.keyPress(mode, Qt.Key.Key_Escape)

    assert line.orders == ["turn 0.5 0 0", "stop", "leave"]
    assert page.tiles[0].hasFocus() and mode.isHidden() and mode.bar.isHidden()


def test_whoever_looks_elsewhere_turns_nothing(mode: PtzMode, page: WallPage, line: Line) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Right)
    page.tiles[2].setFocus()

    assert line.orders == ["turn 0.5 0 0", "stop", "leave"]


def test_a_camera_that_leaves_its_tile_is_let_go(mode: PtzMode, page: WallPage, line: Line, qtbot: QtBot) -> None:
    page.tiles[0].show_camera(None)

    qtbot.waitUntil(lambda: line.orders == ["leave"], timeout=3000)


def test_a_camera_somebody_took_over_is_no_longer_ours(mode: PtzMode, line: Line) -> None:
    QTest.keyPress(mode, Qt.Key.Key_Right)
    mode.show_told(told("held", seat_id="09", name="赵敏"))

    assert mode.isHidden() and line.orders == ["turn 0.5 0 0", "stop"]  # the camera is not sent back under their hands


def test_why_a_camera_does_not_obey_stands_in_the_bar_in_both_languages(mode: PtzMode, words: Words) -> None:
    sentence = "The camera at {host} does not answer. Check its address and its network."
    mode.show_told(told("held", sentence=sentence, values={"host": "192.0.2.7"}))
    assert "192.0.2.7 的摄像机没有应答" in mode.bar.accessibleName()

    words.speak(ENGLISH)
    mode.retranslate()

    assert "192.0.2.7 does not answer" in mode.bar.accessibleName()


def test_a_station_that_is_away_is_told(mode: PtzMode, line: Line, qtbot: QtBot) -> None:
    line.is_cut = True
    with qtbot.waitSignal(mode.failed):
        QTest.keyPress(mode, Qt.Key.Key_Right)


def test_opposite_keys_stand_still_and_the_mouse_has_a_place_to_rest() -> None:
    assert velocity_of([(1, 0, 0), (-1, 0, 0)]) == STILL
    assert velocity_towards(50, 50, 100, 100) == velocity_towards(52, 50, 100, 100) == STILL
    corner = velocity_towards(100, 0, 100, 100)
    assert 0.7 < corner.pan == corner.tilt < 0.72


def test_m_and_a_digit_keep_the_view_and_a_digit_alone_goes_there(mode: PtzMode, line: Line) -> None:
    QTest.keyClick(mode, Qt.Key.Key_M)
    assert "1–9" in mode.bar.accessibleName(), "the bar says what the next digit does"
    QTest.keyClick(mode, Qt.Key.Key_3)
    QTest.keyClick(mode, Qt.Key.Key_3)
    QTest.keyClick(mode, Qt.Key.Key_M)
    QTest.keyClick(mode, Qt.Key.Key_M)
    QTest.keyClick(mode, Qt.Key.Key_1)
    assert line.orders == ["keep3", "preset3", "preset1"]
