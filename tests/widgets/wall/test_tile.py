"""A tile on the screen: it pulls, ages, greys out, and says so to those who cannot see it."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from console.domain.walls import USUAL_LAYERS, Layer
from console.words import CHINESE, ENGLISH, Words
from tests.widgets.street import NOON, Frame, Seen, Slot, StillClock, Told, Track, camera
from widgets.common import theme
from widgets.state.overlay import zones_of
from widgets.state.telling import Teller
from widgets.state.tile import Look
from widgets.wall import frame_source
from widgets.wall.overlay_painting import OverlayPainter
from widgets.wall.render_clock import RenderClock
from widgets.wall.tile import Tile
from widgets.wall.tile_painting import header_height

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def render_clock(qtbot: QtBot) -> RenderClock:
    return RenderClock()


@pytest.fixture
def tile(qtbot: QtBot, clock: StillClock, render_clock: RenderClock) -> Iterator[Tile]:
    made = Tile(Teller(Words(CHINESE), SHANGHAI), clock, render_clock)
    qtbot.addWidget(made)
    made.resize(480, 294)
    made.show_camera(camera(2, is_watched=True), Told(camera_id="c02"))
    yield made
    made.hide()


def middle(tile: Tile) -> QColor:
    picture: QImage = tile.grab().toImage()
    head = header_height()
    return picture.pixelColor(tile.width() // 2 + 40, head + 20)


def test_who_counts_pictures_is_told_of_each_once_however_often_it_asks(
    tile: Tile, clock: StillClock, render_clock: RenderClock
) -> None:
    counted: list[tuple[str, float]] = []

    def count(camera_id: str, frame: frame_source.Frame) -> None:
        counted.append((camera_id, frame.media_time_s))

    render_clock.watch(count)
    render_clock.watch(count)
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now(), media_time_s=7.0)
    tile.refresh()
    tile.grab()
    tile.grab()
    assert counted == [("c02", 7.0)]


def test_a_new_frame_replaces_the_old_one_on_the_screen(tile: Tile, clock: StillClock) -> None:
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now(), grey=200)
    tile.refresh()
    assert middle(tile) == QColor(200, 200, 200)
    slot.put(clock.now(), grey=90)
    tile.refresh()
    assert middle(tile) == QColor(90, 90, 90)


def test_a_frame_is_copied_once_however_often_the_clock_ticks(tile: Tile, clock: StillClock) -> None:
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now())
    for _ in range(5):
        tile.refresh()
    assert slot.copies == 1


def test_without_a_new_frame_the_picture_greys_out_and_says_since_when(tile: Tile, clock: StillClock) -> None:
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now(), grey=200)
    tile.refresh()
    looks = [tile.look.look]
    clock.forward(16)
    for _ in range(15):
        tile.refresh()
    looks.append(tile.look.look)
    assert looks == [Look.LIVE, Look.STALE]
    assert middle(tile).lightness() == pytest.approx(200 * 0.45, abs=2)
    assert "画面停在 11:42:07" in tile.accessibleDescription() and "16 秒没有新画面" in tile.accessibleDescription()


def test_a_coloured_picture_loses_its_colour_when_it_is_not_live(tile: Tile, clock: StillClock) -> None:
    class Red(Slot):
        def copy_newest(self, into: bytearray | memoryview, after: int = 0) -> Frame | None:
            facts = Slot.copy_newest(self, into, after)
            into[: self.capacity_bytes] = bytes((0, 0, 255, 255)) * (self.width * self.height)
            return facts

    slot = Red()
    tile.attach(slot)
    slot.put(clock.now())
    tile.refresh()
    assert middle(tile).red() == 255
    tile.note_stream(Told(camera_id="c02", condition="frozen", since=clock.now()))
    seen = middle(tile)
    assert seen.red() == seen.green() == seen.blue()


def test_a_camera_that_was_never_seen_shows_the_hatch_and_no_picture(tile: Tile) -> None:
    tile.note_stream(Told(camera_id="c02", condition="no_signal", since=NOON - timedelta(minutes=21)))
    told = theme.palette()["pattern"]["hatch"]["colours"]
    assert middle(tile).name().upper() in {colour.upper() for colour in told}
    assert tile.picture.isNull()


def test_each_state_is_told_to_a_screen_reader_in_both_languages(
    qtbot: QtBot, clock: StillClock, render_clock: RenderClock
) -> None:
    words = Words(CHINESE)
    tile = Tile(Teller(words, SHANGHAI), clock, render_clock)
    qtbot.addWidget(tile)
    tile.show_camera(camera(6, "解放路桥头"), Told(camera_id="c06", condition="wrong_password", since=NOON))
    words.listen(tile.retranslate)
    assert tile.accessibleName() == "06 解放路桥头"
    assert "密码不对" in tile.accessibleDescription()
    words.speak(ENGLISH)
    assert tile.accessibleName() == "06 解放路桥头"
    assert "Wrong password" in tile.accessibleDescription()


def test_boxes_older_than_a_second_are_not_drawn(tile: Tile, clock: StillClock) -> None:
    slot = Slot(480, 270)
    tile.attach(slot)
    slot.put(clock.now(), grey=100)
    tile.refresh()
    without = tile.grab().toImage()
    tile.note_seen(Seen("c02", clock.now(), (Track(box=(0.1, 0.5, 0.3, 0.9)),)))
    assert len(tile.tracks_now()) == 1
    assert tile.grab().toImage() != without
    clock.forward(1.2)
    slot.put(clock.now(), grey=100)
    tile.refresh()
    assert tile.tracks_now() == ()


def test_d_hides_the_boxes_and_z_the_zones(tile: Tile, clock: StillClock) -> None:
    slot = Slot(480, 270)
    tile.attach(slot)
    slot.put(clock.now(), grey=100)
    tile.refresh()
    tile.show_layers(frozenset())
    bare = tile.grab().toImage()
    tile.note_seen(Seen("c02", clock.now(), (Track(box=(0.1, 0.5, 0.3, 0.9)),)))
    assert tile.grab().toImage() == bare
    tile.show_layers(USUAL_LAYERS - {Layer.BOXES, Layer.TRACKS})
    zones = tile.grab().toImage()
    tile.show_layers(USUAL_LAYERS)
    assert bare != zones != tile.grab().toImage()


def test_where_people_stay_is_drawn_only_when_it_is_asked_for_and_never_over_an_old_picture(
    tile: Tile, clock: StillClock
) -> None:
    slot = Slot(480, 270)
    tile.attach(slot)
    bare = USUAL_LAYERS - {Layer.BOXES, Layer.TRACKS, Layer.ZONES, Layer.DWELL}

    def look() -> QColor:
        slot.put(clock.now(), grey=100)
        tile.refresh()
        people = (Track(label="person", box=(0.57, 0.01, 0.6, 0.08)),) * 3
        tile.note_seen(Seen("c02", clock.now(), people))
        return middle(tile)

    tile.show_layers(bare)
    assert look() == QColor(100, 100, 100)
    clock.forward(0.5)
    tile.show_layers(bare | {Layer.HEAT})
    assert look() != QColor(100, 100, 100)
    tile.show_camera(camera(3), Told(camera_id="c03"))
    tile.attach(slot)
    slot.put(clock.now(), grey=100)
    tile.refresh()
    assert middle(tile) == QColor(100, 100, 100)


def test_another_camera_never_shows_the_picture_of_the_one_before(tile: Tile, clock: StillClock) -> None:
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now())
    tile.refresh()
    tile.show_camera(camera(3), Told(camera_id="c03"))
    assert tile.look.look is Look.OPENING and tile.picture.isNull()


def test_a_wider_source_is_attached_while_the_old_picture_stays(tile: Tile, clock: StillClock) -> None:
    slot, wider = Slot(), Slot(128, 72)
    tile.attach(slot)
    slot.put(clock.now(), grey=200)
    tile.refresh()
    tile.attach(wider)
    assert middle(tile) == QColor(200, 200, 200)
    wider.put(clock.now(), grey=50)
    tile.refresh()
    assert middle(tile) == QColor(50, 50, 50)


def test_a_hidden_tile_pulls_nothing_and_the_clock_stands_still(
    tile: Tile, clock: StillClock, render_clock: RenderClock, qtbot: QtBot
) -> None:
    slot = Slot()
    tile.attach(slot)
    with qtbot.waitExposed(tile):
        tile.show()
    assert render_clock.is_running
    slot.put(clock.now())
    qtbot.waitUntil(lambda: slot.copies == 1, timeout=2000)
    tile.hide()
    assert not render_clock.is_running
    slot.put(clock.now())
    qtbot.wait(60)  # nothing can be waited for where nothing may come
    assert slot.copies == 1


def test_letters_reach_the_page_raw_while_a_chinese_method_is_on(tile: Tile) -> None:
    assert not tile.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_the_border_is_red_until_the_alarm_was_heard(tile: Tile, clock: StillClock) -> None:
    tile.note_alarms(frozenset({"消防通道 A"}), has_unheard_high=True)
    assert tile.grab().toImage().pixelColor(1, 100) == theme.colour("high")
    tile.note_alarms(frozenset(), has_unheard_high=False)
    assert tile.grab().toImage().pixelColor(1, 100) != theme.colour("high")


def test_a_frame_counts_as_drawn_once_however_often_it_is_painted(
    tile: Tile, clock: StillClock, render_clock: RenderClock
) -> None:
    drawn: list[tuple[str, int]] = []
    render_clock.watch(lambda camera_id, frame: drawn.append((camera_id, frame.sequence)))
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now())
    tile.refresh()
    assert drawn == []
    tile.grab()
    tile.grab()
    slot.put(clock.now())
    slot.put(clock.now())
    tile.refresh()
    tile.grab()
    assert drawn == [("c02", 1), ("c02", 3)], "the second was overtaken and never drawn"


def test_a_tile_that_changes_its_stream_goes_on_with_the_old_one_until_the_new_one_comes(
    tile: Tile, clock: StillClock
) -> None:
    sub, main = Slot(), Slot(128, 72)
    tile.attach(sub)
    sub.put(clock.now(), grey=200)
    tile.refresh()
    tile.attach(main)
    clock.forward(1.0)
    sub.put(clock.now(), grey=150)
    tile.refresh()
    assert middle(tile) == QColor(150, 150, 150) and tile.look.look is Look.LIVE
    main.put(clock.now(), grey=50)
    tile.refresh()
    sub.put(clock.now(), grey=250)
    tile.refresh()
    assert middle(tile) == QColor(50, 50, 50)
    assert tile.sources == (main,)


def test_a_stream_that_stands_still_while_it_is_changed_ages_as_any_other(tile: Tile, clock: StillClock) -> None:
    sub = Slot()
    tile.attach(sub)
    sub.put(clock.now(), grey=200)
    tile.refresh()
    tile.attach(Slot(128, 72))
    clock.forward(6.0)
    tile.look_on()
    assert tile.look.look is Look.STALE and tile.look.is_grey


def test_what_a_busy_machine_leaves_out_is_said_on_the_tile_and_is_no_loss(tile: Tile, clock: StillClock) -> None:
    slot = Slot()
    tile.attach(slot)
    slot.put(clock.now())
    tile.refresh()
    words = []
    for step in ("full", "fewer", "plain", "keys"):
        tile.note_stream(Told(camera_id="c02", sparing=step))
        words += [chip.words.sentence for chip in tile.look.chips]
    assert words == ["Fewer pictures", "Coarser pictures", "Key pictures only"]


@pytest.mark.parametrize(("tile_px", "is_named"), [(204, False), (300, True)])
def test_a_tile_of_64_names_no_zone_over_its_street(qtbot: QtBot, tile_px: int, is_named: bool) -> None:
    picture = QImage(tile_px, 100, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("g0"))
    before = picture.copy()
    with QPainter(picture) as painter:
        over = OverlayPainter(painter, QRectF(0, 0, tile_px, 100), tile_px)
        over.zone_names(zones_of(camera(2, is_watched=True), frozenset()))
    assert (picture != before) is is_named
