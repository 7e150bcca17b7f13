"""The past beside the live wall: nobody can take one for the other, the live picture goes on, and all keep one step."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.application.live_wall import layout_named
from console.application.recordings_desk import LOOK_BACK
from console.domain.ids import CameraId
from console.domain.walls import Wall
from console.words import ENGLISH, Words
from tests.widgets.recordings.past import Past
from tests.widgets.street import StillClock, cameras
from widgets.common import theme
from widgets.common.key_hints import KeyHints
from widgets.recordings.replaying import ReplayWish
from widgets.state.replay import ReplayOrder
from widgets.state.telling import Teller, Told
from widgets.wall.render_clock import RenderClock
from widgets.wall.replay_deck import ReplayDeck
from widgets.wall.strip import WallStrip
from widgets.wall.wall_page import WallPage

BACK = timedelta(seconds=30)
BLUE = "#2468ac"
STATE_COLOURS = ("ok", "high", "med", "fault", "air", "focus")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
def page(qtbot: QtBot, clock: StillClock, past: Past) -> Iterator[WallPage]:
    made = WallPage(
        Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai")), clock, RenderClock(), offered=("J", "Shift+J", "H", "A")
    )

    def answer(wishes: Sequence[ReplayWish], at: datetime) -> None:
        made.show_replay(past.open(wishes, at))

    made.replay_asked.connect(answer)
    qtbot.addWidget(made)
    made.resize(1920, 1048)
    made.show_cameras(cameras(4), Wall(layout=layout_named("2x2"), cameras=()))
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


def strike(*keys: Qt.Key, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, held)


def deck_of(page: WallPage) -> ReplayDeck:
    (deck,) = page.findChildren(ReplayDeck)
    return deck


def names(page: WallPage) -> list[CameraId]:
    return [tile.camera.camera_id for tile in page.tiles if tile.camera is not None]


def test_the_past_of_one_tile_stands_beside_its_live_picture_which_goes_on(
    page: WallPage, past: Past, clock: StillClock
) -> None:
    strike(Qt.Key.Key_2, Qt.Key.Key_J)

    (wish,) = past.wishes
    assert wish.camera_id == names(page)[1]
    assert past.opened_at == [clock.now() - BACK]
    assert clock.now() - wish.from_at < LOOK_BACK
    live, (view,) = page.tiles[1], deck_of(page).views
    place = view.geometry().translated(deck_of(page).pos())
    assert live.isVisible()
    assert not live.geometry().intersects(place)
    assert abs(live.width() - place.width()) <= 4
    assert [tile.isVisible() for tile in page.tiles].count(True) == 1

    strike(Qt.Key.Key_Escape)
    assert past.orders[-1] == ReplayOrder("close")
    assert all(tile.isVisible() for tile in page.tiles)
    assert not deck_of(page).is_open


def test_the_past_says_what_it_is_and_how_old_in_no_colour_of_a_state(
    page: WallPage, past: Past, clock: StillClock, qtbot: QtBot
) -> None:
    strike(Qt.Key.Key_J)
    at, (view,) = clock.now() - BACK, deck_of(page).views
    past.say(names(page)[0], at)
    past.show(names(page)[0], BLUE, at)
    qtbot.waitUntil(lambda: view.moment == at)
    said = page.tiles[0].camera
    assert said is not None
    assert view.accessibleName() == f"{said.number} {said.name}, Replay, 11:41:37.0, 0:30 ago"

    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2) == QColor(BLUE)
    painted = {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, 40)}
    assert not {theme.colour(token).rgb() for token in STATE_COLOURS} & painted
    assert picture.pixelColor(1, picture.height() // 2) == theme.colour("t2"), "an edge all round"
    assert theme.colour("t1").rgb() in painted, "a filled chip"

    clock.forward(5.0)
    qtbot.waitUntil(lambda: view.accessibleName().endswith("0:35 ago"))


def test_a_moment_before_anything_was_kept_says_from_when_on_there_is_something(
    page: WallPage, past: Past, clock: StillClock
) -> None:
    strike(Qt.Key.Key_J)
    at, (view,) = clock.now() - BACK, deck_of(page).views
    assert view.accessibleName() == "Opening the recording…"
    past.say(names(page)[0], at, is_gap=True, kept_from=clock.now() - timedelta(seconds=12))
    assert view.accessibleName() == "Nothing is kept of 11:41:37. What is kept begins at 11:41:55."
    past.say(names(page)[0], at, is_gap=True)
    assert view.accessibleName() == "Nothing was recorded at 11:41:37."


def test_a_camera_of_which_nothing_is_kept_says_so(page: WallPage, past: Past) -> None:
    strike(Qt.Key.Key_J)
    past.replays[-1].note_failed(names(page)[0], Told("Nothing was recorded at that time."))
    (view,) = deck_of(page).views
    assert view.accessibleName() == "Nothing was recorded at that time."


def test_what_failed_is_asked_for_once_more_by_the_same_key(page: WallPage, past: Past, clock: StillClock) -> None:
    strike(Qt.Key.Key_J)
    past.replays[-1].note_failed(names(page)[0], Told("The station does not answer."))
    clock.forward(20.0)

    strike(Qt.Key.Key_J)

    assert past.opened_at[-1] == clock.now() - BACK
    assert len(past.wishes) == 2
    (view,) = deck_of(page).views
    assert view.accessibleName() == "Opening the recording…"
    past.say(names(page)[0], clock.now() - BACK)
    assert past.replays[0].is_closed
    assert not past.replays[-1].is_closed


def test_the_whole_page_is_replayed_in_step_under_one_transport(page: WallPage, past: Past, clock: StillClock) -> None:
    strike(Qt.Key.Key_J, shift=True)
    at = clock.now() - BACK
    assert [wish.camera_id for wish in past.wishes] == names(page)
    assert len(deck_of(page).views) == 4
    assert all(tile.isVisible() for tile in page.tiles)
    for name in names(page)[:3]:
        past.say(name, at, is_playing=False)
    assert past.orders == [], "nobody starts before the last one is ready"
    past.say(names(page)[3], at, is_playing=False)
    assert past.orders == [ReplayOrder("play", at)]

    past.orders.clear()
    for name in names(page):
        past.say(name, at)
    strike(Qt.Key.Key_Left, Qt.Key.Key_Period, Qt.Key.Key_Equal, Qt.Key.Key_Space)
    assert past.orders == [
        ReplayOrder("seek", at - timedelta(seconds=1)),
        ReplayOrder("pause", at + timedelta(milliseconds=40)),
        ReplayOrder("play", None, 2.0),
        ReplayOrder("pause"),
    ]


def test_it_goes_further_back_with_its_key_but_not_behind_what_needs_a_reason(
    page: WallPage, past: Past, clock: StillClock
) -> None:
    strike(Qt.Key.Key_J)
    at = clock.now() - BACK
    past.say(names(page)[0], at, is_playing=False)
    past.say(names(page)[0], at)
    past.orders.clear()
    strike(Qt.Key.Key_J)
    assert past.orders == [ReplayOrder("play", at - BACK)]
    past.say(names(page)[0], clock.now() - LOOK_BACK + timedelta(seconds=12))
    strike(Qt.Key.Key_J)
    reached = past.orders[-1].at
    assert reached is not None
    assert clock.now() - reached < LOOK_BACK
    strike(Qt.Key.Key_Right)
    past.say(names(page)[0], clock.now())
    strike(Qt.Key.Key_Right)
    ahead = past.orders[-1].at
    assert ahead is not None
    assert ahead < clock.now(), "the future cannot be replayed"


def test_keys_of_the_wall_mean_the_wall_again_afterwards(page: WallPage, past: Past, qtbot: QtBot) -> None:
    strike(Qt.Key.Key_J)
    strike(Qt.Key.Key_3)
    assert page.state.selected == 0, "a digit means nothing while the past is looked at"
    with qtbot.waitSignal(page.history_asked) as asked:
        strike(Qt.Key.Key_H)
    assert asked.args == [names(page)[0]]
    strike(Qt.Key.Key_3)
    assert page.state.selected == 2


def test_nothing_of_the_ring_is_left_behind_when_the_past_opens_and_when_it_ends(page: WallPage, qtbot: QtBot) -> None:
    page.show_cameras(cameras(9), Wall(layout=layout_named("3x3"), cameras=()))

    def ring() -> tuple[bool, bool]:
        """Say whether the selected tile has its ring on the screen, and whether the page has another anywhere."""
        screen = page.screen().grabWindow(page.winId()).toImage()
        ratio = screen.width() / page.width()
        tone = theme.colour("focus").rgb()
        room = page.tiles[page.state.selected].geometry().adjusted(-4, -4, 4, 4)
        covered = [part.geometry() for part in (*page.tiles, deck_of(page)) if part.isVisible()]
        points = [(x, y) for x in range(2, page.width() - 260, 50) for y in range(40, page.height())]
        points = [at for at in points if not any(part.contains(*at) for part in covered)]
        found = [at for at in points if screen.pixel(round(at[0] * ratio), round(at[1] * ratio)) == tone]
        return any(room.contains(*at) for at in found), any(not room.contains(*at) for at in found)

    strike(Qt.Key.Key_5)
    qtbot.waitUntil(lambda: ring() == (True, False))
    strike(Qt.Key.Key_J)
    qtbot.waitUntil(lambda: ring() == (True, False))
    strike(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: ring() == (True, False))


def test_only_keys_that_do_something_are_offered_while_the_past_is_open(page: WallPage) -> None:
    def offered(part: QWidget) -> str:
        return " ".join(hints.accessibleName() for hints in part.findChildren(KeyHints) if hints.isVisible())

    (strip,) = page.findChildren(WallStrip)
    before = offered(strip)
    assert "select" in before
    strike(Qt.Key.Key_J)
    assert offered(strip) == ""
    assert "speed" in offered(deck_of(page).transport) and "event" not in offered(deck_of(page).transport)
    strike(Qt.Key.Key_Escape)
    assert offered(strip) == before


def test_whoever_leaves_the_wall_leaves_no_replay_open(page: WallPage, past: Past) -> None:
    strike(Qt.Key.Key_J)
    page.hide()
    assert past.orders[-1] == ReplayOrder("close")
    assert not deck_of(page).is_open
