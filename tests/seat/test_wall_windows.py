"""Claims about a seat's walls in windows of their own: monitors that go and come back, locking, and who is next."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.domain.walls import LAYOUTS, Wall
from console.infrastructure.window_places import WindowPlaces
from console.seat.wall_windows import MAIN, WallWindows
from console.words import CHINESE, ENGLISH, N_, Words
from tests.widgets.street import StillClock, cameras
from widgets.main_window import MainWindow
from widgets.state.monitors import Box, Monitor
from widgets.state.telling import Teller
from widgets.wall.keys import WALL_KEYS
from widgets.wall.rail import Rail
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage

DESK = Monitor(name="DP-1", serial="A1", box=Box(x=0, y=0, width=1920, height=1080))
BESIDE = Monitor(name="DP-2", serial="B2", box=Box(x=1920, y=0, width=1280, height=1024))
STREETS = cameras(40)


class Plugged(QObject):
    """Monitors that a test pulls out and plugs in again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.monitors: list[Monitor] = [DESK, BESIDE]

    def now(self) -> Sequence[Monitor]:
        return tuple(self.monitors)

    def of(self, window: QWidget) -> Monitor | None:
        at = window.geometry().center()
        for monitor in self.monitors:
            box = monitor.box
            if box.x <= at.x() < box.x + box.width and box.y <= at.y() < box.y + box.height:
                return monitor
        return self.monitors[0]

    def are(self, *monitors: Monitor) -> None:
        self.monitors = list(monitors)
        self.changed.emit()


