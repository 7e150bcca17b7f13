"""The window of a desk: pages by key, Esc to what lies nearest, language without loss, room at 200 %."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.words import CHINESE, ENGLISH, N_, Words
from widgets.common.page_keys import PageKey, bind
from widgets.common.top_bar import Tab
from widgets.health.health_page import HealthPage
from widgets.health.keys import HEALTH_KEYS
from widgets.main_window import MainWindow
from widgets.settings.keys import SETTINGS_KEYS
from widgets.settings.settings_page import AboutFacts, SettingsPage
from widgets.state.telling import Teller, Told

NOON = datetime(2026, 11, 22, 4, 0, 7, tzinfo=UTC)  # 12:00:07 in Shanghai
PAGE_KEYS = (PageKey("Y", ("Y",), N_("confirm, then Enter files")), PageKey("Esc", ("Esc",), N_("back")))

MORE_PAGES = (("cases", "Cases", "F4"), ("evidence", "Evidence", "F5"), ("shift", "Shift", "F7"))


class StandingClock:
    def now(self) -> datetime:
        return NOON

    def monotonic_s(self) -> float:
        return 0.0


class ListPage(QWidget):
    """A page with a list and two keys; it notes what reached it."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.struck: list[str] = []
        self.list = QListWidget(self)
        self.list.addItems(["a", "b", "c"])
        self.list.setCurrentRow(1)
        column = QVBoxLayout(self)
        column.addWidget(self.list)
        self._shortcuts = bind(self, PAGE_KEYS, self.struck.append)
        self.setFocusProxy(self.list)
        self.said = ""
        self.retranslate()

    def retranslate(self) -> None:
        self.said = self._words.say(N_("Health"))


