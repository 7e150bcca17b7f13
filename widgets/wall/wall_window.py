"""A wall in a window of its own: strip, grid, rail and health, for a monitor beside the desk's."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.application.ports import Clock
from console.words import N_
from widgets.common import theme
from widgets.common.key_sheet import FULL_SCREEN_KEY, LOCK_KEY, NEW_WALL_KEY, SEND_KEY, SHEET_KEY, KeySheet
from widgets.common.page_keys import PageKey
from widgets.health.health_bar import HealthBar
from widgets.state.telling import Teller, Told
from widgets.wall.keys import CLOSE_WALL_KEY, WALL_KEYS
from widgets.wall.monitor_watch import Monitors
from widgets.wall.standing import Standing
from widgets.wall.wall_page import WallPage

FIRST_PX = (1280, 720)


def name_of(number: int) -> Told:
    """Return what a wall is called; the main window's is the first."""
    return Told(N_("Screen {number}"), {"number": number})


class WallWindow(QWidget):
    """Lives in the GUI thread. Holds a page that it does not own: a monitor may go, and the page stays.

    Signals:
        closing: the operator closes it. new_wanted, lock_wanted, send_wanted: a key that is the seat's to answer.
    """

    closing = Signal()
    new_wanted = Signal()
    lock_wanted = Signal()
    send_wanted = Signal()

    def __init__(self, number: int, teller: Teller, clock: Clock, monitors: Monitors) -> None:
        super().__init__(None)
        self.number = number
        self._teller = teller
        self._page: WallPage | None = None
        self._is_locked = False
        self.health_bar = HealthBar(teller, clock, self)
        self.health_bar.details.hide()  # the page it opens is in the main window
        self._sheet = KeySheet(teller, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.health_bar)
        self.setMinimumSize(480, 352)
        self.resize(*FIRST_PX)
        self.standing = Standing(self, monitors)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        theme.no_input_method(self)
        self._acts = {
            SHEET_KEY: self._turn_sheet,
            FULL_SCREEN_KEY: self.standing.turn_full_screen,
            LOCK_KEY: self.lock_wanted.emit,
            NEW_WALL_KEY: self.new_wanted.emit,
            SEND_KEY: self.send_wanted.emit,
            CLOSE_WALL_KEY: self.close,
        }
        for key, act in self._acts.items():
            shortcut = QShortcut(QKeySequence(key.sequences[0]), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(act)
        self.retranslate()

    # ---- what the seat says ----------------------------------------------------------------------------------

    def hold(self, page: WallPage) -> None:
        """Show this page."""
        self._page = page
        self._column.insertWidget(0, page, 1)
        page.show()
        page.show_clock(is_shown=True)

    def give(self) -> None:
        """Let the page go to whoever takes it, and stand nowhere; the spot is kept."""
        self.standing.rest()
        self.hide()
        page, self._page = self._page, None
        if page is not None:
            self._column.removeWidget(page)
            page.setParent(None)
            page.show_clock(is_shown=False)

    def lock(self, *, is_locked: bool) -> None:
        """Take no key while the seat is locked; what the page hides is the page's."""
        self._is_locked = is_locked
        if is_locked:
            self._sheet.hide()

    def retranslate(self) -> None:
        """Say everything again in the language of now; the page is told by whoever owns it."""
        say = self._teller.say
        self.setWindowTitle(say(Told(N_("{name} · Citydesk"), {"name": name_of(self.number)})))
        self.health_bar.retranslate()
        if self._sheet.isVisible():
            self._fill_sheet()

    # ---- keys ------------------------------------------------------------------------------------------------

    def _turn_sheet(self) -> None:
        if self._sheet.isVisible():
            self._close_sheet()
        elif self._page is not None and not self._is_locked:
            self._place_sheet()
            self._fill_sheet()
            self._sheet.show()
            self._sheet.raise_()
            self._sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill_sheet(self) -> None:
        groups: list[tuple[str, Sequence[PageKey]]] = [
            (self._teller.say(name_of(self.number)), WALL_KEYS),
            (self._teller.words.say(N_("Everywhere")), tuple(self._acts)),
        ]
        self._sheet.show_keys(groups)

    def _close_sheet(self) -> None:
        self._sheet.hide()
        if self._page is not None:
            self._page.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place_sheet(self) -> None:
        self._sheet.setGeometry(self.rect().adjusted(8, 8, -8, -8 - self.health_bar.height()))

    # ---- Qt's own --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = event.key() == Qt.Key.Key_Escape and self._sheet.isVisible()
            event.setAccepted(is_ours)
            return is_ours
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._sheet.isVisible():
            self._close_sheet()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sheet()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_locked:
            event.ignore()  # whoever passes by cannot take a wall away
            return
        self.standing.rest()
        self.closing.emit()
        super().closeEvent(event)