class Room:
    """A main window and its walls, without a station."""

    def __init__(self, folder: Path, monitors: Plugged) -> None:
        self._is_closed = False
        self.words = Words(ENGLISH)
        teller = Teller(self.words, ZoneInfo("Asia/Shanghai"))
        clock = StillClock()
        self.window = MainWindow(teller, clock)

        def make() -> WallPage:
            page = WallPage(teller, clock, RenderClock(self.window), self.window)
            return page

        self.walls = WallWindows(
            window=self.window,
            make=make,
            keys=WALL_KEYS,
            places=WindowPlaces(folder, "01"),
            keep=lambda work: work(),
            monitors=monitors,
            teller=teller,
            clock=clock,
        )
        self.window.resize(1600, 900)
        self.walls.show_main()
        main = make()
        self.window.add_page("wall", "wall", N_("Wall"), "F2", main, WALL_KEYS, fills_screen=True)
        main.show_cameras(STREETS, Wall(layout=LAYOUTS[1], cameras=tuple(one.camera_id for one in STREETS[:4])))
        self.walls.begin(main)

    def end(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self.walls.stop()
        self.window.close()


@pytest.fixture
def plugged() -> Plugged:
    return Plugged()


@pytest.fixture
def enter(qtbot: QtBot, tmp_path: Path, plugged: Plugged) -> Iterator[Callable[[], Room]]:
    rooms: list[Room] = []

    def one() -> Room:
        rooms.append(Room(tmp_path, plugged))
        qtbot.addWidget(rooms[-1].window)
        qtbot.waitExposed(rooms[-1].window)
        return rooms[-1]

    yield one
    for room in rooms:
        room.end()


def names(page: WallPage) -> list[str]:
    return [camera.name for camera in page.state.shown if camera is not None]


def rail_of(page: WallPage) -> Rail:
    rail = page.findChild(Rail)
    assert isinstance(rail, Rail)
    return rail


def window_on(room: Room, number: int = 2) -> QWidget:
    return next(window for window in room.walls.windows if window.number == number)


def test_another_wall_fills_the_free_monitor_with_cameras_that_no_other_wall_shows(enter: Callable[[], Room]) -> None:
    room = enter()

    number = room.walls.open(STREETS)

    assert number == 2
    page, window = room.walls.pages[2], window_on(room)
    assert window.isFullScreen()
    assert window.geometry().topLeft().x() == BESIDE.box.x
    assert not set(names(page)) & set(names(room.walls.pages[MAIN]))
    assert len(names(page)) == 4
    assert window.windowTitle().startswith("Screen 2")


def test_another_wall_is_not_empty_where_every_camera_is_shown_already(enter: Callable[[], Room]) -> None:
    room = enter()

    room.walls.open(STREETS[:4])

    assert names(room.walls.pages[2]) == [street.name for street in STREETS[:4]]


def test_without_a_free_monitor_a_wall_is_a_window_beside_the_desk(enter: Callable[[], Room], plugged: Plugged) -> None:
    plugged.are(DESK)
    room = enter()

    room.walls.open(STREETS)

    assert not window_on(room).isFullScreen()
    assert plugged.of(window_on(room)) == DESK


def test_a_wall_whose_monitor_is_pulled_out_comes_home_and_goes_back(
    enter: Callable[[], Room], plugged: Plugged, qtbot: QtBot
) -> None:
    room = enter()
    room.walls.open(STREETS)
    page = room.walls.pages[2]
    page.press("Right")
    room.window.activateWindow()
    before, focus = names(page), QApplication.focusWidget()

    plugged.are(DESK)

    assert not window_on(room).isVisible()
    assert room.window.page == "wall"
    assert QApplication.focusWidget() is focus
    assert "DP-2" in room.window.health_bar.line
    assert "Shift+F2" in room.window.health_bar.line
    room.window.show_page("wall-2")
    assert page.isVisible()
    assert page.window() is room.window
    assert names(page) == before
    assert page.state.selected == 1

    plugged.are(DESK, BESIDE)

    assert page.window() is window_on(room)
    assert window_on(room).isFullScreen()
    assert window_on(room).geometry().x() == BESIDE.box.x
    assert names(page) == before
    assert room.window.page == "wall"
    assert room.window.health_bar.line == ""


def test_the_same_monitor_on_another_socket_takes_its_wall(enter: Callable[[], Room], plugged: Plugged) -> None:
    room = enter()
    room.walls.open(STREETS)
    moved = Monitor(name="HDMI-1", serial=BESIDE.serial, box=Box(x=-1280, y=0, width=1280, height=1024))

    plugged.are(DESK, moved)

    assert window_on(room).geometry().x() == -1280
    assert window_on(room).isFullScreen()


def test_a_wall_opens_again_where_it_stood_and_at_home_while_its_monitor_is_away(
    enter: Callable[[], Room], plugged: Plugged
) -> None:
    room = enter()
    room.walls.open(STREETS)
    kept = {2: room.walls.pages[2].state.wall}
    room.end()

    plugged.are(DESK)
    again = enter()
    again.walls.restore(kept, STREETS)

    assert not window_on(again).isVisible()
    assert again.window.page == "wall"
    plugged.are(DESK, BESIDE)
    assert window_on(again).isFullScreen()
    assert window_on(again).geometry().x() == BESIDE.box.x
    assert again.walls.pages[2].state.wall == kept[2]


def test_a_locked_seat_hides_the_queue_in_every_window_and_closes_none(enter: Callable[[], Room]) -> None:
    room = enter()
    room.walls.open(STREETS)
    window, page = window_on(room), room.walls.pages[2]

    room.walls.lock()
    window.close()
    QTest.keyClick(page, Qt.Key.Key_2)

    assert window.isVisible()
    assert page.state.selected == 0
    assert rail_of(page).isHidden()
    room.words.speak(CHINESE)
    room.walls.retranslate()
    room.walls.unlock()
    assert not rail_of(page).isHidden()
    page.press("2")
    assert page.state.selected == 1


def test_a_wall_that_is_closed_is_gone_for_the_seat(enter: Callable[[], Room], qtbot: QtBot) -> None:
    room = enter()
    room.walls.open(STREETS)

    with qtbot.waitSignal(room.walls.closed) as closed:
        window_on(room).close()

    assert closed.args == [2]
    assert list(room.walls.pages) == [MAIN]


def test_the_next_person_finds_no_window_of_the_last_one(enter: Callable[[], Room], plugged: Plugged) -> None:
    room = enter()
    room.walls.open(STREETS)
    room.walls.open(STREETS)
    plugged.are(DESK)

    room.walls.end()

    assert room.walls.windows == ()
    assert room.walls.line == ""
    assert [tab.page_id for tab in room.window.top_bar.tabs] == ["wall"]


def test_a_file_that_cannot_be_read_costs_only_the_places(tmp_path: Path, enter: Callable[[], Room]) -> None:
    (tmp_path / "windows-01.json").write_bytes(b'{"places": {"2": ')

    assert enter().walls.open(STREETS) == 2
