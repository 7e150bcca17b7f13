"""The locked seat: the street is seen, names are not, and only the password opens it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.application.sign_in import SignIn
from console.domain.accounts import Actor, Role
from console.domain.ids import AccountId, SeatId
from console.domain.one_time_codes import code_of, counter_at, new_secret
from console.seat.locking import SeatLock
from console.words import CHINESE, ENGLISH, N_
from tests.widgets.desks import Seat, until
from widgets.common.idle import IdleWatch
from widgets.common.lettering import ElidedLabel
from widgets.common.page_keys import PageKey, bind
from widgets.login.lock_panel import LockPanel
from widgets.main_window import MainWindow
from widgets.wall.rail import Rail
from widgets.wall.render_clock import RenderClock
from widgets.wall.wall_page import WallPage

LI = Actor(account_id=AccountId("acc-li"), display_name="李文静", role=Role.OPERATOR, seat_id=SeatId("02"))
CASE_KEYS = (PageKey("Y", ("Y",), N_("confirm, then Enter files")),)


class PlainHasher:
    """Compares what is written; the tests' accounts have no secret."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str, password: str) -> bool:
        return encoded == password


@pytest.fixture
def sign_in(seat: Seat) -> SignIn:
    return SignIn(seat.city.units, PlainHasher(), seat.city.clock, seat.city.vault)