class TalkBarOfKeys(QWidget):
    """Stands where the talk bar stands and notes the keys it is given."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []
        self.setFixedHeight(56)

    def press(self, key: str) -> None:
        self.keys.append(key)
        self.hide()

    def hold(self, *, is_repeat: bool = False) -> None:
        self.keys.append("again" if is_repeat else "down")

    def let_go(self) -> None:
        self.keys.append("up")


@pytest.fixture
def words() -> Words:
    return Words(CHINESE)


@pytest.fixture
def page(words: Words) -> ListPage:
    return ListPage(words)


@pytest.fixture
def window(qtbot: QtBot, words: Words, page: ListPage) -> Iterator[MainWindow]:
    teller = Teller(words, ZoneInfo("Asia/Shanghai"))
    made = MainWindow(teller, StandingClock())
    qtbot.addWidget(made)
    made.add_page("review", "review", N_("Review"), "F3", page, PAGE_KEYS)
    made.add_page("wall", "wall", N_("Video wall"), "F2", QWidget(), fills_screen=True)
    settings = SettingsPage(teller, AboutFacts(version="0.1.0", licences="# Title\nQt: LGPL-3"))
    made.add_page("settings", "settings", N_("Settings"), "F8", settings, SETTINGS_KEYS)
    made.add_page("health", "health", N_("Health"), "F9", HealthPage(teller, StandingClock()), HEALTH_KEYS)
    made.show_who("02 号席 • 李文静")
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def strike(window: MainWindow, key: Qt.Key) -> None:
    """Strike a key where the focus is, as a keyboard does."""
    QTest.keyClick(window.focusWidget() or window, key)


def tabs(window: MainWindow) -> list[Tab]:
    return [tab for tab in window.top_bar.tabs if tab.isVisible()]


def test_an_f_key_opens_its_page_and_gives_it_the_focus(window: MainWindow, page: ListPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.page_shown) as shown:
        strike(window, Qt.Key.Key_F9)
    assert shown.args == ["health"]
    assert window.page == "health"

    strike(window, Qt.Key.Key_F3)

    assert window.page == "review"
    assert window.focusWidget() is page.list


def test_the_sheet_lists_the_pages_keys_and_lets_none_through(window: MainWindow, page: ListPage, qtbot: QtBot) -> None:
    strike(window, Qt.Key.Key_F1)

    assert window.sheet.isVisible()
    assert any(line.startswith("Y: 确认") for line in window.sheet.lines)
    assert any(line.startswith("F9: ") for line in window.sheet.lines)
    assert not any(line.startswith("F12") for line in window.sheet.lines)  # there is no talk bar to hold it for

    strike(window, Qt.Key.Key_Y)
    assert page.struck == []

    strike(window, Qt.Key.Key_Escape)
    assert not window.sheet.isVisible()
    assert window.focusWidget() is page.list
    assert page.struck == []

    strike(window, Qt.Key.Key_Y)
    assert page.struck == ["Y"]


def test_the_sheet_gives_the_focus_back_to_where_it_was(window: MainWindow) -> None:
    window.top_bar.language.setFocus()

    strike(window, Qt.Key.Key_F1)
    strike(window, Qt.Key.Key_F1)

    assert window.focusWidget() is window.top_bar.language


def test_esc_goes_to_the_sheet_then_to_the_talk_bar_then_to_the_page(
    window: MainWindow, page: ListPage, qtbot: QtBot
) -> None:
    talk = TalkBarOfKeys()
    window.set_talk_bar(talk)
    talk.show()
    strike(window, Qt.Key.Key_F1)

    strike(window, Qt.Key.Key_Escape)
    assert (window.sheet.isVisible(), talk.keys, page.struck) == (False, [], [])

    strike(window, Qt.Key.Key_Escape)
    assert (talk.keys, page.struck) == (["Esc"], [])

    strike(window, Qt.Key.Key_Escape)
    assert (talk.keys, page.struck) == (["Esc"], ["Esc"])


def test_f12_is_held_for_the_talk_bar_from_any_page(window: MainWindow, qtbot: QtBot) -> None:
    talk = TalkBarOfKeys()
    window.set_talk_bar(talk)
    focus = window.focusWidget()
    assert focus is not None

    QTest.keyPress(focus, Qt.Key.Key_F12)
    assert talk.keys == ["down"]

    QTest.keyRelease(focus, Qt.Key.Key_F12)
    assert talk.keys == ["down", "up"]


def test_the_talk_bar_stays_hidden_until_it_shows_itself(window: MainWindow) -> None:
    talk = TalkBarOfKeys()
    talk.hide()

    window.set_talk_bar(talk)

    assert not talk.isVisible()


def test_a_change_of_language_reaches_every_page_and_keeps_the_selection(
    window: MainWindow, page: ListPage, words: Words, qtbot: QtBot
) -> None:
    page.list.setCurrentRow(2)
    assert tabs(window)[0].text() == "审核台"
    assert window.windowTitle() == "城市坐席"

    with qtbot.waitSignal(window.language_wanted) as wanted:
        QTest.mouseClick(window.top_bar.language, Qt.MouseButton.LeftButton)
    assert wanted.args == [ENGLISH]
    words.speak(ENGLISH)

    assert tabs(window)[0].text() == "Review"
    assert tabs(window)[0].accessibleName() == "Review F3"
    assert window.windowTitle() == "Citydesk"
    assert window.top_bar.language.text() == "中文"
    assert page.said == "Health"
    assert page.list.currentRow() == 2
    assert window.focusWidget() is page.list


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
@pytest.mark.parametrize("size", [(960, 540), (1366, 768), (1920, 1080)])
def test_the_bars_fold_before_they_cut_a_word(
    window: MainWindow, words: Words, language: str, size: tuple[int, int], qtbot: QtBot
) -> None:
    for page_id, sentence, f_key in (
        ("cases", "Cases", "F4"),
        ("evidence", "Evidence", "F5"),
        ("shift", "Shift", "F7"),
    ):
        window.add_page(page_id, page_id, sentence, f_key, QWidget())
    qtbot.waitUntil(lambda: len(tabs(window)) == 7)
    words.speak(language)
    window.resize(*size)

    bar = window.top_bar
    assert (window.width(), window.height()) == size
    assert all(tab.width() >= tab.sizeHint().width() for tab in tabs(window))
    assert bar.clock.width() >= bar.clock.sizeHint().width()
    assert bar.clock.text() == "12:00:07"
    assert bar.clock.geometry().right() <= bar.width()


def test_at_1080p_everything_is_said(window: MainWindow) -> None:
    window.resize(1920, 1080)

    assert all(tab.width() == tab.width_px(has_key=True, has_word=True) for tab in tabs(window))


def test_a_covered_window_opens_no_page_and_shows_no_tab(window: MainWindow, page: ListPage, qtbot: QtBot) -> None:
    cover = ListPage(Words(CHINESE))
    window.cover(cover)

    strike(window, Qt.Key.Key_F9)
    strike(window, Qt.Key.Key_F1)
    strike(window, Qt.Key.Key_Y)

    assert tabs(window) == []
    assert cover.isVisible() and not page.isVisible()
    assert not window.sheet.isVisible()
    assert (cover.struck, page.struck) == (["Y"], [])

    window.uncover()

    assert page.isVisible() and not cover.isVisible()
    assert len(tabs(window)) == 4
    cover.deleteLater()


def test_going_back_opens_the_page_before(window: MainWindow) -> None:
    window.show_page("wall")
    window.show_page("health")

    window.go_back()

    assert window.page == "wall"


def test_only_the_wall_takes_the_top_bars_place_in_full_screen(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.full_screen_changed) as changed:
        strike(window, Qt.Key.Key_F11)
    assert changed.args == [True]
    assert window.top_bar.isVisible()

    window.show_page("wall")
    assert not window.top_bar.isVisible()

    window.turn_full_screen()
    assert window.top_bar.isVisible()
    assert not window.isFullScreen()


def test_a_bug_number_stands_in_the_health_bar_until_the_next_page(window: MainWindow, words: Words) -> None:
    window.show_line(Told("This did not finish; noted as {code}. Nothing else is affected.", {"code": "7F3A"}))
    assert window.health_bar.line == "这个操作没有完成，编号 7F3A 已记录，其他不受影响。"

    words.speak(ENGLISH)
    assert window.health_bar.line.startswith("This did not finish; noted as 7F3A")

    window.show_page("wall")
    assert window.health_bar.line == ""


def test_a_page_added_while_the_window_is_covered_waits(window: MainWindow, qtbot: QtBot) -> None:
    window.cover(ListPage(Words(CHINESE)))
    window.add_page("shift", "shift", "Shift", "F7", QWidget())

    strike(window, Qt.Key.Key_F7)
    window.uncover()

    assert window.page == "review"
    qtbot.waitUntil(lambda: len(tabs(window)) == 5)


def test_a_hidden_window_stops_its_clocks(window: MainWindow) -> None:
    window.hide()

    assert [timer.objectName() for timer in window.findChildren(QTimer) if timer.isActive()] == []


def test_closing_is_said_once_and_ends_listening(window: MainWindow, words: Words, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()

    words.speak(ENGLISH)

    assert window.windowTitle() == "城市坐席"


def test_settings_ask_by_digit_and_mark_what_is_in_force(window: MainWindow, words: Words, qtbot: QtBot) -> None:
    window.show_page("settings")
    settings = window.findChild(SettingsPage)
    assert settings is not None

    with qtbot.waitSignal(settings.language_wanted) as language:
        strike(window, Qt.Key.Key_2)
    with qtbot.waitSignal(settings.text_size_wanted) as size:
        strike(window, Qt.Key.Key_5)
    assert (language.args, size.args) == ([ENGLISH], [130])
    assert settings.heads[0] == "设置"

    words.speak(ENGLISH)

    assert settings.heads == ("Settings", "Language", "Text size", "About this program", "What it stands on")
