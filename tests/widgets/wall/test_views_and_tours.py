"""Views, salvos, tours, bookmarks and stills: from the key to the records and back."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QImageReader
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.application.live_wall import layout_named
from console.application.wall_book import WallBook
from console.domain.accounts import Actor
from console.domain.alarms import Priority
from console.domain.ids import CameraId
from console.domain.wall_views import Tour
from console.domain.walls import Layer, Wall
from console.seat.stills import MainStill, MainStills
from console.seat.wall_keeper import WallKeeper
from tests.widgets import reviewing
from tests.widgets.desks import Seat
from tests.widgets.street import Slot, StillClock, camera, cameras
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def page(qtbot: QtBot, seat: Seat, clock: StillClock) -> Iterator[WallPage]:
    made = WallPage(seat.teller, clock, RenderClock(), offered=("B", "S"))
    qtbot.addWidget(made)
    made.resize(1920, 1048)
    made.show_cameras([*cameras(8), camera(9)], Wall(layout=layout_named("2x2"), cameras=()))
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


@pytest.fixture
def book(seat: Seat) -> WallBook:
    return WallBook(seat.city.units, seat.city.gate, seat.city.clock)


def kept(page: WallPage, seat: Seat, book: WallBook, who: Actor, stills: MainStills | None = None) -> WallKeeper:
    keeper = WallKeeper(page, book, who, seat.desk, seat.teller, seat.folder / "stills", stills or NoMainStream())
    keeper.read()
    return keeper


class NoMainStream:
    """A station that has no main stream open."""

    def take(self, camera_id: str, came: Callable[[MainStill | None], None]) -> None:
        came(None)


@dataclass
class MainStream:
    """A station that writes a picture of its main stream, 1280 × 720 and of one grey."""

    folder: Path
    at: datetime
    grey: int = 180
    asked: list[str] = field(default_factory=list)

    def take(self, camera_id: str, came: Callable[[MainStill | None], None]) -> None:
        self.asked.append(camera_id)
        image = QImage(1280, 720, QImage.Format.Format_RGB32)
        image.fill(QColor(self.grey, self.grey, self.grey))
        path = self.folder / "pending.jpg"
        image.save(str(path), quality=95)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        came(MainStill(path=path, sha256=digest, width=1280, height=720, at=self.at))


def strike(*keys: Qt.Key | str) -> None:
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key)


def numbers(page: WallPage) -> list[str]:
    return [tile.camera.number if tile.camera is not None else "" for tile in page.tiles]


def told(page: WallPage) -> str:
    return page._strip.told


def test_a_view_is_kept_under_a_name_and_called_by_its_number(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot
) -> None:
    kept(page, seat, book, li)
    strike("w", "n", "early", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page._views) == 1, timeout=5000)
    strike(Qt.Key.Key_Escape, Qt.Key.Key_Delete, "2", Qt.Key.Key_Delete)
    assert numbers(page) == ["", "", "03", "04"]
    strike("w", "1")
    assert numbers(page) == ["01", "02", "03", "04"] and "early" in told(page)
    strike("u")
    assert numbers(page) == ["", "", "03", "04"]


def test_letters_of_a_name_are_text_and_esc_leaves_only_the_field(page: WallPage) -> None:
    strike("w", "n", "nprc")
    field = page.findChildren(QLineEdit)[0]
    assert field.text() == "nprc"
    strike(Qt.Key.Key_Escape)
    assert not field.isVisible() and page._side.isVisible()
    strike(Qt.Key.Key_Escape)
    assert not page._side.isVisible() and page.focusWidget() in page.tiles


def test_a_salvo_fills_its_places_and_leaves_the_others(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot
) -> None:
    kept(page, seat, book, li)
    strike("3", Qt.Key.Key_Delete, "w", "p", "x", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page._views) == 1, timeout=5000)
    strike(Qt.Key.Key_Escape)
    page.show_cameras([*cameras(9)], Wall(layout=layout_named("3x3"), cameras=9 * (CameraId("c09"),)))
    strike("w", "1")
    assert numbers(page) == ["01", "02", "09", "04", "09", "09", "09", "09", "09"]


def test_only_the_shift_leader_is_offered_to_share(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, chief: Actor, qtbot: QtBot
) -> None:
    book.keep_view(chief, "学校", page.state.wall)
    page.show_views(book.views(chief), may_share=li.role.value == "supervisor")
    strike("w")
    assert "H" not in {button.key for button in page._side._buttons}
    strike(Qt.Key.Key_Escape)
    kept(page, seat, book, chief)
    qtbot.waitUntil(lambda: page._may_share, timeout=5000)
    strike("w", "h")
    qtbot.waitUntil(lambda: page._views[0].is_shared, timeout=5000)
    assert page._views[0].number == 51


def test_a_tour_of_cameras_goes_in_one_tile_and_waits_for_a_high_alarm(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot, clock: StillClock
) -> None:
    book.keep_view(li, "巡看", Tour(cameras=(CameraId("c05"), CameraId("c06")), dwell_s=5.0))
    kept(page, seat, book, li)
    qtbot.waitUntil(lambda: len(page._views) == 1, timeout=5000)
    strike("2")
    changed: list[Wall] = []
    page.wall_changed.connect(changed.append)
    strike(" ")
    assert numbers(page) == ["01", "05", "03", "04"] and "1/2" in told(page)

    def pass_by(seconds: int) -> None:
        for _ in range(seconds):
            slot = Slot()
            slot.put(clock.now())
            page.attach("tile-2", page.tiles[1].camera.camera_id if page.tiles[1].camera else "", slot)
            page.tiles[1].refresh()
            page.tiles[1].look_on()
            clock.forward(1)
            page._tick()

    pass_by(4)
    assert numbers(page)[1] == "05"
    page.note_alarms([reviewing.row("a1", priority=Priority.HIGH, camera="c03")], 1)
    pass_by(30)
    assert numbers(page)[1] == "05" and "暂停" in told(page)
    page.note_alarms([reviewing.row("a1", priority=Priority.HIGH, camera="c03", heard=True)], 1)
    pass_by(1)
    assert numbers(page)[1] == "06"
    strike(" ")
    pass_by(30)
    assert numbers(page)[1] == "06" and changed == []


def test_a_camera_that_is_not_live_is_passed_over_and_the_strip_says_which(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot, clock: StillClock
) -> None:
    book.keep_view(li, "巡看", Tour(cameras=(CameraId("c05"), CameraId("c06")), dwell_s=5.0))
    kept(page, seat, book, li)
    qtbot.waitUntil(lambda: len(page._views) == 1, timeout=5000)
    strike("2", " ")

    def pass_by(seconds: int, *, is_live: bool) -> None:
        for _ in range(seconds):
            if is_live:
                slot = Slot()
                slot.put(clock.now())
                page.attach("tile-2", page.tiles[1].camera.camera_id if page.tiles[1].camera else "", slot)
                page.tiles[1].refresh()
            page.tiles[1].look_on()
            clock.forward(1)
            page._tick()

    pass_by(3, is_live=True)
    pass_by(3, is_live=False)  # three seconds old: still live
    assert numbers(page)[1] == "06", "five seconds were really seen"
    pass_by(6, is_live=False)
    assert numbers(page)[1] == "05"
    assert "06" in told(page) and "没有实时画面" in told(page)
    pass_by(6, is_live=True)
    assert "没有实时画面" not in told(page)


def test_without_a_tour_space_says_where_to_make_one(page: WallPage) -> None:
    strike(" ")
    assert "W" in told(page)


def test_who_changes_the_wall_stops_the_tour(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot
) -> None:
    book.keep_view(li, "巡看", Tour(cameras=(CameraId("c05"), CameraId("c06"))))
    kept(page, seat, book, li)
    qtbot.waitUntil(lambda: len(page._views) == 1, timeout=5000)
    strike(" ", "3", Qt.Key.Key_Delete)
    assert page._tour is None and "巡看" in told(page)


def test_the_alarm_tile_shows_the_newest_alarm_and_takes_no_other_tile_nor_the_focus(
    page: WallPage, qtbot: QtBot
) -> None:
    strike("2", "o")
    with qtbot.waitSignal(page.ordered) as ordered:
        strike("0")
    assert ordered.args is not None and ordered.args[0].habits.has_alarm_tile
    strike(Qt.Key.Key_Escape)
    assert numbers(page) == ["01", "02", "03", ""]
    page.note_alarms([reviewing.row("a1", priority=Priority.HIGH, camera="c07")], 1)
    assert numbers(page) == ["01", "02", "03", "07"] and page.tiles[1].hasFocus()
    page.note_alarms([reviewing.row("a1", priority=Priority.HIGH, camera="c07", heard=True)], 1)
    assert numbers(page) == ["01", "02", "03", ""]
    strike("]")
    assert numbers(page)[:3] == ["04", "05", "06"]


def test_an_alarm_never_takes_the_enlarged_alarm_tile_from_who_looks_at_it(page: WallPage) -> None:
    strike("o", "0", Qt.Key.Key_Escape)
    page.note_alarms([reviewing.row("a1", camera="c07")], 1)
    strike("4", Qt.Key.Key_Return)
    page.note_alarms([reviewing.row("a2", camera="c08")], 1)
    assert numbers(page)[3] == "07" and page.state.is_enlarged


def test_b_marks_the_moment_of_the_key_with_words_and_the_list_shows_it(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot, clock: StillClock
) -> None:
    kept(page, seat, book, li)
    strike("1", "b")
    moment = clock.now()
    clock.forward(20)
    strike("red car", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(book.marks(li)) == 1, timeout=5000)
    (mark,) = book.marks(li)
    assert (mark.camera_id, mark.at, mark.words) == ("c01", moment, "red car")
    strike("b", Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: [row.words for row in page._side.rows] == ["red car"], timeout=5000)


def test_s_writes_the_bare_picture_to_a_file_with_camera_and_time_and_says_where(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot, clock: StillClock
) -> None:
    kept(page, seat, book, li)
    strike("1", "s")
    assert not (seat.folder / "stills").exists()  # no live picture yet
    slot = Slot()
    slot.put(clock.now(), grey=99)
    page.attach("tile-1", "c01", slot)
    page.tiles[0].refresh()
    page._toggle(Layer.WATERMARK)
    strike("s")
    qtbot.waitUntil(lambda: str(seat.folder / "stills") in told(page), timeout=5000)
    (file,) = (seat.folder / "stills").iterdir()
    assert file.name.startswith("01_") and "2026-11-22_114207" in file.name
    reader = QImageReader(str(file))
    assert abs(reader.read().pixelColor(3, 3).red() - 99) <= 2
    assert "不是主码流" in reader.text("Description") and "主码流没有打开" in told(page)
    with seat.city.units.read() as unit:
        (line,) = [line for line in unit.audit.lines(0, 100) if line.facts.verb == "snapshot"]
    assert line.facts.camera_id == "c01" and line.facts.detail["file"] == file.name
    assert line.facts.detail["source"] == "tile"
    assert line.facts.detail["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_s_keeps_the_main_streams_picture_where_it_is_open_though_the_tile_shows_the_smaller_one(
    page: WallPage, seat: Seat, book: WallBook, li: Actor, qtbot: QtBot, clock: StillClock
) -> None:
    main = MainStream(seat.folder, clock.now() - timedelta(milliseconds=40))
    kept(page, seat, book, li, main)
    slot = Slot()
    slot.put(clock.now(), grey=99)
    page.attach("tile-1", "c01", slot)
    page.tiles[0].refresh()
    strike("1", "s")
    qtbot.waitUntil(lambda: str(seat.folder / "stills") in told(page), timeout=5000)
    (file,) = (seat.folder / "stills").iterdir()
    reader = QImageReader(str(file))
    picture = reader.read()
    assert (picture.width(), picture.height()) == (1280, 720)
    assert abs(picture.pixelColor(3, 3).red() - 180) <= 2
    said = reader.text("Description")
    assert said.startswith("01 ") and "主码流，1280 × 720" in said and "李文静" in said
    assert not (seat.folder / "pending.jpg").exists(), "the station's own copy is taken away"
    with seat.city.units.read() as unit:
        (line,) = [line for line in unit.audit.lines(0, 100) if line.facts.verb == "snapshot"]
    assert (line.facts.detail["source"], line.facts.from_at) == ("main", main.at)
    assert line.facts.detail["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_locked_wall_neither_keeps_nor_marks_nor_tours(page: WallPage, qtbot: QtBot) -> None:
    page.lock(QWidget())
    with qtbot.assertNotEmitted(page.ordered), qtbot.assertNotEmitted(page.marks_asked):
        for key in ("w", "b", "s", " ", "o"):
            QTest.keyClicks(page, key)
    assert not page._side.isVisible()
