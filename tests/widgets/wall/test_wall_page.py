"""The wall under the keys: layouts, selection, enlarging, and what it asks of the seat.

Long because it is one page under all its keys.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.application.live_wall import layout_named
from console.application.profile_choice import TileRoom
from console.domain.alarms import Priority
from console.domain.ids import CameraId
from console.domain.wall_views import WallHabits
from console.domain.walls import LAYOUTS, USUAL_LAYERS, Layer, Wall
from console.words import CHINESE, ENGLISH, Words
from tests.widgets import reviewing
from tests.widgets.street import Slot, StillClock, Told, camera, cameras
from widgets.choosing.side_list import SideList
from widgets.common import theme
from widgets.state.telling import Teller
from widgets.state.tile import Border, Look, spared_words
from widgets.wall.dragging import mime_of
from widgets.wall.orders import KeepHabits
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile import Tile
from widgets.wall.wall_page import WallPage, place_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def words() -> Words:
    return Words(CHINESE)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def render_clock(qtbot: QtBot) -> RenderClock:
    return RenderClock()


@pytest.fixture
def page(qtbot: QtBot, words: Words, clock: StillClock, render_clock: RenderClock) -> Iterator[WallPage]:
    made = WallPage(Teller(words, SHANGHAI), clock, render_clock)
    qtbot.addWidget(made)
    made.resize(1920, 1048)
    made.show_cameras(cameras(9), Wall(layout=layout_named("3x3"), cameras=()))
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    words.listen(made.retranslate)
    yield made
    made.hide()


def strike(key: Qt.Key | str) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    if isinstance(key, str):
        QTest.keyClicks(target, key)
    else:
        QTest.keyClick(target, key)


def test_nine_tiles_have_the_width_of_the_design_and_leave_the_rail_its_room(page: WallPage) -> None:
    grid = [tile.geometry() for tile in page.tiles]
    assert {(tile.width(), tile.height()) for tile in grid} == {(550, 332)}
    assert grid[1].left() - grid[0].right() - 1 == 4 and grid[3].top() - grid[0].bottom() - 1 == 4
    assert max(tile.right() for tile in grid) < 1920 - 255


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_no_layout_lets_tiles_overlap_or_leave_the_grid(layout: object) -> None:
    made = layout_named(getattr(layout, "name", ""))
    grid = QRect(3, 39, 1658, 1006)
    places = [place_of(made, at, grid) for at in range(len(made.places))]
    assert all(grid.contains(place) for place in places)
    assert not any(one.intersects(other) for at, one in enumerate(places) for other in places[at + 1 :])


def test_a_digit_selects_the_tile_and_the_ring_follows(page: WallPage) -> None:
    strike("5")
    assert page.state.selected == 4 and page.tiles[4].hasFocus()
    ring = page.tiles[4].geometry().adjusted(-2, 20, 0, 0)
    assert page.grab().toImage().pixelColor(ring.left(), ring.top()) == theme.colour("focus")


def test_enter_enlarges_and_esc_brings_all_tiles_back(page: WallPage, qtbot: QtBot) -> None:
    strike("5")
    strike(Qt.Key.Key_Return)
    assert [tile.isVisible() for tile in page.tiles].count(True) == 1 and page.tiles[4].width() > 1600
    with qtbot.assertNotEmitted(page.left):
        strike(Qt.Key.Key_Escape)
    assert all(tile.isVisible() for tile in page.tiles) and page.state.selected == 4
    with qtbot.waitSignal(page.left):
        strike(Qt.Key.Key_Escape)


def test_a_double_click_enlarges_the_tile_under_it(page: WallPage) -> None:
    QTest.mouseClick(page.tiles[7], Qt.MouseButton.LeftButton)
    QTest.mouseDClick(page.tiles[7], Qt.MouseButton.LeftButton)
    assert page.state.is_enlarged and page.state.selected == 7


def test_arrows_move_the_selection_and_holding_them_down_repeats(page: WallPage) -> None:
    strike("1")
    strike(Qt.Key.Key_Right)
    strike(Qt.Key.Key_Down)
    assert page.state.selected == 4


def test_t_speaks_at_the_selected_camera_and_a_verb_nobody_serves_does_nothing(page: WallPage, qtbot: QtBot) -> None:
    strike("3")
    with qtbot.waitSignal(page.speak_asked) as asked:
        strike("T")
    assert asked.args == ["c03"]
    with qtbot.assertNotEmitted(page.snapshot_asked):
        strike("S")


def test_a_acknowledges_the_highest_oldest_alarm_that_nobody_heard(
    qtbot: QtBot, words: Words, clock: StillClock, render_clock: RenderClock
) -> None:
    page = WallPage(Teller(words, SHANGHAI), clock, render_clock, offered=("A",))
    qtbot.addWidget(page)
    heard = reviewing.row("heard", priority=Priority.HIGH, heard=True)
    waiting = [reviewing.row("high", priority=Priority.HIGH), reviewing.row("medium")]
    page.note_alarms([heard, *waiting], 3)
    with qtbot.waitSignal(page.acknowledge_asked) as asked:
        page.press("A")
    assert asked.args == ["high"]
    page.note_alarms([heard], 1)
    with qtbot.assertNotEmitted(page.acknowledge_asked):
        page.press("A")


def test_keys_of_a_chinese_layout_turn_the_page_too(page: WallPage) -> None:
    page.show_cameras(cameras(9), Wall(layout=layout_named("2x2"), cameras=()))
    strike("]")
    assert page.state.page == 1
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.sendKeyEvent(QTest.KeyAction.Click, focus, Qt.Key.Key_unknown, "【", Qt.KeyboardModifier.NoModifier)
    strike("[")
    assert page.state.page == 0


def test_the_seat_is_asked_once_for_the_pictures_of_the_page(page: WallPage, qtbot: QtBot) -> None:
    asked: list[tuple[TileRoom, ...]] = []
    page.arranged.connect(asked.append)
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=2000)
    rooms = asked[0]
    assert [room.camera_id for room in rooms] == [f"c{n:02d}" for n in range(1, 10)]
    assert rooms[0].width_px == 550 and rooms[0].height_px == 332 - 24


def test_the_others_go_on_behind_an_enlarged_tile_so_that_going_back_is_instant(
    page: WallPage, qtbot: QtBot, clock: StillClock
) -> None:
    slot = Slot()
    page.attach("tile-2", "c02", slot)
    with qtbot.waitSignal(page.arranged, timeout=2000):
        pass
    page.press("1")
    with qtbot.waitSignal(page.arranged, timeout=2000) as asked:
        page.press("Enter")
    assert asked.args is not None
    assert [room.width_px for room in asked.args[0]] == [1658] + 8 * [550]
    slot.put(clock.now(), grey=77)
    page.press("Esc")
    qtbot.waitUntil(lambda: page.tiles[1].look.look is Look.LIVE, timeout=2000)
    assert page.tiles[1].picture.pixelColor(5, 5).red() == 77


def test_cameras_behind_an_enlarged_tile_are_not_counted_as_blind(page: WallPage, clock: StillClock) -> None:
    slots = [Slot() for _ in range(9)]
    for at, slot in enumerate(slots):
        page.attach(f"tile-{at + 1}", f"c{at + 1:02d}", slot)
        slot.put(clock.now())
    page.press("1")
    page.press("Enter")
    clock.forward(30)
    for slot in slots[:8]:
        slot.put(clock.now())
    page.tiles[0].refresh()
    page._tick()
    assert [tile.look.is_blind for tile in page.tiles] == 8 * [False] + [True]


def test_an_answer_for_a_camera_that_moved_away_is_left_out(page: WallPage, clock: StillClock) -> None:
    slot = Slot()
    slot.put(clock.now())
    page.attach("tile-1", "c07", slot)
    page.tiles[0].refresh()
    assert slot.copies == 0


def test_the_language_changes_under_an_enlarged_selected_tile_and_nothing_else_does(
    page: WallPage, words: Words
) -> None:
    page.note_stream(Told(camera_id="c05", condition="wrong_password"))
    strike("5")
    strike(Qt.Key.Key_Return)
    before = page.state
    assert "密码不对" in page.tiles[4].accessibleDescription()
    words.speak(ENGLISH)
    assert page.state == before and page.tiles[4].hasFocus()
    assert "Wrong password" in page.tiles[4].accessibleDescription()


def test_an_unheard_high_alarm_marks_its_camera_and_nothing_covers_another_tile(page: WallPage) -> None:
    page.show_cameras([camera(1), camera(2, is_watched=True)], Wall(layout=layout_named("2x2"), cameras=()))
    row = reviewing.row("a1", priority=Priority.HIGH, camera="c02")
    for at in range(2):
        slot = Slot()
        slot.put(page._clock.now())
        page.attach(f"tile-{at + 1}", f"c{at + 1:02d}", slot)
        page.tiles[at].refresh()
    page.note_alarms([row], 1)
    assert [tile.look.border for tile in page.tiles[:2]] == [Border.NONE, Border.HIGH]
    heard = reviewing.row("a1", priority=Priority.HIGH, camera="c02", heard=True)
    page.note_alarms([heard], 1)
    assert page.tiles[1].look.border is Border.NONE
    page.note_alarms([reviewing.row("a2", priority=Priority.MEDIUM, camera="c02")], 1)
    assert page.tiles[1].look.border is Border.NONE


def test_cameras_that_cannot_be_seen_are_counted(page: WallPage, qtbot: QtBot) -> None:
    for number in (4, 5, 6):
        page.note_stream(Told(camera_id=f"c{number:02d}", condition="no_signal"))
    with qtbot.waitSignal(page.sight_changed, timeout=3000) as told:
        page._tick()
        page.note_stream(Told(camera_id="c07", condition="wrong_password"))
        for at in range(9):
            slot = Slot()
            slot.put(page._clock.now())
            page.attach(f"tile-{at + 1}", f"c{at + 1:02d}", slot)
            page.tiles[at].refresh()
        page._tick()
    assert told.args is not None
    assert sum(tile.look.is_blind for tile in page.tiles) == 4


def test_the_picture_of_now_is_given_to_other_pages_only_while_it_is_live(page: WallPage, clock: StillClock) -> None:
    slot = Slot()
    slot.put(clock.now(), grey=99)
    page.attach("tile-3", "c03", slot)
    page.hide()
    assert page.live_picture(CameraId("c03")).pixelColor(3, 3).red() == 99
    page.note_stream(Told(camera_id="c03", condition="frozen"))
    assert page.live_picture(CameraId("c03")).isNull()
    assert page.live_picture(CameraId("c99")).isNull()


def test_a_hidden_wall_stands_still(page: WallPage, render_clock: RenderClock) -> None:
    assert render_clock.is_running
    page.hide()
    assert not render_clock.is_running
    page.show()
    assert render_clock.is_running


def test_a_new_page_shows_streams_as_they_were_told_before(page: WallPage) -> None:
    page.note_stream(Told(camera_id="c09", condition="no_signal"))
    page.show_cameras(cameras(9), Wall(layout=layout_named("2x2"), cameras=()))
    page.press("[")
    assert page.tiles[0].camera is not None and page.tiles[0].camera.number == "09"
    assert page.tiles[0].look.look is Look.NO_SIGNAL


def test_the_ring_is_on_a_tile_whenever_the_wall_is_opened(page: WallPage) -> None:
    page.press("3")
    page.hide()
    page.show()
    page.activateWindow()
    page.setFocus()  # as the window does with any page it opens
    assert page.focusWidget() is page.tiles[2]


def test_r_records_the_selected_camera_and_the_same_key_ends_it(
    qtbot: QtBot, words: Words, clock: StillClock, render_clock: RenderClock
) -> None:
    page = WallPage(Teller(words, SHANGHAI), clock, render_clock, offered=("R",))
    qtbot.addWidget(page)
    page.show_cameras(cameras(9), Wall(layout=layout_named("3x3"), cameras=()))
    page.press("2")
    with qtbot.waitSignal(page.record_asked) as asked:
        page.press("R")
    assert asked.args == ["c02"]
    page.note_recording("c02", "manual")
    assert [chip.icon for chip in page.tiles[1].look.chips] == ["record"]
    with qtbot.waitSignal(page.record_end_asked) as ended, qtbot.assertNotEmitted(page.record_asked):
        page.press("R")
    assert ended.args == ["c02"]
    page.note_recording("c02", "off")
    assert not page.tiles[1].look.chips


def let_go(tile: Tile, camera_id: str) -> bool:
    """Let a camera of the directory go over a tile; say whether the tile would take it."""
    mime = mime_of(camera_id)
    at = QPointF(20, 60)
    enter = QDragEnterEvent(
        at.toPoint(), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(tile, enter)
    drop = QDropEvent(at, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(tile, drop)
    return enter.isAccepted()


def numbers(page: WallPage) -> list[str]:
    return [tile.camera.number if tile.camera is not None else "" for tile in page.tiles]


def test_a_camera_of_the_directory_is_shown_on_the_tile_it_is_dropped_on(page: WallPage, qtbot: QtBot) -> None:
    page.show_cameras(cameras(10), Wall(layout=layout_named("2x2"), cameras=(CameraId("c01"), None, None, None)))
    with qtbot.waitSignal(page.wall_changed) as kept:
        assert let_go(page.tiles[2], "c10")
    assert numbers(page) == ["01", "", "10", ""] and page.state.selected == 2
    assert kept.args is not None and kept.args[0].cameras == ("c01", None, "c10", None)


def test_what_is_no_camera_or_may_not_be_watched_does_not_land(page: WallPage) -> None:
    assert not let_go(page.tiles[0], "")
    let_go(page.tiles[0], "c99")
    assert numbers(page)[0] == "01"


def test_a_locked_wall_takes_no_camera_from_mouse_or_directory(page: WallPage) -> None:
    page.lock(QWidget())
    assert not let_go(page.tiles[0], "c05")
    assert not page.show_on_focused("c05")
    assert numbers(page)[0] == "01"
    page.unlock()
    assert page.show_on_focused("c05") and numbers(page)[0] == "05"


def test_the_directory_opens_a_camera_on_the_tile_that_is_meant(page: WallPage) -> None:
    strike("4")
    assert page.show_on_focused("c09") and numbers(page)[3] == "09"
    assert not page.show_on_focused("c77") and numbers(page)[3] == "09"


def test_delete_empties_the_tile_and_u_brings_the_camera_back(page: WallPage) -> None:
    strike("2")
    strike(Qt.Key.Key_Delete)
    assert numbers(page)[:3] == ["01", "", "03"] and page.tiles[1].look.look is Look.EMPTY
    strike("u")
    assert numbers(page)[:3] == ["01", "02", "03"]


def test_shift_and_an_arrow_move_the_camera_and_its_picture_moves_with_it(page: WallPage) -> None:
    moved = page.tiles[0]
    strike("1")
    QTest.keyClick(page.tiles[0], Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert numbers(page)[:2] == ["02", "01"] and page.tiles[1] is moved and moved.hasFocus()


def test_two_digits_call_a_tile_of_a_large_wall(page: WallPage) -> None:
    page.show_cameras(cameras(16), Wall(layout=layout_named("4x4"), cameras=()))
    strike("1")
    strike("4")
    assert page.state.selected == 13


def test_l_opens_the_layouts_and_a_number_takes_one(page: WallPage, qtbot: QtBot) -> None:
    strike("3")
    strike("l")
    strike("4")
    assert page.state.layout.name == "2x2" and page.tiles[page.state.selected].hasFocus()
    strike("l")
    strike("1")
    assert page.state.layout.name == "2x2"  # 10, 13 and 16 may follow
    strike("6")
    assert page.state.layout.name == "4x4"
    strike("l")
    strike("1")
    qtbot.waitUntil(lambda: page.state.layout.name == "1", timeout=3000)
    strike("u")
    assert page.state.layout.name == "4x4"


def test_the_list_of_layouts_goes_by_arrows_and_esc_leaves_the_wall_as_it_was(page: WallPage) -> None:
    strike("l")
    strike(Qt.Key.Key_Down)
    strike(Qt.Key.Key_Return)
    assert page.state.layout.name == "2+8"
    strike("l")
    strike("t")  # nobody speaks from a list
    strike(Qt.Key.Key_Escape)
    assert page.state.layout.name == "2+8" and page.focusWidget() in page.tiles


def test_a_tile_is_divided_in_the_list_and_joined_again(page: WallPage) -> None:
    strike("5")
    strike("l")
    strike("d")
    assert len(page.tiles) == 12 and page.state.selected == 4
    strike("j")
    strike("j")
    assert page.state.layout.name == "3x3"
    strike(Qt.Key.Key_Escape)
    assert page.tiles[4].hasFocus()


def test_layers_are_switched_by_number_on_all_tiles_and_remembered(page: WallPage, qtbot: QtBot) -> None:
    strike("o")
    with qtbot.waitSignal(page.ordered) as kept:
        strike("1")
    assert kept.args == [KeepHabits(WallHabits(layers=USUAL_LAYERS - {Layer.BOXES}))]
    strike(Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.ordered) as kept:
        strike("d")
    assert kept.args == [KeepHabits(WallHabits())]


def test_the_watermark_says_who_looks_on_every_picture(page: WallPage) -> None:
    page.show_who("02 李文静")
    without = page.tiles[0].grab().toImage()
    page.show_habits(WallHabits(layers=frozenset(Layer)))
    assert page.tiles[0].grab().toImage() != without
    page.show_habits(WallHabits())
    assert page.tiles[0].grab().toImage() == without


def test_a_part_of_the_picture_is_shown_larger_moved_and_given_back(
    page: WallPage, qtbot: QtBot, clock: StillClock
) -> None:
    slot = Slot()
    slot.put(clock.now())
    page.attach("tile-1", "c01", slot)
    page.tiles[0].refresh()
    page._arrange()
    strike("1")
    with qtbot.waitSignal(page.arranged, timeout=2000) as asked:
        for _ in range(4):
            strike("+")
    zoom = page.tiles[0].zoom
    assert 2.4 < zoom.times < 2.5 and asked.args is not None and asked.args[0][0].width_px > 2 * 550
    strike(Qt.Key.Key_Right)
    assert page.tiles[0].zoom.x > zoom.x and page.state.selected == 0
    strike("0")
    assert page.tiles[0].zoom.is_whole
    strike(Qt.Key.Key_Right)
    assert page.state.selected == 1


def test_a_locked_wall_closes_its_list_and_takes_no_key(page: WallPage) -> None:
    strike("l")
    page.lock(QWidget())
    before = page.state
    for key in ("u", "4", "l", "o"):
        QTest.keyClicks(page, key)
    assert page.state == before and not page.findChildren(SideList)[0].isVisible()
    page.unlock()
    page.setFocus()
    strike("4")
    assert page.state.selected == 3


def test_the_wall_says_what_a_busy_machine_leaves_out_of_it() -> None:
    assert spared_words(["full"] * 9, 9) is None
    fewer = spared_words(["full", "fewer", "plain"], 3)
    keys = spared_words(["keys", "fewer", "plain"], 3)
    assert fewer is not None and fewer.values == {"spared": 2, "places": 3}
    assert keys is not None and keys.values == {"spared": 3, "places": 3, "keys": 1}


def test_a_minimised_window_asks_for_no_pictures_and_one_that_comes_back_does(page: WallPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.arranged, timeout=5000):
        page.ask_again()
    with qtbot.waitSignal(page.arranged, timeout=5000, check_params_cb=lambda rooms: rooms == ()):
        page.window().showMinimized()
    with qtbot.waitSignal(page.arranged, timeout=5000, check_params_cb=lambda rooms: len(rooms) > 0):
        page.window().showNormal()
