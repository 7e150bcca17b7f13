"""Claims about a screen elsewhere as whoever stands before it sees it, and about the menu that sends to it."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.application.screens_desk import ScreenLine, Shown
from console.domain.walls import LAYOUTS, Wall
from console.words import ENGLISH, Words
from tests.widgets.street import NOON, StillClock, cameras
from widgets.common.key_hints import KeyHints
from widgets.state.telling import Teller, Told
from widgets.wall.screen_menu import ScreenMenu
from widgets.wall.screen_window import ScreenWindow

STREETS = cameras(4)
SENT = Shown(
    wall=Wall(layout=LAYOUTS[1], cameras=tuple(street.camera_id for street in STREETS)),
    cameras=tuple(STREETS),
    sent_by="李文静",
    sent_at=NOON,
)


@pytest.fixture
def teller() -> Teller:
    return Teller(Words(ENGLISH), ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def screen(qtbot: QtBot, teller: Teller) -> Iterator[ScreenWindow]:
    made = ScreenWindow("Hall", teller, StillClock())
    qtbot.addWidget(made)
    made.resize(1600, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def names(screen: ScreenWindow) -> list[str]:
    return [tile.camera.name for tile in screen.page.tiles if tile.camera is not None]


def test_a_screen_says_who_sent_what_it_shows_and_what_is_wrong(screen: ScreenWindow) -> None:
    assert screen.note.said == "Hall\nNothing is sent to this screen.\n"

    assert screen.show_wall(SENT)
    screen.note.show_trouble(Told("The station does not answer; it is being started again."))

    assert names(screen) == [street.name for street in STREETS]
    assert "Sent by 李文静 at 11:42:07." in screen.note.said
    assert "does not answer" in screen.note.said
    assert not screen.show_wall(replace(SENT))


def test_no_key_and_no_click_does_anything_on_a_screen(screen: ScreenWindow) -> None:
    screen.show_wall(SENT)
    before = screen.page.state

    for key in (Qt.Key.Key_2, Qt.Key.Key_Return, Qt.Key.Key_L, Qt.Key.Key_Delete, Qt.Key.Key_Right, Qt.Key.Key_W):
        QTest.keyClick(screen, key)
        QTest.keyClick(screen.page.tiles[0], key)
    QTest.mouseClick(screen.page.tiles[2], Qt.MouseButton.LeftButton)
    QTest.mouseDClick(screen.page.tiles[2], Qt.MouseButton.LeftButton)

    assert screen.page.state == before
    assert not [hints.accessibleName() for hints in screen.page.findChildren(KeyHints) if hints.isVisible()]


def test_the_menu_sends_by_a_digit_and_clears_only_what_shows_something(
    screen: ScreenWindow, qtbot: QtBot, teller: Teller
) -> None:
    lines = [ScreenLine(name="Hall", sent_by="李文静", sent_at=NOON), ScreenLine(name="Desk")]
    menu = ScreenMenu(lines, teller, screen)
    said = [action.text() for action in menu.actions() if action.text()]

    assert said == ["Show this wall on …", "&1  Hall", "&2  Desk", "&3  Clear Hall (sent by 李文静)"]
    with qtbot.waitSignal(menu.picked) as picked:
        menu.actions()[2].trigger()
    assert picked.args == ["Desk"]
    with qtbot.waitSignal(menu.cleared) as cleared:
        menu.actions()[-1].trigger()
    assert cleared.args == ["Hall"]