@pytest.fixture
def window(seat: Seat, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(seat.teller, seat.city.clock)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    yield made
    made.close()


@pytest.fixture
def wall(seat: Seat, window: MainWindow) -> WallPage:
    made = WallPage(seat.teller, seat.city.clock, RenderClock(window), window, offered=("T", "A"))
    made.show_cameras(seat.city.wall.cameras(LI))
    window.add_page("wall", "wall", N_("Wall"), "F2", made, fills_screen=True)
    return made


class CasePage(QWidget):
    """A page with a verdict's key; it notes what reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.struck: list[str] = []
        self._shortcuts = bind(self, CASE_KEYS, self.struck.append)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


@pytest.fixture
def cases(window: MainWindow, wall: WallPage) -> CasePage:
    page = CasePage()
    window.add_page("cases", "cases", N_("Cases"), "F4", page, CASE_KEYS)
    return page


@pytest.fixture
def lock(seat: Seat, window: MainWindow, sign_in: SignIn) -> SeatLock:
    return SeatLock(window, sign_in, seat.desk, seat.teller, window)


def panel_of(window: MainWindow) -> LockPanel:
    (found,) = window.findChildren(LockPanel)
    return found


def rail_of(wall: WallPage) -> Rail:
    (found,) = wall.findChildren(Rail)
    return found


def shown(window: QWidget, qtbot: QtBot) -> None:
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()


def give(panel: LockPanel, password: str) -> None:
    panel.password.setText(password)
    QTest.keyClick(panel.password, Qt.Key.Key_Return)


def test_a_locked_seat_shows_the_street_and_no_case(
    seat: Seat, window: MainWindow, wall: WallPage, cases: CasePage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    window.show_page("cases")
    window.show_who("02 号席 • 李文静")

    lock.note_waiting(3)
    lock.lock(LI, "key", wall)

    assert window.page == "wall" and wall.isVisible() and not cases.isVisible()
    assert all(tile.isVisible() for tile in wall.tiles)
    assert not rail_of(wall).isVisible()
    assert window.top_bar.findChildren(ElidedLabel)[0].text() == ""
    assert "3" in " ".join(words.text() for words in panel_of(window).findChildren(QLabel))


def test_no_key_of_a_page_works_while_the_seat_is_locked(
    seat: Seat, window: MainWindow, wall: WallPage, cases: CasePage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    lock.lock(LI, "key", wall)
    spoken: list[str] = []
    wall.speak_asked.connect(spoken.append)

    for key in (Qt.Key.Key_F4, Qt.Key.Key_F2, Qt.Key.Key_F1, Qt.Key.Key_F12):
        QTest.keyClick(window.focusWidget() or window, key)
    wall.setFocus()
    for key in (Qt.Key.Key_T, Qt.Key.Key_A, Qt.Key.Key_L, Qt.Key.Key_Return):
        QTest.keyClick(wall, key)
    QTest.mouseDClick(wall.tiles[0], Qt.MouseButton.LeftButton)

    assert window.page == "wall" and not window.sheet.isVisible()
    assert (spoken, cases.struck, wall.state.is_enlarged) == ([], [], False)


def test_other_cameras_on_a_locked_wall_take_neither_the_focus_nor_a_click(
    seat: Seat, window: MainWindow, wall: WallPage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    lock.lock(LI, "key", wall)

    wall.show_cameras([])
    wall.show_cameras(seat.city.wall.cameras(LI))

    assert panel_of(window).password.hasFocus()
    assert wall.tiles and not any(tile.isEnabled() for tile in wall.tiles)
    lock._take_away()
    assert all(tile.isEnabled() for tile in wall.tiles)


def test_only_the_password_opens_it_and_the_page_of_before_comes_back(
    seat: Seat, window: MainWindow, wall: WallPage, cases: CasePage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    window.show_page("cases")
    lock.lock(LI, "key", wall)
    panel = panel_of(window)
    assert panel.password.hasFocus()

    give(panel, "wrong")
    until(qtbot, lambda: panel.line.text() == "账号或密码不对。")
    assert lock.is_locked and panel.password.text() == ""

    with qtbot.waitSignal(lock.unlocked) as opened:
        give(panel, "right")

    assert opened.args[0].account_id == LI.account_id
    assert window.page == "cases" and cases.isVisible() and not lock.is_locked
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_F2)
    assert window.page == "wall" and rail_of(wall).isVisible()
    assert seat.city.audit_verbs()[-3:] == ["lock_screen", "unlock_refused", "unlock_screen"]


def test_the_lock_asks_for_the_code_of_who_has_one(
    seat: Seat, window: MainWindow, wall: WallPage, lock: SeatLock, qtbot: QtBot
) -> None:
    secret = new_secret()
    seat.city.vault.put("totp/acc-li", secret)
    with seat.city.units.write() as unit:
        unit.accounts.save(replace(unit.accounts.get(LI.account_id), totp_secret_name="totp/acc-li"))
        unit.commit()
    shown(window, qtbot)
    lock.lock(LI, "key", wall)
    panel = panel_of(window)

    give(panel, "right")
    until(qtbot, panel.code.isVisible)
    panel.code.setText(code_of(secret, counter_at(seat.city.clock.now())))
    with qtbot.waitSignal(lock.unlocked):
        QTest.keyClick(panel.code, Qt.Key.Key_Return)


def test_a_seat_without_a_wall_is_covered_whole(seat: Seat, window: MainWindow, lock: SeatLock, qtbot: QtBot) -> None:
    page = CasePage()
    window.add_page("cases", "cases", N_("Cases"), "F4", page, CASE_KEYS)
    shown(window, qtbot)

    lock.lock(LI, "idle", None)
    assert not page.isVisible() and panel_of(window).isVisible()

    with qtbot.waitSignal(lock.unlocked):
        give(panel_of(window), "right")
    assert page.isVisible()


def test_somebody_else_can_take_the_seat_without_the_password(
    seat: Seat, window: MainWindow, wall: WallPage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    lock.lock(LI, "key", wall)

    with qtbot.waitSignal(lock.handed_over):
        QTest.mouseClick(panel_of(window).other_button, Qt.MouseButton.LeftButton)

    assert not lock.is_locked


def test_the_lock_speaks_the_language_of_now(
    seat: Seat, window: MainWindow, wall: WallPage, lock: SeatLock, qtbot: QtBot
) -> None:
    shown(window, qtbot)
    lock.lock(LI, "key", wall)
    assert panel_of(window).open_button.text() == "解锁"

    seat.words.speak(ENGLISH)
    lock.retranslate()

    assert panel_of(window).open_button.text() == "Unlock"
    seat.words.speak(CHINESE)


def test_a_desk_is_idle_only_when_nobody_touches_it(qtbot: QtBot) -> None:
    watch = IdleWatch(minutes=0.05)
    field = QLineEdit()
    qtbot.addWidget(field)
    shown(field, qtbot)
    said: list[bool] = []
    watch.idle.connect(lambda: said.append(True))
    since = QElapsedTimer()
    since.start()
    watch.begin()

    def touched_for_longer_than_it_waits() -> bool:
        QTest.keyClick(field.windowHandle(), Qt.Key.Key_A)
        return since.elapsed() > 4000

    qtbot.waitUntil(touched_for_longer_than_it_waits, timeout=10_000)
    assert said == []

    qtbot.waitUntil(lambda: said == [True], timeout=10_000)
    watch.end()


def test_a_window_opened_later_is_watched_too(qtbot: QtBot) -> None:
    watch = IdleWatch(minutes=0.08)
    said: list[bool] = []
    watch.idle.connect(lambda: said.append(True))
    watch.begin()
    wall = QWidget()
    qtbot.addWidget(wall)
    shown(wall, qtbot)
    since = QElapsedTimer()
    since.start()

    def moved_over_for_longer_than_it_waits() -> bool:
        QTest.mouseMove(wall.windowHandle(), QPoint(since.elapsed() % 50, 9))
        return since.elapsed() > 6000

    qtbot.waitUntil(moved_over_for_longer_than_it_waits, timeout=10_000)
    assert said == []
    watch.end()


def test_a_seat_that_never_locks_counts_nothing(qapp: QApplication) -> None:
    watch = IdleWatch(minutes=0)
    watch.begin()

    assert not any(timer.isActive() for timer in watch.findChildren(QTimer))
